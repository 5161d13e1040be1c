"""Which zones a record set goes to: by its name, by whom the zone answers, and by what it asks for itself.

The zone with the longest name has it. Where zones of one name stand beside each other, one that all can resolve and
others for private networks, each of those kinds has it. Route 53's users have every private zone that holds the name as
well as the longest public one (ExternalDNS, provider/aws/aws.go): `every_private`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from zonewright.model.endpoint import ADDRESS_TYPES, Endpoint
from zonewright.model.targets.addresses import is_private
from zonewright.model.zone import Visibility, Zone


@dataclass(frozen=True, slots=True)
class Routing:
    """How zones are chosen.

    every_private  whether all private zones that hold a name have it, however long their names are
    pin            the property by which a record set names the id of its only zone; "" for none
    split          whether of public and private zones each has the addresses that fit (--split-targets-by-visibility)
    """

    every_private: bool = False
    pin: str = ""
    split: bool = False

    def among(self, zones: Iterable[Zone]) -> Routes:
        """The routes for a list of zones."""
        return Routes(self, zones)


WHOLE = Routing()  # the zone with the longest name has all of it


class Routes:
    """Zones by name, so that a question costs as much as a name has labels."""

    def __init__(self, routing: Routing, zones: Iterable[Zone]) -> None:
        self._routing = routing
        self._by_name: dict[str, list[Zone]] = {}
        for zone in sorted(zones):
            self._by_name.setdefault(zone.name, []).append(zone)
        self._twins = any(len(zones) > 1 for zones in self._by_name.values())

    @property
    def plural(self) -> bool:
        """Whether a name may have several zones, or none of those that hold it."""
        return self._twins or self._routing.every_private or bool(self._routing.pin)

    def of(self, name: str) -> tuple[Zone, ...]:
        """The zones that have a name; none where it is in no zone. The longest public one comes first."""
        holding = [zones for suffix in suffixes(name) if (zones := self._by_name.get(suffix))]
        if not holding:
            return ()
        if self._routing.every_private:
            every = [zone for zones in holding for zone in zones]
            return *_one_public(every), *_private(every)
        return *_one_public(holding[0]), *_private(holding[0])

    def share(self, zone: Zone, endpoint: Endpoint) -> Endpoint | None:
        """What a zone has of a wanted record set; None where the record set is for other zones alone."""
        if (pinned := self._pinned(endpoint)) is not None:
            return endpoint if _same_id(pinned, zone.id) else None
        if not self._routing.split or endpoint.rtype not in ADDRESS_TYPES:
            return endpoint
        if len({one.visibility for one in self.of(endpoint.name)}) < 2:
            return endpoint
        return _fitting(endpoint, private=zone.visibility is Visibility.PRIVATE)

    def is_lost(self, endpoint: Endpoint) -> bool:
        """Whether none of the zones that have its name takes a record set."""
        return not any(self.share(zone, endpoint) for zone in self.of(endpoint.name))

    def _pinned(self, endpoint: Endpoint) -> str | None:
        pin = self._routing.pin
        return next((value for name, value in endpoint.properties if pin and name == pin), None)


def holder(name: str, zones: Container[str]) -> str | None:
    """Of names of zones, the longest that holds a name; None where none does."""
    return next((suffix for suffix in suffixes(name) if suffix in zones), None)


def private_targets(endpoint: Endpoint) -> tuple[str, ...]:
    """Addresses that the Internet cannot reach."""
    return tuple(t for t in endpoint.targets if endpoint.rtype in ADDRESS_TYPES and is_private(t))


def _fitting(endpoint: Endpoint, *, private: bool) -> Endpoint | None:
    """A private zone hides the public one: without addresses of its own it has the public ones."""
    inner = private_targets(endpoint)
    outer = tuple(target for target in endpoint.targets if target not in inner)
    fitting = (inner or outer) if private else outer
    return replace(endpoint, targets=fitting) if fitting else None


def suffixes(name: str) -> Iterator[str]:
    """The name and all names above it, the longest first, and "" for a zone that holds any name."""
    while name:
        yield name
        name = name.partition(".")[2]
    yield ""


def _one_public(zones: Iterable[Zone]) -> Sequence[Zone]:
    """The first that is not private: of several of one name, whoever made them, one has to be taken."""
    return [zone for zone in zones if zone.visibility is not Visibility.PRIVATE][:1]


def _private(zones: Iterable[Zone]) -> Sequence[Zone]:
    return [zone for zone in zones if zone.visibility is Visibility.PRIVATE]


def _same_id(asked: str, zone_id: str) -> bool:
    """Ids with a path before them, as Route 53's "/hostedzone/Z1", may be given without it."""
    return asked.rpartition("/")[2] == zone_id.rpartition("/")[2]
