"""Under which names the ownership record of a record set may stand, and which record set one that stands is about.

Today's form has the type in its name. Two older forms are read: a name without type, which speaks for every type at
its name but AAAA, and for an alias A record the name of a CNAME. During a migration all of them are read as another
scheme has them, too: another prefix, suffix or replacement of wildcards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from zonewright.model.endpoint import ALIAS, Endpoint, Key, RecordType
from zonewright.registry.base import ZoneRecords
from zonewright.registry.txt.names import Described, OwnershipNames

_ALIAS = (ALIAS, "true")


class Place(NamedTuple):
    """name: of an ownership record; about: what it would be about there, the type as in the name."""

    name: str
    about: Described


@dataclass(frozen=True, slots=True)
class Places:
    """names: today's scheme; old: the one that is migrated from, None where there is none."""

    names: OwnershipNames
    old: OwnershipNames | None = None

    def today(self, record: Endpoint) -> Key:
        """The key of the ownership record of a record set, as it is written."""
        return Key(self.names.typed(record.name, record.rtype), RecordType.TXT, record.set_identifier)

    def is_current(self, name: str, record: Endpoint) -> bool:
        """Whether an ownership record of a record set has a name of today's form: ours, or else ExternalDNS's."""
        return name in (
            self.names.typed(record.name, record.rtype),
            self.names.international(record.name, record.rtype),
        )

    def believed(self, record: Endpoint) -> Iterator[Place]:
        """Where ownership of a record set may stand, today's form first: the first that says something is believed."""
        return _believed(self.names, record, alias=_ALIAS in record.properties)

    def leftovers(self, record: Endpoint) -> Iterator[Place]:
        """Where more may stand that has to go with a record set of ours, though it would not be believed."""
        return _believed(self.old, record, alias=True) if self.old else iter(())

    def former(self, record: Endpoint) -> Iterator[Place]:
        """Where ownership may stand in the scheme that is migrated from, in the order in which it was believed."""
        return _believed(self.old, record, alias=_ALIAS in record.properties) if self.old else iter(())

    def untyped(self, name: str) -> Place:
        return Place(self.names.untyped(name), Described(name, ""))

    def is_about(self, place: Place, lead: str, set_identifier: str, records: ZoneRecords) -> bool:
        """Whether an ownership record that stands at a place is about what the place says, and not about another.

        lead  what its text says (`values.lead_of`)
        """
        if (told := self._told(place.name, lead)) is not None:
            return told == place.about
        if not place.about.rtype:
            return place.about in self._untyped_readings(place.name)
        if self.old is None and self.names.unambiguous:
            return not self.names.lead(*place.about)
        readings = self._typed_readings(place.name)
        if place.about not in readings:
            return False
        standing = [r for r in readings if any(e.key == (*r, set_identifier) for e in records.at(r.name))]
        if len(standing) > 1:  # only one of them can be ours: to take the other for it would cost somebody a record
            return False
        return (standing or readings)[0] == place.about

    def described(self, owner_name: str, lead: str) -> Iterable[str]:
        """The names that an ownership record in today's scheme may be about."""
        if (told := self.names.told(owner_name, lead)) is not None:
            return (told.name,)
        readings = self.names.readings(owner_name) or self.names.untyped_readings(owner_name)
        return (reading.name for reading in readings)

    def _told(self, owner_name: str, lead: str) -> Described | None:
        if not lead:
            return None
        return self.names.told(owner_name, lead) or (self.old.told(owner_name, lead) if self.old else None)

    def _typed_readings(self, owner_name: str) -> list[Described]:
        """Those of today's scheme first: what stands under it is not taken for a leftover of the other. Each once."""
        old = self.old.readings(owner_name) if self.old else ()
        return list(dict.fromkeys((*self.names.readings(owner_name), *old)))

    def _untyped_readings(self, owner_name: str) -> list[Described]:
        """None where there is a typed reading, in whichever scheme."""
        if self.old and self._typed_readings(owner_name):
            return []
        old = self.old.untyped_readings(owner_name) if self.old else ()
        return [*self.names.untyped_readings(owner_name), *old]


def _believed(names: OwnershipNames, record: Endpoint, *, alias: bool) -> Iterator[Place]:
    yield from _typed(names, record.name, record.rtype)
    if record.rtype == RecordType.A and alias:
        yield from _typed(names, record.name, RecordType.CNAME)
    if record.rtype != RecordType.AAAA:
        yield Place(names.untyped(record.name), Described(record.name, ""))


def _typed(names: OwnershipNames, name: str, rtype: str) -> Iterator[Place]:
    about = Described(name, rtype)
    yield Place(names.typed(name, rtype), about)
    if place := names.international(name, rtype):
        yield Place(place, about)
