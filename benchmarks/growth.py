"""How a cost grows with the number of names, where more than one size was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence

from benchmarks.metrics import values
from benchmarks.results import Measurement, by_place
from benchmarks.statistics import slope

# Rows, what they are called, and the exponent that was to be reached: 1 is in proportion to the names, 0 is constant.
_EXPONENTS = (("cold", "cold start", 1.1), ("latency_p50", "one change (p50)", 0.2))
_TOOLS = ("zonewright", "externaldns")


def exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """p of cost ~ names^p, by least squares in logarithms; None with less than two sizes."""
    return slope([(math.log(x), math.log(y)) for x, y in points if x > 0 and y > 0])


def points(measurements: Sequence[Measurement], backend: str, key: str, tool: str) -> list[tuple[float, float]]:
    """The median at each size."""
    return [
        (float(place.names), spread.median)
        for place, found in by_place(measurements)
        if place.backend == backend and (spread := values(found).get((key, tool))) is not None
    ]


def lines(measurements: Sequence[Measurement]) -> list[str]:
    """Sentences for the report."""
    found = []
    for backend in sorted({one.backend for one in measurements}):
        for tool in _TOOLS:
            for key, what, limit in _EXPONENTS:
                power = exponent(points(measurements, backend, key, tool))
                if power is not None:
                    verdict = (
                        "" if tool != "zonewright" else f" (at most {limit:g}: {'met' if power <= limit else 'missed'})"
                    )
                    found.append(f"{tool}, {backend}: {what} grows as names to the power of {power:.2f}{verdict}")
            at = points(measurements, backend, "settled", tool)
            rise = slope(at)
            if rise is not None:
                found.append(f"{tool}, {backend}: {rise * 1000:.1f} kB of settled memory for each more hostname")
    return found
