"""Who has to be looked at again when an object changes: an index of what claims rest on."""

from __future__ import annotations

from collections.abc import Iterable

from zonewright.kube.store import Object, ObjectId
from zonewright.model.kind import ENDPOINTSLICE, Kind
from zonewright.sources.lookups import Ref
from zonewright.sources.slices import service_of

Follower = tuple[Kind, ObjectId]
_Topic = tuple[tuple[str, str], str, str]  # group and plural, namespace, name


def topic(kind: Kind, oid: ObjectId) -> str:
    """An object as one text, unique among all kinds: under this key its claims are booked."""
    return f"{kind.plural}.{kind.group}/{oid.namespace}/{oid.name}"


class Followers:
    """Objects by what they follow. Versions of a kind are one kind here.

    An EndpointSlice goes by the name of its Service, so that a Service can follow slices that are yet to come.
    """

    def __init__(self) -> None:
        self._followed: dict[Follower, frozenset[Ref]] = {}
        self._followers: dict[_Topic, set[Follower]] = {}
        self._service_of: dict[ObjectId, str] = {}
        self._slices: dict[ObjectId, set[ObjectId]] = {}

    def follow(self, follower: Follower, refs: frozenset[Ref]) -> None:
        """All that an object follows from now on."""
        for ref in self._followed.pop(follower, frozenset()):
            self._followers[_topic(ref)].discard(follower)
            if not self._followers[_topic(ref)]:
                del self._followers[_topic(ref)]
        if refs:
            self._followed[follower] = refs
        for ref in refs:
            self._followers.setdefault(_topic(ref), set()).add(follower)

    def of(self, kind: Kind, namespace: str, name: str) -> set[Follower]:
        """Those who follow one object, all of its namespace, or all of its kind."""
        topics = {(kind.resource, namespace, name), (kind.resource, namespace, ""), (kind.resource, "", "")}
        return {follower for at in topics for follower in self._followers.get(at, ())}

    def names(self, kind: Kind) -> frozenset[str]:
        """The names of all objects of a kind that are followed by their names."""
        return frozenset(name for resource, _, name in self._followers if resource == kind.resource and name)

    def topics(self, kind: Kind, oid: ObjectId, obj: Object | None) -> Iterable[str]:
        """The names under which a changed object is followed: of a slice those of its Services, before and now."""
        if kind.resource != ENDPOINTSLICE.resource:
            return (oid.name,)
        before, now = self._service_of.pop(oid, ""), service_of(obj) if obj is not None else ""
        if before:
            self._slices[ObjectId(oid.namespace, before)].discard(oid)
        if now:
            self._service_of[oid] = now
            self._slices.setdefault(ObjectId(oid.namespace, now), set()).add(oid)
        return {name for name in (before, now) if name}

    def belonging(self, namespace: str, service: str) -> frozenset[ObjectId]:
        """The EndpointSlices of a Service."""
        return frozenset(self._slices.get(ObjectId(namespace, service), ()))


def _topic(ref: Ref) -> _Topic:
    return ref.kind.resource, ref.namespace, ref.name
