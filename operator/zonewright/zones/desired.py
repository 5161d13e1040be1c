"""Which record sets are wanted, by whom: an index of all DNSEndpoints by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zonewright.model.adopt import Adopt
from zonewright.model.endpoint import Endpoint


class Origin(NamedTuple):
    """Which entry of which DNSEndpoint: spec.endpoints[entry] of namespace/name."""

    namespace: str
    name: str
    entry: int


class Companion(NamedTuple):
    """One of the record sets that a provider puts beside the one that is asked for; number: from 0."""

    origin: Origin
    number: int


class Wish(NamedTuple):
    """One wanted record set, where it is asked for, since when (text that sorts by time), and whether a record that is
    nobody's may be taken over for it."""

    origin: Origin
    endpoint: Endpoint
    since: str = ""
    adopt: Adopt = Adopt.NONE


REMEMBERED = 10_000  # names that are wanted no more; one that is forgotten is left in doubt for longer, and no worse


class Desired:
    """Wishes by name. `put` and `drop` return the names that have to be looked at again."""

    def __init__(self) -> None:
        self._objects: dict[tuple[str, str], tuple[Wish, ...]] = {}
        self._names: dict[str, dict[Origin, Wish]] = {}
        self._past: dict[str, None] = {}  # the latest at the end
        self._watchers: list[Callable[[str], None]] = []

    def watch(self, turned: Callable[[str], None]) -> None:
        """Tell of each name that is wanted from now on, and of each that is wanted no more."""
        self._watchers.append(turned)

    def put(
        self,
        namespace: str,
        name: str,
        endpoints: Mapping[int, Endpoint],
        since: str = "",
        adopt: Adopt = Adopt.NONE,
    ) -> set[str]:
        """What an object asks for now, by the index of the entry."""
        wishes = tuple(Wish(Origin(namespace, name, i), e, since, adopt) for i, e in sorted(endpoints.items()))
        before = self._objects.get((namespace, name), ())
        if wishes == before:
            return set()
        self._remove(before)
        if wishes:
            self._objects[namespace, name] = wishes
        else:
            self._objects.pop((namespace, name), None)
        for wish in wishes:
            if (wanted := self._names.get(wish.endpoint.name)) is None:
                wanted = self._names[wish.endpoint.name] = {}
                self._past.pop(wish.endpoint.name, None)
                self._turn(wish.endpoint.name)
            wanted[wish.origin] = wish
        return {wish.endpoint.name for wish in set(before).symmetric_difference(wishes)}

    def drop(self, namespace: str, name: str) -> set[str]:
        """An object that asks for nothing any more."""
        return self.put(namespace, name, {})

    def at(self, name: str) -> Sequence[Wish]:
        """Who wants what at a name, in a fixed order."""
        return sorted(self._names.get(name, {}).values(), key=lambda wish: wish.origin)

    def wish(self, origin: Origin) -> Wish | None:
        """The wish of an origin; None when it is there no more."""
        wishes = self._objects.get((origin.namespace, origin.name), ())
        return next((wish for wish in wishes if wish.origin.entry == origin.entry), None)

    def is_wanted(self, name: str) -> bool:
        """Whether anybody wants something at a name."""
        return name in self._names

    def ever(self, name: str) -> bool:
        """Whether a name is wanted, or has been since the start, as far as that is remembered."""
        return name in self._names or name in self._past

    def names(self) -> Iterable[str]:
        """All wanted names."""
        return self._names.keys()

    def endpoints(self) -> Iterable[Endpoint]:
        """All wanted record sets."""
        return (wish.endpoint for wishes in self._objects.values() for wish in wishes)

    def _remove(self, wishes: Iterable[Wish]) -> None:
        for wish in wishes:
            wanted = self._names[wish.endpoint.name]
            del wanted[wish.origin]
            if not wanted:
                del self._names[wish.endpoint.name]
                self._past[wish.endpoint.name] = None
                if len(self._past) > REMEMBERED:
                    del self._past[next(iter(self._past))]
                self._turn(wish.endpoint.name)

    def _turn(self, name: str) -> None:
        for turned in self._watchers:
            turned(name)
