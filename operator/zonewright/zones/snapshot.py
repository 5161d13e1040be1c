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
        self._names: dict[str, dict[Key, Endpoint]] = {}
        for record in records:
            self._put(record)

    def __len__(self) -> int:
        return sum(map(len, self._names.values()))

    def names(self) -> Iterable[str]:
        """All names that have record sets."""
        return self._names.keys()

    def at(self, name: str) -> Sequence[Endpoint]:
        """The record sets of one name; empty when there are none."""
        return tuple(self._names.get(name, {}).values())

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
        """Labels are what the registry reads off the ownership records: they do not stand in a zone themselves."""
        bare = record.with_labels({}) if record.labels else record
        self._names.setdefault(record.name, {})[record.key] = bare

    def _drop(self, record: Endpoint) -> None:
        records = self._names.get(record.name, {})
        records.pop(record.key, None)
        if not records:
            self._names.pop(record.name, None)
