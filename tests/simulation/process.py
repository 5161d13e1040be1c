"""One life of the engine: wired as the controller wires it, on objects that outlive it, and killed at any await."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from simulation.referee import OWNER, Referee
from simulation.scenario import Day
from simulation.server import Connection, Server
from zonewright.model.adopt import Adopt
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import Outcome
from zonewright.model.zone import Zone
from zonewright.planning.plan import NamePlan, Policy, Rules
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.manager import Links, Options, Zones
from zonewright.zones.past import Published
from zonewright.zones.status import Line, build

INTERVAL = 300.0
MANAGED = frozenset({"A", "AAAA", "CNAME"})
ObjectId = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Object:
    """A DNSEndpoint."""

    endpoints: tuple[Endpoint, ...]
    since: str
    adopt: Adopt = Adopt.NONE

    def is_about(self, name: str) -> bool:
        return any(endpoint.name == name for endpoint in self.endpoints)


@dataclass
class Cluster:
    """What the API server keeps, and what is known of the sources. wall: seconds since the epoch."""

    wall: Callable[[], float]
    objects: dict[ObjectId, Object] = field(default_factory=dict)
    statuses: dict[ObjectId, Mapping[str, Any]] = field(default_factory=dict)
    complete: bool = True
    unsettled: Counter[str] = field(default_factory=Counter)

    def exists(self, resource: str) -> bool:
        """As the view says it of "crd/namespace/name"."""
        _, namespace, name = resource.split("/", 2)
        return (namespace, name) in self.objects

    def status(self, namespace: str, name: str) -> Mapping[str, Any]:
        return self.statuses.get((namespace, name), {})


def engine(server: Server, desired: Desired, links: Links, day: Day) -> Zones:
    """The one place where an engine is built. Rules that hold deletes back for long, or give up, are released here."""
    connection = Connection(server)
    capabilities = connection.capabilities
    rules = Rules(Policy.SYNC, MANAGED, set_identifiers=capabilities.set_identifiers)
    options = Options(DomainFilter(), rules, dry_run=False, interval=INTERVAL, wary=day.wary)
    return Zones(connection, TxtRegistry(OWNER, OwnershipNames(day.scheme)), desired, options, links)


class Audience(Protocol):
    """Who is told what the engine does."""

    def round(self) -> None: ...

    def told(self, outcomes: Mapping[Origin, Outcome]) -> None: ...


def resource_of(oid: ObjectId) -> str:
    """As ownership records name it."""
    return f"crd/{oid[0]}/{oid[1]}"


class Process:
    """Started at once: kinds are listed in the first seconds, and until then deletes wait."""

    def __init__(
        self,
        cluster: Cluster,
        server: Server,
        referee: Referee,
        day: Day,
        audience: Audience,
    ) -> None:
        self.cluster = cluster
        self._audience = audience
        self.outcomes: dict[Origin, Outcome] = {}
        self.desired = Desired()
        self._referee = referee
        self._listed = False
        self._published = Published(OWNER)
        self._untold: set[ObjectId] = set()
        self._has_news = asyncio.Event()
        links = Links(
            self.holds,
            self._report,
            lambda _: None,
            observe=self._observe,
            exists=cluster.exists,
            status=cluster.status,
            published=self._published.__contains__,
        )
        self.zones = engine(server, self.desired, links, day)
        self._task = asyncio.create_task(self._live())

    @property
    def knows_all(self) -> bool:
        return self._listed and self.cluster.complete

    def holds(self, name: str) -> bool:
        return not self.knows_all or bool(self.cluster.unsettled[name])

    async def kill(self) -> None:
        """At the await at which it is. Nothing of it is left."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._referee.forget()

    def take(self, oid: ObjectId) -> None:
        """An object has come, changed or gone."""
        obj = self.cluster.objects.get(oid)
        if obj is None:
            names = self.desired.drop(*oid)
        else:
            self._published.see(*oid, self.cluster.status(*oid))
            names = self.desired.put(*oid, dict(enumerate(obj.endpoints)), obj.since, obj.adopt)
        wanted = len(obj.endpoints) if obj else 0
        for origin in [o for o in self.outcomes if o[:2] == oid and o.entry >= wanted]:
            del self.outcomes[origin]
        self.zones.mark(names)

    def completed(self) -> None:
        """The last gap has closed."""
        if self.knows_all:
            self.zones.mark_all()

    async def _live(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.zones.run())
            group.create_task(self._list())
            group.create_task(self._write_statuses())

    async def _list(self) -> None:
        """Two pages, while the zones are being read."""
        for odd in (0, 1):
            await asyncio.sleep(0.5)
            for oid in sorted(self.cluster.objects)[odd::2]:
                self.take(oid)
        await asyncio.sleep(0.5)
        for oid in sorted(self.cluster.objects):
            self.take(oid)
        self._listed = True
        self.completed()

    def _observe(self, zone: Zone, plans: Sequence[NamePlan]) -> None:
        self._referee.planned(zone)
        self._audience.round()

    def _report(self, outcomes: Mapping[Origin, Outcome]) -> None:
        for origin, outcome in outcomes.items():
            if self.desired.wish(origin) is not None and self.outcomes.get(origin) != outcome:
                self.outcomes[origin] = outcome
                self._untold.add((origin.namespace, origin.name))
                self._has_news.set()
        self._audience.told(outcomes)

    async def _write_statuses(self) -> None:
        """A second after the outcomes: a process that dies in between has told nobody."""
        while True:
            await self._has_news.wait()
            await asyncio.sleep(1.0)
            self._has_news.clear()
            for oid in sorted(self._untold):
                self._write_status(oid)
            self._untold.clear()

    def _write_status(self, oid: ObjectId) -> None:
        """Only once the fate of all is known, as the controller does it."""
        obj = self.cluster.objects.get(oid)
        outcomes = [self.outcomes.get(Origin(*oid, index)) for index in range(len(obj.endpoints) if obj else 0)]
        if obj is not None and None not in outcomes:
            named = zip(obj.endpoints, outcomes, strict=True)
            lines = [Line(e.name, e.rtype, "", resource_of(oid), outcome) for e, outcome in named]
            self.cluster.statuses[oid] = build(lines, 1, self.cluster.status(*oid), self.cluster.wall())
