"""Figures under ExternalDNS's names, so that its dashboards and alerts go on working.

Three of them are gauges in spite of names that end in _total; they appear under exactly those names. Label values are
lower case. A registry of our own keeps apart several operators in one process, as tests have them.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from zonewright import __version__

_PREFIX = "external_dns"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series per counter


@dataclass(frozen=True, slots=True)
class Counts:
    """Record sets by type (upper case): wanted by sources, standing in DNS, and wanted ones that DNS holds.

    held: names that keep their last targets, since their objects have none for now
    """

    source: Mapping[str, int] = field(default_factory=dict)
    registry: Mapping[str, int] = field(default_factory=dict)
    verified: Mapping[str, int] = field(default_factory=dict)
    held: int = 0


class Metrics:
    """All metrics of one operator."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        build_labels = {
            "version": __version__,
            "python_version": platform.python_version(),
            "os": platform.system().lower(),
            "arch": platform.machine(),
        }
        build = Gauge("build_info", "What is running.", list(build_labels), namespace=_PREFIX, registry=registry)
        build.labels(**build_labels).set(1)
        self._synced = _gauge(registry, "controller", "last_sync_timestamp_seconds", "Last round without an error.")
        self._reconciled = _gauge(
            registry, "controller", "last_reconcile_timestamp_seconds", "Last round, whatever its end."
        )
        self._verified = _by_type(registry, "controller", "verified_records", "Wanted record sets that DNS holds.")
        self._source = _Side(registry, "source", "that sources want")
        self._standing = _Side(registry, "registry", "that stand in DNS")
        self._held = Gauge(
            "zonewright_held_missing_targets",
            "Names that keep their last targets, since their objects have none for now.",
            registry=registry,
        )
        self._held_deletes = Gauge(
            "zonewright_held_deletes",
            "Record sets in this zone whose deletes wait for `zonewright approve`.",
            ["zone"],
            registry=registry,
        )
        self._leader = Gauge("zonewright_leader", "1 while this replica may write, 0 on a standby.", registry=registry)
        self._foreign = Gauge(
            "zonewright_foreign_writer",
            "1 while another installation writes under our owner id in this zone, or may do so: deletes wait.",
            ["zone"],
            registry=registry,
        )

    def leads(self, leading: Callable[[], bool]) -> None:
        """Show from now on whether this process may write."""
        self._leader.set_function(lambda: float(leading()))

    def set_counts(self, counts: Counts) -> None:
        """Replace all counts; types that are no longer there disappear."""
        self._source.set(counts.source)
        self._standing.set(counts.registry)
        _replace(self._verified, counts.verified)
        self._held.set(counts.held)

    def synced(self, at: float) -> None:
        """A round has ended without an error; seconds since the epoch."""
        self._synced.set(at)

    def reconciled(self, at: float) -> None:
        """A round has ended, with or without an error; seconds since the epoch."""
        self._reconciled.set(at)

    def foreign_writer(self, zone: str, *, seen: bool) -> None:
        """Another installation with our owner id has been seen in a zone, or may be there; or not for long."""
        self._foreign.labels(zone).set(int(seen))

    def held_deletes(self, zone: str, count: int) -> None:
        """So many deletes in a zone wait for a person."""
        self._held_deletes.labels(zone).set(count)

    def watch(self, provider: str, traffic: Traffic) -> None:
        """Show from now on what has been asked of a provider."""
        self._registry.register(_TrafficCollector(provider, traffic))

    def source_error(self) -> None:
        """Objects could not be read."""
        self._source.errors.inc()

    def registry_error(self) -> None:
        """Records could not be read or written."""
        self._standing.errors.inc()

    def text(self) -> bytes:
        """The exposition, in the format that CONTENT_TYPE names."""
        return generate_latest(self._registry)


class Traffic(Protocol):
    """What has been asked of a provider since the start; waited: in seconds."""

    @property
    def requests(self) -> int: ...
    @property
    def throttled(self) -> int: ...
    @property
    def waited(self) -> float: ...


class _TrafficCollector(Collector):
    def __init__(self, provider: str, traffic: Traffic) -> None:
        self._provider = provider
        self._traffic = traffic

    def collect(self) -> Iterable[CounterMetricFamily]:
        figures = {
            "requests": (self._traffic.requests, "Requests to the provider."),
            "throttled": (self._traffic.throttled, "Answers of the provider that there are too many requests."),
            "wait_seconds": (self._traffic.waited, "Waits for a turn within the provider's limits, added up."),
        }
        for name, (value, about) in figures.items():
            family = CounterMetricFamily(f"zonewright_provider_{name}", about, labels=["provider"])
            family.add_metric([self._provider], value)
            yield family


class _Side:
    """What source_* and registry_* have in common."""

    def __init__(self, registry: CollectorRegistry, side: str, what: str) -> None:
        self._all = _gauge(registry, side, "endpoints_total", f"Record sets {what}.")
        self._by_type = _by_type(registry, side, "records", f"Record sets {what}, by type.")
        # Names that ExternalDNS had before it counted by type; alerts still use them.
        self._a = _gauge(registry, side, "a_records", f"Record sets of type A {what}.")
        self._aaaa = _gauge(registry, side, "aaaa_records", f"Record sets of type AAAA {what}.")
        self.errors = Counter(
            "errors_total", f"Failures on the way of record sets {what}.", [], _PREFIX, side, registry=registry
        )

    def set(self, counts: Mapping[str, int]) -> None:
        self._all.set(sum(counts.values()))
        self._a.set(counts.get("A", 0))
        self._aaaa.set(counts.get("AAAA", 0))
        _replace(self._by_type, counts)


def _gauge(registry: CollectorRegistry, subsystem: str, name: str, about: str) -> Gauge:
    return Gauge(name, about, namespace=_PREFIX, subsystem=subsystem, registry=registry)


def _by_type(registry: CollectorRegistry, subsystem: str, name: str, about: str) -> Gauge:
    return Gauge(name, about, ["record_type"], namespace=_PREFIX, subsystem=subsystem, registry=registry)


def _replace(gauge: Gauge, counts: Mapping[str, int]) -> None:
    gauge.clear()
    for record_type, count in counts.items():
        gauge.labels(record_type.lower()).set(count)
