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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zonewright.claims.book import Book, Slot
from zonewright.claims.follow import topic
from zonewright.claims.generated import differs, manifest, of_other_kinds, slot_of
from zonewright.claims.intake import Intake
from zonewright.claims.objects import Objects
from zonewright.claims.writer import Writer
from zonewright.kube.api import Api, NotFound
from zonewright.kube.store import ObjectId, Store
from zonewright.metrics import Counts, Metrics
from zonewright.model.claim import Claim
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.kind import DNSENDPOINT, Kind
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Reason
from zonewright.model.zone import Zone
from zonewright.planning.plan import NamePlan, Policy, Rules
from zonewright.probes import Probes
from zonewright.providers.base import Provider, ProviderError
from zonewright.registry.base import Registry
from zonewright.resolver import Resolver
from zonewright.settings import Settings
from zonewright.sources import catalog, dnsendpoint
from zonewright.sources.dnsendpoint import Reading, read
from zonewright.statuslines import claim_lines, entry_lines
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.manager import Links, Options, Zones
from zonewright.zones.reporter import Reporter
from zonewright.zones.status import Line

log = logging.getLogger(__name__)


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
        self._controller.changed(self.kind, self._store.finish(version))


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
        self._api = api
        self._vanished: set[Slot] = set()
        self._claimed: set[Slot] = set()  # whose objects are ours for certain, whatever they say
        self._filter = domain_filter(settings)
        self.required: frozenset[Kind] = frozenset()
        self.faults: dict[str, str] = {}
        self.probes = Probes()
        self._book = Book(cluster.home)
        self._objects = Objects(settings.txt_owner_id)
        self._readings: dict[ObjectId, Reading] = {}
        self.intake = Intake(
            settings, self._book, self._claims_changed, cluster.served, cluster.unreadable, self._names_wait
        )
        self._stores = self.intake.stores | {DNSENDPOINT: self._objects.store}
        self.resolver = Resolver(self.intake, settings.interval)
        self._kinds = {(kind.group, kind.kind) for kind in self.intake.source_kinds}
        if dnsendpoint.SOURCE in settings.source:
            self._kinds.add((DNSENDPOINT.group, DNSENDPOINT.kind))
        self.desired = Desired()
        self.writer = Writer(
            api,
            self._book,
            self._objects,
            settings.txt_owner_id,
            complete=self.complete,
            ours=self._ours,
            written=self._endpoint_written,
            deleted=self._endpoint_deleted,
            settled=self._slot_settled,
            confirm=self._confirm,
        )
        self.zones = Zones(
            provider,
            registry,
            self.desired,
            Options(self._filter, rules(settings, provider), settings.dry_run, settings.interval),
            Links(
                self.holds,
                self._report,
                self._round_done,
                observe=observe,
                strangers=self._strangers,
                exists=self.exists,
                status=self._status,
            ),
        )
        self.reporter = Reporter(api, self._objects.store, lines=self._lines, written=self._status_written)

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
            meta = obj["metadata"]
            self.changed(kind, [ObjectId(meta.get("namespace") or "", meta["name"])])

    def changed(self, kind: Kind, oids: Iterable[ObjectId]) -> None:
        """Objects in a store have come, changed or gone."""
        if kind == DNSENDPOINT:
            self.zones.mark(self._endpoints_changed(oids))
        else:
            self.intake.changed(kind, oids)
        self.check_complete()

    # -- completeness

    def require(self, kinds: frozenset[Kind]) -> None:
        """The kinds that are there: all of them must be listed before anything is deleted."""
        self.required = kinds
        self.intake.wait_for(kinds)

    def unlisted(self) -> frozenset[Kind]:
        """Kinds that are there and have never been listed in full."""
        return frozenset(kind for kind in self.required if not self._stores[kind].ready)

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
            self.writer.queue.add(self._book.slots() | self._objects.slots())
            self.zones.mark_all()

    def holds(self, name: str) -> bool:
        """Whether deletes of a name must wait."""
        if not self.complete():
            return True
        slots = self._book.slots_of(name)
        return any(self.writer.queue.pending(slot) or _pending(self._book.at(slot)) for slot in slots)

    def exists(self, resource: str) -> bool:
        """Whether an object is there, by what ownership records call it; False where we do not read its kind."""
        kind, _, rest = resource.partition("/")
        namespace, _, name = rest.rpartition("/")
        stores = [store for of, store in self.intake.stores.items() if of.kind.lower() == kind]
        stores += [self._objects.store] if kind == dnsendpoint.SOURCE else []
        return any(store.get(ObjectId(namespace, name)) is not None for store in stores)

    # -- first stage: claims

    def _claims_changed(self, slots: set[Slot]) -> None:
        self._claimed |= {slot for slot in slots if self._book.at(slot)}
        self.writer.queue.add(slots)

    def _names_wait(self) -> None:
        self.resolver.wake()

    def _slot_settled(self, slot: Slot) -> None:
        """Claims and object agree: the name may be planned in full, and problems of claims are told."""
        self.zones.mark([slot.hostname])
        for obj in self._objects.of_slot(slot):
            self.reporter.queue.add([ObjectId(obj["metadata"]["namespace"], obj["metadata"]["name"])])

    async def _confirm(self, slot: Slot) -> None:
        """Its object has vanished though objects ask for it: by hand, or with them, and the events are late or lost.

        Written anew for an owner that is gone, it would be collected as garbage again, and so on.
        """
        if slot in self._vanished:
            await self.intake.confirm(self._book.at(slot), self._exists)
            self._vanished.discard(slot)

    async def _exists(self, kind: Kind, claim: Claim) -> bool:
        try:
            obj = await self._api.get(kind.path(claim.resource.namespace, claim.resource.name))
        except NotFound:
            return False
        return (obj.get("metadata") or {}).get("uid") == claim.resource.uid

    # -- second stage: DNSEndpoints

    def _endpoint_written(self, obj: Mapping[str, Any]) -> None:
        if self._objects.store.put(obj):
            meta = obj["metadata"]
            self.zones.mark(self._endpoints_changed([ObjectId(meta["namespace"], meta["name"])]))

    def _endpoint_deleted(self, obj: Mapping[str, Any]) -> None:
        meta = obj["metadata"]
        oid = ObjectId(meta["namespace"], meta["name"])
        if (slot := slot_of(obj)) is not None and not self._book.at(slot):
            self._claimed.discard(slot)
        if self._objects.store.forget(oid):
            self.zones.mark(self._endpoints_changed([oid]))

    def _status_written(self, obj: Mapping[str, Any]) -> None:
        """Our own note: nothing that anybody wants has changed by it, unless somebody else has written meanwhile."""
        self._endpoint_written(obj)

    def _endpoints_changed(self, oids: Iterable[ObjectId]) -> set[str]:
        """Take over DNSEndpoints; returns the names that are wanted differently."""
        oids = list(oids)
        before = {slot for oid in oids if (slot := self._objects.slot(oid)) is not None}
        slots = self._objects.refresh(oids) | before
        self._vanished |= {s for s in before if self._book.at(s) and not self._objects.of_slot(s)}
        names: set[str] = set()
        for oid in oids:
            names |= self._take(oid)
        self.writer.queue.add(slot for slot in slots if not self._in_line(slot))
        return names

    def _take(self, oid: ObjectId) -> set[str]:
        obj = self._objects.store.get(oid)
        if obj is None or not self._counts(obj):
            self._readings.pop(oid, None)
            self._derive(oid, ())
            names = self.desired.drop(oid.namespace, oid.name)
            if obj is None:
                self.reporter.expect(oid, frozenset())
            return names
        slot = self._objects.slot(oid)
        if slot is not None and self._book.at(slot) and not self._in_line(slot):
            return set()  # the writer puts it right, and the right one is taken then
        reading = read(obj, self._settings)
        self._derive(oid, dnsendpoint.derived(obj, self._settings))
        if reading == self._readings.get(oid):
            if obj["metadata"].get("generation") != (obj.get("status") or {}).get("observedGeneration"):
                self.reporter.queue.add([oid])  # written again to the same effect: that has been seen
            return set()
        self._readings[oid] = reading
        names = self.desired.put(oid.namespace, oid.name, reading.endpoints, self._since(slot, obj), reading.adopt)
        self.reporter.expect(oid, frozenset(reading.endpoints))
        return names

    def _derive(self, oid: ObjectId, claims: tuple[Claim, ...]) -> None:
        """Reverse names that follow from a hand-written DNSEndpoint become objects of their own."""
        if slots := self._book.put(topic(DNSENDPOINT, oid), claims):
            self._claims_changed(slots)

    def _since(self, slot: Slot | None, obj: Mapping[str, Any]) -> str:
        """When a name was first asked for: by the objects behind a generated DNSEndpoint, whose own age says little."""
        asking = [claim.resource for claim in self._book.at(slot) if claim.endpoints] if slot is not None else []
        meta = obj["metadata"]
        times = [(resource.created, resource.uid) for resource in asking]
        return " ".join(min(times, default=(meta.get("creationTimestamp") or "", meta.get("uid") or "")))

    def _counts(self, obj: Mapping[str, Any]) -> bool:
        """Whether an object is ours to publish."""
        why = self.left_out(obj)
        if why is not None:
            meta = obj["metadata"]
            log.debug("Skipped DNSEndpoint %s/%s: %s", meta["namespace"], meta["name"], why)
        return why is None

    def left_out(self, obj: Mapping[str, Any]) -> str | None:
        """Why a DNSEndpoint is not ours to publish; None for what we generated, and with the source crd for what people
        wrote."""
        why = catalog.reads_dnsendpoint(obj, self._settings)
        if why is None and not self._ours(obj):
            why = "another Zonewright with the same owner id has generated it"
        return why

    def _ours(self, obj: Mapping[str, Any]) -> bool:
        """Whether a DNSEndpoint is written by hand, or generated by this very installation.

        People run several with one owner id, told apart by their sources or domains. What one of them has generated
        must not look like a left-over to another.
        """
        slot = slot_of(obj) if self._objects.generated(obj) else None
        if slot is None or slot in self._claimed:
            return True
        return self._filter.matches(slot.hostname) and not of_other_kinds(obj, self._kinds)

    def _in_line(self, slot: Slot) -> bool:
        claims, objects = self._book.at(slot), self._objects.of_slot(slot)
        if not claims or len(objects) != 1:
            return not claims and not objects
        name = objects[0]["metadata"]["name"]
        return not differs(objects[0], manifest(slot, claims, self._settings.txt_owner_id, name))

    # -- outcomes

    def _report(self, outcomes: Mapping[Origin, Outcome]) -> None:
        for origin, outcome in outcomes.items():
            name = outcome.endpoint.name if outcome.endpoint else f"{origin.namespace}/{origin.name}"
            if outcome.fault:
                self.faults[name] = outcome.message
            else:
                self.faults.pop(name, None)
        self.reporter.report(outcomes)

    def _round_done(self, error: ProviderError | None) -> None:
        """A round that went well is a sync only when the other zones are well too: alerts look at its time."""
        now = time.time()
        self._metrics.reconciled(now)
        if error is not None:
            self._metrics.registry_error()
        elif self.zones.sound:
            self._metrics.synced(now)

    def _strangers(self, zone: Zone, names: frozenset[str]) -> None:
        """Another installation writes under our owner id: people have to know, for nothing is deleted meanwhile."""
        self._metrics.foreign_writer(str(zone), seen=bool(names))
        if not names:
            log.info("Zone %s: no other writer under our owner id any more: deletes go on", zone)
            return
        shown = ", ".join(sorted(names)[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        log.error(
            "Zone %s: somebody else writes under our owner id, deletes wait; give each cluster its own --txt-owner-id",
            zone,
            extra={"owner": self._settings.txt_owner_id, "names": shown},
        )

    def _status(self, namespace: str, name: str) -> Mapping[str, Any]:
        status = (self._objects.store.get(ObjectId(namespace, name)) or {}).get("status")
        return status if isinstance(status, Mapping) else {}

    def _lines(self, oid: ObjectId, outcomes: Mapping[int, Outcome]) -> Sequence[Line] | None:
        """What is to be said of a DNSEndpoint; None while an outcome is missing."""
        reading = self._readings.get(oid)
        if reading is None or not outcomes.keys() >= reading.endpoints.keys():
            return None
        slot = self._objects.slot(oid)
        lines = [*entry_lines(reading, outcomes)]
        return lines + claim_lines(slot, self._book) if slot is not None else lines

    # -- what can be looked at

    @property
    def book(self) -> Book:
        """Who asks for which hostname."""
        return self._book

    @property
    def objects(self) -> Objects:
        """The DNSEndpoints."""
        return self._objects

    def said(self) -> Iterator[tuple[ObjectId, Sequence[Line]]]:
        """What is to be said of each DNSEndpoint of which it is known."""
        outcomes = self.reporter.outcomes()
        for oid in sorted(self._readings):
            lines = self._lines(oid, outcomes.get(oid, {}))
            if lines is not None:
                yield oid, lines

    # -- figures

    def counts(self) -> Counts:
        """Record sets wanted, present and verified, by type."""
        verified = Counter(
            outcome.endpoint.rtype
            for outcomes in self.reporter.outcomes().values()
            for outcome in outcomes.values()
            if outcome.reason is Reason.SYNCED and outcome.endpoint
        )
        wanted = Counter(endpoint.rtype for endpoint in self.desired.endpoints())
        standing = Counter(record.rtype for record in self.zones.records())
        return Counts(wanted, standing, verified)


def _pending(claims: Iterable[Claim]) -> bool:
    """Whether an object asks for a name and does not know yet where it leads: what stands may be right."""
    return any(problem.reason is Reason.PENDING for claim in claims for problem in claim.problems)


def domain_filter(settings: Settings) -> DomainFilter:
    """The four flags as one filter."""
    return DomainFilter.of(
        settings.domain_filter,
        settings.exclude_domains,
        settings.regex_domain_filter,
        settings.regex_domain_exclusion,
    )


def rules(settings: Settings, provider: Provider) -> Rules:
    """What planning needs to know of settings and provider."""
    managed = frozenset(settings.managed_record_types) - frozenset(settings.exclude_record_types)
    return Rules(
        policy=Policy(settings.policy),
        managed=managed,
        set_identifiers=provider.capabilities.set_identifiers,
        across_namespaces=settings.allow_cross_namespace_merge,
        apex_cname=provider.capabilities.apex_cname,
        aliases=provider.capabilities.aliases,
    )
