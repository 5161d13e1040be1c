"""Building the programs that are missing, one at a time, once per version and machine."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from localcluster import golang
from localcluster.process import tail
from localcluster.programs import BINARIES, Program, cache_directory, cached, linker_flags, locate, version
from localcluster.progress import Estimate, duration, say

# Seconds between two lines of progress: where lines are overwritten, and in a log.
ON_TERMINAL, IN_LOG = 1.0, 30.0

_SCRATCH = "build-"


class BuildFailed(Exception):
    """Go refused. The text has its last lines."""


def ensure(programs: Iterable[Program]) -> None:
    """Build those of `programs` that are missing; waits for another process that builds. Raises BuildFailed, NoGo."""
    wanted = tuple(programs)
    if all(locate(program) for program in wanted):
        return
    with one_at_a_time(cache_directory() / "build.lock"):
        missing = [program for program in wanted if not locate(program)]
        if missing:
            _build_all(missing)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """A lock between processes. The kernel lets it go when its holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another process is building; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build_all(programs: Sequence[Program]) -> None:
    go = golang.find()
    shares = [float(program.seconds) for program in programs]
    names = ", ".join(program.name for program in programs)
    say(f"Building {names}: once, about {duration(sum(shares))} on 2 cores")
    started = time.monotonic()
    for left in cache_directory().glob(f"{_SCRATCH}*"):  # by a build that was killed
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=cache_directory()) as scratch:
        for number, program in enumerate(programs):
            _build(go, program, Path(scratch), _Ticker(program, shares, number, started))
    say(f"Built in {duration(time.monotonic() - started)}; kept in {cache_directory() / 'bin'}")


def command(go: Path, program: Program, output: Path) -> list[str]:
    """Paths of this machine are kept out of the binary, so that its bytes depend on its sources alone."""
    flags = f"-ldflags={linker_flags(program)}"
    return [str(go), "build", "-trimpath", flags, "-o", str(output), program.package]


def _build(go: Path, program: Program, scratch: Path, ticker: _Ticker) -> None:
    """Build next to the final place, then rename: a killed build leaves no half program."""
    output, log = scratch / program.name, scratch / f"{program.name}.log"
    with log.open("w") as sink:
        process = subprocess.Popen(
            command(go, program, output),
            cwd=BINARIES / program.folder,
            env=golang.environment(),
            stdout=sink,
            stderr=sink,
        )
        with process:
            _wait(process, ticker)
    if process.returncode != 0:
        raise BuildFailed(f"Building {program.name} failed, exit code {process.returncode}:\n{tail(log, 15)}")
    target = cached(program)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(output, target)
    ticker.finish()


def _wait(process: subprocess.Popen[bytes], ticker: _Ticker) -> None:
    try:
        while process.poll() is None:
            try:
                process.wait(ticker.interval)
            except subprocess.TimeoutExpired:
                ticker.tick()
    except BaseException:  # whatever ends us, Ctrl-C among it, ends Go first
        process.terminate()
        raise


class _Ticker:
    """Prints how far a program is: on a terminal one line that changes, elsewhere a line now and then."""

    def __init__(self, program: Program, shares: Sequence[float], number: int, started: float) -> None:
        self._title = f"[{number + 1}/{len(shares)}] {program.name} {version(program.folder, program.module)}"
        self._shares, self._number, self._started = shares, number, started
        self._begun = time.monotonic()
        self._terminal = sys.stderr.isatty()
        self.interval = ON_TERMINAL if self._terminal else IN_LOG
        self.tick()

    def tick(self) -> None:
        now = time.monotonic()
        estimate = Estimate(self._shares, self._number, now - self._started, now - self._begun)
        line = f"{self._title}: {estimate.fraction():4.0%}, about {duration(estimate.left())} left for all"
        self._show(line, end="" if self._terminal else "\n")

    def finish(self) -> None:
        self._show(f"{self._title}: built in {time.monotonic() - self._begun:.0f} s", end="\n")

    def _show(self, line: str, end: str) -> None:
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            line = f"\r{line[:width]:<{width}}"
        print(line, end=end, file=sys.stderr, flush=True)
