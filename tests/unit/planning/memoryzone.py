"""A zone in memory that refuses what a strict provider would refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from zonewright.model.change import Action, Change, Unit
from zonewright.model.endpoint import Endpoint, Key


class MemoryZone:
    """Record sets by key, without labels: those are no part of what a zone holds."""

    def __init__(self, records: Iterable[Endpoint] = ()) -> None:
        self._records = {record.key: record.with_labels({}) for record in records}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MemoryZone) and self._records == other._records

    def __repr__(self) -> str:
        return "\n".join(f"{r.name} {r.rtype} {r.set_identifier} {r.targets} {r.ttl} {r.properties}" for r in self)

    def __iter__(self) -> Iterator[Endpoint]:
        return iter([self._records[key] for key in sorted(self._records)])

    __hash__ = None  # type: ignore[assignment]

    def names(self) -> Iterable[str]:
        return {key.name for key in self._records}

    def at(self, name: str) -> Sequence[Endpoint]:
        return [record for record in self._records.values() if record.name == name]

    def get(self, name: str, rtype: str, set_identifier: str = "") -> Endpoint | None:
        return self._records.get(Key(name, rtype, set_identifier))

    def without(self, *keys: tuple[str, str]) -> MemoryZone:
        return MemoryZone(r for r in self._records.values() if (r.name, r.rtype) not in keys)

    def carry_out(self, units: Iterable[Unit]) -> MemoryZone:
        """The zone after units."""
        return self.change(change for unit in units for change in unit.changes)

    def change(self, changes: Iterable[Change]) -> MemoryZone:
        """The zone after changes: what one expects to find must be there to the letter, what it creates must not."""
        zone = MemoryZone(self._records.values())
        for change in changes:
            zone._change(change)
        return zone

    def _change(self, change: Change) -> None:
        standing = self._records.get(change.key)
        if change.action is Action.CREATE:
            assert standing is None, f"{change.key} is created, and stands already"
        else:
            assert change.old is not None
            assert standing == change.old.with_labels({}), f"{change.key} stands otherwise than the change says"
        if change.new is None:
            del self._records[change.key]
        else:
            assert change.new.key == change.key
            assert change.new.targets, f"{change.key} has no targets"
            self._records[change.key] = change.new.with_labels({})
