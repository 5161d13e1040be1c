"""Changes of record sets as changes of keys: one conditional transaction.

Conditions, for each name that is touched: no key at or below it was written since we know it, and each key of the
record sets in question stands as we know it (a deleted key leaves no trace in a range). When a condition fails, the
same request reads the names again, so that the one who is to blame is known, and the others can go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint, RecordType, compared_target
from zonewright.providers.base import Changed
from zonewright.providers.coredns import requests
from zonewright.providers.coredns.layout import Layout, Range
from zonewright.providers.coredns.requests import Json, TxnAnswer
from zonewright.providers.coredns.values import Value, keys_by_target
from zonewright.providers.coredns.view import View

MAX_OPERATIONS = 128  # etcd's --max-txn-ops: for conditions, writes and reads each
MAX_BYTES = 2**20  # below etcd's --max-request-bytes of 1.5 MiB, with room for conditions
_OVERHEAD = 512  # bytes of a write besides its host or text: the key, names of fields


class Draft:
    """Units on top of a view; nothing is sent. `written`: by name and key, None is a delete."""

    def __init__(self, view: View, layout: Layout) -> None:
        self.written: dict[str, dict[str, Value | None]] = {}
        self._view = view
        self._layout = layout

    def with_unit(self, unit: Unit) -> Self:
        """The same and a unit more. Raises Changed where the zone is not what the unit expects."""
        draft = type(self)(self._view, self._layout)
        draft.written = dict(self.written)
        for change in unit.changes:
            draft._add(change)
        return draft

    def fits(self) -> bool:
        """Whether etcd takes it in one transaction. Conditions are what there is most of: two per name, one per key."""
        conditions = sum(2 + len(values) for values in self.written.values())
        texts = [value for values in self.written.values() for value in values.values() if value]
        size = sum(_OVERHEAD + len(value.host) + 4 * len(value.text) for value in texts)
        return conditions <= MAX_OPERATIONS and size <= MAX_BYTES

    def request(self) -> Json:
        return requests.transaction(self._conditions(), self._writes(), self._reads())

    def outdated(self, answer: TxnAnswer) -> set[str]:
        """After a condition failed: the names that are not what we know. May be empty: then the same may be sent again.

        That happens with a name above another: our own writes below it are news to the condition.
        """
        exact, below = answer.pages[::2], answer.pages[1::2]
        return {
            name
            for name, at, under in zip(self.written, exact, below, strict=True)
            if not self._view.agrees(name, [*at.found, *under.found], answer.revision)
        }

    # -- changes of keys

    def _add(self, change: Change) -> None:
        name, rtype, _ = change.key
        values = self._current(name)
        standing = keys_by_target(name, rtype, values)
        _check(change, standing)
        wanted = {compared_target(rtype, target): target for target in change.new.targets} if change.new else {}
        written = self.written[name] = dict(self.written.get(name, {}))  # a copy: the shorter draft has its own
        for target, keys in standing.items():
            for key in keys:
                kept = change.new if target in wanted and not _moves(rtype, values[key]) else None
                written[key] = values[key].dressed(kept) if kept else values[key].without(rtype)
            if not all(_moves(rtype, values[key]) for key in keys):
                wanted.pop(target, None)
        if change.new is not None:
            self._put_new(name, change.new, wanted.values())

    def _put_new(self, name: str, new: Endpoint, targets: Iterable[str]) -> None:
        taken = self._current(name)
        for target in targets:
            key = self._layout.fresh(name, new.rtype, target, taken)
            self.written[name][key] = taken[key] = Value.of(new, target)

    def _current(self, name: str) -> dict[str, Value]:
        values: Mapping[str, Value | None] = {**self._view.at(name), **self.written.get(name, {})}
        return {key: value for key, value in values.items() if value is not None}

    # -- the transaction

    def _conditions(self) -> list[Json]:
        conditions = []
        for name, values in self.written.items():
            conditions.append(requests.none_since(self._layout.subtree(name), self._view.since(name)))
            for key in {self._layout.path(name): None, **values}:
                known = self._view.known(key)
                conditions.append(requests.absent(key) if known is None else requests.unchanged(key, known))
        return conditions

    def _writes(self) -> list[Json]:
        writes = []
        for name, values in self.written.items():
            standing = self._view.at(name)
            for key, value in values.items():
                if value is None:
                    writes += [requests.delete(key)] if key in standing else []
                elif value != standing.get(key):
                    writes.append(requests.put(key, value.dump(), keep_lease=self._view.leased(key)))
        return writes

    def _reads(self) -> list[Json]:
        ranges = [
            keys for name in self.written for keys in (Range(self._layout.path(name), ""), self._layout.subtree(name))
        ]
        return [requests.read(keys, keys_only=True) for keys in ranges]


def _check(change: Change, standing: Mapping[str, object]) -> None:
    """Raises Changed where a record set is not what the change expects."""
    name, rtype, _ = change.key
    if change.old is None and standing:
        raise Changed(f"{rtype} {name} is there already")
    if change.old is not None and standing.keys() != {compared_target(rtype, target) for target in change.old.targets}:
        raise Changed(f"{rtype} {name} is not what it was" if standing else f"{rtype} {name} is gone")


def _moves(rtype: str, value: Value) -> bool:
    """Whether a target leaves its key as soon as its set changes.

    A text beside a host, as older versions of ExternalDNS wrote it: CoreDNS does not answer it, and the two could not
    have different TTLs.
    """
    return rtype == RecordType.TXT and bool(value.host)
