"""The provider: the zones that are named, read by transfer and changed by updates."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import dns.rdataset
import dns.zone

from zonewright.model.change import Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import ADDRESS_TYPES, Endpoint, Key, RecordType, type_of
from zonewright.model.hostname import spelled
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Zone
from zonewright.providers.base import Capabilities, Changed, Failure, Normalized, ProviderError, Rejected, Unavailable
from zonewright.providers.rfc2136.connection import Connection
from zonewright.providers.rfc2136.updates import message, normalized, record_sets, respelled
from zonewright.providers.rfc2136.wire import Refused, Server, Unreached
from zonewright.providers.traffic import Traffic
from zonewright.providers.zonefilter import admits

_SLICE = 1000  # record sets between two looks at what else there is to do
DEFAULT_TTL = 300  # seconds, where neither the record nor --rfc2136-min-ttl says any


@dataclass(frozen=True, slots=True)
class Options:
    """zones: their names; min_ttl in seconds, 0 for none; strategy: disabled, round-robin or random."""

    names: DomainFilter
    zones: tuple[str, ...]
    min_ttl: int = 0
    batch_size: int = 50
    strategy: str = "disabled"


class Rfc2136:
    """Some servers that have the same zones."""

    name = "rfc2136"

    def __init__(self, connection: Connection, options: Options, *, timeout: float = 10.0) -> None:
        self.traffic = Traffic()
        self.capabilities = Capabilities(
            record_types=frozenset(RecordType),
            batch_size=options.batch_size,
            atomic=True,
            min_ttl=options.min_ttl or None,
            default_ttl=options.min_ttl or DEFAULT_TTL,
            enforces_cname=False,  # what cannot stand beside a CNAME is passed over in silence (RFC 2136, 3.4.2.2)
        )
        self._options = options
        self._servers = [Server(host, connection, self.traffic, timeout) for host in connection.hosts]
        self._order = _order(options.strategy, len(self._servers))
        self._standing: dict[str, dict[Key, dns.rdataset.Rdataset]] = {}  # by zone: what may be respelled

    async def zones(self) -> Sequence[Zone]:
        names = [spelled(zone) for zone in self._options.zones]
        return [Zone(name, name) for name in dict.fromkeys(names) if admits(self._options.names, name)]

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        """From the first server that answers."""
        found: list[Endpoint] = []
        standing: dict[Key, dns.rdataset.Rdataset] = {}
        for number, (endpoint, stands) in enumerate(record_sets(await self._transferred(zone)), 1):
            found.append(endpoint)
            if respelled(endpoint):
                standing[endpoint.key] = stands
            if number % _SLICE == 0:
                await asyncio.sleep(0)
        self._standing[zone.name] = standing
        return found

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        """Without I/O."""
        kept: dict[Key, Endpoint] = {}
        problems: dict[Key, Problem] = {}
        for endpoint in endpoints:
            try:
                problems |= {endpoint.key: problem} if (problem := _problem(zone, endpoint)) else {}
                kept |= {} if endpoint.key in problems else {endpoint.key: self._held(endpoint)}
            except Rejected as e:
                problems[endpoint.key] = Problem(Reason.INVALID_TARGET, str(e))
        return Normalized(kept, problems)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        """One message. Where it is refused for what one unit asks or expects, halves of it, until that one is alone:
        a server may let a key change some names only. About 2·log₂(units) messages for one of them."""
        return await self._land(zone, units, self._order())

    async def _land(self, zone: Zone, units: Sequence[Unit], order: list[int]) -> Sequence[Failure]:
        try:
            await self._update(zone, units, order)
        except (Changed, Refused):
            if len(units) == 1:
                raise
            middle = len(units) // 2
            return [*await self._half(zone, units[:middle], order), *await self._half(zone, units[middle:], order)]
        return ()

    async def _half(self, zone: Zone, units: Sequence[Unit], order: list[int]) -> Sequence[Failure]:
        try:
            return await self._land(zone, units, order)
        except ProviderError as e:
            return [Failure(unit, e) for unit in units]

    async def _update(self, zone: Zone, units: Sequence[Unit], order: list[int]) -> None:
        """To one server; to another one only where nothing was sent: else whether it has the change is not known."""
        standing = self._standing.get(zone.name, {})
        for number in order:
            made = message(zone.name, units, self.capabilities.default_ttl or DEFAULT_TTL, standing)
            try:
                await self._servers[number].update(made, zone.name)
                break
            except Unreached:
                if number == order[-1]:
                    raise
        for key in (key for unit in units for key in unit.keys):
            standing.pop(key, None)

    async def close(self) -> None:
        pass

    async def _transferred(self, zone: Zone) -> dns.zone.Zone:
        last: Unavailable | None = None
        for number in self._order():
            try:
                return await self._servers[number].transfer(zone.name)
            except Unavailable as e:
                last = e
        raise last or Unavailable("there is no server")

    def _held(self, endpoint: Endpoint) -> Endpoint:
        found = Endpoint.found(endpoint.name, endpoint.rtype, normalized(endpoint))
        ttl = None if endpoint.ttl is None else max(endpoint.ttl, self._options.min_ttl)
        return replace(endpoint.with_properties({}), targets=found.targets, ttl=ttl)


def _order(strategy: str, count: int) -> Callable[[], list[int]]:
    """In which order servers are asked (--rfc2136-load-balancing-strategy)."""
    places = list(range(count))
    if strategy == "random":
        return lambda: random.sample(places, count)
    if strategy == "round-robin":
        turns = itertools.count()
        return lambda: [(start := next(turns) % count), *(p for p in places if p != start)]
    return lambda: places


def _problem(zone: Zone, endpoint: Endpoint) -> Problem | None:
    if endpoint.rtype == RecordType.NS and endpoint.name == zone.name:
        why = "the name servers of a zone itself are passed over in an update (RFC 2136, section 3.4.2.4)"
        return Problem(Reason.REJECTED, why)
    if endpoint.set_identifier:
        return Problem(Reason.REJECTED, "DNS itself knows no set identifiers: it has one record set per name and type")
    if endpoint.rtype in ADDRESS_TYPES and any(type_of(target) is RecordType.CNAME for target in endpoint.targets):
        return Problem(Reason.REJECTED, "DNS itself has no address records with the addresses of a name")
    return None
