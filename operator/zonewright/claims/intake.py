"""From objects of sources to claims: stores per kind, and the book kept in step with them.

Nothing is decided here but which objects to look at again: those that have changed, and those whose claims rest on
them. Claims of a source are made only when all that it asks about has been listed, and names that it follows have been
looked up once: half of the picture would be taken for all of it, and a restart would write every object twice.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

from zonewright.claims.book import Book, Slot
from zonewright.claims.follow import Follower, Followers, topic
from zonewright.kube.store import Object, ObjectId, Store
from zonewright.model.claim import Claim
from zonewright.model.kind import ENDPOINTSLICE, Kind
from zonewright.settings import Settings
from zonewright.sources import catalog
from zonewright.sources.catalog import Source
from zonewright.sources.lookups import HOST, Ref

log = logging.getLogger(__name__)


class Intake:
    """Stores of all kinds that the enabled sources read; `changed` brings the book up to date.

    mark        told which slots have other claims than before
    served      kinds that the cluster has in an older version only, with that one
    unreadable  kinds that are done without
    ask         told that there are names to look up, see `unanswered`
    """

    def __init__(
        self,
        settings: Settings,
        book: Book,
        mark: Callable[[set[Slot]], None],
        served: Mapping[Kind, Kind] | None = None,
        unreadable: frozenset[Kind] = frozenset(),
        ask: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._book = book
        self._mark = mark
        self._ask = ask
        self._served = served or {}
        self._unreadable = unreadable
        self._sources = {source.kind: source for source in catalog.enabled(settings, self._served)}
        self._asked = {kind: self._lookups_of(source) for kind, source in self._sources.items()}
        often = {kind for asked in self._asked.values() for kind in asked}  # looked up for objects of other kinds
        self.stores = {
            kind: Store(kind, catalog.projection(kind, settings), packed=kind not in often)
            for kind in self._sources.keys() | often
        }
        self._by_resource = {kind.resource: store for kind, store in self.stores.items()}
        self._followers = Followers()
        self._waiting: frozenset[Kind] = frozenset()
        self._unread: set[Kind] = set()  # sources whose objects wait for what they ask about
        self._answers: dict[str, tuple[str, ...] | None] = {}  # to names; None where no lookup ever went well
        self._unanswered: set[str] = set()

    def _lookups_of(self, source: Source) -> frozenset[Kind]:
        wanted = frozenset(source.lookups(self._settings)) - self._unreadable
        return frozenset(self._served.get(kind, kind) for kind in wanted)

    @property
    def source_kinds(self) -> frozenset[Kind]:
        """Kinds whose objects make claims."""
        return frozenset(self._sources)

    def needed(self, installed: frozenset[Kind]) -> frozenset[Kind]:
        """Of the kinds that a cluster has, those that have to be listed; not what only absent kinds would ask about."""
        asked = {kind for source in self._sources if source in installed for kind in self._asked[source]}
        return installed & (self.source_kinds | asked)

    def wait_for(self, kinds: frozenset[Kind]) -> None:
        """Kinds that are there and can be read: sources that ask about one of them wait until it is listed."""
        self._waiting = kinds
        self._catch_up()

    async def confirm(self, claims: Iterable[Claim], exists: Callable[[Kind, Claim], Awaitable[bool]]) -> None:
        """Ask whether the objects behind claims are still there, and drop what is not: events may have been missed."""
        kinds = {(kind.api_version, kind.kind): kind for kind in self._sources}
        for claim in claims:
            who = claim.resource
            kind = kinds.get((who.api_version, who.kind))
            if kind is None or await exists(kind, claim):
                continue
            oid = ObjectId(who.namespace, who.name)
            known = self.stores[kind].get(oid)
            if known is None or known["metadata"].get("uid") != who.uid:
                continue  # while the question was under way, an event has told of it, or of another one of that name
            log.info("%s is gone, which no event told", who)
            self.stores[kind].forget(oid)
            self.changed(kind, [oid])

    # -- lookups

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """An object, as it was last seen."""
        store = self._by_resource.get(kind.resource)
        return store.get(ObjectId(namespace, name)) if store else None

    def every(self, kind: Kind, namespace: str = "") -> Iterable[Object]:
        """All objects of a kind, or those in one namespace, by name."""
        store = self._by_resource.get(kind.resource)
        oids = sorted(store.within(namespace) if namespace else store) if store else ()
        return [obj for oid in oids if store and (obj := store.get(oid)) is not None]

    def slices(self, namespace: str, service: str) -> Iterable[Object]:
        """The EndpointSlices of a Service, by name."""
        found = (self.get(ENDPOINTSLICE, *oid) for oid in sorted(self._followers.belonging(namespace, service)))
        return [obj for obj in found if obj is not None]

    def resolved(self, host: str) -> tuple[str, ...] | None:
        """The addresses of a name outside of the cluster, as they were last known."""
        return self._answers.get(host)

    # -- names outside of the cluster

    def due(self) -> frozenset[str]:
        """The names that claims follow, to be looked up again; what is known of others is forgotten."""
        followed = self._followers.names(HOST)
        self._answers = {host: answer for host, answer in self._answers.items() if host in followed}
        return followed

    def unanswered(self) -> frozenset[str]:
        """Names that have not been looked up yet: the objects that follow them wait."""
        return frozenset(self._unanswered)

    def answered(self, host: str, addresses: tuple[str, ...] | None) -> None:
        """A name has been looked up; None is a lookup that failed: then what was known before still counts."""
        first = host not in self._answers
        before = self._answers.get(host)
        self._answers[host] = before if addresses is None else addresses
        self._unanswered.discard(host)
        if first or self._answers[host] != before:
            self._update_all(self._followers.of(HOST, "", host))

    # -- changes

    def changed(self, kind: Kind, oids: Iterable[ObjectId]) -> None:
        """Objects of a kind have come, changed or gone."""
        slots: set[Slot] = set()
        touched: set[tuple[Kind, ObjectId]] = set()
        for oid in oids:
            for name in self._followers.topics(kind, oid, self.stores[kind].get(oid)):
                touched |= self._followers.of(kind, oid.namespace, name)
            if kind in self._sources:
                slots |= self._update(kind, oid)
        self._update_all(touched, slots)
        self._catch_up()

    def _update_all(self, followers: Iterable[Follower], slots: Iterable[Slot] = ()) -> None:
        changed = set(slots)
        for follower in sorted(followers):
            changed |= self._update(*follower)
        if changed:
            self._mark(changed)

    def _catch_up(self) -> None:
        """Make the claims of sources that have waited for what is there now."""
        for kind in [kind for kind in self._unread if self._can_read(kind)]:
            self._unread.discard(kind)
            self._update_all((kind, oid) for oid in self.stores[kind])

    def _can_read(self, kind: Kind) -> bool:
        return all(self.stores[asked].ready for asked in self._asked[kind] & self._waiting)

    def _update(self, kind: Kind, oid: ObjectId) -> set[Slot]:
        if not self._can_read(kind):
            self._unread.add(kind)
            return set()
        obj = self.stores[kind].get(oid)
        source = self._sources[kind]
        refs = source.follows(obj, self, self._settings) if obj is not None else frozenset()
        self._followers.follow((kind, oid), refs)
        if self._waits(refs):
            return set()
        key = topic(kind, oid)
        if obj is None:
            return self._book.drop(key)
        return self._book.put(key, self._claims(source, obj))

    def _waits(self, refs: Iterable[Ref]) -> bool:
        """Whether an object follows a name that has to be looked up first."""
        fresh = {ref.name for ref in refs if ref.kind == HOST and ref.name not in self._answers}
        self._unanswered |= fresh
        if fresh:
            self._ask()
        return bool(fresh)

    def _claims(self, source: Source, obj: Object) -> tuple[Claim, ...]:
        heard = catalog.heard(obj, source, self, self._settings)
        meta = obj["metadata"]
        if heard.silence:
            where = f"{meta.get('namespace') or ''}/{meta.get('name')}".removeprefix("/")
            log.debug("Skipped %s %s: %s", source.kind.kind, where, heard.silence)
        for claim in heard.claims:
            for problem in claim.problems:
                log.debug("%s asked for by %s: %s", claim.hostname, claim.resource, problem.message)
        return heard.claims
