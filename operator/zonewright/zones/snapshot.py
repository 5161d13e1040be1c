"""What stands in a zone, as it was read, and as our own writes have changed it since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint, Key


class Snapshot:
    """Record sets by name. Own writes patch it, so that a change costs no second reading of the zone.

    version  another one after each patch, for those who keep what they have found in it
    """

    def __init__(self, records: Iterable[Endpoint]) -> None:
        self.version = 0
        self._names: dict[str, tuple[Endpoint, ...]] = {}  # mostly one: a dict for each name would be the larger part
        by_name: dict[str, dict[Key, Endpoint]] = {}
        for record in records:
            by_name.setdefault(record.name, {})[record.key] = _bare(record)
        self._names |= {name: tuple(standing.values()) for name, standing in by_name.items()}

    def __len__(self) -> int:
        return sum(map(len, self._names.values()))

    def same(self, other: Snapshot) -> bool:
        """Whether the same stands in both, in the same order."""
        return self._names == other._names

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
        self._names[record.name] = (*standing[:place], _bare(record), *standing[place + 1 :])

    def _drop(self, record: Endpoint) -> None:
        left = tuple(one for one in self._names.get(record.name, ()) if not _same(one, record))
        if left:
            self._names[record.name] = left
        else:
            self._names.pop(record.name, None)


def _bare(record: Endpoint) -> Endpoint:
    """Labels are what the registry reads off the ownership records: they do not stand in a zone themselves."""
    return record.with_labels({}) if record.labels else record


def _same(one: Endpoint, other: Endpoint) -> bool:
    """Whether two record sets of one name have one key."""
    return one.rtype == other.rtype and one.set_identifier == other.set_identifier
