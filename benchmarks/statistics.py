"""Percentiles, medians and spreads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some runs, and how far they lie apart. Build with `of`."""

    median: float
    least: float
    most: float
    count: int

    @classmethod
    def of(cls, values: Iterable[float]) -> Self | None:
        """None of no values."""
        ordered = sorted(values)
        if not ordered:
            return None
        return cls(percentile(ordered, 50), ordered[0], ordered[-1], len(ordered))


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Of sorted values, between two neighbours in proportion (type 7 of Hyndman and Fan, as numpy has it).

    Raises ValueError where there are none.
    """
    if not ordered:
        raise ValueError("no values, no percentile")
    place = (len(ordered) - 1) * percent / 100
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """The rise per unit of a straight line through (x, y), by least squares; None with less than two different x."""
    if len({x for x, _ in points}) < 2:
        return None
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    over = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return over / sum((x - mean_x) ** 2 for x, _ in points)


def steps(values: Iterable[float]) -> list[tuple[float, float]]:
    """The empirical distribution: each value, and the share of values that are not above it."""
    ordered = sorted(values)
    return [(value, (index + 1) / len(ordered)) for index, value in enumerate(ordered)]
