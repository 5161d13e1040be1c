"""A zone that two installations and people with an editor write to, which knows who has made each record set."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from unit.planning.builders import RULES
from unit.planning.memoryzone import MemoryZone
from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint, Key
from zonewright.planning.plan import NamePlan, Wanted, plan_name
from zonewright.registry.txt.encryption import EncryptedTexts
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry
from zonewright.registry.txt.values import PlainTexts, Texts

ZONE = "example.com"
RULES_HERE = replace(RULES, managed=RULES.managed | {"TXT"}, zone_name=ZONE)
SPF = "v=spf1 -all"  # what somebody may write beside an ownership


def _nonce(place: Key, text: str) -> bytes:
    return hashlib.sha256(f"{place} {text}".encode()).digest()[:12]


def _encrypted(*keys: bytes, encrypts: bool = True) -> Texts:
    return EncryptedTexts(keys, encrypts=encrypts, nonces=_nonce)


NAMES: Mapping[str, OwnershipNames] = {
    "plain": OwnershipNames(),
    "prefix": OwnershipNames("own."),
    "suffix": OwnershipNames("", "-own"),
    "template": OwnershipNames("%{record_type}.own."),
    "wildcard": OwnershipNames("", "", "any"),
}
TEXTS: Mapping[str, Texts] = {
    "plain": PlainTexts(),
    "encrypted": _encrypted(b"1" * 32),
    "another key": _encrypted(b"2" * 32),
    "both keys": _encrypted(b"2" * 32, b"1" * 32),
    "reads only": _encrypted(b"1" * 32, encrypts=False),
}


@dataclass(slots=True)
class Owner:
    """An installation: what it wants, and the zone as it has read it and patched it since.

    wishes    at most one for each name
    versions  of the keys that it has seen: how often they had been written
    planned   the same, at the time of the last plan
    told      what the statuses of its objects say to be its own
    """

    id: str
    names: OwnershipNames
    texts: Texts
    wishes: dict[str, Wanted] = field(default_factory=dict)
    snapshot: MemoryZone = field(default_factory=MemoryZone)
    versions: dict[Key, int] = field(default_factory=dict)
    planned: dict[Key, int] = field(default_factory=dict)
    told: set[Key] = field(default_factory=set)

    @property
    def registry(self) -> TxtRegistry:
        return TxtRegistry(self.id, self.names, self.texts)

    def units(self) -> list[Unit]:
        """The plan of the whole zone."""
        return [unit for plan in self.plans() for unit in plan.units]

    def plans(self) -> list[NamePlan]:
        """The same by name."""
        self.planned = dict(self.versions)
        registry = self.registry
        names = sorted({*self.wishes, *registry.owned_names(self.snapshot)})
        return [plan_name(name, self._wanted(name), registry, self.snapshot, RULES_HERE) for name in names]

    def tell(self, plans: Iterable[NamePlan], landed: Collection[Unit]) -> None:
        """Write statuses: of names whose units have all landed, for the rest nothing has come of it yet."""
        for plan in plans:
            if all(unit in landed for unit in plan.units):
                self.forget(plan.name)
                of_us = (v.endpoint for v in plan.verdicts if v.ownership and v.ownership.owner == self.id)
                self.told |= {endpoint.key for endpoint in of_us if endpoint is not None}

    def forget(self, name: str) -> None:
        """The object that asked for a name is gone, and its status with it."""
        self.told = {key for key in self.told if key.name != name}

    def places(self, name: str, rtype: str) -> tuple[str, str]:
        """Where ownership of a record set may stand, today's form and that without type."""
        return self.names.typed(name, rtype), self.names.untyped(name)

    def _wanted(self, name: str) -> Sequence[Wanted]:
        wishes = [self.wishes[name]] if name in self.wishes else []
        return [replace(wish, owned_before=wish.endpoint.key in self.told) for wish in wishes]


class SharedZone:
    """zone: as it is. authors: who has made each record set, by key; "" is a person."""

    def __init__(self) -> None:
        self.zone = MemoryZone()
        self.authors: dict[Key, str] = {}
        self._versions: dict[Key, int] = {}

    def read(self, owner: Owner) -> None:
        owner.snapshot, owner.versions = self.zone, dict(self._versions)

    def land(self, owner: Owner, unit: Unit, torn: int | None = None) -> bool:
        """Carry out a unit of the last plan whole, or refuse it whole where somebody, or another unit, has been faster.
        torn: after so many changes it is cut.

        Raises AssertionError where it would write what is not the owner's, or what its snapshot says is not so.
        """
        if any(self._versions.get(key, 0) != owner.planned.get(key, 0) for key in unit.keys):
            return False
        unit = Unit(unit.name, unit.changes[:torn])
        after = self.zone.carry_out([unit])
        if any(_crowded(after, key.name) and not _crowded(self.zone, key.name) for key in unit.keys):
            return False  # the server's own check
        for change in unit.changes:
            self._check(owner, change.key, change.new)
            if change.old is None:
                self.authors[change.key] = owner.id
        self._became(after, unit.keys)
        owner.snapshot = owner.snapshot.carry_out([unit])
        owner.versions |= {key: self._versions[key] for key in unit.keys}
        return True

    def _check(self, owner: Owner, key: Key, new: Endpoint | None) -> None:
        standing = self.zone.get(*key)
        if standing is None:
            return
        author = self.authors[key]
        assert author == owner.id, f"{owner.id} writes {key} of {author or 'a person'}"
        if SPF in standing.targets and key.rtype == "TXT":
            assert new, f"{owner.id} deletes text of a person at {key}"
            assert SPF in new.targets, f"{owner.id} takes text of a person out of {key}"

    # -- what people do

    def put(self, record: Endpoint, author: str = "") -> None:
        self.authors.setdefault(record.key, author)
        rest = [standing for standing in self.zone if standing.key != record.key]
        self._became(MemoryZone([*rest, record]), [record.key])

    def remove(self, key: Key) -> None:
        self._became(MemoryZone(standing for standing in self.zone if standing.key != key), [key])

    def _became(self, after: MemoryZone, keys: Iterable[Key]) -> None:
        self.zone = after
        for key in keys:
            self._versions[key] = self._versions.get(key, 0) + 1
            if after.get(*key) is None:
                self.authors.pop(key, None)


def _crowded(zone: MemoryZone, name: str) -> bool:
    """A CNAME beside something else."""
    types = {record.rtype for record in zone.at(name)}
    return "CNAME" in types and len(types) > 1
