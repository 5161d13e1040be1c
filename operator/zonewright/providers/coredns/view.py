"""What is known of a zone, key by key, and since when: what makes a conditional write possible.

It is filled by reading a zone, and patched by our own writes. It is never the truth: each write is conditional on it,
so that an outdated view costs another reading and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from zonewright.model.endpoint import Endpoint
from zonewright.providers.coredns.layout import Layout
from zonewright.providers.coredns.requests import KeyValue
from zonewright.providers.coredns.values import Value, record_sets

log = logging.getLogger(__name__)


class View:
    """The keys of one zone.

    domain    the zone's name; nested: those of zones below it, whose keys are not ours
    revision  of the store, when the zone was read
    """

    def __init__(self, layout: Layout, domain: str, nested: Iterable[str], revision: int) -> None:
        self.revision = revision
        self._layout = layout
        self._domain = domain
        self._nested = tuple(nested)
        self._names: dict[str, dict[str, Value]] = {}
        self._revisions: dict[str, int] = {}  # of every key, also of those that make no record
        self._leased: set[str] = set()
        self._since: dict[str, int] = {}

    @classmethod
    def of(cls, layout: Layout, domain: str, nested: Iterable[str], revision: int, found: Iterable[KeyValue]) -> View:
        view = cls(layout, domain, nested, revision)
        unread = [kv.key for kv in found if not view._add(kv)]
        if unread:  # CoreDNS fails on these, so somebody should know
            log.warning("Keys in etcd that hold no DNS record: %d, such as %s", len(unread), unread[0])
        return view

    def _add(self, kv: KeyValue) -> bool:
        """Take in a key; whether it makes sense."""
        if not self._layout.holds(kv.key, self._domain, self._nested):
            return True
        self._revisions[kv.key] = kv.revision
        value = Value.parse(kv.value)
        name = self._layout.name(kv.key, value.strip) if value else None
        if value is None or name is None:
            return False
        self._names.setdefault(name, {})[kv.key] = value
        if kv.lease:
            self._leased.add(kv.key)
        return True

    def record_sets(self) -> list[Endpoint]:
        """All of the zone."""
        return [found for name, values in self._names.items() for found in record_sets(name, values.values())]

    def at(self, name: str) -> Mapping[str, Value]:
        """The values of one name by key."""
        return self._names.get(name, {})

    def known(self, key: str) -> int | None:
        """The revision of a key; None where there is none."""
        return self._revisions.get(key)

    def leased(self, key: str) -> bool:
        return key in self._leased

    def since(self, name: str) -> int:
        """The revision of the store up to which we know all that happened at and below a name."""
        return self._since.get(name, self.revision)

    def landed(self, written: Mapping[str, Mapping[str, Value | None]], revision: int) -> None:
        """Take in our own writes, by name and key; None is a delete."""
        for name, values in written.items():
            self._since[name] = revision
            for key, value in values.items():
                self._put(name, key, value, revision)

    def _put(self, name: str, key: str, value: Value | None, revision: int) -> None:
        standing = self._names.setdefault(name, {})
        if value is None:
            standing.pop(key, None)
            self._revisions.pop(key, None)
            self._leased.discard(key)
        elif standing.get(key) != value:
            standing[key] = value
            self._revisions[key] = revision
        if not standing:
            del self._names[name]

    def agrees(self, name: str, found: Iterable[KeyValue], revision: int) -> bool:
        """Whether the keys at and below a name are those that we know. If so, we know them up to `revision`."""
        real = {kv.key: kv.revision for kv in found if self._layout.holds(kv.key, self._domain, self._nested)}
        start, _ = self._layout.subtree(name)
        path = self._layout.path(name)
        ours = {key: at for key, at in self._revisions.items() if key.startswith(start) or key == path}
        if real != ours:
            return False
        self._since[name] = revision
        return True
