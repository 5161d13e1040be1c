"""From DNSEndpoints to what is wanted of DNS: which of them are ours to publish, and what each of them asks for.

An object that we generate is taken only when it is in line with its claims: until then the writer has work to do, and
what was taken before stands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from zonewright import portion
from zonewright.claims.book import Book, Slot
from zonewright.claims.follow import topic
from zonewright.claims.generated import differs, of_other_kinds, slot_of
from zonewright.claims.holding import Patience
from zonewright.claims.objects import Objects
from zonewright.clock import epoch
from zonewright.kube.store import ObjectId
from zonewright.model.claim import Claim
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.kind import DNSENDPOINT, Kind
from zonewright.model.outcome import Outcome
from zonewright.settings import Settings
from zonewright.sources import catalog, dnsendpoint
from zonewright.sources.dnsendpoint import Reading, read
from zonewright.statuslines import claim_lines, entry_lines
from zonewright.zones.desired import Desired
from zonewright.zones.reporter import Reporter
from zonewright.zones.shards import Shards
from zonewright.zones.sharedstatus import Beside
from zonewright.zones.status import Line

log = logging.getLogger(__name__)


class Taken(NamedTuple):
    """names: wanted differently than before; astray: slots whose objects are not in line with their claims."""

    names: set[str]
    astray: set[Slot]


class _Compared(NamedTuple):
    """A slot. in_line: whether claims and object agree; waits: whether targets are waited for."""

    in_line: bool
    waits: bool = False

    @property
    def settled(self) -> bool:
        return self.in_line and not self.waits


class Uptake:
    """Reads DNSEndpoints into `desired`.

    kinds    whose objects make claims
    domains  names that this installation looks after
    patience for how long record sets stay whose targets are missing
    shards   which names are ours, where the work is shared; None is all
    derived  told which slots have other claims, by what people have written into DNSEndpoints
    """

    def __init__(
        self,
        settings: Settings,
        book: Book,
        objects: Objects,
        desired: Desired,
        reporter: Reporter,
        *,
        kinds: Iterable[Kind],
        domains: DomainFilter,
        derived: Callable[[set[Slot]], None],
        patience: Patience,
        shards: Shards | None = None,
    ) -> None:
        self._settings = settings
        self._book = book
        self._objects = objects
        self._desired = desired
        self._reporter = reporter
        self._kinds = {(kind.group, kind.kind) for kind in kinds}
        if dnsendpoint.SOURCE in settings.source:
            self._kinds.add((DNSENDPOINT.group, DNSENDPOINT.kind))
        self._domains = domains
        self._derived = derived
        self._patience = patience
        self._shards = shards
        self._readings: dict[ObjectId, Reading] = {}
        self._asked: dict[ObjectId, bytes] = {}  # what those that have been taken asked for
        self._claimed: set[Slot] = set()  # whose objects are ours for certain, whatever they say
        self.vanished: set[Slot] = set()  # whose objects are gone though they are asked for

    def claimed(self, slots: Iterable[Slot]) -> None:
        """Slots have other claims than before."""
        self._claimed |= {slot for slot in slots if self._book.at(slot)}

    def deleted(self, obj: Mapping[str, Any]) -> None:
        """The writer has deleted an object."""
        if (slot := slot_of(obj)) is not None and not self._book.at(slot):
            self._claimed.discard(slot)

    def changed(self, oids: Iterable[ObjectId]) -> Taken:
        """Objects in the store have come, changed or gone."""
        oids = [oid for oid in oids if not self._asks_as_before(oid)]
        before = {slot for oid in oids if (slot := self._objects.slot(oid)) is not None}
        slots = self._objects.refresh(oids) | before
        self.vanished |= {s for s in before if self._book.at(s) and not self._objects.of_slot(s)}
        names: set[str] = set()
        compared: dict[Slot, _Compared] = {}
        for oid in oids:
            names |= self._take(oid, compared)
        astray = {slot for slot in slots if not (compared.get(slot) or self._compared(slot)).settled}
        return Taken(names, astray)

    def _asks_as_before(self, oid: ObjectId) -> bool:
        """Whether all that is new of an object is its status: our own note, by which nobody wants anything else."""
        if (asked := self._asked.get(oid)) is None:
            return False
        obj = self._objects.store.get(oid)
        if obj is None or asked != _asks(obj):
            return False
        self._see(oid, obj)
        return True

    def _see(self, oid: ObjectId, obj: Mapping[str, Any]) -> None:
        """What was written again to the same effect: its status is to say that it has been seen."""
        if obj["metadata"].get("generation") != (obj.get("status") or {}).get("observedGeneration"):
            self._reporter.queue.add([oid])

    def _take(self, oid: ObjectId, compared: dict[Slot, _Compared]) -> set[str]:
        """compared: filled with what is found out of slots."""
        obj = self._objects.store.get(oid)
        self._asked.pop(oid, None)
        if obj is None or not self._counts(obj):
            return self._forget(oid, gone=obj is None)
        slot = self._objects.slot(oid)
        if slot is not None and self._book.at(slot):
            compared[slot] = self._compared(slot)
            if not compared[slot].in_line:
                return set()  # the writer puts it right, and the right one is taken then
        # A Node's is in the namespace of our own, where people write none to get at names that are not theirs.
        reading = read(obj, self._settings, trusted=slot is not None and oid.namespace == self._book.home)
        self._derive(oid, dnsendpoint.derived(obj, self._settings))
        self._asked[oid] = _asks(obj)
        if reading == self._readings.get(oid):
            self._see(oid, obj)
            return set()
        before = self._readings[oid].endpoints if oid in self._readings else {}
        self._readings[oid] = reading
        names = self._desired.put(oid.namespace, oid.name, reading.endpoints, self._since(slot, obj), reading.adopt)
        # What became of another wish under this number says nothing of this one: a status would call it done too early.
        self._reporter.expect(oid, frozenset(n for n, wish in reading.endpoints.items() if before.get(n) == wish))
        return names

    def _forget(self, oid: ObjectId, *, gone: bool) -> set[str]:
        self._readings.pop(oid, None)
        self._derive(oid, ())
        names = self._desired.drop(oid.namespace, oid.name)
        if gone:
            self._reporter.expect(oid, frozenset())
        return names

    def _derive(self, oid: ObjectId, claims: tuple[Claim, ...]) -> None:
        """Reverse names that follow from a hand-written DNSEndpoint become objects of their own."""
        if slots := self._book.put(topic(DNSENDPOINT, oid), claims):
            self._derived(slots)

    def _since(self, slot: Slot | None, obj: Mapping[str, Any]) -> str:
        """When a name was first asked for: by the objects behind a generated DNSEndpoint, whose own age says little."""
        asking = [claim.resource for claim in self._book.at(slot) if claim.endpoints] if slot is not None else []
        meta = obj["metadata"]
        times = [(resource.created, resource.uid) for resource in asking]
        return " ".join(min(times, default=(meta.get("creationTimestamp") or "", meta.get("uid") or "")))

    def settled(self, slot: Slot) -> bool:
        """Whether the writer has nothing to do for a slot: claims and object agree, and nothing is waited for."""
        return self._compared(slot).settled

    def _compared(self, slot: Slot) -> _Compared:
        claims, objects = self._book.at(slot), self._objects.of_slot(slot)
        if not claims or len(objects) != 1:
            return _Compared(in_line=not claims and not objects)
        found, *_ = objects
        wanted, until = self._patience.manifest(slot, claims, self._settings.txt_owner_id, found, epoch())
        return _Compared(in_line=not differs(found, wanted), waits=until is not None)

    # -- which of them count

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
        if why is None and not self.ours(obj):
            why = "another Zonewright with the same owner id has generated it"
        return why

    def ours(self, obj: Mapping[str, Any]) -> bool:
        """Whether a DNSEndpoint is written by hand, or generated by this very installation.

        People run several with one owner id, told apart by their sources or domains. What one of them has generated
        must not look like a left-over to another.
        """
        slot = slot_of(obj) if self._objects.generated(obj) else None
        if slot is None or slot in self._claimed:
            return True
        return self._domains.matches(slot.hostname) and not of_other_kinds(obj, self._kinds)

    # -- what is said of them

    def read(self) -> list[ObjectId]:
        """The objects that have been taken, by namespace and name."""
        return sorted(self._readings)

    def lines(self, oid: ObjectId, outcomes: Mapping[int, Outcome]) -> Sequence[Line] | None:
        """What is to be said of a DNSEndpoint; None while an outcome is missing, and where all is another shard's."""
        reading = self._mine(oid)
        if reading is None or not outcomes.keys() >= reading.endpoints.keys():
            return None
        slot = self._objects.slot(oid)
        if slot is None:
            return [*entry_lines(reading, outcomes)]
        obj = self._objects.store.get(oid)
        held = self._patience.until(obj) if obj is not None else {}
        return [*entry_lines(reading, outcomes, self._book.at(slot), held), *claim_lines(slot, self._book, held)]

    # -- where the work is shared

    def entries(self, oid: ObjectId) -> frozenset[int]:
        """The entries of a DNSEndpoint that are ours to publish."""
        reading = self._mine(oid)
        return frozenset(reading.endpoints) if reading is not None else frozenset()

    def beside(self, oid: ObjectId) -> Beside | None:
        """Whose the names of a DNSEndpoint are, where it has names of several shards."""
        reading = self._readings.get(oid)
        if self._shards is None or reading is None or self._objects.slot(oid) is not None:
            return None
        return portion.beside(reading, self._shards)

    def _mine(self, oid: ObjectId) -> Reading | None:
        reading = self._readings.get(oid)
        if self._shards is None or reading is None:
            return reading
        if (slot := self._objects.slot(oid)) is not None:
            return reading if self._shards.mine(slot.hostname) else None
        return portion.portion(oid, reading, self._shards)


_ASKING = ("uid", "generation", "deletionTimestamp", "labels", "annotations", "ownerReferences")


def _asks(obj: Mapping[str, Any]) -> bytes:
    """All of a DNSEndpoint by which it is read, as a digest: everything but its status, and the version that changes
    with that."""
    meta = obj["metadata"]
    asked = [obj.get("spec"), *(meta.get(field) for field in _ASKING)]
    return blake2b(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
