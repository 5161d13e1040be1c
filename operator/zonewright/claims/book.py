"""The book of claims: who asks for which hostname. In memory only; it follows from the objects of the cluster."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from zonewright.model.claim import Claim


class Slot(NamedTuple):
    """The place of one generated DNSEndpoint: all claims of one namespace on one hostname."""

    namespace: str
    hostname: str


_Claims = dict[Slot, tuple[Claim, ...]]


class Book:
    """Claims by the object that makes them, and by slot.

    home: the namespace for the DNSEndpoints of objects that are in none, such as Nodes.

    An object is known by its key, a text of the caller's choice. `put` and `drop` take time by the claims of that one
    object, and return the slots whose claims have changed: none when the object says what it said before.
    """

    def __init__(self, home: str = "default") -> None:
        self.home = home
        self._objects: dict[str, _Claims] = {}
        self._slots: dict[Slot, dict[str, tuple[Claim, ...]]] = {}
        self._hostnames: dict[str, tuple[Slot, ...]] = {}  # nearly always one: a set would take four times as much

    def put(self, key: str, claims: Iterable[Claim]) -> set[Slot]:
        """All that an object asks for now."""
        before, after = self._objects.get(key, {}), self._by_slot(claims)
        changed = {slot for slot in before.keys() | after.keys() if before.get(slot) != after.get(slot)}
        for slot in changed:
            self._set(slot, key, after.get(slot))
        if after:
            self._objects[key] = after
        else:
            self._objects.pop(key, None)
        return changed

    def drop(self, key: str) -> set[Slot]:
        """An object that asks for nothing any more."""
        return self.put(key, ())

    def at(self, slot: Slot) -> tuple[Claim, ...]:
        """The claims on a slot, in the order of the keys of their objects."""
        by_key = self._slots.get(slot, {})
        if len(by_key) == 1:
            (claims,) = by_key.values()
            return claims
        return tuple(claim for _, claims in sorted(by_key.items()) for claim in claims)

    def slots(self) -> set[Slot]:
        """All slots with a claim."""
        return set(self._slots)

    def slots_of(self, hostname: str) -> frozenset[Slot]:
        """The slots of a hostname, one for each namespace in which it is asked for."""
        return frozenset(self._hostnames.get(hostname, ()))

    def claimed(self, hostname: str) -> bool:
        """Whether any object of any namespace asks for a hostname."""
        return hostname in self._hostnames

    def _by_slot(self, claims: Iterable[Claim]) -> _Claims:
        found: _Claims = {}
        for claim in claims:
            slot = Slot(claim.resource.namespace or self.home, claim.hostname)
            found[slot] = (*found.get(slot, ()), claim)
        return found

    def _set(self, slot: Slot, key: str, claims: tuple[Claim, ...] | None) -> None:
        if claims:
            self._slots.setdefault(slot, {})[key] = claims
            known = self._hostnames.get(slot.hostname, ())
            if slot not in known:
                self._hostnames[slot.hostname] = (*known, slot)
            return
        del self._slots[slot][key]
        if not self._slots[slot]:
            del self._slots[slot]
            left = tuple(other for other in self._hostnames[slot.hostname] if other != slot)
            if left:
                self._hostnames[slot.hostname] = left
            else:
                del self._hostnames[slot.hostname]
