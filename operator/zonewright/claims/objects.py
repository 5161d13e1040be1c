"""All DNSEndpoints that are known, and which of them were written for which slot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zonewright.claims.book import Slot
from zonewright.claims.generated import is_generated, slot_of
from zonewright.kube.store import Object, ObjectId, Store
from zonewright.model.kind import DNSENDPOINT

_META = (
    "name",
    "namespace",
    "uid",
    "generation",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
    "labels",
    "annotations",
    "ownerReferences",
)


def project(obj: Object) -> dict[str, Any]:
    """A DNSEndpoint without the fields that nobody reads; managedFields alone are half of it."""
    meta = obj.get("metadata") or {}
    return {
        "apiVersion": DNSENDPOINT.api_version,
        "kind": DNSENDPOINT.kind,
        "metadata": {key: meta[key] for key in _META if key in meta},
        "spec": obj.get("spec") or {},
        "status": obj.get("status") or {},
    }


class Objects:
    """The store of DNSEndpoints with an index of the generated ones by slot."""

    def __init__(self, owner_id: str) -> None:
        self.store = Store(DNSENDPOINT, project, packed=True)
        self._owner_id = owner_id
        self._by_slot: dict[Slot, tuple[ObjectId, ...]] = {}  # nearly always one: a set would take four times as much
        self._slot_of: dict[ObjectId, Slot] = {}

    def refresh(self, oids: Iterable[ObjectId]) -> set[Slot]:
        """Bring the index up to date with the store; returns the slots whose objects changed."""
        touched: set[Slot] = set()
        for oid in oids:
            before = self._slot_of.get(oid)
            obj = self.store.get(oid)
            after = slot_of(obj) if obj is not None and self.generated(obj) else None
            touched |= {slot for slot in (before, after) if slot is not None}
            self._move(oid, before, after)
        return touched

    def of_slot(self, slot: Slot) -> list[Mapping[str, Any]]:
        """The objects that were written for a slot, by name; usually one."""
        found = (self.store.get(oid) for oid in sorted(self._by_slot.get(slot, ())))
        return [obj for obj in found if obj is not None]

    def slots(self) -> set[Slot]:
        """All slots that have an object."""
        return set(self._by_slot)

    def slot(self, oid: ObjectId) -> Slot | None:
        """The slot that an object was written for; None for those of people, and of other installations."""
        return self._slot_of.get(oid)

    def generated(self, obj: Object) -> bool:
        """Whether we, with this owner id, have written an object."""
        return is_generated(obj, self._owner_id)

    def _move(self, oid: ObjectId, before: Slot | None, after: Slot | None) -> None:
        if before == after:
            return
        if before is not None:
            left = tuple(other for other in self._by_slot[before] if other != oid)
            if left:
                self._by_slot[before] = left
            else:
                del self._by_slot[before]
            del self._slot_of[oid]
        if after is not None:
            self._by_slot[after] = (*self._by_slot.get(after, ()), oid)
            self._slot_of[oid] = after
