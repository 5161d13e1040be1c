from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.shard import MOST, Shard, place

KEYS = [f"zone-{number}.example.org" for number in range(4000)]


@pytest.mark.parametrize("text", ["0/1", "0/4", "3/4", f"{MOST - 1}/{MOST}"])
def test_a_shard_is_written_as_it_is_read(text: str) -> None:
    assert str(Shard.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2/2", "the 2 are counted from 0 to 1"),
        ("a/b", "write INDEX/COUNT, such as 0/4"),
        ("-1/3", "write INDEX/COUNT"),
        ("1", "write INDEX/COUNT"),
        ("/4", "write INDEX/COUNT"),
        ("0/4/2", "write INDEX/COUNT"),
        ("0/0", f"there can be 1 to {MOST}"),
        (f"0/{MOST + 1}", f"there can be 1 to {MOST}"),
    ],
)
def test_what_is_no_shard_is_told_with_what_is_allowed(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Shard.parse(text)


def test_the_place_of_a_key_is_the_same_in_every_version() -> None:
    """Processes of two versions work beside each other during a rollout."""
    assert [place(key, 4) for key in ("example.org", "example.com", "example.net", "")] == [1, 1, 3, 2]


@given(st.text(), st.integers(1, MOST))
def test_every_key_has_one_place(key: str, count: int) -> None:
    assert place(key, count) in range(count)


@given(st.text(), st.integers(1, 32))
def test_one_more_shard_takes_keys_and_moves_no_others(key: str, count: int) -> None:
    assert place(key, count + 1) in (place(key, count), count)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_one_more_shard_takes_its_part_of_the_keys(count: int) -> None:
    moved = sum(place(key, count) != place(key, count + 1) for key in KEYS)
    assert moved / len(KEYS) == pytest.approx(1 / (count + 1), rel=0.15)


@pytest.mark.parametrize("count", [2, 5])
def test_keys_are_spread_evenly(count: int) -> None:
    sizes = [sum(place(key, count) == index for key in KEYS) for index in range(count)]
    assert min(sizes) / max(sizes) > 0.8
