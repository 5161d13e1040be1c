"""Log lines in the forms of ExternalDNS (logrus): text, or one JSON object per line.

    time="2026-08-24T12:00:00Z" level=info msg="Desired change: CREATE app.example.com A" zone=example.com

Fields come from `extra={...}`. Foreign text, such as an annotation or a provider's answer, can stand in messages and
fields: it is quoted so that no log line can be forged, split or made to drive a terminal.

Nobody waits for a reader: lines are made at once and written by a thread, and where standard error is not read the
queue fills, lines are dropped, and their number is told as soon as it is read again.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import re
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

TRACE = 5  # below logging.DEBUG
LEVELS = {
    "panic": logging.CRITICAL,
    "fatal": logging.CRITICAL,
    "error": logging.ERROR,
    "warning": logging.WARNING,
    "info": logging.INFO,
    "debug": logging.DEBUG,
    "trace": TRACE,
}
BACKLOG = 50_000  # lines, some 10 MB: all changes of a large zone in one go
BATCH = 1_000  # lines in one write
FLUSH = 2.0  # seconds that the end of the process waits for the last lines to be written
# What they have to say at info is of no use to ours.
_QUIET = (
    "kopf",
    "kubernetes_asyncio",
    "asyncio",
    "aiohttp",
    "botocore",
    "aiobotocore",
    "httpx",
    "httpcore",
    "cloudflare",
)
_NAMES = ((logging.CRITICAL, "fatal"), (logging.ERROR, "error"), (logging.WARNING, "warning"), (logging.INFO, "info"))
_BARE = re.compile(r"[A-Za-z0-9._/@^+-]+")  # logrus leaves these without quotes
_KEY = re.compile(r"[^A-Za-z0-9_.-]+")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def to_stderr(text: str) -> None:
    """By the descriptor: an interpreter that ends cannot flush a file on which a thread still waits."""
    data = memoryview(text.encode("utf-8", "backslashreplace"))
    while data:
        data = data[os.write(2, data) :]


def setup(level: str, form: str, write: Callable[[str], object] = to_stderr) -> None:
    """Send everything of `level` and above to `write`, in `form`, "text" or "json".

    Replaces handlers that are there already, so that it may be called again.
    """
    logging.addLevelName(TRACE, "TRACE")
    handler = Outlet(write)
    handler.setFormatter(JsonFormatter(LEVELS[level]) if form == "json" else TextFormatter(LEVELS[level]))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(LEVELS[level])
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(LEVELS[level], logging.WARNING))


class Outlet(logging.Handler):
    """Writes lines from a thread of its own, in their order."""

    def __init__(self, write: Callable[[str], object], backlog: int = BACKLOG) -> None:
        super().__init__()
        self._write = write
        self._lines: queue.Queue[str | None] = queue.Queue(backlog)
        self._lost = 0  # counted by those who log
        self._told = 0  # counted by the thread
        self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception as e:  # a log call with wrong arguments is a fault of ours, but not one to stop for
            line = self._own_line("A log line could not be made", line=f"{record.pathname}:{record.lineno}", error=e)
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._lost += 1

    def _own_line(self, message: str, **fields: object) -> str:
        known = {"msg": message, "levelno": logging.WARNING, "exc_info": None}
        return self.format(logging.makeLogRecord(known | fields))

    def _write_all(self) -> None:
        while True:
            lines = [self._lines.get()]
            while len(lines) < BATCH and not self._lines.empty():
                lines.append(self._lines.get())
            self._write_some([line for line in lines if line is not None])
            if None in lines:
                return

    def _write_some(self, lines: list[str]) -> None:
        if lost := self._lost - self._told:
            lines.append(self._own_line("Log lines were lost: nobody read them in time", lines=lost))
            self._told += lost
        try:
            self._write("".join(line + "\n" for line in lines))
        except (OSError, ValueError):  # closed, at either end; there is nowhere left to say so
            pass

    def close(self) -> None:
        """Write what is left, but do not wait for ever. `logging` itself calls it at the end of the process."""
        if self._thread.is_alive():
            try:
                self._lines.put(None, timeout=FLUSH)
            except queue.Full:
                pass
            self._thread.join(FLUSH)
        super().close()


class _Formatter(logging.Formatter):
    """`level` is the one that was asked for: from debug on, a failure comes with its traceback."""

    def __init__(self, level: int) -> None:
        super().__init__()
        self._traces = level <= logging.DEBUG

    def parts(self, record: logging.LogRecord) -> tuple[dict[str, Any], dict[str, Any]]:
        """What every line has, and the fields."""
        moment = datetime.fromtimestamp(record.created, UTC)
        head = {
            "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "level": level_name(record.levelno),
            "msg": record.getMessage(),
        }
        fields = {key: value for key, value in vars(record).items() if key not in _OWN}
        return head, fields | self._failure(record)

    def _failure(self, record: logging.LogRecord) -> dict[str, Any]:
        if not record.exc_info or record.exc_info[1] is None:
            return {}
        error = record.exc_info[1]
        said = {"error": f"{type(error).__name__}: {error}"}
        if self._traces:
            said["traceback"] = "".join(traceback.format_exception(error))
        return said


class TextFormatter(_Formatter):
    """key=value, quoted where needed."""

    def format(self, record: logging.LogRecord) -> str:
        head, fields = self.parts(record)
        fixed = f'time="{head["time"]}" level={head["level"]} msg={_bare_or_quoted(head["msg"])}'
        rest = (f" {_KEY.sub('_', key)}={_bare_or_quoted(str(value))}" for key, value in sorted(fields.items()))
        return fixed + "".join(rest)


class JsonFormatter(_Formatter):
    """One object per line. A field that has the name of a fixed part is called "fields.NAME", as in logrus."""

    def format(self, record: logging.LogRecord) -> str:
        head, fields = self.parts(record)
        renamed = {f"fields.{key}" if key in head else key: value for key, value in fields.items()}
        return json.dumps({**renamed, **head}, sort_keys=True, default=str)


def level_name(number: int) -> str:
    """The name of a level, as ExternalDNS has it."""
    named = next((name for least, name in _NAMES if number >= least), None)
    return named or ("debug" if number >= logging.DEBUG else "trace")


def _bare_or_quoted(text: str) -> str:
    return text if _BARE.fullmatch(text) else quoted(text)


def quoted(text: str) -> str:
    r"""In double quotes; what is not printable is written as an escape, a line break as \n."""
    inner = "".join(c if c.isprintable() and c not in '"\\' else _escaped(c) for c in text)
    return f'"{inner}"'


def _escaped(c: str) -> str:
    if c in '"\\':
        return "\\" + c
    return c.encode("unicode_escape").decode("ascii")
