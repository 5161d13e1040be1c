from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.sources.ttl import parse_ttl


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("+60", 60),
        ("1", 1),
        ("2147483647", 2147483647),
        ("1m", 60),
        ("1h2m", 3720),
        ("1.5s", 1),
        ("1500ms", 1),
        ("1s", 1),
    ],
)
def test_ttl_is_a_duration_or_seconds_cut_to_whole_ones(text: str, seconds: int) -> None:
    assert parse_ttl(text) == seconds


@pytest.mark.parametrize("text", ["0", "0s", "-5", "-30s", "100ms", "2147483648", "9" * 18, "600000h"])
def test_ttl_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not between 1 second and 2147483647 seconds"):
        parse_ttl(text)


@pytest.mark.parametrize("text", ["", " 60", "60 ", "1d", "five", "1,5s", "1_000", "٣", "0x10", "1e3", "9" * 5000])
def test_ttl_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not understood") as e:
        parse_ttl(text)
    assert len(str(e.value)) < 250


@given(st.integers(1, 2**31 - 1))
def test_seconds_mean_themselves(seconds: int) -> None:
    assert parse_ttl(str(seconds)) == parse_ttl(f"{seconds}s") == seconds


@given(st.text())
def test_any_text_is_a_ttl_or_a_value_error(text: str) -> None:
    try:
        assert 1 <= parse_ttl(text) < 2**31
    except ValueError:
        pass
