from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.planning.builders import record
from zonewright.model.change import Change, Unit
from zonewright.planning.order import batches


def unit(changes: int) -> Unit:
    return Unit("x", tuple(Change(None, record("A", name=f"{i}.example.com")) for i in range(changes)))


@pytest.mark.parametrize(
    ("units", "size", "expected"),
    [
        pytest.param([], 10, [], id="nothing, no batch"),
        pytest.param([2, 2, 2], 4, [[2, 2], [2]], id="as many as fit"),
        pytest.param([2, 3, 1], 4, [[2], [3, 1]], id="a unit is never split"),
        pytest.param([1, 9, 1], 4, [[1], [9], [1]], id="one that is larger goes alone"),
        pytest.param([1, 1], 1, [[1], [1]], id="one by one"),
    ],
)
def test_batches(units: list[int], size: int, expected: list[list[int]]) -> None:
    assert [[len(u.changes) for u in batch] for batch in batches(map(unit, units), size)] == expected


@given(st.lists(st.integers(1, 6)), st.integers(1, 10))
def test_batches_hold_everything_once_in_order(lengths: list[int], size: int) -> None:
    units = [unit(length) for length in lengths]
    found = list(batches(units, size))
    assert [u for batch in found for u in batch] == units
    assert all(len(batch) == 1 or sum(len(u.changes) for u in batch) <= size for batch in found)
