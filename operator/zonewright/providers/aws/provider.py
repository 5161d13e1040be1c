"""The provider: zones of one or several accounts, and change batches that land whole or not at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zonewright.model.change import Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint, Key, RecordType
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Visibility, Zone
from zonewright.providers.aws import records as wire
from zonewright.providers.aws.batches import Draft, Limits, Standing, draft, grouped
from zonewright.providers.aws.client import Route53Client
from zonewright.providers.base import Capabilities, Changed, Failure, Normalized, ProviderError, Rejected, Unavailable
from zonewright.providers.traffic import Traffic
from zonewright.providers.zonefilter import admits, admits_id

_SLICE = 1000  # record sets between two looks at what else there is to do
_TYPES = frozenset(RecordType) - {RecordType.DNAME}


@dataclass(frozen=True, slots=True)
class Options:
    """zone_ids, zone_type ("", "public", "private"), tags ("key" or "key=value"), as the flags of their names.

    prefer_cname, evaluate  --aws-prefer-cname, --aws-evaluate-target-health
    pause, cached           seconds between batches, and for which a list of zones serves
    """

    names: DomainFilter
    zone_ids: tuple[str, ...] = ()
    zone_type: str = ""
    tags: tuple[str, ...] = ()
    prefer_cname: bool = False
    evaluate: bool = True
    limits: Limits = field(default_factory=Limits)
    pause: float = 1.0
    cached: float = 0.0


class Route53:
    """The hosted zones of all profiles; a zone is changed by the profile that has it.

    standing  ResourceRecordSets of the zones as they were read last, and as own writes have made them since: a DELETE
              has to say exactly what stands
    """

    name = "aws"
    capabilities = Capabilities(
        record_types=_TYPES,
        batch_size=500,
        atomic=True,
        default_ttl=wire.DEFAULT_TTL,
        max_ttl=2**31 - 1,
        set_identifiers=True,
        every_private_zone=True,
        zone_property=wire.PINNED,
    )

    def __init__(self, clients: Sequence[Route53Client], options: Options) -> None:
        self._clients = clients
        self._options = options
        self._client_of: dict[Zone, Route53Client] = {}
        self._listed_at = float("-inf")
        self._standing: dict[Zone, Standing] = {}
        self._disputed: dict[Zone, set[Key]] = {}

    @property
    def traffic(self) -> Traffic:
        return self._clients[0].bucket.traffic

    async def zones(self) -> Sequence[Zone]:
        if not self._client_of or time.monotonic() >= self._listed_at + self._options.cached:
            found = {zone: client for client in self._clients for zone in await self._zones_of(client)}
            self._client_of, self._listed_at = found, time.monotonic()
        return list(self._client_of)

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        client, found = self._of(zone), list[Endpoint]()
        standing: Standing = {}
        async for one in client.record_sets(zone.id):
            endpoint = wire.parse(one)
            found.append(endpoint)
            standing[endpoint.key] = wire.raw(one)
            if len(found) % _SLICE == 0:
                await asyncio.sleep(0)
        self._standing[zone] = standing
        return found

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        """Without I/O."""
        kept: dict[Key, Endpoint] = {}
        companions: dict[Key, Sequence[Endpoint]] = {}
        problems: dict[Key, Problem] = {}
        for endpoint in endpoints:
            try:
                kept[endpoint.key], *others = self._held(endpoint)
            except Rejected as e:
                problems[endpoint.key] = Problem(e.reason, str(e))
            else:
                companions |= {endpoint.key: others} if others else {}
        return Normalized(kept, _told(problems), companions)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        """Batches are transactions. Where there are several, those behind one that fails are not sent."""
        standing = self._standing.get(zone)
        if standing is None:
            await self.records(zone)
            standing = self._standing[zone]
        failures: list[Failure] = []
        drafts: list[Draft] = []
        for unit in units:
            try:
                drafts.append(draft(unit, standing, zone.id, self._disputed.get(zone, ())))
                grouped(drafts[-1:], self._options.limits)
            except (Changed, Rejected) as e:
                drafts = [one for one in drafts if one.unit is not unit]
                failures.append(Failure(unit, e))
        return [*failures, *await self._send_all(zone, grouped(drafts, self._options.limits), standing)]

    async def close(self) -> None:
        for client in self._clients:
            await client.close()

    async def _send_all(self, zone: Zone, groups: Sequence[Sequence[Draft]], standing: Standing) -> list[Failure]:
        for number, group in enumerate(groups):
            if number:
                await asyncio.sleep(self._options.pause)
            try:
                await self._of(zone).change(zone.id, [entry for one in group for entry in one.entries])
            except ProviderError as e:
                if isinstance(e, Changed):
                    self._dispute(zone, group)
                if not number:
                    raise
                left = [one.unit for rest in groups[number:] for one in rest]
                return [Failure(unit, _not_alone(e)) for unit in left]
            self._disputed.pop(zone, None)
            for one in group:
                _patch(standing, one.becomes)
        return []

    def _dispute(self, zone: Zone, group: Sequence[Draft]) -> None:
        """What could not be created is looked for in the next list; where it is not there, an UPSERT brings it."""
        creates = {key for one in group for key, fields in one.becomes.items() if fields is not None}
        self._disputed.setdefault(zone, set()).update(creates - self._standing[zone].keys())

    async def _zones_of(self, client: Route53Client) -> list[Zone]:
        listed = [_zone(one) async for one in client.zones()]
        options = self._options
        found = [zone for zone in listed if admits(options.names, zone.name) and admits_id(options.zone_ids, zone.id)]
        found = [zone for zone in found if options.zone_type in ("", zone.visibility)]
        if not options.tags or not found:
            return found
        tags = await client.tags([zone.id for zone in found])
        return [zone for zone in found if _has_tags(tags.get(zone.id, {}), options.tags)]

    def _of(self, zone: Zone) -> Route53Client:
        try:
            return self._client_of[zone]
        except KeyError:
            raise Unavailable(f"zone {zone} ({zone.id}) is not among those that Route 53 has") from None

    def _held(self, endpoint: Endpoint) -> tuple[Endpoint, ...]:
        if endpoint.rtype not in _TYPES:
            raise Rejected(f"Route 53 has no records of type {endpoint.rtype}")
        options = self._options
        return wire.held(endpoint, prefer_cname=options.prefer_cname, evaluate=options.evaluate)


def _zone(found: Mapping[str, Any]) -> Zone:
    private = (found.get("Config") or {}).get("PrivateZone")
    visibility = Visibility.PRIVATE if private else Visibility.PUBLIC
    name = wire.parse({"Name": found["Name"], "Type": "SOA"}).name
    return Zone(name, wire.bare_id(str(found["Id"])), visibility)


def _has_tags(tags: Mapping[str, str], wanted: Sequence[str]) -> bool:
    """All of them: "key", whatever its value is, or "key=value" (ExternalDNS, --aws-zone-tags)."""
    pairs = (one.partition("=") for one in wanted)
    return all(key in tags and (not equals or tags[key] == value) for key, equals, value in pairs)


def _patch(standing: Standing, becomes: Mapping[Key, Any]) -> None:
    for key, fields in becomes.items():
        if fields is None:
            standing.pop(key, None)
        else:
            standing[key] = fields


def _told(problems: Mapping[Key, Problem]) -> dict[Key, Problem]:
    """A type that there is not has a reason of its own."""
    return {
        key: Problem(Reason.UNSUPPORTED_TYPE, problem.message) if key.rtype not in _TYPES else problem
        for key, problem in problems.items()
    }


def _not_alone(error: ProviderError) -> ProviderError:
    """Of a batch behind one that has landed it is not known which unit is to blame: all are planned again."""
    return Changed(f"to be tried again: {error}") if isinstance(error, Rejected) else error
