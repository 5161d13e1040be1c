"""What stands at a name, and which of it is ours to change or to take away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from zonewright.model.change import Action
from zonewright.model.endpoint import OWNER_LABEL, RESOURCE_LABEL, SHARED_LABEL, Endpoint, Key, RecordType
from zonewright.model.ownership import Held, Ownership, Share
from zonewright.planning.rules import Rules
from zonewright.registry.base import Registry, ZoneRecords

_WHOLE_ZONE = frozenset({"SOA", RecordType.NS})  # at the apex they make the zone (RFC 1034, section 4.2.1)


def exclude_each_other(one: str, other: str) -> bool:
    """Whether record sets of two types cannot stand at one name: a CNAME stands alone (RFC 1034, section 3.6.2)."""
    return (one == RecordType.CNAME) != (other == RecordType.CNAME)


def _key(held: Held) -> Key:
    return held.endpoint.key


@dataclass(frozen=True, slots=True)
class Situation:
    """One name of a zone.

    held     what stands there, by key
    orphans  ownership records whose record set is missing
    kept     keys of record sets that stay as they are, though what is asked for cannot be written
    adopted  keys of record sets that stand here as ours, and of which DNS does not say so yet
    released  record sets that stand here as nobody's, as they are held still
    """

    name: str
    registry: Registry
    records: ZoneRecords
    rules: Rules
    held: Mapping[Key, Held]
    orphans: tuple[Held, ...]
    kept: frozenset[Key] = frozenset()
    adopted: frozenset[Key] = frozenset()
    released: tuple[Held, ...] = ()

    @classmethod
    def of(cls, name: str, registry: Registry, records: ZoneRecords, rules: Rules) -> Self:
        """In the order of keys: what is told must not depend on the order in which a provider lists records."""
        standing = registry.held(name, records)
        held = {held.endpoint.key: held for held in (sorted(standing, key=_key) if len(standing) > 1 else standing)}
        return cls(name, registry, records, rules, held, tuple(sorted(registry.orphans(name, records), key=_key)))

    def keeping(self, keys: Iterable[Key]) -> Self:
        """The same situation, where these record sets stay."""
        kept = frozenset(keys) & self.held.keys()
        return replace(self, kept=kept) if kept != self.kept else self

    def releasing(self, leaving: Iterable[Held]) -> Self:
        """The same situation, where these record sets are nobody's any more."""
        released = tuple(leaving)
        nobodys = {held.endpoint.key: Held(held.endpoint.with_labels({}), complete=False) for held in released}
        return replace(self, held={**self.held, **nobodys}, released=released) if released else self

    def adopting(self, keys: frozenset[Key]) -> Self:
        """The same situation, where these record sets of nobody are ours; those that were to be released stay ours."""
        ours = {key: replace(self.held[key], ownership=Ownership(self.registry.owner_id)) for key in keys}
        ours |= {held.endpoint.key: held for held in self.released if held.endpoint.key in keys}
        released = tuple(held for held in self.released if held.endpoint.key not in keys)
        return replace(self, held={**self.held, **ours}, adopted=keys, released=released) if keys else self

    def is_nobodys(self, held: Held) -> bool:
        """Whether a record set has no owner; without a registry none has, and all are ours."""
        return held.ownership is None and not self.is_ours(held)

    def is_ours(self, held: Held) -> bool:
        if not self.registry.owner_id:
            return True
        return held.ownership is not None and held.ownership.owner == self.registry.owner_id

    def is_removable(self, held: Held) -> bool:
        """Whether a record set may be deleted when nobody wants it."""
        rtype = held.endpoint.rtype
        if rtype in _WHOLE_ZONE and self.name == self.rules.zone_name:
            return False
        return rtype in self.rules.managed and self.is_ours(held) and held.endpoint.key not in self.kept

    def own_orphans(self) -> tuple[Held, ...]:
        """Orphans that may be deleted; one whose type is not known can have been of any."""
        managed = {*self.rules.managed, ""}
        managed |= {RecordType.CNAME} if RecordType.A in managed else set()  # it may have been that of an alias
        return tuple(o for o in self.orphans if o.endpoint.rtype in managed and self.is_ours(o))

    def own_proofs(self) -> tuple[Endpoint, ...]:
        """All ownership records of ours at this name."""
        return tuple(
            proof for held in (*self.held.values(), *self.orphans) if self.is_ours(held) for proof in held.proofs
        )

    def incumbent(self, key: Key) -> str:
        """The object that holds a record set of ours; "" where there is none, or that is not known.

        Where the record set is missing, the one for which it was to come: a run may have been cut off before it did.
        """
        held = self.held.get(key)
        if held is not None:
            return (held.endpoint.label(RESOURCE_LABEL) or "") if self.is_ours(held) else ""
        resources = (o.ownership.resource for o in self.own_orphans() if o.endpoint.key == key and o.ownership)
        return next(resources, "")

    def incumbents(self, set_identifier: str) -> frozenset[str]:
        """The objects that hold record sets of ours at this name, under one set identifier."""
        known = (*self.held, *(orphan.endpoint.key for orphan in self.orphans))
        keys = (key for key in known if key.set_identifier == set_identifier)
        return frozenset(resource for key in keys if (resource := self.incumbent(key)))

    def sharers(self, key: Key) -> tuple[Share, ...]:
        """What other owners have in a record set of ours, whether it stands or is missing."""
        held = self.held.get(key)
        found = (held,) if held else (orphan for orphan in self.orphans if orphan.endpoint.key == key)
        return next((one.sharers for one in found if self.is_ours(one)), ())

    def ownership(self, endpoint: Endpoint) -> Ownership:
        """What our ownership record of an endpoint has to say; of a shared one, that these targets are ours."""
        labels = dict(endpoint.labels)
        if labels.pop(SHARED_LABEL, "") == "true":
            labels[SHARED_LABEL] = " ".join(endpoint.targets)
        resource = labels.pop(RESOURCE_LABEL, "")
        labels.pop(OWNER_LABEL, None)  # whatever somebody wrote there: it is us
        return Ownership(self.registry.owner_id, resource, tuple(sorted(labels.items())))

    def freed(self) -> frozenset[Key]:
        """Keys at which nothing would stand any more, were everything deleted that may be."""
        going = [held for held in self.held.values() if self.is_removable(held)]
        staying = [held for held in self.held.values() if not self.is_removable(held)]
        leaned_on = {proof.key for held in staying for proof in held.proofs}
        changes = [change for held in (*going, *self.own_orphans()) for change in self.registry.delete(held)]
        return frozenset(change.key for change in changes if change.action is Action.DELETE) - leaned_on
