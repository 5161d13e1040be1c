"""Public domains (alidns): what is asked, and how its records are written."""

from __future__ import annotations

from zonewright.model.zone import Visibility, Zone
from zonewright.providers.alibabacloud.client import AlidnsClient, Json
from zonewright.providers.alibabacloud.records import Form
from zonewright.providers.singles import Single

_DOMAINS, _RECORDS = ("Domains", "Domain"), ("DomainRecords", "Record")


class PublicDomains:
    """Implements `Account`. page: records in one page of a domain's list."""

    visibility = Visibility.PUBLIC
    form = Form(label="RR", ttl="TTL", default_ttl=600, priorities=range(1, 51), longest_text=None, public=True)

    def __init__(self, client: AlidnsClient, page: int = 500) -> None:
        self.client = client
        self._page = page
        self._least: dict[str, int] = {}  # seconds of ttl, by domain: the edition says

    async def zones(self) -> list[tuple[str, str]]:
        listed = await self.client.listed("DescribeDomains", _DOMAINS, 100)
        return [(str(one.get("PunyCode") or one["DomainName"]), str(one["DomainName"])) for one in listed]

    async def records(self, zone: Zone) -> list[Json]:
        self._least.pop(zone.id, None)  # the edition may have changed since
        return await self.client.listed("DescribeDomainRecords", _RECORDS, self._page, DomainName=zone.id)

    async def named(self, zone: Zone, label: str) -> list[Json]:
        """No more than 100 in a page."""
        asked = {"SubDomain": f"{label}.{zone.id}", "DomainName": zone.id}
        return await self.client.listed("DescribeSubDomainRecords", _RECORDS, min(self._page, 100), **asked)

    async def add(self, zone: Zone, given: dict[str, str]) -> str:
        answer = await self.client.ask("AddDomainRecord", DomainName=zone.id, **given)
        return str(answer.get("RecordId", ""))

    async def update(self, record: Single, given: dict[str, str]) -> None:
        await self.client.ask("UpdateDomainRecord", RecordId=record.id, **given)

    async def delete(self, record: Single) -> None:
        await self.client.ask("DeleteDomainRecord", RecordId=record.id)

    async def ttl(self, zone: Zone, wanted: int) -> int:
        """Asks for the domain's least ttl, once after each reading."""
        if (least := self._least.get(zone.id)) is None:
            told = (await self.client.ask("DescribeDomainInfo", DomainName=zone.id)).get("MinTtl")
            least = self._least[zone.id] = told if isinstance(told, int) and told > 0 else self.form.default_ttl
        return max(least, wanted)
