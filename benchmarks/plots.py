"""The pictures: how latencies are distributed, and how costs grow with the number of names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from benchmarks import growth
from benchmarks.metrics import values
from benchmarks.results import Measurement, by_place
from benchmarks.statistics import steps

_TOOLS = {"zonewright": ("Zonewright", "#1b6ca8"), "externaldns": ("ExternalDNS", "#d1603d")}
_BACKENDS = {"coredns": "CoreDNS/etcd", "pdns": "PowerDNS", "route53": "Route 53 (moto)"}
_COSTS = (
    ("cold", "Cold start → last record", "seconds"),
    ("latency_p50", "One change → DNS, p50", "seconds"),
    ("peak", "Memory, peak", "MB"),
    ("cpu", "Processor while nothing changes", "% of a core"),
)
_KINDS = (("latency", "one change at a time"), ("rate", "10 changes a second"))
mpl.rcParams.update({"font.size": 9, "axes.grid": True, "grid.alpha": 0.3, "axes.axisbelow": True})


def draw(directory: Path, measurements: Sequence[Measurement]) -> list[str]:
    """The names of the files."""
    figures = [*_latencies(measurements), *_growth(measurements)]
    for name, figure in figures:
        figure.savefig(directory / name, dpi=150)
    return [name for name, _ in figures]


def _latencies(measurements: Sequence[Measurement]) -> list[tuple[str, Figure]]:
    found = []
    for place, here in by_place(measurements):
        shown = [kind for kind in _KINDS if any(one.samples for one in here if one.work == kind[0])]
        if shown:
            figure = Figure(figsize=(4.8 * len(shown) + 0.6, 3.9), layout="constrained")
            figure.suptitle(f"Change → DNS with {place.names:,} hostnames, {_BACKENDS[place.backend]}")
            for axes, (work, title) in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
                _distribution(axes, [one for one in here if one.work == work], title)
            found.append((f"latency-{place.backend}-{place.names}.png", figure))
    return found


def _distribution(axes: Any, measurements: Sequence[Measurement], title: str) -> None:
    for tool, (label, colour) in _TOOLS.items():
        at = steps(sample for one in measurements if one.tool == tool for sample in one.samples)
        if at:
            first = (at[0][0], 0.0)
            x, y = zip(first, *at, strict=True)
            axes.step(x, [100 * share for share in y], where="post", color=colour, label=f"{label} ({len(at)} changes)")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.set_ylim(0, 102)
    axes.set_title(title)
    axes.set_xlabel("seconds from the change to DNS (logarithmic)")
    axes.set_ylabel("% of changes in DNS by then")
    axes.legend(loc="center", framealpha=0.9)


def _growth(measurements: Sequence[Measurement]) -> list[tuple[str, Figure]]:
    found = []
    for backend in sorted({one.backend for one in measurements}):
        sizes = sorted({one.names for one in measurements if one.backend == backend})
        if len(sizes) < 2:
            continue
        figure = Figure(figsize=(9.6, 6.8), layout="constrained")
        figure.suptitle(f"Cost by number of hostnames, {_BACKENDS[backend]}")
        for axes, (key, title, unit) in zip(figure.subplots(2, 2).flat, _COSTS, strict=True):
            _cost(axes, [one for one in measurements if one.backend == backend], backend, key)
            axes.set_title(title)
            axes.set_ylabel(unit)
            axes.set_xlabel("hostnames")
            axes.set_xticks(sizes, [f"{size:,}" for size in sizes], rotation=30, ha="right")
            if key == "latency_p50":  # two powers of ten lie between the tools
                axes.set_yscale("log")
                axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
            else:
                axes.set_ylim(bottom=0)
        found.append((f"growth-{backend}.png", figure))
    return found


def _cost(axes: Any, measurements: Sequence[Measurement], backend: str, key: str) -> None:
    for tool, (label, colour) in _TOOLS.items():
        at = growth.points(measurements, backend, key, tool)
        if not at:
            continue
        ranges = {
            place.names: values(here)[key, tool]
            for place, here in by_place(measurements)
            if (key, tool) in values(here)
        }
        below = [y - ranges[int(x)].least for x, y in at]
        above = [ranges[int(x)].most - y for x, y in at]
        axes.errorbar(*zip(*at, strict=True), yerr=(below, above), color=colour, marker="o", capsize=3, label=label)
    if axes.get_legend_handles_labels()[0]:
        axes.legend()
