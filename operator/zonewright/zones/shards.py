"""Which names are ours, where several installations share the work of one owner id (--shard).

The name of the zone decides: the longest one that holds a name, of all zones that the provider lists. So a zone has one
writer, one snapshot and one share of the provider's quota. A name that no zone holds has one shard as well, which says
so. As long as the zones are not known, no name is ours: nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zonewright.model.shard import Shard, place
from zonewright.model.zone import Zone
from zonewright.zones.routing import holder, suffixes


def placed(zones: Iterable[Zone], count: int) -> Mapping[str, int]:
    """The shard of each name of a zone."""
    return {name: place(name, count) for name in {zone.name for zone in zones}}


def shard_of(name: str, places: Mapping[str, int], count: int) -> int:
    """The shard of any text that is asked for as a name. places: of the zones, see `placed`."""
    zone = holder(name, places)
    return place(name, count) if zone is None else places[zone]


class Shards:
    """own: the shard of this process. `see` the zones, then ask."""

    def __init__(self, own: Shard) -> None:
        self.own = own
        self._places: Mapping[str, int] | None = None

    @property
    def known(self) -> bool:
        """Whether the zones have been seen."""
        return self._places is not None

    def see(self, zones: Iterable[Zone]) -> None:
        """All zones that there are now, of whatever shard."""
        self._places = placed(zones, self.own.count)

    def of(self, name: str) -> int | None:
        """The shard of a name; None as long as that is not known."""
        return None if self._places is None else shard_of(name, self._places, self.own.count)

    def mine(self, name: str) -> bool:
        """Whether a name is known to be ours."""
        return self.of(name) == self.own.index

    def working(self, zones: Iterable[Zone], *, several: bool) -> frozenset[Zone]:
        """Of all zones, those in which there may be names of ours.

        several: whether a name is also in zones that have a shorter name than the one that decides (`every_private`)
        """
        zones = frozenset(zones)
        names = {name for name, shard in placed(zones, self.own.count).items() if shard == self.own.index}
        if several:
            names = {suffix for name in names for suffix in suffixes(name)}
        return frozenset(zone for zone in zones if zone.name in names)
