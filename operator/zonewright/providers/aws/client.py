"""Route 53 by aiobotocore. Any call raises ProviderError only.

Requests that only read may be tried several times by botocore (--aws-api-retries); changes are sent once: whether they
are sent again is for the zone's worker to say, which reads the zone before.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from botocore.exceptions import ClientError

from zonewright.model.hostname import printable
from zonewright.providers.aws.errors import refusal
from zonewright.providers.awsclients import (
    NO_ANSWER,
    NO_CREDENTIALS,
    NO_SETTINGS,
    Access,
    Clients,
    role_refusal,
)
from zonewright.providers.base import Denied, Throttled, Unavailable
from zonewright.providers.traffic import Bucket

Json = dict[str, Any]

RATE, BURST = 5.0, 5.0  # requests per second for an account, whoever makes them (Developer Guide, "Quotas")
PAGE = 300  # the most that the API gives
_TAGGED = 10  # zones in one question about tags


class Route53Client:
    """One access. timeout: seconds for one request with all its tries."""

    def __init__(self, access: Access, attempts: int = 1, timeout: float = 60.0, bucket: Bucket | None = None) -> None:
        self.bucket = bucket or Bucket(RATE, BURST)
        self._access = access
        self._attempts = attempts
        self._timeout = timeout
        self._clients = Clients(access, attempts)
        self._stack = AsyncExitStack()
        self._open: dict[int, Any] = {}
        self._opening = asyncio.Lock()

    async def zones(self) -> AsyncIterator[Json]:
        """All hosted zones of the account."""
        marker: Json = {}
        while True:
            answer = await self._read("list_hosted_zones", **marker)
            for zone in answer["HostedZones"]:
                yield zone
            if not answer.get("IsTruncated"):
                return
            marker = {"Marker": answer["NextMarker"]}

    async def tags(self, zone_ids: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """The tags of zones, by id without path."""
        found: dict[str, dict[str, str]] = {}
        for start in range(0, len(zone_ids), _TAGGED):
            ids = list(zone_ids[start : start + _TAGGED])
            answer = await self._read("list_tags_for_resources", ResourceType="hostedzone", ResourceIds=ids)
            for one in answer["ResourceTagSets"]:
                found[str(one["ResourceId"])] = {str(tag["Key"]): str(tag["Value"]) for tag in one["Tags"]}
        return found

    async def record_sets(self, zone_id: str) -> AsyncIterator[Json]:
        """All ResourceRecordSets of a zone."""
        start: Json = {}
        while True:
            answer = await self._read("list_resource_record_sets", HostedZoneId=zone_id, MaxItems=str(PAGE), **start)
            for found in answer["ResourceRecordSets"]:
                yield found
            if not answer.get("IsTruncated"):
                return
            names = {"Name": "NextRecordName", "Type": "NextRecordType", "Identifier": "NextRecordIdentifier"}
            start = {f"StartRecord{name}": answer[field] for name, field in names.items() if answer.get(field)}

    async def change(self, zone_id: str, entries: Sequence[Json]) -> None:
        """All of it lands, or nothing; after Unavailable that is not known."""
        batch = {"Changes": list(entries), "Comment": "by Zonewright"}
        await self._call("change_resource_record_sets", 1, HostedZoneId=zone_id, ChangeBatch=batch)

    async def close(self) -> None:
        self._open.clear()
        await self._stack.aclose()
        self._stack = AsyncExitStack()

    async def _read(self, operation: str, **parameters: Any) -> Json:
        return await self._call(operation, self._attempts, **parameters)

    async def _call(self, operation: str, attempts: int, **parameters: Any) -> Json:
        await self.bucket.turn()
        try:
            async with asyncio.timeout(self._timeout):
                client = await self._client(attempts)
                answer: Json = await getattr(client, operation)(**parameters)
                return answer
        except ClientError as e:
            error = role_refusal(e, self._access.role) or refusal(e)
            if isinstance(error, Throttled):
                self.bucket.refused(None)
            raise error from None
        except NO_CREDENTIALS as e:
            raise Denied(f"no credentials for Route 53: {printable(str(e), 200)}") from None
        except NO_SETTINGS as e:
            raise Denied(f"AWS is not set up: {printable(str(e), 200)}") from None
        except NO_ANSWER as e:
            why = "time-out" if isinstance(e, TimeoutError) else printable(str(e) or type(e).__name__, 200)
            raise Unavailable(f"Route 53 does not answer: {why}") from None

    async def _client(self, attempts: int) -> Any:
        async with self._opening:
            if attempts not in self._open:
                made = await self._clients.client("route53", attempts)
                self._open[attempts] = await self._stack.enter_async_context(made)
            return self._open[attempts]
