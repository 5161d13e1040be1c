from __future__ import annotations

import pytest

from zonewright.zones.strangers import QUIET, Strangers

INTERVAL = 60.0
WANTED = {"a.example.org"}


def wanted(name: str) -> bool:
    return name in WANTED


@pytest.mark.parametrize(
    ("before", "wrote", "now", "strange"),
    [
        pytest.param(None, (), {"x.example.org"}, set(), id="what stands at the start may be a left-over of ours"),
        pytest.param((), (), {"x.example.org"}, {"x.example.org"}, id="a name that nobody here wants has come"),
        pytest.param((), (), {"a.example.org"}, set(), id="one that is wanted here, by the hand of somebody"),
        pytest.param((), ("x.example.org",), {"x.example.org"}, set(), id="one that we have tried to write"),
        pytest.param(("x.example.org",), (), {"x.example.org"}, set(), id="one that has stood there before"),
        pytest.param(("x.example.org",), (), set(), set(), id="one that has gone"),
    ],
)
def test_another_writer_is_known_by_names_that_come_unwanted(
    before: tuple[str, ...] | None, wrote: tuple[str, ...], now: set[str], strange: set[str]
) -> None:
    strangers = Strangers(INTERVAL)
    if before is not None:
        strangers.read(before, wanted, 0.0)
    strangers.wrote(wrote)
    assert strangers.read(now, wanted, 1.0) == strange
    assert strangers.about(1.0) is bool(strange)


def test_another_writer_is_taken_for_gone_when_long_nothing_has_come() -> None:
    strangers = Strangers(INTERVAL)
    strangers.read((), wanted, 0.0)
    strangers.read({"x.example.org"}, wanted, 10.0)
    assert strangers.about(9.0 + QUIET * INTERVAL)
    assert not strangers.about(11.0 + QUIET * INTERVAL)
