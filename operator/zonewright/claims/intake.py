"""From objects of sources to claims: stores per kind, and the book kept in step with them.

Nothing is decided here but which objects to look at again: a change of a Gateway or a Namespace touches the routes
that refer to it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from zonewright.claims.book import Book, Slot
from zonewright.kube.store import Object, ObjectId, Store
from zonewright.model.claim import Claim
from zonewright.model.kind import GATEWAY, NAMESPACE, Kind
from zonewright.settings import Settings
from zonewright.sources.catalog import Source, out_of_scope

log = logging.getLogger(__name__)


class Intake:
    """Stores of all kinds that the enabled sources read; `changed` brings the book up to date.

    mark  told which slots have other claims than before
    """

    def __init__(
        self, sources: Iterable[Source], settings: Settings, book: Book, mark: Callable[[set[Slot]], None]
    ) -> None:
        self._settings = settings
        self._book = book
        self._mark = mark
        self._sources = {source.kind: source for source in sources if source.claims is not None}
        lookups = {kind: project for source in self._sources.values() for kind, project in source.lookups.items()}
        projections = lookups | {kind: source.project for kind, source in self._sources.items()}
        self.stores = {kind: Store(kind, project) for kind, project in projections.items()}
        self._routes: dict[ObjectId, set[tuple[Kind, ObjectId]]] = {}
        self._parents: dict[tuple[Kind, ObjectId], frozenset[ObjectId]] = {}

    @property
    def source_kinds(self) -> frozenset[Kind]:
        """Kinds whose objects make claims."""
        return frozenset(self._sources)

    def needed(self, installed: frozenset[Kind]) -> frozenset[Kind]:
        """Of the kinds that a cluster has, those that have to be listed; not what only absent kinds would ask about."""
        asked = {kind for source in self._sources.values() if source.kind in installed for kind in source.lookups}
        return installed & (self.source_kinds | asked)

    async def confirm(self, claims: Iterable[Claim], exists: Callable[[Kind, Claim], Awaitable[bool]]) -> None:
        """Ask whether the objects behind claims are still there, and drop what is not: events may have been missed."""
        kinds = {(kind.api_version, kind.kind): kind for kind in self._sources}
        for claim in claims:
            who = claim.resource
            kind = kinds.get((who.api_version, who.kind))
            if kind is None or await exists(kind, claim):
                continue
            oid = ObjectId(who.namespace, who.name)
            log.info("%s is gone, which no event told", who)
            if self.stores[kind].forget(oid):
                self.changed(kind, [oid])

    # -- lookups

    def gateway(self, namespace: str, name: str) -> Mapping[str, Any] | None:
        """A Gateway, as it was last seen."""
        store = self.stores.get(GATEWAY)
        return store.get(ObjectId(namespace, name)) if store else None

    def namespace_labels(self, name: str) -> Mapping[str, str] | None:
        """The labels of a namespace; None when it is not known."""
        store = self.stores.get(NAMESPACE)
        obj = store.get(ObjectId("", name)) if store else None
        return None if obj is None else (obj.get("metadata") or {}).get("labels") or {}

    # -- changes

    def changed(self, kind: Kind, oids: Iterable[ObjectId]) -> None:
        """Objects of a kind have come, changed or gone."""
        slots: set[Slot] = set()
        for oid in oids:
            if kind in self._sources:
                slots |= self._update(kind, oid)
            for route_kind, route in self._affected(kind, oid):
                slots |= self._update(route_kind, route)
        if slots:
            self._mark(slots)

    def _update(self, kind: Kind, oid: ObjectId) -> set[Slot]:
        obj = self.stores[kind].get(oid)
        key = f"{kind.plural}.{kind.group}/{oid.namespace}/{oid.name}"
        self._index(kind, oid, obj)
        if obj is None:
            return self._book.drop(key)
        return self._book.put(key, self._claims(self._sources[kind], obj))

    def _claims(self, source: Source, obj: Object) -> tuple[Claim, ...]:
        why = out_of_scope(obj, source, self._settings)
        meta = obj["metadata"]
        if why is not None:
            log.debug("Skipped %s %s/%s: %s", source.kind.kind, meta.get("namespace", ""), meta.get("name"), why)
            return ()
        assert source.claims is not None  # noqa: S101  # only such sources are kept
        claims = source.claims(obj, self, self._settings)
        for claim in claims:
            for problem in claim.problems:
                log.debug("%s asked for by %s: %s", claim.hostname, claim.resource, problem.message)
        return claims

    def _index(self, kind: Kind, oid: ObjectId, obj: Object | None) -> None:
        """Remember which Gateways a route refers to, so that their changes find it."""
        source = self._sources[kind]
        if source.parents is None:
            return
        route = (kind, oid)
        for parent in self._parents.pop(route, frozenset()):
            self._routes[parent].discard(route)
            if not self._routes[parent]:
                del self._routes[parent]
        if obj is not None:
            parents = frozenset(ObjectId(*parent) for parent in source.parents(obj))
            self._parents[route] = parents
            for parent in parents:
                self._routes.setdefault(parent, set()).add(route)

    def _affected(self, kind: Kind, oid: ObjectId) -> list[tuple[Kind, ObjectId]]:
        if kind == GATEWAY:
            return sorted(self._routes.get(oid, ()))
        if kind == NAMESPACE:
            return sorted(route for route in self._parents if route[1].namespace == oid.name)
        return []
