"""What is measured, in which order, and about how long that takes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.work import Extent

TOOLS = ("zonewright", "externaldns")
PROFILES = ("short", "standard", "full")
BACKENDS = ("coredns", "pdns", "route53")
# In the order in which they are done: the cold start leaves what the restart finds, the burst what is deleted.
WORKS = ("floor", "cold", "restart", "latency", "rate", "calls", "burst", "delete", "drift", "steady", "memory")
# All that a restarted process does; memory is read off it, whatever else is done.
AFTER_RESTART = WORKS[WORKS.index("latency") :]


@dataclass(frozen=True, slots=True)
class Stage:
    """One size on one back end. runs: how often; all tools have their first run before any has its second."""

    names: int
    backend: str
    runs: int
    works: Sequence[str] = WORKS
    tools: Sequence[str] = TOOLS

    def __post_init__(self) -> None:
        for given, known in ((self.works, WORKS), (self.tools, TOOLS), ((self.backend,), BACKENDS)):
            if unknown := set(given) - set(known):
                raise ValueError(f"{', '.join(sorted(unknown))}: not one of {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class Plan:
    stages: Sequence[Stage]
    extent: Extent

    def by_size(self) -> list[tuple[int, list[Stage]]]:
        """Stages with one control plane each, smallest first."""
        ordered = sorted(self.stages, key=lambda stage: stage.names)
        return [(names, list(stages)) for names, stages in itertools.groupby(ordered, key=lambda stage: stage.names)]

    def seconds(self) -> float:
        """An estimate, from what it took on 2 cores."""
        filling = sum(30 + names * 0.006 for names, _ in self.by_size())
        return filling + sum(_seconds(stage, self.extent) for stage in self.stages)


def profile(name: str) -> Plan:
    """short: about 5 minutes. standard: less than an hour. full: all that was asked for, most of a day.

    The brake holds deletes of more than 30 % of a zone: with 1,000 names a burst of 1,000 is held, and approved.
    """
    if name == "short":
        works = tuple(work for work in WORKS if work != "drift")
        extent = Extent(changes=40, latency_seconds=20, rate_seconds=10, burst=300, steady_seconds=15)
        return Plan([Stage(1000, "coredns", 1, works)], extent)
    if name == "standard":
        few = ("floor", "cold", "restart", "latency", "calls", "steady", "memory")
        stages = [
            Stage(1000, "coredns", 1, few),
            Stage(5000, "coredns", 2),
            Stage(5000, "pdns", 1, tuple(work for work in few if work != "steady")),
            Stage(5000, "route53", 1, few),
            Stage(20000, "coredns", 1, few),
        ]
        return Plan(stages, Extent(changes=100, latency_seconds=40, rate_seconds=15, steady_seconds=62))
    if name == "full":
        stages = [Stage(names, backend, 3) for names in (1000, 5000, 20000) for backend in BACKENDS]
        return Plan([*stages, Stage(50000, "coredns", 1, tools=("zonewright",))], Extent(latency_seconds=120))
    raise ValueError(f"no profile {name!r}")


def narrowed(plan: Plan, stages: Sequence[Stage] | None, extent: Extent) -> Plan:
    """Another choice of stages, if there is one, and another extent."""
    return replace(plan, stages=plan.stages if stages is None else stages, extent=extent)


# Seconds without what grows with the number of names, and seconds a name.
_FIXED = {
    "cold": (15.0, 0.004),
    "restart": (5.0, 0.0006),
    "floor": (2.0, 0.005),
    "burst": (16.0, 0.0),
    "delete": (12.0, 0.0),
}
_EMPTYING = 0.004


def _seconds(stage: Stage, extent: Extent) -> float:
    spent = {
        "latency": extent.latency_seconds,
        "rate": extent.rate_seconds + 8,
        "calls": extent.call_changes * 8.0,
        "drift": 35.0,
        "steady": extent.steady_seconds + 7,
        "memory": 1.0,
    }
    one = sum(
        _FIXED[work][0] + _FIXED[work][1] * stage.names if work in _FIXED else spent[work] for work in stage.works
    )
    return stage.runs * len(stage.tools) * (one + 5 + _EMPTYING * stage.names)
