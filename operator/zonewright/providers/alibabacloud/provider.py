"""The provider: the zones of one account, public or private, and records one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from zonewright.model.change import Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import ADDRESS_TYPES, Endpoint, Key, RecordType, type_of
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Visibility, Zone
from zonewright.providers.alibabacloud.client import AlidnsClient, Json
from zonewright.providers.alibabacloud.records import MAX_TTL, Form, relative
from zonewright.providers.base import Capabilities, Failure, Normalized, Rejected
from zonewright.providers.singles import Desk, Edit, Single, record_sets
from zonewright.providers.steps import Steps
from zonewright.providers.traffic import Traffic
from zonewright.providers.zonefilter import admits, admits_id

BY_NAME = 4  # so many names are asked for one by one before a write; for more of them the zone is listed


class Account(Protocol):
    """What the API for public domains and that for private zones have in common. All methods raise ProviderError."""

    client: AlidnsClient
    visibility: Visibility
    form: Form

    async def zones(self) -> list[tuple[str, str]]:
        """Name and id."""
        ...

    async def records(self, zone: Zone) -> list[Json]: ...

    async def named(self, zone: Zone, label: str) -> list[Json]:
        """Those of exactly one label, which is not the zone's own."""
        ...

    async def add(self, zone: Zone, given: dict[str, str]) -> str:
        """Returns the id; "" where the answer has none."""
        ...

    async def update(self, record: Single, given: dict[str, str]) -> None: ...

    async def delete(self, record: Single) -> None: ...

    async def ttl(self, zone: Zone, wanted: int) -> int:
        """What the zone can hold for a ttl, in seconds."""
        ...


class AlibabaCloud:
    """zone_ids: --zone-id-filter."""

    name = "alibabacloud"

    def __init__(self, account: Account, names: DomainFilter, zone_ids: Sequence[str] = ()) -> None:
        self.capabilities = Capabilities(
            record_types=account.form.types,
            batch_size=500,
            min_ttl=1,
            max_ttl=MAX_TTL,
            default_ttl=account.form.default_ttl,
            longest_text=account.form.longest_text,
        )
        self._account = account
        self._form = account.form
        self._names = names
        self._zone_ids = zone_ids

    @property
    def traffic(self) -> Traffic:
        return self._account.client.rest.bucket.traffic

    async def zones(self) -> Sequence[Zone]:
        listed = [(name, id_) for name, id_ in await self._account.zones() if admits_id(self._zone_ids, id_)]
        return [Zone(name, id_, self._account.visibility) for name, id_ in listed if admits(self._names, name)]

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        return record_sets(await self._singles(zone))

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        kept: dict[Key, Endpoint] = {}
        problems: dict[Key, Problem] = {}
        for endpoint in endpoints:
            try:
                problems |= {endpoint.key: problem} if (problem := self._problem(endpoint)) else {}
                kept |= {} if endpoint.key in problems else {endpoint.key: await self._held(zone, endpoint)}
            except ValueError as e:
                problems[endpoint.key] = Problem(Reason.INVALID_TARGET, f"Alibaba Cloud cannot hold the target: {e}")
        return Normalized(kept, problems)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        desk = Desk(await self._standing(zone, {change.key.name for unit in units for change in unit.changes}))
        drawn_up = desk.draw_up(units)
        steps = Steps[Edit](lambda edit: self._carry_out(zone, edit))
        return [*drawn_up.failures, *await steps.run(drawn_up.units)]

    async def close(self) -> None:
        await self._account.client.rest.close()

    async def _carry_out(self, zone: Zone, edit: Edit) -> Edit | None:
        """Returns the edit that undoes it."""
        if edit.after is None:
            if edit.before is not None:
                await self._account.delete(edit.before)
            return Edit(None, edit.before)
        try:
            given = self._form.query(edit.after, zone.name)
        except ValueError as e:
            raise Rejected(f"Alibaba Cloud cannot hold the target: {e}") from e
        if edit.before is not None:
            if self._form.query(edit.before, zone.name) == given:  # which the API would refuse: DomainRecordDuplicate
                return None
            await self._account.update(edit.before, given)
            return Edit(edit.after, edit.before)
        made = await self._account.add(zone, given)
        return Edit(replace(edit.after, id=made), None) if made else None

    async def _standing(self, zone: Zone, names: set[str]) -> list[Single]:
        if len(names) > BY_NAME or zone.name in names:  # how to ask for the zone's own name alone is not documented
            return await self._singles(zone)
        return [single for name in sorted(names) for single in await self._named(zone, name)]

    async def _named(self, zone: Zone, name: str) -> list[Single]:
        return self._parsed(zone, await self._account.named(zone, relative(name, zone.name)))

    async def _singles(self, zone: Zone) -> list[Single]:
        return self._parsed(zone, await self._account.records(zone))

    def _parsed(self, zone: Zone, listed: Sequence[Json]) -> list[Single]:
        return [single for one in listed if (single := self._form.parse(one, zone.name)) is not None]

    async def _held(self, zone: Zone, endpoint: Endpoint) -> Endpoint:
        targets = tuple(sorted({self._form.normalized(endpoint.rtype, target) for target in endpoint.targets}))
        found = Endpoint.found(endpoint.name, endpoint.rtype, targets)
        ttl = await self._account.ttl(zone, min(endpoint.ttl or self._form.default_ttl, MAX_TTL))
        kept = None if endpoint.ttl is None and ttl == self._form.default_ttl else ttl
        return replace(endpoint.with_properties({}), targets=found.targets, ttl=kept)

    def _problem(self, endpoint: Endpoint) -> Problem | None:
        if endpoint.rtype not in self._form.types:
            kind = "public domains" if self._form.public else "private zones"
            return Problem(Reason.UNSUPPORTED_TYPE, f"Alibaba Cloud's {kind} have no records of type {endpoint.rtype}")
        if endpoint.set_identifier:
            return Problem(Reason.REJECTED, "record sets side by side, with set identifiers, are not written here")
        if endpoint.rtype in ADDRESS_TYPES and any(type_of(target) is RecordType.CNAME for target in endpoint.targets):
            return Problem(Reason.REJECTED, "Alibaba Cloud DNS has no address records with the addresses of a name")
        return None
