"""The provider: one object per value, and batches that land whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from zonewright.model.change import Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint, RecordType
from zonewright.model.hostname import spelled
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Visibility, Zone
from zonewright.providers.base import Capabilities, Changed, Failure, Normalized, ProviderError, Rejected
from zonewright.providers.cloudflare import records as wire
from zonewright.providers.cloudflare.beside import KEPT, Beside, Features, alike, bare, read, wish
from zonewright.providers.cloudflare.client import CloudflareClient
from zonewright.providers.cloudflare.plans import Plan, plan_of
from zonewright.providers.cloudflare.records import Defaults
from zonewright.providers.singles import Desk, Edit, Single, record_sets
from zonewright.providers.traffic import Traffic
from zonewright.providers.zonefilter import admits, admits_id

LEAST_BATCH = 200  # records in one batch on the free plan
BY_NAME = 4  # so many names are asked for one by one before a write; for more of them the zone is listed
_SLICE = 1000  # records between two looks at what else there is to do


@dataclass(frozen=True, slots=True)
class Options:
    """zone_ids: --zone-id-filter; per_page, batch_size and pause (seconds) as the flags of their names."""

    names: DomainFilter
    zone_ids: tuple[str, ...] = ()
    defaults: Defaults = field(default_factory=Defaults)
    features: Features = field(default_factory=Features)
    per_page: int = 100
    batch_size: int = LEAST_BATCH
    pause: float = 1.0


class Cloudflare:
    """The zones of one token or account."""

    name = "cloudflare"
    capabilities = Capabilities(
        record_types=frozenset(RecordType) - {RecordType.DNAME},
        batch_size=LEAST_BATCH,
        atomic=True,
        min_ttl=Plan().min_ttl,  # Enterprise zones go lower
        max_ttl=wire.MAX_TTL,
        apex_cname=True,  # flattened (Cloudflare, "CNAME flattening")
        inner_asterisk=False,
    )

    def __init__(self, client: CloudflareClient, options: Options) -> None:
        self._client = client
        self._options = options
        self._batch_size = max(
            LEAST_BATCH, options.batch_size
        )  # ExternalDNS, cloudflare.go: never less than the free plan's
        beside = options.features.custom_hostnames or options.features.regions  # in no transaction with records
        self.capabilities = replace(self.capabilities, batch_size=self._batch_size, atomic=not beside)
        self._plans: dict[str, Plan] = {}

    @property
    def traffic(self) -> Traffic:
        return self._client.traffic

    async def zones(self) -> Sequence[Zone]:
        ids = [wanted for wanted in self._options.zone_ids if wanted]
        # Whole ids are asked for one by one: a token for some zones alone cannot list.
        if ids and all(len(wanted) == 32 for wanted in ids):
            listed = [await self._client.zone(zone_id) for zone_id in ids]
        else:
            listed = [zone for zone in await self._client.zones() if admits_id(ids, str(zone.get("id")))]
        self._plans = {str(zone.get("id")): plan_of(zone) for zone in listed}
        found = (Zone(spelled(str(zone.get("name"))), str(zone.get("id")), Visibility.PUBLIC) for zone in listed)
        return [zone for zone in found if admits(self._options.names, zone.name)]

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        found = record_sets(await self._singles(zone))
        features = self._options.features
        if not (features.custom_hostnames or features.regions):
            return found
        return (await read(self._client, zone.id, features)).onto(found)

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        """Without I/O. What stands beside the records of a name is one for all types that are wanted of it."""
        plan = self._plans.get(zone.id, Plan())
        problems: dict[Any, Problem] = {}
        kept: dict[Any, Endpoint] = {}
        for endpoint in endpoints:
            if (problem := _problem(endpoint)) is not None:
                problems[endpoint.key] = problem
                continue
            try:
                kept[endpoint.key] = wire.held(endpoint, self._options.defaults, self._options.features, plan)
            except ValueError as e:
                problems[endpoint.key] = Problem(Reason.INVALID_TARGET, f"Cloudflare cannot hold the target: {e}")
        return Normalized(alike(kept), problems)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        """What goes beside records, records, what comes beside them."""
        desk = Desk(await self._standing(zone, {change.key.name for unit in units for change in unit.changes}))
        drawn_up = desk.draw_up(units, bare)
        drawn, failures = drawn_up.units, drawn_up.failures
        staying = frozenset(key.name for key in desk.left() if key.rtype in KEPT)
        wished = [(unit, one) for unit, _ in drawn if (one := wish(unit, staying)) is not None]
        if not wished:
            return [*failures, *await self._batches(zone, drawn)]
        held = await read(self._client, zone.id, self._options.features)
        beside = Beside(self._client, zone.id, self._options.features, held)
        failures += await beside.clear(wished)
        failures += await self._batches(zone, [one for one in drawn if not _failed(one[0], failures)])
        failures += await beside.put([one for one in wished if not _failed(one[0], failures)])
        return failures

    async def _batches(self, zone: Zone, drawn: Sequence[tuple[Unit, list[Edit]]]) -> list[Failure]:
        """Batches are transactions. Where there are several, those behind one that fails are not sent."""
        chunks = _chunks(drawn, self._batch_size)
        for number, chunk in enumerate(chunks):
            if number:
                await asyncio.sleep(self._options.pause)
            try:
                await self._send(zone, [edit for _, edits in chunk for edit in edits])
            except ProviderError as e:
                if not number:
                    raise
                left = [unit for rest in chunks[number:] for unit, _ in rest]
                return [Failure(unit, _not_alone(e)) for unit in left]
        return []

    async def close(self) -> None:
        await self._client.close()

    async def _send(self, zone: Zone, edits: Sequence[Edit]) -> None:
        try:
            body = _body(edits)
        except ValueError as e:
            raise Rejected(f"Cloudflare cannot hold the target: {e}") from e
        if body:
            await self._client.batch(zone.id, body)

    async def _standing(self, zone: Zone, names: set[str]) -> list[Single]:
        if len(names) > BY_NAME:
            return await self._singles(zone)
        return [single for name in sorted(names) for single in await self._singles(zone, name)]

    async def _singles(self, zone: Zone, name: str = "") -> list[Single]:
        found: list[Single] = []
        for number, record in enumerate(await self._client.records(zone.id, self._options.per_page, name), 1):
            if (single := wire.parse(record)) is not None:
                found.append(single)
            if number % _SLICE == 0:
                await asyncio.sleep(0)
        return found


def _body(edits: Iterable[Edit]) -> dict[str, Any]:
    """The body of a batch: deletes are carried out first, then updates, then creates (API reference, batch)."""
    body: dict[str, list[Any]] = {"deletes": [], "puts": [], "posts": []}
    for edit in edits:
        if edit.after is None:
            body["deletes"].append({"id": edit.before.id if edit.before else ""})
        elif edit.before is None:
            body["posts"].append(wire.body(edit.after))
        else:
            body["puts"].append(wire.body(edit.after))
    return {name: listed for name, listed in body.items() if listed}


def _chunks(drawn: Sequence[tuple[Unit, list[Edit]]], most: int) -> list[list[tuple[Unit, list[Edit]]]]:
    """Units in groups of at most so many edits; one with more is a group of its own."""
    groups: list[list[tuple[Unit, list[Edit]]]] = []
    size = most + 1
    for unit, edits in drawn:
        if size + len(edits) > most:
            groups.append([])
            size = 0
        groups[-1].append((unit, edits))
        size += len(edits)
    return groups


def _failed(unit: Unit, failures: Iterable[Failure]) -> bool:
    return any(failure.unit is unit for failure in failures)


def _not_alone(error: ProviderError) -> ProviderError:
    """Of a batch behind one that has landed it is not known which unit is to blame: all are planned again."""
    return Changed(f"to be tried again: {error}") if isinstance(error, Rejected) else error


def _problem(endpoint: Endpoint) -> Problem | None:
    if endpoint.rtype not in Cloudflare.capabilities.record_types:
        return Problem(Reason.UNSUPPORTED_TYPE, f"Cloudflare has no records of type {endpoint.rtype}")
    return wire.problem(endpoint)
