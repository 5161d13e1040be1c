"""The provider: zones by the API and the domain filter, whole zones read, one PATCH for a batch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from zonewright.model.change import Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import ADDRESS_TYPES, ALIAS, Endpoint, RecordType, type_of
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Zone
from zonewright.providers.base import Capabilities, Changed, Failure, Normalized, Rejected
from zonewright.providers.pdns.client import PdnsClient
from zonewright.providers.pdns.content import normalized
from zonewright.providers.pdns.draft import Draft
from zonewright.providers.pdns.rrsets import DEFAULT_TTL, RRset, is_alias, record_set
from zonewright.providers.traffic import Traffic
from zonewright.providers.zonefilter import admits

# So many names are asked for one by one before a write; for more of them the whole zone is read. One question costs as
# much as some hundred RRsets of a zone.
BY_NAME, RRSETS_PER_NAME = 8, 200
_SLICE = 1000  # RRsets between two looks at what else there is to do


class _Known(NamedTuple):
    """Of a zone when it was last read: how many RRsets it had, and the names with disabled records."""

    size: int
    disabled: frozenset[str]


class PowerDNS:
    """One server of PowerDNS Authoritative.

    atomic: a unit that does not find what it expects is left out and told; all others land together, or none.
    """

    name = "pdns"
    capabilities = Capabilities(
        record_types=frozenset(RecordType),
        batch_size=4000,  # about 1 MB; the server takes 2 (webserver-max-bodysize)
        atomic=True,
        default_ttl=DEFAULT_TTL,
        apex_cname=True,  # as an ALIAS
        aliases=True,
    )

    def __init__(self, client: PdnsClient, names: DomainFilter) -> None:
        self._client = client
        self._names = names
        self._copies: frozenset[Zone] = frozenset()
        self._known: dict[Zone, _Known] = {}

    @property
    def traffic(self) -> Traffic:
        return self._client.traffic

    async def zones(self) -> Sequence[Zone]:
        listed = [entry for entry in await self._client.zones() if admits(self._names, entry.zone.name)]
        self._copies = frozenset(entry.zone for entry in listed if entry.copy)
        return [entry.zone for entry in listed]

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        """Of a copy none: nothing there is ours to keep or to take away."""
        if zone in self._copies:
            return ()
        found: list[Endpoint] = []
        for number, rrset in enumerate(await self._read(zone), 1):
            if (endpoint := record_set(rrset)) is not None:
                found.append(endpoint)
            if number % _SLICE == 0:
                await asyncio.sleep(0)
        return found

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        """Without I/O."""
        if zone in self._copies:
            return Normalized({}, {endpoint.key: _copied(zone) for endpoint in endpoints})
        problems = {endpoint.key: problem for endpoint in endpoints if (problem := _problem(endpoint))}
        kept = [endpoint for endpoint in endpoints if endpoint.key not in problems]
        return Normalized({endpoint.key: _held(endpoint, zone) for endpoint in kept}, problems)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        if zone in self._copies:
            raise Rejected(_copied(zone).message)
        draft = Draft(await self._standing(zone, {change.key.name for unit in units for change in unit.changes}))
        failures: list[Failure] = []
        for unit in units:
            try:
                draft.add(unit)
            except (Changed, Rejected) as e:
                failures.append(Failure(unit, e))
        if body := draft.body():
            await self._client.patch(zone, body)
        return failures

    async def close(self) -> None:
        await self._client.close()

    async def _standing(self, zone: Zone, names: set[str]) -> list[RRset]:
        """What the zone holds at some names, and perhaps at others.

        Asked for by name, the server leaves out what is disabled; so names that have such are read with the zone.
        """
        known = self._known.get(zone)
        if known is None or len(names) > max(BY_NAME, known.size // RRSETS_PER_NAME) or names & known.disabled:
            return await self._read(zone)
        return [rrset for name in sorted(names) for rrset in await self._client.rrsets(zone, name)]

    async def _read(self, zone: Zone) -> list[RRset]:
        rrsets = await self._client.rrsets(zone)
        self._known[zone] = _Known(len(rrsets), frozenset(rrset.place.name for rrset in rrsets if rrset.disabled))
        return rrsets


def _copied(zone: Zone) -> Problem:
    why = f"zone {zone} is a copy from another server: what is written here is gone with the next transfer"
    return Problem(Reason.REJECTED, why)


def _problem(endpoint: Endpoint) -> Problem | None:
    if endpoint.rtype not in PowerDNS.capabilities.record_types:
        return Problem(Reason.UNSUPPORTED_TYPE, f"PowerDNS is not asked for records of type {endpoint.rtype}")
    if endpoint.set_identifier:
        return Problem(Reason.REJECTED, "PowerDNS has one record set per name and type: it knows no set identifiers")
    named = [t for t in endpoint.targets if endpoint.rtype in ADDRESS_TYPES and type_of(t) is RecordType.CNAME]
    if named:
        why = f"PowerDNS's aliases are for addresses of both kinds: ask for a CNAME to {named[0]} with alias true"
        return Problem(Reason.REJECTED, why)
    return None


def _held(endpoint: Endpoint, zone: Zone) -> Endpoint:
    """As `records` would report it: of the properties only `alias` comes back, and only on what is one."""
    alias = endpoint.rtype == RecordType.CNAME and (is_alias(endpoint) or endpoint.name == zone.name)
    targets = _spelled(endpoint.rtype, endpoint.targets)
    return replace(endpoint, targets=targets, properties=((ALIAS, "true"),) if alias else ())


def _spelled(rtype: str, targets: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({normalized(rtype, target) for target in targets}))
