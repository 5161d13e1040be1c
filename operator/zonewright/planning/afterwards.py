"""The records of a zone as they will be: a registry can be asked of them whose a record set is then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from zonewright.model.change import Change
from zonewright.model.endpoint import Endpoint, Key
from zonewright.registry.base import ZoneRecords


class Afterwards:
    """The records of a zone after changes. Implements `ZoneRecords`."""

    def __init__(self, records: ZoneRecords, changes: Iterable[Change]) -> None:
        self._records = records
        self._changed: Mapping[Key, Endpoint | None] = {change.key: change.new for change in changes}

    def names(self) -> Iterable[str]:
        return {*self._records.names(), *(key.name for key in self._changed)}

    def at(self, name: str) -> Sequence[Endpoint]:
        after = {record.key: record for record in self._records.at(name)}
        after |= {key: record for key, record in self._changed.items() if key.name == name and record is not None}
        return tuple(record for key, record in after.items() if self._changed.get(key, record) is not None)
