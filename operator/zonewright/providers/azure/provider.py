"""The provider: record sets one by one, each guarded by its etag."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zonewright.model.change import Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import ADDRESS_TYPES, Endpoint, Key, RecordType, type_of
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Visibility, Zone
from zonewright.providers.azure import records as wire
from zonewright.providers.azure.client import AzureClient
from zonewright.providers.base import Capabilities, Changed, Failure, Normalized, Rejected, Unavailable
from zonewright.providers.steps import Steps
from zonewright.providers.traffic import Traffic
from zonewright.providers.zonefilter import admits, admits_id


@dataclass(frozen=True, slots=True)
class Options:
    """zone_ids, zone_names: --zone-id-filter, --zone-name-filter; cached: seconds for which a list of zones serves."""

    names: DomainFilter
    zone_ids: tuple[str, ...] = ()
    zone_names: tuple[str, ...] = ()
    cached: float = 0.0


@dataclass(frozen=True, slots=True)
class _Stored:
    """A record set as it stands, and its etag."""

    endpoint: Endpoint
    etag: str


@dataclass(frozen=True, slots=True)
class _Step:
    """after: None for a delete; etag: of what it finds, "" where there is nothing."""

    key: Key
    after: Endpoint | None
    etag: str


class Azure:
    """The zones of one resource group, public or private."""

    def __init__(self, client: AzureClient, options: Options, *, private: bool) -> None:
        self.name = "azure-private-dns" if private else "azure"
        self.capabilities = Capabilities(
            record_types=wire.types(private=private),
            batch_size=200,
            default_ttl=wire.DEFAULT_TTL,
            min_ttl=1,
            max_ttl=2**31 - 1,
        )
        self._client = client
        self._options = options
        self._private = private
        self._standing: dict[Zone, dict[Key, _Stored]] = {}
        self._listed: tuple[Sequence[Zone], float] = ((), float("-inf"))

    @property
    def traffic(self) -> Traffic:
        return self._client.bucket.traffic

    async def zones(self) -> Sequence[Zone]:
        zones, listed_at = self._listed
        if not zones or time.monotonic() >= listed_at + self._options.cached:
            zones = [self._zone(found) for found in await self._client.zones() if self._is_ours(found)]
            self._listed = zones, time.monotonic()
        return zones

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        standing: dict[Key, _Stored] = {}
        for found in await self._client.record_sets(zone.name):
            try:
                endpoint = wire.parse(found, zone.name)
            except (KeyError, TypeError, ValueError):
                raise Unavailable(f"Azure DNS's list of {zone.name} has a record set that makes no sense") from None
            standing[endpoint.key] = _Stored(endpoint, str(found.get("etag") or ""))
        self._standing[zone] = standing
        return [stored.endpoint for stored in standing.values()]

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        """Without I/O."""
        kept: dict[Key, Endpoint] = {}
        problems: dict[Key, Problem] = {}
        for endpoint in endpoints:
            try:
                problems |= {endpoint.key: problem} if (problem := self._problem(endpoint)) else {}
                kept |= {} if endpoint.key in problems else {endpoint.key: wire.held(endpoint, private=self._private)}
            except ValueError as e:
                problems[endpoint.key] = Problem(Reason.INVALID_TARGET, f"Azure DNS cannot hold the target: {e}")
        return Normalized(kept, problems)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        if zone not in self._standing:
            await self.records(zone)
        standing = self._standing[zone]
        failures: list[Failure] = []
        planned: list[tuple[Unit, list[_Step]]] = []
        for unit in units:
            try:
                planned.append((unit, _steps(unit, standing)))
            except (Changed, Rejected) as e:
                failures.append(Failure(unit, e))
        return [*failures, *await Steps[_Step](lambda step: self._carry_out(zone, step)).run(planned)]

    async def close(self) -> None:
        await self._client.close()

    async def _carry_out(self, zone: Zone, step: _Step) -> _Step:
        """Returns the step that undoes it."""
        standing, label = self._standing[zone], wire.relative(step.key.name, zone.name)
        before, etag = standing.get(step.key), ""
        condition = {"If-Match": step.etag} if step.etag else {"If-None-Match": "*"}
        if step.after is None:
            await self._client.delete(zone.name, step.key.rtype, label, condition)
            standing.pop(step.key, None)
        else:
            try:
                body = wire.body(step.after, private=self._private)
            except ValueError as e:
                raise Rejected(f"Azure DNS cannot hold the target: {e}") from e
            made = await self._client.put(zone.name, step.key.rtype, label, body, condition)
            etag = str(made.get("etag") or "")
            standing[step.key] = _Stored(step.after, etag)
        return _Step(step.key, before.endpoint if before else None, etag)

    def _is_ours(self, found: Mapping[str, Any]) -> bool:
        options, name = self._options, str(found.get("name")).lower()
        by_domain = admits(options.names, name) and admits_id(options.zone_ids, str(found.get("id")))
        return by_domain and DomainFilter.of(options.zone_names).matches(name)

    def _zone(self, found: Mapping[str, Any]) -> Zone:
        visibility = Visibility.PRIVATE if self._private else Visibility.PUBLIC
        return Zone(str(found["name"]).lower(), str(found["name"]), visibility)

    def _problem(self, endpoint: Endpoint) -> Problem | None:
        if endpoint.rtype not in self.capabilities.record_types:
            kind = "private" if self._private else "public"
            return Problem(Reason.UNSUPPORTED_TYPE, f"Azure's {kind} zones have no records of type {endpoint.rtype}")
        if endpoint.set_identifier:
            return Problem(Reason.REJECTED, "Azure DNS knows no set identifiers, but one record set per name and type")
        if endpoint.rtype in ADDRESS_TYPES and any(type_of(target) is RecordType.CNAME for target in endpoint.targets):
            return Problem(Reason.REJECTED, "aliases of Azure DNS are not supported: ask for a CNAME")
        if len(endpoint.targets) > wire.MOST:
            said = f"Azure DNS holds {wire.MOST} records in a record set: this one has {len(endpoint.targets)}"
            return Problem(Reason.REJECTED, said)
        return None


def _steps(unit: Unit, standing: Mapping[Key, _Stored]) -> list[_Step]:
    """Raises Changed where the unit does not fit what stands, Rejected where that is not of records."""
    steps: list[_Step] = []
    for change in unit.changes:
        stored, key = standing.get(change.key), change.key
        if (change.old is None) != (stored is None):
            raise Changed(f"{key.rtype} {key.name} is {'gone' if stored is None else 'there already'}")
        if change.old is not None and stored is not None and not stored.endpoint.same_targets(change.old):
            raise Changed(f"{key.rtype} {key.name} is not what it was")
        if stored is not None and not stored.endpoint.targets:
            raise Rejected(f"{key.rtype} {key.name} is an alias of Azure's, or registered by it: it is left alone")
        steps.append(_Step(key, change.new, stored.etag if stored else ""))
    return steps
