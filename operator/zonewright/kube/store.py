"""What is known of the objects of one kind: replaced whole by a list, changed one by one by events.

Three ways lead in, in any order: pages of a list, watch events, and answers to our own writes. The resourceVersion
decides which is newer (it is comparable within a kind), so a late or doubled event costs nothing and an event from
before a list cannot bring back what the list no longer has. "Not ready" until the first list is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from zonewright.model.kind import Kind

Object = Mapping[str, Any]
GONE = 10_000  # deletions remembered; an answer is overtaken by milliseconds, not by so many deletions


class Listed(NamedTuple):
    """What a complete list has shown: objects that are new or other than they were, and such as are not in it."""

    changed: frozenset[ObjectId]
    missing: frozenset[ObjectId]


class ObjectId(NamedTuple):
    """namespace is "" for cluster-scoped objects."""

    namespace: str
    name: str


@dataclass(slots=True)
class _Entry:
    """kept: the object, or its JSON with sorted keys: of equal objects both are equal."""

    version: int
    kept: Object | bytes


def object_id(obj: Object) -> ObjectId:
    """The namespace and name of an object."""
    meta = obj.get("metadata") or {}
    return ObjectId(meta.get("namespace") or "", meta.get("name") or "")


def version_of(obj: Object) -> int:
    """resourceVersion as a number; 0 where there is none, which is older than all."""
    text = (obj.get("metadata") or {}).get("resourceVersion") or ""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else 0


class Store:
    """Objects of one kind, projected to the fields in use at the moment they come in.

    packed  whether they are kept as JSON: a quarter of the memory, and some microseconds for each look. For what is
            many and read seldom. Nobody may change what he is given.
    """

    def __init__(self, kind: Kind, project: Callable[[Object], Object], *, packed: bool = False) -> None:
        self.kind = kind
        self.ready = False
        self._project = project
        self._packed = packed
        self._entries: dict[ObjectId, _Entry] = {}
        self._namespaces: dict[str, set[ObjectId]] = {}
        self._coming: dict[ObjectId, _Entry] = {}
        self._unpacked: tuple[bytes, Object] = (b"", {})  # the last one: it is asked for several times in a row
        self._gone: dict[ObjectId, int] = {}
        self._listed = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[ObjectId]:
        return iter(self._entries)

    def within(self, namespace: str) -> Iterator[ObjectId]:
        """The objects of one namespace."""
        return iter(self._namespaces.get(namespace, ()))

    def get(self, oid: ObjectId) -> Object | None:
        entry = self._entries.get(oid)
        if entry is None:
            return None
        return self._unpack(entry.kept) if isinstance(entry.kept, bytes) else entry.kept

    def _unpack(self, kept: bytes) -> Object:
        if self._unpacked[0] is not kept:
            self._unpacked = kept, orjson.loads(kept)
        return self._unpacked[1]

    def __contains__(self, oid: ObjectId) -> bool:
        return oid in self._entries

    def version(self, oid: ObjectId) -> int:
        """The resourceVersion of an object as it is known; 0 where it is not."""
        entry = self._entries.get(oid)
        return entry.version if entry else 0

    def begin(self) -> None:
        """A list starts over: what an unfinished one has brought is forgotten."""
        self._coming = {}

    def page(self, items: list[dict[str, Any]]) -> None:
        """A page of a list. Objects become visible with `finish`."""
        for item in items:
            self._coming[object_id(item)] = _Entry(version_of(item), self._projected(item))

    def finish(self, version: str) -> Listed:
        """The list is complete: it replaces all, save what is newer. What it lacks stays until `forget` is called."""
        self._listed = max(self._listed, int(version) if version.isdigit() else 0)
        before, after = self._entries, self._coming
        missing = set()
        for oid, entry in before.items():
            listed = after.get(oid)
            if listed is None and entry.version <= self._listed:
                missing.add(oid)
            if listed is None or listed.version < entry.version:
                after[oid] = entry
        self._entries, self._coming, self.ready = after, {}, True
        self._namespaces = {}
        for oid in after:
            self._namespaces.setdefault(oid.namespace, set()).add(oid)
        changed = {oid for oid, entry in after.items() if oid not in before or before[oid].kept != entry.kept}
        return Listed(frozenset(changed), frozenset(missing))

    def strange(self, listed: Mapping[ObjectId, int], version: int) -> set[ObjectId]:
        """Of a list by names and versions, of the given version, what is not as it is known here."""
        missing = {oid for oid, entry in self._entries.items() if oid not in listed and entry.version <= version}
        newer = {oid for oid, seen in listed.items() if oid not in self._entries or self._entries[oid].version < seen}
        return missing | newer

    def put(self, obj: Object) -> bool:
        """An object as an event or an answer shows it; False when it brings nothing new."""
        oid, version = object_id(obj), version_of(obj)
        known = self._entries.get(oid)
        if version and version <= (known.version if known else max(self._listed, self._gone.get(oid, 0))):
            return False
        entry = _Entry(version, self._projected(obj))
        self._entries[oid] = entry
        self._namespaces.setdefault(oid.namespace, set()).add(oid)
        return known is None or known.kept != entry.kept

    def drop(self, obj: Object) -> bool:
        """An object that was deleted; False when it is not known, or a newer one has its name."""
        oid, version = object_id(obj), version_of(obj)
        known = self._entries.get(oid)
        self._remember_gone(oid, version)
        if known is None or (version and version < known.version):
            return False
        self._remove(oid)
        return True

    def _remove(self, oid: ObjectId) -> None:
        del self._entries[oid]
        others = self._namespaces[oid.namespace]
        others.discard(oid)
        if not others:
            del self._namespaces[oid.namespace]

    def _remember_gone(self, oid: ObjectId, version: int) -> None:
        """An answer to a write of ours may come in after the event of the deletion, and must not bring it back."""
        self._gone.pop(oid, None)
        self._gone[oid] = version
        if len(self._gone) > GONE:
            del self._gone[next(iter(self._gone))]

    def forget(self, oid: ObjectId) -> bool:
        """An object that the API server says is not there."""
        if oid not in self._entries:
            return False
        self._remove(oid)
        return True

    def _projected(self, obj: Object) -> Object | bytes:
        """Items of a list carry neither kind nor apiVersion: whatever is kept of an object, these are."""
        named = {"apiVersion": self.kind.api_version, "kind": self.kind.kind}
        projected = {**self._project({**obj, **named}), **named}
        return packed(projected) if self._packed else projected


def packed(obj: Object) -> bytes:
    """JSON with sorted keys. orjson's own bytes have room for several times as much: these have not."""
    return bytes(memoryview(orjson.dumps(obj, option=orjson.OPT_SORT_KEYS)))
