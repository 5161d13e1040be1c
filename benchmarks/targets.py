"""What was to be reached, row by row, and whether it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.metrics import Values
from benchmarks.results import Place

OURS, THEIRS, FLOOR = "zonewright", "externaldns", "apiserver"
# The size that times are written for; a cold start may take in proportion.
_USUAL = 5000


@dataclass(frozen=True, slots=True)
class Target:
    """text: as in the table. met: None where something that it needs was not measured."""

    text: str
    met: Callable[[Values], bool | None]


def targets(key: str, place: Place) -> list[Target]:
    """Those of a row. Latencies and times are for CoreDNS on the same machine: other servers take their own time."""
    found: list[Target] = []
    share = place.names / _USUAL
    if place.backend == "coredns":
        if key == "latency_p50":
            found = [at_most(key, 0.03, "s"), times_better(key, 150)]
        elif key == "latency_p99":
            found = [at_most(key, 0.1, "s")]
        elif key == "cold":
            found = [_cold(12 * share), _of_theirs(key, 3)]
        elif key == "cold_status":
            found = [at_most(key, 20 * share, "s")]
        elif key == "restart" and place.names <= _USUAL:
            found = [at_most(key, 3, "s")]
        elif key == "burst":
            found = [at_most(key, 5, "s")]
    if key in ("restart_writes", "restart_api"):
        found = [at_most(key, 0, "")]
    elif key == "calls":
        found = [at_most(key, 1, "")]
        if place.backend == "route53":  # elsewhere a whole zone is one answer
            found.append(times_better(key, 30))
    elif key == "peak" and place.names in (_USUAL, 4 * _USUAL):
        found = [at_most(key, 160 if place.names == _USUAL else 300, "MB")]
    elif key == "cpu" and place.names <= _USUAL:
        found = [at_most(key, 1, "%")]
    return found


def at_most(key: str, limit: float, unit: str) -> Target:
    def met(values: Values) -> bool | None:
        ours = values.get((key, OURS))
        return None if ours is None else ours.median <= limit

    return Target(f"≤ {limit:g} {unit}".strip(), met)


def times_better(key: str, factor: float) -> Target:
    def met(values: Values) -> bool | None:
        ours, theirs = values.get((key, OURS)), values.get((key, THEIRS))
        return None if ours is None or theirs is None else theirs.median >= factor * ours.median

    return Target(f"{factor:g} times better", met)


def _of_theirs(key: str, factor: float) -> Target:
    def met(values: Values) -> bool | None:
        ours, theirs = values.get((key, OURS)), values.get((key, THEIRS))
        return None if ours is None or theirs is None else ours.median <= factor * theirs.median

    return Target(f"≤ {factor:g} × ExternalDNS", met)


def _cold(limit: float) -> Target:
    def met(values: Values) -> bool | None:
        ours, floor = values.get(("cold", OURS)), values.get(("floor", FLOOR))
        if ours is None:
            return None
        return ours.median <= limit or (floor is not None and ours.median <= 1.3 * floor.median)

    return Target(f"≤ {limit:g} s or 1.3 × the API server alone", met)
