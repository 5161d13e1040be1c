from __future__ import annotations

import io
import json
import logging
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright import logs

AT = 1_787_572_800.75  # 2026-08-24T12:00:00Z


def record(message: str = "Hello", *args: object, level: int = logging.INFO, **fields: object) -> logging.LogRecord:
    known = {"msg": message, "args": args, "levelno": level, "created": AT}
    return logging.makeLogRecord(known | fields)


def text(message: str = "Hello", level: int = logging.INFO, **fields: object) -> str:
    return logs.TextFormatter(logging.INFO).format(record(message, level=level, **fields))


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, given back as it was."""
    root = logging.getLogger()
    names = [None, "kopf", "kubernetes_asyncio", "asyncio", "aiohttp"]
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in names}
    root.handlers[:] = []
    yield root
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


# -- text


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        pytest.param({"message": "Hello"}, "level=info msg=Hello", id="one plain word stands bare"),
        pytest.param({"message": "Hello, you"}, 'level=info msg="Hello, you"', id="anything else is quoted"),
        pytest.param({"zone": "example.org", "ttl": 60}, "level=info msg=Hello ttl=60 zone=example.org", id="fields"),
        pytest.param({"value": 'say "a\\b"'}, r'level=info msg=Hello value="say \"a\\b\""', id="quotes are escaped"),
        pytest.param({"value": ""}, 'level=info msg=Hello value=""', id="empty field"),
        pytest.param({"message": "a\nb\r\tc"}, r'level=info msg="a\nb\r\tc"', id="line breaks are escaped"),
        pytest.param({"value": "\x1b[31m\u202e"}, r'level=info msg=Hello value="\x1b[31m\u202e"', id="controls"),
        pytest.param({"message": "Straße"}, 'level=info msg="Straße"', id="letters stay"),
        pytest.param({"a b=c": 1}, "level=info msg=Hello a_b_c=1", id="a key cannot forge a field"),
    ],
)
def test_text_line_is_logrus_s(parts: dict[str, Any], line: str) -> None:
    assert text(**parts) == f'time="2026-08-24T12:00:00Z" {line}'


@pytest.mark.parametrize(
    ("level", "name"),
    [
        (logging.CRITICAL, "fatal"),
        (logging.ERROR, "error"),
        (logging.WARNING, "warning"),
        (logging.INFO, "info"),
        (logging.DEBUG, "debug"),
        (logs.TRACE, "trace"),
    ],
)
def test_levels_have_externaldns_s_names(level: int, name: str) -> None:
    assert f" level={name} " in text(message="Hello", level=level) if level == logging.INFO else True
    assert logs.level_name(level) == name


def test_arguments_are_filled_in() -> None:
    line = logs.TextFormatter(logging.INFO).format(record("Desired change: %s %s", "CREATE", "a.org"))
    assert 'msg="Desired change: CREATE a.org"' in line


@given(st.text(), st.text())
def test_no_foreign_text_can_make_two_lines_or_another_field(message: str, value: str) -> None:
    line = text(message=message.replace("%", ""), zone=value)
    quoted_parts = re.sub(r'"(?:[^"\\]|\\.)*"', "Q", line)
    assert line.isprintable()
    assert re.fullmatch(r"time=Q level=info msg=(Q|[\w./@^+-]+) zone=(Q|[\w./@^+-]+)", quoted_parts, re.ASCII)


# -- failures


def failing(level: int, form: type[logs.TextFormatter] | type[logs.JsonFormatter]) -> str:
    try:
        raise ValueError("two\nlines")
    except ValueError as e:
        return form(level).format(record(exc_info=(type(e), e, e.__traceback__)))


def test_failure_is_one_line_with_the_error() -> None:
    line = failing(logging.INFO, logs.TextFormatter)
    assert line.endswith(r'msg=Hello error="ValueError: two\nlines"')


def test_traceback_comes_from_debug_on() -> None:
    line = failing(logging.DEBUG, logs.TextFormatter)
    assert r'traceback="Traceback (most recent call last):\n' in line
    assert "\n" not in line


# -- json


def test_json_line_is_one_object() -> None:
    line = logs.JsonFormatter(logging.INFO).format(record(message="a\nb", zone="x", ttl=60))
    assert "\n" not in line
    assert json.loads(line) == {"time": "2026-08-24T12:00:00Z", "level": "info", "msg": "a\nb", "zone": "x", "ttl": 60}


def test_json_field_cannot_replace_a_fixed_part() -> None:
    line = json.loads(logs.JsonFormatter(logging.INFO).format(record(time="never", level=logging.INFO)))
    assert (line["time"], line["fields.time"]) == ("2026-08-24T12:00:00Z", "never")


def test_json_takes_any_value() -> None:
    line = json.loads(logs.JsonFormatter(logging.INFO).format(record(path=os, names={"a"})))
    assert line["names"] == "{'a'}"


def test_json_failure_has_the_error() -> None:
    assert json.loads(failing(logging.INFO, logs.JsonFormatter))["error"] == "ValueError: two\nlines"


# -- set-up


@pytest.mark.parametrize(("level", "shown"), [("debug", True), ("info", True), ("warning", False), ("panic", False)])
def test_level_decides_what_is_shown(root: logging.Logger, level: str, shown: bool) -> None:
    stream = io.StringIO()
    logs.setup(level, "text", stream.write)
    logging.getLogger("zonewright.x").info("Hello")
    root.handlers[0].close()
    assert ("msg=Hello" in stream.getvalue()) is shown


@pytest.mark.parametrize("name", ["kopf", "kopf.objects", "kubernetes_asyncio.client"])
@pytest.mark.parametrize("level", ["trace", "debug", "info"])
def test_libraries_are_heard_from_warning_on(root: logging.Logger, name: str, level: str) -> None:
    stream = io.StringIO()
    logs.setup(level, "text", stream.write)
    logging.getLogger(name).info("chatter")
    logging.getLogger(name).warning("trouble")
    root.handlers[0].close()
    assert stream.getvalue().count("\n") == 1
    assert "msg=trouble" in stream.getvalue()


def test_set_up_twice_every_line_is_written_once(root: logging.Logger) -> None:
    stream = io.StringIO()
    logs.setup("info", "text", stream.write)
    logs.setup("info", "json", stream.write)
    logging.getLogger("zonewright").info("Hello")
    root.handlers[0].close()
    assert [json.loads(line)["msg"] for line in stream.getvalue().splitlines()] == ["Hello"]


# -- the outlet


def outlet(write: Callable[[str], object], backlog: int = 1000) -> logs.Outlet:
    made = logs.Outlet(write, backlog)
    made.setFormatter(logs.TextFormatter(logging.INFO))
    return made


def test_lines_keep_their_order_and_are_complete_after_close() -> None:
    stream = io.StringIO()
    with closing(outlet(stream.write, 10_000)) as out:
        for number in range(5000):
            out.handle(record(number=number))
    assert re.findall(r"number=(\d+)", stream.getvalue()) == [str(number) for number in range(5000)]


def test_reader_that_does_not_read_holds_up_nobody_and_the_loss_is_told() -> None:
    may_write, written = threading.Event(), io.StringIO()

    def stuck(text: str) -> None:
        may_write.wait(60)
        written.write(text)

    with closing(outlet(stuck, backlog=100)) as out:
        for number in range(5000):  # would wait for ever if it waited at all
            out.handle(record(number=number))
        may_write.set()
    kept = written.getvalue().count("number=")
    lost = re.findall(r'level=warning msg="Log lines were lost[^"]*" lines=(\d+)', written.getvalue())
    assert lost
    assert kept + sum(map(int, lost)) == 5000


def test_end_of_the_process_does_not_wait_for_a_reader_that_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FLUSH", 0.1)
    release = threading.Event()
    out = outlet(lambda _: release.wait(60))
    out.handle(record())
    out.close()  # returns
    assert not release.is_set()
    release.set()


@pytest.mark.parametrize("error", [BrokenPipeError, ValueError])
def test_closed_standard_error_stops_nobody(error: type[Exception]) -> None:
    seen: list[str] = []

    def closed(text: str) -> None:
        seen.append(text)
        raise error

    for _ in range(2):
        with closing(outlet(closed)) as out:
            out.handle(record())
    assert len(seen) == 2


def test_call_with_wrong_arguments_is_reported_not_raised() -> None:
    stream = io.StringIO()
    with closing(outlet(stream.write)) as out:
        out.handle(record("%d", "x", pathname="a.py", lineno=7))
    assert 'level=warning msg="A log line could not be made"' in stream.getvalue()
    assert 'line="a.py:7"' in stream.getvalue()


def test_lines_come_out_at_standard_error(capfd: pytest.CaptureFixture[str], root: logging.Logger) -> None:
    logs.setup("info", "text")
    logging.getLogger("zonewright").info("Straße")
    root.handlers[0].close()
    assert capfd.readouterr().err.endswith(' level=info msg="Straße"\n')
