"""Requests to Cloud DNS, and what their refusals mean. Any call raises ProviderError only."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote

from zonewright.providers.base import Changed, Denied, ProviderError, Throttled, Unavailable
from zonewright.providers.google.credentials import Credentials
from zonewright.providers.http import failure, retry_after
from zonewright.providers.rest import Answer, Rest
from zonewright.providers.traffic import Bucket

Json = dict[str, Any]

ADDRESS = "https://dns.googleapis.com"
OVERRIDE = "CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS"  # of gcloud's, for another address
RATE, BURST = 40.0, 40.0  # requests per second: 2,400 a minute for a project (Cloud DNS, "Quotas and limits")
PAGE = 1000
_BUSY = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded"})


class CloudDns:
    """The managed zones of one project. address: "" for the usual one; timeout: seconds for one request."""

    def __init__(self, credentials: Credentials, address: str = "", *, timeout: float = 30.0) -> None:
        self._credentials = credentials
        found = address or os.environ.get(OVERRIDE) or ADDRESS
        headers = credentials.headers
        self.rest = Rest("Cloud DNS", found, Bucket(RATE, BURST), headers=headers, refusal=refusal, timeout=timeout)

    async def zones(self) -> list[Json]:
        path = f"/dns/v1/projects/{quote(await self._credentials.project())}/managedZones"
        return [zone async for zone in self._listed(path, "managedZones", "list zones")]

    async def record_sets(self, zone_id: str) -> AsyncIterator[Json]:
        """All ResourceRecordSets of a zone."""
        path = f"{await self._zone(zone_id)}/rrsets"
        async for found in self._listed(path, "rrsets", f"list the record sets of zone {zone_id}"):
            yield found

    async def change(self, zone_id: str, body: Json) -> None:
        """All of it lands, or nothing; after Unavailable that is not known."""
        what = f"change zone {zone_id}"
        await self._again(lambda path: self.rest.mapping("POST", f"{path}/changes", what, body=body), zone_id)

    async def close(self) -> None:
        await self.rest.close()

    async def _zone(self, zone_id: str) -> str:
        return f"/dns/v1/projects/{quote(await self._credentials.project())}/managedZones/{quote(zone_id)}"

    async def _listed(self, path: str, field: str, what: str) -> AsyncIterator[Json]:
        token = ""
        while True:
            query = {"maxResults": str(PAGE)} | ({"pageToken": token} if token else {})
            answer = await self.rest.mapping("GET", path, what, query=query)
            found = answer.get(field, [])
            if not isinstance(found, list):
                raise Unavailable(f"Cloud DNS's answer to {what} has no list")
            for one in found:
                yield one
            token = str(answer.get("nextPageToken") or "")
            if not token:
                return

    async def _again(self, work: Any, zone_id: str) -> None:
        """Once, and once more with another token where one that looked good was refused (401)."""
        path = await self._zone(zone_id)
        try:
            await work(path)
        except Denied as e:
            if "401" not in str(e):
                raise
            self._credentials.forget()
            await work(path)


def refusal(what: str, answer: Answer) -> ProviderError:
    """By HTTP status and the reason in the error (Cloud APIs, "Errors")."""
    error = answer.value.get("error") if isinstance(answer.value, Mapping) else None
    about: Mapping[str, Any] = error if isinstance(error, Mapping) else {}
    reasons = {str(one.get("reason")) for one in about.get("errors") or () if isinstance(one, Mapping)}
    message = str(about.get("message") or "")
    if answer.status == 429 or (answer.status == 403 and reasons & _BUSY):
        return Throttled("Cloud DNS", retry_after(answer.headers))
    if answer.status in (404, 409, 412) and "change" in message:
        return Changed(f"Cloud DNS answered {answer.status} to {what}: {message[:256]}")
    if answer.status == 404:
        return Unavailable(f"Cloud DNS answered 404 to {what}: {message[:256]}")
    return failure("Cloud DNS", what, answer.status, message, answer.headers)
