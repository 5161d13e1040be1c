"""Private zones (PrivateZone): what is asked, and how its records are written."""

from __future__ import annotations

from zonewright.model.zone import Visibility, Zone
from zonewright.providers.alibabacloud.client import AlidnsClient, Json
from zonewright.providers.alibabacloud.records import Form
from zonewright.providers.singles import Single

TTLS = (5, 30, 60, 3600, 43200, 86400)  # seconds; the API has no others (its reference, AddZoneRecord)
_ZONES, _RECORDS = ("Zones", "Zone"), ("Records", "Record")
_PAGE = 100  # the most that the API gives


class PrivateZones:
    """Implements `Account`. vpc: the id of a VPC whose zones alone count; "" for all."""

    visibility = Visibility.PRIVATE
    form = Form(label="Rr", ttl="Ttl", default_ttl=60, priorities=range(1, 100), longest_text=255, public=False)

    def __init__(self, client: AlidnsClient, vpc: str = "") -> None:
        self.client = client
        self._vpc = vpc

    async def zones(self) -> list[tuple[str, str]]:
        bound = {"QueryVpcId": self._vpc} if self._vpc else {}
        listed = await self.client.listed("DescribeZones", _ZONES, _PAGE, **bound)
        return [(str(one["ZoneName"]), str(one["ZoneId"])) for one in listed]

    async def records(self, zone: Zone) -> list[Json]:
        return await self.client.listed("DescribeZoneRecords", _RECORDS, _PAGE, ZoneId=zone.id)

    async def named(self, zone: Zone, label: str) -> list[Json]:
        asked = {"ZoneId": zone.id, "Keyword": label, "SearchMode": "EXACT"}
        return await self.client.listed("DescribeZoneRecords", _RECORDS, _PAGE, **asked)

    async def add(self, zone: Zone, given: dict[str, str]) -> str:
        answer = await self.client.ask("AddZoneRecord", ZoneId=zone.id, **given)
        return str(answer.get("RecordId", ""))

    async def update(self, record: Single, given: dict[str, str]) -> None:
        await self.client.ask("UpdateZoneRecord", RecordId=record.id, **given)

    async def delete(self, record: Single) -> None:
        await self.client.ask("DeleteZoneRecord", RecordId=record.id)

    async def ttl(self, zone: Zone, wanted: int) -> int:
        """The longest that the API has and that is no longer than what is wanted."""
        return max((ttl for ttl in TTLS if ttl <= wanted), default=TTLS[0])
