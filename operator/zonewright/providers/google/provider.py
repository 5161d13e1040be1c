"""The provider: managed zones of a project, and changes that land whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zonewright.model.change import Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import ADDRESS_TYPES, Endpoint, Key, RecordType, type_of
from zonewright.model.hostname import spelled
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Visibility, Zone
from zonewright.providers.base import (
    Capabilities,
    Changed,
    Failure,
    Normalized,
    ProviderError,
    Rejected,
    Unavailable,
)
from zonewright.providers.google import records as wire
from zonewright.providers.google.changes import Draft, Standing, blamed, body, draft, grouped
from zonewright.providers.google.client import CloudDns
from zonewright.providers.traffic import Traffic
from zonewright.providers.zonefilter import admits, admits_id

_SLICE = 1000  # record sets between two looks at what else there is to do
_TRIES = 5  # requests for one change, each without what was to blame for the failure of the one before
_TYPES = frozenset(RecordType) - {RecordType.DNAME}  # Cloud DNS, "DNS records overview"


@dataclass(frozen=True, slots=True)
class Options:
    """visibility: "", "public" or "private"; batch_size and pause (seconds) as the flags of their names."""

    names: DomainFilter
    zone_ids: tuple[str, ...] = ()
    visibility: str = ""
    batch_size: int = 1000
    pause: float = 1.0


class Google:
    """The zones of one project.

    standing  record sets of the zones as they were read last, and as own writes have made them since: a deletion has to
              say exactly what stands
    """

    name = "google"
    capabilities = Capabilities(
        record_types=_TYPES,
        batch_size=500,  # with their ownership texts within the octets of one change
        atomic=True,
        default_ttl=wire.DEFAULT_TTL,
        max_ttl=2**31 - 1,
    )

    def __init__(self, client: CloudDns, options: Options) -> None:
        self._client = client
        self._options = options
        self._standing: dict[Zone, Standing] = {}

    @property
    def traffic(self) -> Traffic:
        return self._client.rest.bucket.traffic

    async def zones(self) -> Sequence[Zone]:
        """Zones that only lead to another network's (peering) hold nothing."""
        try:
            listed = [_zone(found) for found in await self._client.zones() if self._is_ours(found)]
        except (KeyError, TypeError, ValueError) as e:
            raise Unavailable(f"Cloud DNS lists a zone that makes no sense: {type(e).__name__}") from e
        self._standing = {zone: sets for zone, sets in self._standing.items() if zone in listed}
        return listed

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        found: list[Endpoint] = []
        standing: Standing = {}
        async for one in self._client.record_sets(zone.id):
            try:
                endpoint = wire.parse(one)
            except (KeyError, TypeError, ValueError) as e:
                raise Unavailable(f"a record set of zone {zone} makes no sense: {type(e).__name__}") from e
            found.append(endpoint)
            standing[endpoint.key] = wire.raw(one)
            if len(found) % _SLICE == 0:
                await asyncio.sleep(0)
        self._standing[zone] = standing
        return found

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        """Without I/O."""
        problems = {endpoint.key: problem for endpoint in endpoints if (problem := _problem(endpoint))}
        return Normalized({e.key: wire.held(e) for e in endpoints if e.key not in problems}, problems)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        """A change is a transaction. What is to blame for the failure of one is left out, and the rest is sent again.
        Where there are several, those behind one that fails altogether are not sent.
        """
        if zone not in self._standing:
            await self.records(zone)
        standing, failures, drafts = self._standing[zone], list[Failure](), list[Draft]()
        for unit in units:
            try:
                one = draft(unit, standing)
                grouped([one], self._options.batch_size)
                drafts.append(one)
            except (Changed, Rejected) as e:
                failures.append(Failure(unit, e))
        groups = grouped(drafts, self._options.batch_size)
        for number, group in enumerate(groups):
            if number:
                await asyncio.sleep(self._options.pause)
            try:
                failures += await self._land(zone, group, standing)
            except ProviderError as e:
                if not number:
                    raise
                left = [one.unit for rest in groups[number:] for one in rest]
                return [*failures, *(Failure(unit, _not_alone(e)) for unit in left)]
        return failures

    async def close(self) -> None:
        await self._client.close()

    async def _land(self, zone: Zone, group: list[Draft], standing: Standing) -> list[Failure]:
        """Raises where nothing of the group has landed."""
        failures: list[Failure] = []
        for _ in range(_TRIES):
            faults = await self._client.change(zone.id, body(group))
            if not faults:
                for one in group:
                    _patch(standing, one.becomes)
                return failures
            guilty = blamed(group, faults)
            failures += [Failure(group[place].unit, error) for place, error in guilty.items()]
            group = [one for place, one in enumerate(group) if place not in guilty]
            if not guilty:
                break
            if not group:
                return failures
        raise faults[0].error

    def _is_ours(self, found: Mapping[str, Any]) -> bool:
        """By id, which is a number, or by the zone's own name (ExternalDNS, provider/google)."""
        ids = self._options.zone_ids
        by_id = admits_id(ids, str(found.get("id"))) or admits_id(ids, str(found.get("name")))
        visible = self._options.visibility in ("", str(found.get("visibility") or "public"))
        ours = by_id and visible and not found.get("peeringConfig")
        return ours and admits(self._options.names, spelled(str(found["dnsName"])))


def _zone(found: Mapping[str, Any]) -> Zone:
    private = found.get("visibility") == "private"
    visibility = Visibility.PRIVATE if private else Visibility.PUBLIC
    return Zone(spelled(str(found["dnsName"])), str(found["name"]), visibility)


def _problem(endpoint: Endpoint) -> Problem | None:
    if endpoint.rtype not in _TYPES:
        return Problem(Reason.UNSUPPORTED_TYPE, f"Cloud DNS has no records of type {endpoint.rtype}")
    if endpoint.set_identifier:
        return Problem(Reason.REJECTED, "routing policies of Cloud DNS are not supported: leave out the set identifier")
    if endpoint.rtype == RecordType.NS and endpoint.name.startswith("*."):
        return Problem(Reason.REJECTED, "Cloud DNS has no wildcards of type NS")
    if endpoint.rtype in ADDRESS_TYPES and any(type_of(target) is RecordType.CNAME for target in endpoint.targets):
        return Problem(Reason.REJECTED, "Cloud DNS has no address records with the addresses of a name")
    return None


def _patch(standing: Standing, becomes: Mapping[Key, Any]) -> None:
    for key, fields in becomes.items():
        if fields is None:
            standing.pop(key, None)
        else:
            standing[key] = fields


def _not_alone(error: ProviderError) -> ProviderError:
    """Of a change behind one that has landed it is not known which unit is to blame: all are planned again."""
    return Changed(f"to be tried again: {error}") if isinstance(error, Rejected) else error
