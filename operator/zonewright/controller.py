"""The whole machine, put together: who tells whom, and in which order it starts and stops.

    lists and events ─→ Intake ─→ Book ─→ Writer ─→ DNSEndpoints ─→ Desired ─→ Zones ─→ Reporter ─→ status
                                            └──────── API server ───────┘

Deletes wait until every source has been listed in full, and for a name as long as its DNSEndpoint is not in line with
its claims: what is not known to be unwanted stays.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zonewright import limits
from zonewright.claims.book import Book, Slot
from zonewright.claims.holding import Patience
from zonewright.claims.intake import Intake
from zonewright.claims.objects import Objects
from zonewright.claims.writer import Writer
from zonewright.heldplans import HeldPlans
from zonewright.kube.api import Api, NotFound
from zonewright.kube.echoes import Echoes
from zonewright.kube.events import Event, Recorder, concerned
from zonewright.kube.store import ObjectId, Store, version_of
from zonewright.metrics import Counts, Metrics
from zonewright.model.claim import Claim
from zonewright.model.kind import DNSENDPOINT, Kind
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Reason
from zonewright.model.zone import Zone
from zonewright.planning.brake import Brake, HeldPlan
from zonewright.planning.plan import NamePlan
from zonewright.probes import Probes
from zonewright.providers.base import Provider, ProviderError
from zonewright.registry.base import Registry
from zonewright.resolver import Resolver
from zonewright.settings import Settings
from zonewright.settings.installation import lease_name
from zonewright.sources import catalog
from zonewright.sweep import Sweep
from zonewright.uptake import Uptake
from zonewright.view import View
from zonewright.zones.announcements import Announcement
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.manager import Links, Options, Zones
from zonewright.zones.past import Published
from zonewright.zones.reporter import Reporter
from zonewright.zones.status import Line
from zonewright.zones.strangers import Alarm

log = logging.getLogger(__name__)

LATE = 5.0  # seconds for the first lists, after which what is known so far is published
QUIET = 1.0  # seconds without another delete, before those that have come are carried out


class KindSink:
    """Takes the lists of one kind for its store, and says what has changed when a list is complete."""

    def __init__(self, controller: Controller, store: Store, namespace: str) -> None:
        self.kind = store.kind
        self.namespace = namespace
        self._controller = controller
        self._store = store

    def begin(self) -> None:
        self._store.begin()

    def page(self, items: list[dict[str, Any]]) -> None:
        self._store.page(items)

    def finish(self, version: str) -> None:
        listed = self._store.finish(version)
        self._controller.changed(self.kind, listed.changed)
        self._controller.sweep.doubt(self.kind, listed.missing)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What was found out about the cluster before the start.

    served      kinds that it has in an older version only, with that one
    unreadable  kinds that are done without, since our rights do not let us list them
    home        the namespace for the DNSEndpoints of objects that are in none
    """

    served: Mapping[Kind, Kind] = field(default_factory=dict)
    unreadable: frozenset[Kind] = frozenset()
    home: str = "default"


