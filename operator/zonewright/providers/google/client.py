"""Requests to Cloud DNS. Any call raises ProviderError only."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from zonewright.providers.base import Unavailable
from zonewright.providers.google.credentials import Credentials
from zonewright.providers.google.errors import LABEL, Blamed, Fault, TokenRefused, refusal
from zonewright.providers.rest import Rest
from zonewright.providers.traffic import Bucket

Json = dict[str, Any]

OVERRIDE = "CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS"  # of gcloud's, for another address
RATE, BURST = 40.0, 40.0  # requests per second, 2,400 a minute: what a project's quota is differs; its console tells
PAGE = 1000


def endpoint() -> str:
    """The address that the environment asks for; "" for Google's. Raises ValueError where it is none."""
    found = os.environ.get(OVERRIDE, "").rstrip("/").removesuffix("/dns/v1")
    parts = urlsplit(found)
    if found and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError(f"{OVERRIDE} is no address: it has to be like https://dns.googleapis.com")
    return found


class CloudDns:
    """The managed zones of one project.

    address  "" for that of the credentials' universe (dns.googleapis.com mostly)
    timeout  seconds for one request
    """

    def __init__(self, credentials: Credentials, address: str = "", *, timeout: float = 30.0) -> None:
        self._credentials = credentials
        self._address = address
        headers = credentials.headers
        self.rest = Rest(LABEL, address, Bucket(RATE, BURST), headers=headers, refusal=refusal, timeout=timeout)

    async def zones(self) -> list[Json]:
        path = f"{await self._project()}/managedZones"
        return [zone async for zone in self._listed(path, "managedZones", "list zones")]

    async def record_sets(self, zone_id: str) -> AsyncIterator[Json]:
        """All ResourceRecordSets of a zone."""
        path = f"{await self._project()}/managedZones/{quote(zone_id)}/rrsets"
        async for found in self._listed(path, "rrsets", f"list the record sets of zone {zone_id}"):
            yield found

    async def change(self, zone_id: str, body: Json) -> Sequence[Fault]:
        """All of it lands, or nothing; after Unavailable that is not known. Returns what is to blame for nothing."""
        path = f"{await self._project()}/managedZones/{quote(zone_id)}/changes"
        try:
            await self._ask("POST", path, f"change zone {zone_id}", body=body)
        except Blamed as e:
            return e.faults
        return ()

    async def close(self) -> None:
        await self.rest.close()

    async def _project(self) -> str:
        """Its path. Where it is served is known with the credentials, and not before."""
        place = await self._credentials.place()
        self.rest.base = self._address or f"https://dns.{place.universe}"
        return f"/dns/v1/projects/{quote(place.project)}"

    async def _listed(self, path: str, field: str, what: str) -> AsyncIterator[Json]:
        token = ""
        while True:
            query = {"maxResults": str(PAGE)} | ({"pageToken": token} if token else {})
            answer = await self._ask("GET", path, what, query=query)
            found = answer.get(field, [] if "kind" in answer else None)  # an empty list may be left out
            if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
                raise Unavailable(f"{LABEL}'s answer to {what} has no list")
            for one in found:
                yield one
            token = str(answer.get("nextPageToken") or "")
            if not token:
                return

    async def _ask(self, method: str, path: str, what: str, **given: Any) -> Json:
        try:
            return await self.rest.mapping(method, path, what, **given)
        except TokenRefused:
            self._credentials.forget()
        return await self.rest.mapping(method, path, what, **given)
