"""All zones of the provider: finds them, starts a worker for each, and says which one a name belongs to."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zonewright.clock import monotonic
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.hostname import printable
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Reason
from zonewright.model.zone import Zone
from zonewright.planning.brake import Brake, HeldPlan
from zonewright.planning.plan import NamePlan, Rules
from zonewright.providers.base import Provider, ProviderError
from zonewright.registry.base import Registry
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.homes import Homes
from zonewright.zones.retries import delay
from zonewright.zones.routing import WHOLE, Routing
from zonewright.zones.several import Several
from zonewright.zones.shards import Shards
from zonewright.zones.snapshot import Snapshot
from zonewright.zones.strangers import Alarm
from zonewright.zones.surroundings import Surroundings, at_once
from zonewright.zones.worker import NO_BRAKE, ZoneWorker

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """interval: seconds between two readings of a zone, and of the list of zones.

    wary  whether what stands at the start may be another installation's of our owner id, see `strangers`
    routing  how zones are chosen for a name
    brake  how much of a zone may be deleted at once
    shards  which names are ours, where the work is shared; None is all
    """

    domain_filter: DomainFilter
    rules: Rules
    dry_run: bool
    interval: float
    wary: bool = False
    routing: Routing = WHOLE
    brake: Brake = NO_BRAKE
    shards: Shards | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """How the manager speaks to the rest.

    holds   whether deletes of a name must wait
    report  takes outcomes
    done    told after each round of a zone, and each listing of zones: None, or what went wrong
    observe  told of the plans of a round of a zone, before anything is done
    strangers  told when another installation may live under our owner id, and when that is over
    exists  whether the object that an ownership record names is there
    status  that of the DNSEndpoint with a namespace and name, as it was written last
    claimed  whether an object asks for a name, also one whose DNSEndpoint is not written yet
    published  whether a status of before the start says that a name was ours
    braked  told when deletes in a zone wait for a person, when they are others, and when none waits any more
    begin   returns when zones may be looked at for the first time, see `Surroundings`
    moved  told when other names may be ours than before; only where the work is shared
    """

    holds: Callable[[str], bool]
    report: Callable[[Mapping[Origin, Outcome]], None]
    done: Callable[[ProviderError | None], None]
    observe: Callable[[Zone, Sequence[NamePlan]], None] = lambda _, __: None
    strangers: Callable[[Zone, Alarm], None] = lambda _, __: None
    exists: Callable[[str], bool] = lambda _: False
    status: Callable[[str, str], Mapping[str, Any]] = lambda _, __: {}
    claimed: Callable[[str], bool] = lambda _: False
    published: Callable[[str], bool] = lambda _: False
    braked: Callable[[Zone, HeldPlan | None], None] = lambda _, __: None
    begin: Callable[[], Awaitable[None]] = at_once
    moved: Callable[[], None] = lambda: None


class Zones:
    """`mark` names; `run` for ever, or `round` once."""

    def __init__(
        self, provider: Provider, registry: Registry, desired: Desired, options: Options, links: Links
    ) -> None:
        self._provider = provider
        self._registry = registry
        self._desired = desired
        self._options = options
        self._links = links
        self._shards = options.shards
        self._zones: frozenset[Zone] = frozenset()  # all of the provider, also those that are not for us
        self._routes = options.routing.among(())
        self._several = Several(desired)
        self._homes = Homes(desired, self.zones_of)
        self._workers: dict[Zone, ZoneWorker] = {}
        self._tasks: dict[Zone, asyncio.Task[None]] = {}
        self._known = asyncio.Event()
        self._failure: tuple[ProviderError, float] | None = None
        self._sound: set[Zone] = set()  # whose last round went without an error
        self._errors: dict[Zone, ProviderError] = {}  # of the last round, where it did not

    # -- the rest of the program

    def mark(self, names: Iterable[str]) -> None:
        """Look at these names again: what is wanted of them has changed."""
        by_zone: dict[Zone, list[str]] = {}
        homeless: list[str] = []
        for name in (names := self._ours(names)):
            zones = self.zones_of(name)
            for zone in zones:
                by_zone.setdefault(zone, []).append(name)
            if not zones or self._routes.plural:  # there a wish may still be in none
                homeless.append(name)
        self._several.forget(names)
        for zone, mine in by_zone.items():
            self._workers[zone].mark(mine)
        self._refuse(homeless)

    def mark_all(self) -> None:
        """Look at everything again."""
        for worker in self._workers.values():
            worker.mark_all()

    def zones_of(self, name: str) -> tuple[Zone, ...]:
        """The zones that have a name, see `routing`; none when it is filtered, in no zone or for another shard."""
        if self._shards is not None and not self._shards.mine(name):
            return ()
        return self._routes.of(name) if self._options.domain_filter.matches(name) else ()

    def every(self) -> frozenset[Zone]:
        """All zones of the provider, also those that are another shard's."""
        return self._zones

    @property
    def known(self) -> bool:
        """Whether the zones have been listed."""
        return self._known.is_set()

    @property
    def settled(self) -> bool:
        """Whether the zones are known and each has been read."""
        return self._known.is_set() and all(worker.snapshot is not None for worker in self._workers.values())

    @property
    def sound(self) -> bool:
        """Whether the last listing of zones, and the last round of each, went without an error of the provider."""
        return self._known.is_set() and self._failure is None and self._sound >= self._workers.keys()

    def errors(self) -> Mapping[str, ProviderError]:
        """What went wrong in the last rounds, by zone; under "" where the zones could not be listed."""
        listing = {"": self._failure[0]} if self._failure else {}
        return listing | {str(zone): error for zone, error in self._errors.items() if zone in self._workers}

    def snapshots(self) -> Mapping[Zone, Snapshot]:
        """What stands in the zones that have been read."""
        return {zone: worker.snapshot for zone, worker in self._workers.items() if worker.snapshot is not None}

    def approve(self, zone_id: str, plan_id: str) -> bool:
        """Whether deletes that a zone holds are this very plan: then they go."""
        workers = [worker for zone, worker in self._workers.items() if zone.id == zone_id]
        return any(worker.approve(plan_id) for worker in workers)

    async def found(self) -> None:
        """Wait until the zones are known."""
        await self._known.wait()

    async def caught_up(self) -> None:
        """Look at everything again, and wait until that is done."""
        await self._known.wait()
        await asyncio.gather(*(worker.caught_up() for worker in self._workers.values()))

    def records(self) -> Iterable[Endpoint]:
        """All record sets of the snapshots that are no ownership records and pass the domain filter."""
        for zone, worker in self._workers.items():
            snapshot = worker.snapshot or Snapshot([])
            for name in snapshot.names():
                if self._mine(zone, name):
                    yield from (record for record in snapshot.at(name) if not self._registry.is_ownership(record))

    # -- running

    async def run(self) -> None:
        """Find zones and keep them, until cancelled."""
        attempt = 0
        try:
            while True:
                started = monotonic()
                try:
                    await self.discover()
                    attempt = 0
                    pause = self._options.interval
                except ProviderError as e:
                    attempt += 1
                    pause = delay(e, attempt)
                    self._fail(e, time.time() + pause)
                for zone, worker in self._workers.items():
                    if zone not in self._tasks:
                        self._tasks[zone] = asyncio.create_task(worker.run(), name=f"zone-{zone}")
                await asyncio.sleep(max(0.05, started + pause - monotonic()))
        finally:
            await self._stop(list(self._tasks))

    async def finish(self, seconds: float) -> None:
        """Let rounds that are under way come to their end, for at most so long, and start no other."""
        for worker in self._workers.values():
            worker.stop()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=seconds)

    async def round(self) -> None:
        """Find the zones and work through each once."""
        if await self.find():
            await asyncio.gather(*(worker.round() for worker in self._workers.values()))

    async def find(self) -> bool:
        """Find the zones; False when they cannot be listed, which is told."""
        try:
            await self.discover()
        except ProviderError as e:
            self._fail(e, time.time())
            return False
        return True

    async def discover(self) -> None:
        """Ask for the zones; start workers for new ones, stop those of zones that are gone. Raises ProviderError."""
        every = frozenset(await self._provider.zones())
        zones = self._working(every)
        self._failure = None
        gone = [zone for zone in self._workers if zone not in zones]
        new = sorted(zones - self._workers.keys())
        await self._stop(gone)
        for zone in gone:
            del self._workers[zone]
            self._links.braked(zone, None)
        self._sound &= zones
        for zone in new:
            self._workers[zone] = self._worker(zone)
        first = not self._known.is_set()
        self._known.set()
        self._routes = self._options.routing.among(every)
        self._several.prune()
        if new or gone:
            log.info("Zones: %s", ", ".join(map(str, sorted(self._workers))) or "none")
        if first or every != self._zones:
            self._zones = every
            self._share_out()
            self._homes.moved()
            self.mark(list(self._desired.names()))

    def _working(self, every: frozenset[Zone]) -> frozenset[Zone]:
        """Those of all zones that need a worker here."""
        if self._shards is None:
            return every
        return self._shards.working(every, several=self._options.routing.every_private)

    def _share_out(self) -> None:
        """Other zones: names may have come to this shard, and gone to others."""
        if self._shards is not None:
            self._shards.see(self._zones)
            log.info("Shard %s has %d of %d zones", self._shards.own, len(self._workers), len(self._zones))
            self._links.moved()

    def _ours(self, names: Iterable[str]) -> list[str]:
        """Those that are not for another shard."""
        return list(names) if self._shards is None else [name for name in names if self._shards.mine(name)]

    def _worker(self, zone: Zone) -> ZoneWorker:
        links = self._links
        around = Surroundings(
            self._desired,
            self._mine,
            links.holds,
            lambda outcomes: self._report(zone, outcomes),
            self._round_done,
            observe=links.observe,
            strangers=links.strangers,
            exists=links.exists,
            status=links.status,
            claimed=links.claimed,
            published=links.published,
            braked=links.braked,
            begin=links.begin,
            wanted=self._homes.names,
            share=lambda of, endpoint: self._routes.share(of, endpoint),
            divided=self._shards is not None,
        )
        return ZoneWorker(
            zone,
            self._provider,
            self._registry,
            self._options.rules.for_zone(zone.name),
            around,
            dry_run=self._options.dry_run,
            interval=self._options.interval,
            wary=self._options.wary,
            brake=self._options.brake,
        )

    def _round_done(self, zone: Zone, error: ProviderError | None) -> None:
        if error is None:
            self._sound.add(zone)
            self._errors.pop(zone, None)
        else:
            self._sound.discard(zone)
            self._errors[zone] = error
        self._links.done(error)

    async def _stop(self, zones: Iterable[Zone]) -> None:
        tasks = [self._tasks.pop(zone) for zone in zones if zone in self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- names without a zone

    def _mine(self, zone: Zone, name: str) -> bool:
        return zone in self.zones_of(name)

    def _report(self, zone: Zone, outcomes: Mapping[Origin, Outcome]) -> None:
        if known := self._several.put_together(zone, outcomes, self._routes):
            self._links.report(known)

    def _refuse(self, names: Iterable[str]) -> None:
        """Names that have no worker are told why, as soon as it is known."""
        if not self._known.is_set() and self._failure is None:
            return
        wishes = [(name, wish) for name in self._ours(names) for wish in self._desired.at(name)]
        outcomes = {w.origin: self.refusal(name, w.endpoint) for name, w in wishes if self._is_lost(name, w.endpoint)}
        if outcomes:
            self._links.report(outcomes)

    def _is_lost(self, name: str, endpoint: Endpoint) -> bool:
        return not self.zones_of(name) or self._routes.is_lost(endpoint)

    def refusal(self, name: str, endpoint: Endpoint) -> Outcome:
        """Why a name is in no zone of ours."""
        provider = self._provider.name
        if not self._options.domain_filter.matches(name):
            text = f"{printable(name)} is outside --domain-filter or inside --exclude-domains"
            return Outcome(Reason.FILTERED, text, endpoint, provider=provider)
        if self._failure is not None:
            error, retry_at = self._failure
            return Outcome(error.reason, str(error), endpoint, provider=provider, retry_at=retry_at, fault=True)
        if self.zones_of(name):
            text = f"none of the zones that hold {printable(name)} is the one that {self._options.routing.pin} names"
            return Outcome(Reason.NO_MATCHING_ZONE, text, endpoint, provider=provider)
        zones = ", ".join(map(str, sorted(self._zones)))
        text = f"no zone of {provider} holds {printable(name)}" + (f"; there are {zones[:200]}" if zones else "")
        return Outcome(Reason.NO_MATCHING_ZONE, text, endpoint, provider=provider)

    def _fail(self, error: ProviderError, retry_at: float) -> None:
        """The zones could not be listed. Zones that are known stay in work."""
        log.error("Zones of %s: %s", self._provider.name, error, extra={"reason": error.reason})
        self._failure = (error, retry_at)
        self._links.done(error)
        self._refuse([name for name in self._desired.names() if not self.zones_of(name)])
