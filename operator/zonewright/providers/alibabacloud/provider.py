"""The provider: public domains of one account, and records one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zonewright.model.change import Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import ADDRESS_TYPES, Endpoint, Key, RecordType, type_of
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Visibility, Zone
from zonewright.providers.alibabacloud.client import AlidnsClient
from zonewright.providers.alibabacloud.records import DEFAULT_TTL, MAX_TTL, TYPES, normalized, parse, query
from zonewright.providers.base import Capabilities, Changed, Failure, Normalized, Rejected
from zonewright.providers.singles import Desk, Edit, Single, record_sets
from zonewright.providers.steps import Steps
from zonewright.providers.traffic import Traffic
from zonewright.providers.zonefilter import admits

BY_NAME = 4  # so many names are asked for one by one before a write; for more of them the domain is listed
_DOMAINS, _RECORDS = ("Domains", "Domain"), ("DomainRecords", "Record")


class AlibabaCloud:
    """page: records in one page of a domain's list."""

    name = "alibabacloud"
    capabilities = Capabilities(record_types=TYPES, batch_size=500, min_ttl=1, max_ttl=MAX_TTL, default_ttl=DEFAULT_TTL)

    def __init__(self, client: AlidnsClient, names: DomainFilter, page: int = 500) -> None:
        self._client = client
        self._names = names
        self._page = page
        self._least: dict[str, int] = {}  # seconds of ttl, by domain: the edition says

    @property
    def traffic(self) -> Traffic:
        return self._client.rest.bucket.traffic

    async def zones(self) -> Sequence[Zone]:
        listed = await self._client.listed("DescribeDomains", _DOMAINS, 100)
        named = [(str(one.get("PunyCode") or one["DomainName"]), str(one["DomainName"])) for one in listed]
        return [Zone(name, domain, Visibility.PUBLIC) for name, domain in named if admits(self._names, name)]

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        self._least.pop(zone.id, None)  # the edition may have changed since
        return record_sets(await self._singles(zone))

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        """Asks for the domain's least ttl, once after each reading."""
        least = await self._least_ttl(zone)
        kept: dict[Key, Endpoint] = {}
        problems: dict[Key, Problem] = {}
        for endpoint in endpoints:
            try:
                problems |= {endpoint.key: problem} if (problem := _problem(endpoint)) else {}
                kept |= {} if endpoint.key in problems else {endpoint.key: _held(endpoint, least)}
            except ValueError as e:
                problems[endpoint.key] = Problem(Reason.INVALID_TARGET, f"Alibaba Cloud cannot hold the target: {e}")
        return Normalized(kept, problems)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        desk = Desk(await self._standing(zone, {change.key.name for unit in units for change in unit.changes}))
        failures: list[Failure] = []
        planned: list[tuple[Unit, list[Edit]]] = []
        for unit in units:
            try:
                planned.append((unit, desk.edits(unit)))
            except Changed as e:
                failures.append(Failure(unit, e))
        return [*failures, *await Steps[Edit](lambda edit: self._carry_out(zone, edit)).run(planned)]

    async def close(self) -> None:
        await self._client.rest.close()

    async def _carry_out(self, zone: Zone, edit: Edit) -> Edit | None:
        """Returns the edit that undoes it."""
        if edit.after is None:
            await self._client.ask("DeleteDomainRecord", RecordId=edit.before.id if edit.before else "")
            return Edit(None, edit.before)
        try:
            given = query(edit.after, zone.name)
        except ValueError as e:
            raise Rejected(f"Alibaba Cloud cannot hold the target: {e}") from e
        if edit.before is not None:
            if query(edit.before, zone.name) == given:  # which the API would refuse: DomainRecordDuplicate
                return None
            await self._client.ask("UpdateDomainRecord", RecordId=edit.before.id, **given)
            return Edit(edit.after, edit.before)
        answer = await self._client.ask("AddDomainRecord", DomainName=zone.id, **given)
        made = str(answer.get("RecordId", ""))
        return Edit(replace(edit.after, id=made), None) if made else None

    async def _standing(self, zone: Zone, names: set[str]) -> list[Single]:
        if len(names) > BY_NAME or zone.name in names:  # how to ask for the domain's own name alone is not documented
            return await self._singles(zone)
        return [single for name in sorted(names) for single in await self._named(zone, name)]

    async def _named(self, zone: Zone, name: str) -> list[Single]:
        """Exactly one name below that of the domain; no more than 100 in a page."""
        asked = {"SubDomain": f"{name.removesuffix(f'.{zone.name}')}.{zone.id}", "DomainName": zone.id}
        listed = await self._client.listed("DescribeSubDomainRecords", _RECORDS, min(self._page, 100), **asked)
        return [single for one in listed if (single := parse(one, zone.name)) is not None]

    async def _singles(self, zone: Zone) -> list[Single]:
        listed = await self._client.listed("DescribeDomainRecords", _RECORDS, self._page, DomainName=zone.id)
        return [single for one in listed if (single := parse(one, zone.name)) is not None]

    async def _least_ttl(self, zone: Zone) -> int:
        if (known := self._least.get(zone.id)) is not None:
            return known
        answer = await self._client.ask("DescribeDomainInfo", DomainName=zone.id)
        told = answer.get("MinTtl")
        least = self._least[zone.id] = told if isinstance(told, int) and told > 0 else DEFAULT_TTL
        return least


def _held(endpoint: Endpoint, least: int) -> Endpoint:
    targets = tuple(sorted({normalized(endpoint.rtype, target) for target in endpoint.targets}))
    found = Endpoint.found(endpoint.name, endpoint.rtype, targets)
    ttl = max(least, min(endpoint.ttl or DEFAULT_TTL, MAX_TTL))
    kept = None if endpoint.ttl is None and ttl == DEFAULT_TTL else ttl
    return replace(endpoint.with_properties({}), targets=found.targets, ttl=kept)


def _problem(endpoint: Endpoint) -> Problem | None:
    if endpoint.rtype not in TYPES:
        return Problem(Reason.UNSUPPORTED_TYPE, f"Alibaba Cloud DNS has no records of type {endpoint.rtype}")
    if endpoint.set_identifier:
        return Problem(Reason.REJECTED, "record sets side by side, with set identifiers, are not written here")
    if endpoint.rtype in ADDRESS_TYPES and any(type_of(target) is RecordType.CNAME for target in endpoint.targets):
        return Problem(Reason.REJECTED, "Alibaba Cloud DNS has no address records with the addresses of a name")
    return None
