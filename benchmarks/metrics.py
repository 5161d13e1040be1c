"""What is read off the measurements: the rows of the table, each a figure of one kind of work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from benchmarks.results import Measurement
from benchmarks.statistics import Spread, percentile

Read = Callable[[Measurement], float | None]
# By key of the row and name of the tool.
Values = Mapping[tuple[str, str], Spread]


@dataclass(frozen=True, slots=True)
class Row:
    """unit: s, MB, %, kB, or "" for a number. Less is better in every row."""

    key: str
    title: str
    work: str
    unit: str
    read: Read


def _figure(name: str, scale: float = 1.0) -> Read:
    def read(one: Measurement) -> float | None:
        return one.figures[name] * scale if name in one.figures else None

    return read


def _percentile(percent: float) -> Read:
    return lambda one: percentile(sorted(one.samples), percent) if one.samples else None


def _rows() -> Iterable[Row]:
    for key, what in (("latency", "One change at a time → DNS"), ("rate", "10 changes a second → DNS")):
        for percent in (50, 90, 99):
            yield Row(f"{key}_p{percent}", f"{what}, p{percent}", key, "s", _percentile(percent))
    yield Row("floor", "The API server alone: as many creates", "floor", "s", _figure("creates"))
    yield Row("cold", "Cold start → last record in DNS", "cold", "s", _figure("last_record"))
    yield Row("cold_status", "Cold start → last status", "cold", "s", _figure("last_status"))
    yield Row("cold_cpu", "Cold start, processor time", "cold", "s", _figure("cpu_seconds"))
    yield Row("restart", "Restart → verified in sync", "restart", "s", _figure("in_sync"))
    yield Row("restart_writes", "Restart, writes to DNS", "restart", "", _figure("dns_writes"))
    yield Row("restart_api", "Restart, DNSEndpoints written", "restart", "", _figure("api_writes"))
    yield Row("restart_refused", "Restart, writes of DNSEndpoints refused", "restart", "", _figure("api_refused"))
    yield Row("burst", "Burst created at once: last object ready → last record", "burst", "s", _figure("after_last"))
    yield Row("burst_all", "Burst created at once: first object → last record", "burst", "s", _figure("all"))
    yield Row("delete", "Burst deleted at once: last delete → last record gone", "delete", "s", _figure("after_last"))
    yield Row("calls", "Provider calls for one change", "calls", "", _figure("total"))
    yield Row("cpu", "Nothing changes: processor, of a core", "steady", "%", _figure("cpu_percent"))
    yield Row("api", "Nothing changes: API requests a minute", "steady", "", _figure("api_per_minute"))
    yield Row("idle_calls", "Nothing changes: provider calls a minute", "steady", "", _figure("calls_per_minute"))
    yield Row("drift", "Record removed by hand → repaired", "drift", "s", _figure("repair"))
    yield Row("peak", "Memory, peak", "memory", "MB", _figure("peak", 1e-6))
    yield Row("settled", "Memory, settled", "memory", "MB", _figure("settled", 1e-6))
    yield Row(
        "per_name",
        "Memory, settled, without mapped files, by hostname",
        "memory",
        "kB",
        _figure("anonymous_per_name", 1e-3),
    )


ROWS = tuple(_rows())


def values(measurements: Iterable[Measurement]) -> dict[tuple[str, str], Spread]:
    """Of one place: each row by tool, over the runs that did not fail."""
    done = [one for one in measurements if not one.failed]
    found = {}
    for row in ROWS:
        for tool in {one.tool for one in done}:
            read = (row.read(one) for one in done if one.tool == tool and one.work == row.work)
            spread = Spread.of(value for value in read if value is not None)
            if spread:
                found[row.key, tool] = spread
    return found


def failures(measurements: Iterable[Measurement], row: Row, tool: str) -> list[str]:
    return [one.error for one in measurements if one.failed and (one.tool, one.work) == (tool, row.work)]
