"""One background process, known by the directory it runs in.

The pid file is locked, and the lock is handed down to the process: as long as the process lives, the kernel holds the
lock, and not a moment longer. So "is it alive?" has an exact answer, for any process that asks, and a stale pid file,
or a pid that now belongs to somebody else, does no harm.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from localcluster.wait import wait_until

LOG_TAIL = 15


class Died(Exception):
    """A process ended that should run. The text has the last lines of its log."""


def tail(log: Path, lines: int = LOG_TAIL) -> str:
    """The last lines of a log; empty when there is none."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""


@dataclass(frozen=True, slots=True)
class Daemon:
    """A process by name: DIRECTORY/run/NAME.pid and DIRECTORY/logs/NAME.log."""

    directory: Path
    name: str

    @property
    def log(self) -> Path:
        return self.directory / "logs" / f"{self.name}.log"

    @property
    def _pid_file(self) -> Path:
        return self.directory / "run" / f"{self.name}.pid"

    def start(self, command: Sequence[str | Path], environment: Mapping[str, str] = os.environ) -> None:
        """Start it in a session of its own, so that it outlives us and no Ctrl-C reaches it."""
        for path in (self.log, self._pid_file):
            path.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=self._pid_file.parent)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            os.set_inheritable(handle, True)
            os.write(handle, str(self._spawn([str(word) for word in command], environment)).encode())
            os.replace(partial, self._pid_file)
        finally:
            os.close(handle)

    def _spawn(self, command: list[str], environment: Mapping[str, str]) -> int:
        log_flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        return os.posix_spawn(
            command[0],
            command,
            dict(environment),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(self.log), log_flags, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )

    def pid(self) -> int | None:
        """Its process id, or None when it is not running."""
        try:
            with self._pid_file.open() as file:
                return int(file.read()) if _is_locked(file.fileno()) else None
        except FileNotFoundError:
            return None

    def wait_ready(self, ready: Callable[[], bool], timeout: float) -> None:
        """Wait for `ready()`. Raises Died as soon as the process has ended, TimeoutError when it is too slow."""

        def look() -> bool:
            # First whether it lives: a port may answer for somebody else.
            if self.pid() is None:
                raise Died(f"{self.name} has ended. Its last words:\n{tail(self.log)}")
            return ready()

        try:
            wait_until(look, timeout, what=f"{self.name} to be ready")
        except TimeoutError as error:
            raise TimeoutError(f"{error}. Its last words:\n{tail(self.log)}") from error

    def signal(self, number: signal.Signals) -> None:
        pid = self.pid()
        if pid is not None:
            os.kill(pid, number)

    def stop(self, patience: float = 5.0) -> None:
        """SIGTERM, and after `patience` seconds SIGKILL. Returns when it is gone; no error when it was not there."""
        self.signal(signal.SIGTERM)
        try:
            self.wait_gone(patience)
        except TimeoutError:
            self.signal(signal.SIGKILL)
            self.wait_gone(10)
        self._pid_file.unlink(missing_ok=True)

    def wait_gone(self, timeout: float) -> None:
        """Wait for its end. Raises TimeoutError."""
        wait_until(lambda: self.pid() is None, timeout, what=f"{self.name} to end")


def running(directory: Path) -> list[Daemon]:
    """The processes that live in a directory, by name."""
    daemons = [Daemon(directory, file.stem) for file in sorted((directory / "run").glob("*.pid"))]
    return [daemon for daemon in daemons if daemon.pid() is not None]


def exit_on_sigterm() -> None:
    """From here on SIGTERM ends this process as Ctrl-C does, so that `finally` stops what must be stopped."""
    signal.signal(signal.SIGTERM, _exit)


def _exit(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)


def _is_locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
