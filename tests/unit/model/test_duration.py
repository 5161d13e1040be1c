from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.duration import parse, spelled


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("1m", 60, id="minutes"),
        pytest.param("1h2m", 3720, id="parts are added"),
        pytest.param("2m1h", 3720, id="parts may stand in any order"),
        pytest.param("1s1s", 2, id="a unit may stand twice"),
        pytest.param("1.5h", 5400, id="fractions"),
        pytest.param(".5s", 0.5, id="a fraction without a whole"),
        pytest.param("5.s", 5, id="a point without a fraction"),
        pytest.param("100ms", 0.1, id="milliseconds"),
        pytest.param("1us", 1e-6, id="microseconds"),
        pytest.param("1µs", 1e-6, id="microseconds with the micro sign"),
        pytest.param("1μs", 1e-6, id="microseconds with the Greek letter"),
        pytest.param("1ns", 1e-9, id="nanoseconds"),
        pytest.param("0", 0, id="zero needs no unit"),
        pytest.param("-5s", -5, id="negative"),
        pytest.param("+5s", 5, id="plus sign"),
        pytest.param("2562047h", 2562047 * 3600, id="the longest that Go can hold"),
    ],
)
def test_go_duration_is_read(text: str, seconds: float) -> None:
    assert parse(text) == pytest.approx(seconds, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    "text",
    ["", "60", "1d", "1w", "1 m", " 1m", "1m ", "m", ".s", "1.2.3s", "1e3s", "--5s", "-", "1M", "١s", "1m\n"],
)
def test_what_go_does_not_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration: write a number with a unit"):
        parse(text)


def test_duration_beyond_go_s_64_bits_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 292 years"):
        parse("2562048h")


@given(st.from_regex(r"[+-]?([0-9.]{1,4}(ns|us|ms|s|m|h|d)){1,3}", fullmatch=True) | st.text(max_size=30))
def test_foreign_text_is_read_or_refused_never_anything_else(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert abs(parse(text)) <= 2**63 / 10**9


@given(st.integers(min_value=0, max_value=10**12))
def test_spelled_duration_reads_back(milliseconds: int) -> None:
    assert round(parse(spelled(milliseconds / 1000)) * 1000) == milliseconds


@pytest.mark.parametrize(("seconds", "text"), [(60, "1m"), (0, "0s"), (5400, "1h30m"), (0.1, "100ms"), (90, "1m30s")])
def test_duration_is_spelled_in_its_shortest_form(seconds: float, text: str) -> None:
    assert spelled(seconds) == text
