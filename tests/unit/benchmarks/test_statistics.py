"""Percentiles, spreads, growth."""

from __future__ import annotations

import pytest

from benchmarks.growth import exponent
from benchmarks.statistics import Spread, percentile, slope, steps


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        pytest.param([7.0], 99, 7.0, id="one value is every percentile"),
        pytest.param([1.0, 2.0, 3.0], 50, 2.0, id="the middle one"),
        pytest.param([1.0, 2.0], 50, 1.5, id="between two, in proportion"),
        pytest.param([0.0, 10.0, 20.0, 30.0, 40.0], 90, 36.0, id="between the last two"),
        pytest.param([1.0, 2.0, 3.0], 0, 1.0, id="the least"),
        pytest.param([1.0, 2.0, 3.0], 100, 3.0, id="the most"),
    ],
)
def test_percentile(values: list[float], percent: float, expected: float) -> None:
    assert percentile(values, percent) == pytest.approx(expected)


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_spread_is_median_least_and_most() -> None:
    assert Spread.of([3.0, 1.0, 2.0]) == Spread(2.0, 1.0, 3.0, 3)
    assert Spread.of([]) is None


def test_slope_needs_two_places() -> None:
    assert slope([(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]) == pytest.approx(2.0)
    assert slope([(1.0, 2.0), (1.0, 4.0)]) is None


def test_steps_end_with_all() -> None:
    assert steps([2.0, 1.0]) == [(1.0, 0.5), (2.0, 1.0)]


@pytest.mark.parametrize(
    ("power", "points"),
    [
        pytest.param(1.0, [(1000.0, 2.0), (5000.0, 10.0), (20000.0, 40.0)], id="in proportion"),
        pytest.param(0.0, [(1000.0, 0.02), (20000.0, 0.02)], id="constant"),
        pytest.param(2.0, [(10.0, 100.0), (100.0, 10000.0)], id="quadratic"),
    ],
)
def test_exponent_of_growth(power: float, points: list[tuple[float, float]]) -> None:
    assert exponent(points) == pytest.approx(power, abs=1e-9)
