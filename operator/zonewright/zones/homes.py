"""Which of the wanted names are in which zone, kept as they come and go.

A zone that is read looks at all its names. Were they looked for among all that are wanted anywhere, a thousand zones of
500 names would cost half a billion looks, in each interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set

from zonewright.model.zone import Zone
from zonewright.zones.desired import Desired


class Homes:
    """zones_of: the zones that have a name; after they have changed for any name, `moved` is to be called."""

    def __init__(self, desired: Desired, zones_of: Callable[[str], Iterable[Zone]]) -> None:
        self._desired = desired
        self._zones_of = zones_of
        self._names: dict[Zone, set[str]] = {}
        desired.watch(self._turned)

    def names(self, zone: Zone) -> Set[str]:
        """The wanted names that a zone has."""
        return self._names.get(zone, set())

    def moved(self) -> None:
        """Other zones have the names now."""
        self._names = {}
        for name in self._desired.names():
            self._settle(name)

    def _turned(self, name: str) -> None:
        if self._desired.is_wanted(name):
            self._settle(name)
        else:
            for zone in self._zones_of(name):
                self._names.get(zone, set()).discard(name)

    def _settle(self, name: str) -> None:
        for zone in self._zones_of(name):
            self._names.setdefault(zone, set()).add(name)