class Controller:
    """All state of a running operator. It does not start anything by itself: `handlers` and `once` do."""

    def __init__(
        self,
        settings: Settings,
        api: Api,
        provider: Provider,
        registry: Registry,
        metrics: Metrics,
        cluster: Surroundings | None = None,
        observe: Callable[[Zone, Sequence[NamePlan]], None] = lambda _, __: None,
    ) -> None:
        cluster = cluster or Surroundings()
        self._settings = settings
        self._metrics = metrics
        self._failing_kinds: frozenset[Kind] = frozenset()
        self.completed = asyncio.Event()
        self._started = False
        self._writes = False  # whether all DNSEndpoints are known
        self._api = api
        self.required: frozenset[Kind] = frozenset()
        self.faults: dict[str, str] = {}
        self._doubted: set[ObjectId] = set()  # written by others since the last look; only where the work is shared
        self.probes = Probes()
        self._book = Book(cluster.home)
        self._objects = Objects(settings.txt_owner_id)
        self.intake = Intake(
            settings, self._book, self._claims_changed, cluster.served, cluster.unreadable, self._names_wait
        )
        self._stores = self.intake.stores | {DNSENDPOINT: self._objects.store}
        where = {kind: (store, catalog.namespace_of(kind, settings)) for kind, store in self._stores.items()}
        self.sweep = Sweep(api, where, settings.sweep_interval, readable=self._readable, changed=self.changed)
        self.resolver = Resolver(self.intake, settings.interval)
        self.desired = Desired()
        self._published = Published(settings.txt_owner_id)
        self.events = Recorder(api)
        self.echoes = Echoes()
        self.reporter = Reporter(
            api,
            self._objects.store,
            lines=self._lines,
            written=self._endpoint_written,
            announce=self._announce,
            beside=lambda oid: self._uptake.beside(oid),
        )
        self.shards = limits.shards(settings)
        names = limits.domain_filter(settings)
        patience = Patience(settings.hold_missing_targets)
        self._uptake = Uptake(
            settings,
            self._book,
            self._objects,
            self.desired,
            self.reporter,
            kinds=self.intake.source_kinds,
            domains=names,
            derived=self._claims_changed,
            patience=patience,
            shards=self.shards,
        )
        self.view = View(self._book, self._objects, self.intake, self._uptake, self.reporter)
        self.writer = Writer(
            api,
            self._book,
            self._objects,
            settings.txt_owner_id,
            complete=self.complete,
            ours=self._uptake.ours,
            written=self._endpoint_written,
            deleted=self._endpoint_deleted,
            settled=self._slot_settled,
            confirm=self._confirm,
            patience=patience,
            mine=self.shards.mine if self.shards else None,
        )
        self.reporter.queue.follow(self.writer.queue)  # names in DNS come before notes that they are there
        self.held_plans = HeldPlans(
            api,
            self._objects.store,
            settings.txt_owner_id,
            provider.name,
            lease_name(settings),
            cluster.home,
            approve=lambda zone_id, plan_id: self.zones.approve(zone_id, plan_id),
            written=self._endpoint_written,
            deleted=self._endpoint_deleted,
            tell=self.events.add,
        )
        self.zones = Zones(
            provider,
            registry,
            self.desired,
            Options(
                names,
                limits.rules(settings, provider),
                settings.dry_run,
                settings.interval,
                wary=not settings.once and not settings.dry_run,
                routing=limits.routing(settings, provider),
                brake=Brake(settings.brake_percent, settings.brake_least_records, QUIET),
                shards=self.shards,
            ),
            Links(
                self.holds,
                self._report,
                self._round_done,
                observe=observe,
                strangers=self._strangers,
                exists=self.view.exists,
                status=self.view.status,
                claimed=self._book.claimed,
                published=self._published.__contains__,
                braked=self._braked,
                begin=self._complete_or_late,
                moved=self._moved,
            ),
        )

    # -- what goes in

    def sinks(self) -> dict[Kind, KindSink]:
        """One for each kind that has to be read, with the namespace that limits it."""
        where = {kind: catalog.namespace_of(kind, self._settings) for kind in self._stores}
        return {kind: KindSink(self, store, where[kind]) for kind, store in self._stores.items()}

    def seen(self, kind: Kind, event: str, obj: Mapping[str, Any]) -> None:
        """An event of a watch."""
        store = self._stores[kind]
        fresh = store.drop(obj) if event == "DELETED" else store.put(obj)
        if fresh:
            self.changed(kind, [_oid(obj)])

    def changed(self, kind: Kind, oids: Iterable[ObjectId]) -> None:
        """Objects in a store have come, changed or gone."""
        if kind == DNSENDPOINT:
            self._take(oids := list(oids))
            self._begin_to_write()
            if self.shards is not None:
                self._doubt(oids)
        else:
            self.intake.changed(kind, oids)
        self.check_complete()

    def stand_by(self, *, others_lead: bool) -> None:
        """Whether another replica writes at present: what it notes counts as if it were of before our start."""
        self._published.standby = others_lead

    # -- completeness

    def require(self, kinds: frozenset[Kind]) -> None:
        """The kinds that are there: all of them must be listed before anything is deleted."""
        self.required = kinds
        self.intake.wait_for(kinds)

    def unlisted(self) -> frozenset[Kind]:
        """Kinds that are there and have never been listed in full."""
        return frozenset(kind for kind in self.required if not self._stores[kind].ready)

    def _readable(self) -> Iterable[Kind]:
        """Kinds that are there and can be listed at present."""
        return self.required - self._failing_kinds - self.unlisted()

    def complete(self) -> bool:
        """Whether every kind that is there has been listed in full, and none is failing since.

        At the start, names are to be looked up once besides; later, what waits for a lookup keeps the claims it had.
        """
        if self.unlisted() or self._failing_kinds & self.required:
            return False
        return self._started or not self.intake.unanswered()

    def watches_failing(self, kinds: frozenset[Kind]) -> None:
        """Kinds whose lists or watches fail at present: what they would tell us is not known."""
        for kind in kinds - self._failing_kinds:
            log.warning("No watch on %s at present: deletes wait", kind.plural)
            self._metrics.source_error()
        self._failing_kinds = kinds
        self.intake.wait_for(self.required - kinds)
        self.check_complete()

    def check_complete(self) -> None:
        """When the last gap closes, everything is looked at again: deletes have waited for it."""
        if not self.complete():
            self.completed.clear()
        elif not self.completed.is_set():
            self.completed.set()
            self._started = True
            self.writer.queue.add(self._objects.slots() - self._book.slots())
            self.zones.mark_all()

    async def _complete_or_late(self) -> None:
        """Most of what is wanted is known by the first list; looked at before, all would be looked at twice."""
        try:
            async with asyncio.timeout(LATE):
                await self.completed.wait()
        except TimeoutError:
            log.info("Some kinds are not listed yet: what is known is published, and nothing deleted")

    def holds(self, name: str) -> bool:
        """Whether deletes of a name must wait."""
        if not self.complete():
            return True
        slots = self._book.slots_of(name)
        return any(self.writer.queue.pending(slot) or _pending(self._book.at(slot)) for slot in slots)

    # -- first stage: claims

    def _claims_changed(self, slots: set[Slot]) -> None:
        """Who wrote before all DNSEndpoints are known would write what is there."""
        self._uptake.claimed(slots)
        if not self._writes:
            return
        astray = {slot for slot in slots if not self._uptake.settled(slot)}
        self.writer.queue.add(astray)
        for slot in slots - astray:
            self._slot_settled(slot)

    def _begin_to_write(self) -> None:
        if not self._writes and self._objects.store.ready:
            self._writes = True
            self._claims_changed(self._book.slots() - self._objects.slots())

    def _names_wait(self) -> None:
        self.resolver.wake()

    def _slot_settled(self, slot: Slot) -> None:
        """Claims and object agree: the name may be planned in full, and problems of claims are told.

        The object may have come before what it follows from, as to a standby: then it was astray, and was not taken.
        The writer has done with it what it can, though it be another installation's, or somebody changes what we write.
        """
        oids = [_oid(obj) for obj in self._objects.of_slot(slot)]
        self._take(oids, done=slot)
        self.zones.mark([slot.hostname])
        self.reporter.queue.add(oids)

    async def _confirm(self, slot: Slot) -> None:
        """Its object has vanished though objects ask for it: by hand, or with them, and the events are late or lost.

        Written anew for an owner that is gone, it would be collected as garbage again, and so on.
        """
        if slot in self._uptake.vanished:
            await self.intake.confirm(self._book.at(slot), self._exists)
            self._uptake.vanished.discard(slot)

    async def _exists(self, kind: Kind, claim: Claim) -> bool:
        try:
            obj = await self._api.get(kind.path(claim.resource.namespace, claim.resource.name))
        except NotFound:
            return False
        return (obj.get("metadata") or {}).get("uid") == claim.resource.uid

    # -- second stage: DNSEndpoints

    def _endpoint_written(self, obj: Mapping[str, Any]) -> None:
        """By us. A status is our own note: nobody wants anything else by it, unless somebody else has written too."""
        oid = _oid(obj)
        if version_of(obj) > self._objects.store.version(oid):  # else its event has come already
            self.echoes.wrote(str(version_of(obj)))
        if self._objects.store.put(obj):
            self._take([oid])

    def _endpoint_deleted(self, obj: Mapping[str, Any]) -> None:
        self._uptake.deleted(obj)
        if self._objects.store.forget(_oid(obj)):
            self._take([_oid(obj)])

    def _take(self, oids: Iterable[ObjectId], *, done: Slot | None = None) -> None:
        """done: a slot that the writer has just looked at."""
        oids = list(oids)
        for oid in oids:
            if (obj := self._objects.store.get(oid)) is not None:
                self._published.see(oid.namespace, oid.name, obj.get("status"))
                self.held_plans.seen(obj)
            else:
                self._published.forget(oid.namespace, oid.name)
        taken = self._uptake.changed(oids)
        for name in taken.names:
            if not self.desired.at(name):
                self.faults.pop(name, None)
        self.writer.queue.add(taken.astray - {done})
        self.zones.mark(taken.names)

    def _lines(self, oid: ObjectId, outcomes: Mapping[int, Outcome]) -> Sequence[Line] | None:
        return self._uptake.lines(oid, outcomes)

    def _moved(self) -> None:
        """Names may have come to this shard, and others gone: what is known of those is void, and all is looked at."""
        assert self.shards is not None  # noqa: S101
        self.writer.queue.add(self._book.slots() | self._objects.slots())
        for oid in self._uptake.read():
            self.reporter.expect(oid, self._uptake.entries(oid))
        self.faults = {name: message for name, message in self.faults.items() if self.shards.mine(name)}

    def _doubt(self, oids: Iterable[ObjectId]) -> None:
        """Somebody has written these. It may be a shard that does not know yet that they are ours, by the zones that it
        has read last: an interval later it does, and then what it has said is put right."""
        known = self.reporter.outcomes()
        if not (ours := {oid for oid in oids if oid in known}):
            return
        if not self._doubted:
            asyncio.get_running_loop().call_later(self._settings.interval, self._look_at_doubted)
        self._doubted |= ours

    def _look_at_doubted(self) -> None:
        doubted, self._doubted = self._doubted, set()
        self.reporter.queue.add(doubted)

    # -- outcomes

    def _report(self, outcomes: Mapping[Origin, Outcome]) -> None:
        for origin, outcome in outcomes.items():
            name = outcome.endpoint.name if outcome.endpoint else f"{origin.namespace}/{origin.name}"
            if outcome.fault:
                self.faults[name] = outcome.message
            else:
                self.faults.pop(name, None)
        self.reporter.report(outcomes)

    def _announce(self, obj: Mapping[str, Any], worth: Sequence[Announcement]) -> None:
        for one in worth:
            for subject in concerned(obj, one.resource):
                self.events.add(Event(subject, one.warning, one.reason, one.note))

    def _round_done(self, error: ProviderError | None) -> None:
        """A round that went well is a sync only when the other zones are well too: alerts look at its time."""
        now = time.time()
        self._metrics.reconciled(now)
        if error is not None:
            self._metrics.registry_error()
        elif self.zones.sound:
            self._metrics.synced(now)

    def _braked(self, zone: Zone, plan: HeldPlan | None) -> None:
        self._metrics.held_deletes(str(zone), len(plan.records) if plan else 0)
        self.held_plans.braked(zone, plan)

    def _strangers(self, zone: Zone, alarm: Alarm) -> None:
        """Another installation may live under our owner id: people have to know, for deletes wait meanwhile."""
        self._metrics.foreign_writer(str(zone), seen=bool(alarm))
        names = alarm.come or alarm.doubtful
        shown = ", ".join(sorted(names)[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        about = {"owner": self._settings.txt_owner_id, "names": shown}
        if alarm.come:
            log.error(
                "Zone %s: somebody else writes under our owner id, deletes wait; "
                "give each cluster its own --txt-owner-id",
                zone,
                extra=about,
            )
        elif alarm.doubtful:
            log.warning(
                "Zone %s: %d names stand under our owner id that nobody here asks for, and may be another cluster's: "
                "they stay for now. If they are left over, they go later, or at once with `zonewright run --once`",
                zone,
                len(names),
                extra=about,
            )
        elif not alarm:
            log.info("Zone %s: no other writer under our owner id any more: deletes go on", zone)

    # -- figures

    def counts(self) -> Counts:
        """Record sets wanted, present and verified, by type."""
        verified = Counter(
            outcome.endpoint.rtype
            for outcomes in self.reporter.outcomes().values()
            for outcome in outcomes.values()
            if outcome.reason is Reason.SYNCED and outcome.endpoint
        )
        mine = self.shards.mine if self.shards else None
        wanted = Counter(e.rtype for e in self.desired.endpoints() if mine is None or mine(e.name))
        standing = Counter(record.rtype for record in self.zones.records())
        return Counts(wanted, standing, verified, self.writer.waited_for)


def _oid(obj: Mapping[str, Any]) -> ObjectId:
    return ObjectId(obj["metadata"].get("namespace") or "", obj["metadata"]["name"])


def _pending(claims: Iterable[Claim]) -> bool:
    """Whether an object asks for a name and does not know yet where it leads: what stands may be right."""
    return any(problem.reason is Reason.PENDING for claim in claims for problem in claim.problems)
