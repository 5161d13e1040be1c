"""What stands in a zone, as it was read, and as our own writes have changed it since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from zonewright.model.change import Unit
from zonewright.model.endpoint import ALIAS, Endpoint, Key


class Snapshot:
    """Record sets by name. Own writes patch it, so that a change costs no second reading of the zone.

    default_ttl  seconds that a record without ttl gets when it is written; None where that is not known
    version  another one after each patch, for those who keep what they have found in it
    """

    def __init__(self, records: Iterable[Endpoint], default_ttl: int | None = None) -> None:
        self._default_ttl = default_ttl
        self.version = 0
        self._names: dict[str, tuple[Endpoint, ...]] = {}  # mostly one: a dict for each name would be the larger part
        by_name: dict[str, dict[Key, Endpoint]] = {}
        for record in records:
            by_name.setdefault(record.name, {})[record.key] = _bare(record)
        self._names |= {name: tuple(standing.values()) for name, standing in by_name.items()}

    def __len__(self) -> int:
        return sum(map(len, self._names.values()))

    def same(self, other: Snapshot) -> bool:
        """Whether the same stands in both, in whatever order, and whatever the serial number of the zone (SOA)."""
        mine, theirs = self._names, other._names
        return mine.keys() == theirs.keys() and all(
            found == theirs[name] or _counting(found) == _counting(theirs[name]) for name, found in mine.items()
        )

    def names(self) -> Iterable[str]:
        """All names that have record sets."""
        return self._names.keys()

    def at(self, name: str) -> Sequence[Endpoint]:
        """The record sets of one name; empty when there are none."""
        return self._names.get(name, ())

    def apply(self, units: Iterable[Unit]) -> None:
        """Units that have landed."""
        self.version += 1
        for unit in units:
            for change in unit.changes:
                if change.new is not None:
                    self._put(change.new)
                elif change.old is not None:
                    self._drop(change.old)

    def _put(self, record: Endpoint) -> None:
        standing = self._names.get(record.name, ())
        place = next((place for place, one in enumerate(standing) if _same(one, record)), len(standing))
        written = as_served(_bare(record), self._default_ttl)
        self._names[record.name] = (*standing[:place], written, *standing[place + 1 :])

    def _drop(self, record: Endpoint) -> None:
        left = tuple(one for one in self._names.get(record.name, ()) if not _same(one, record))
        if left:
            self._names[record.name] = left
        else:
            self._names.pop(record.name, None)


def _counting(standing: Iterable[Endpoint]) -> set[Endpoint]:
    return {record for record in standing if record.rtype != "SOA"}


def as_served(record: Endpoint, default_ttl: int | None) -> Endpoint:
    """A record set that has been written, as it is when it is read: with the ttl that it was given.

    An alias has that of its target.
    """
    if record.ttl is not None or default_ttl is None or (ALIAS, "true") in record.properties:
        return record
    return replace(record, ttl=default_ttl)


def _bare(record: Endpoint) -> Endpoint:
    """Labels are what the registry reads off the ownership records: they do not stand in a zone themselves."""
    return record.with_labels({}) if record.labels else record


def _same(one: Endpoint, other: Endpoint) -> bool:
    """Whether two record sets of one name have one key."""
    return one.rtype == other.rtype and one.set_identifier == other.set_identifier
