"""HTTP to a PowerDNS server. Any call raises ProviderError only."""

from __future__ import annotations

from io import BytesIO

import aiohttp
import orjson
from yarl import URL

from zonewright.model.zone import Zone
from zonewright.providers.base import Unavailable
from zonewright.providers.http import NO_ANSWER, silence, without_credentials
from zonewright.providers.pdns import requests
from zonewright.providers.pdns.connection import Connection
from zonewright.providers.pdns.requests import Listed
from zonewright.providers.pdns.rrsets import Json, RRset, parse
from zonewright.providers.traffic import Traffic

# Seconds: a zone comes in one piece, however large it is.
TIMEOUT = aiohttp.ClientTimeout(total=60, sock_connect=5)
_KEY = "X-API-Key"


class PdnsClient:
    """Zones, and the RRsets of one."""

    def __init__(self, connection: Connection, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        self.address = without_credentials(connection.url)
        self._connection = connection
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self.traffic = Traffic()

    async def zones(self) -> list[Listed]:
        return requests.parse_zones(await self._call("GET", requests.zones_path(self._connection.server_id)))

    async def rrsets(self, zone: Zone, name: str | None = None) -> list[RRset]:
        """All of a zone; or those at one name, without what is disabled there (PowerDNS 4.7)."""
        path = requests.zone_path(self._connection.server_id, zone, name)
        return parse(await self._call("GET", path, zone=zone))

    async def patch(self, zone: Zone, body: Json) -> None:
        """All of it lands, or nothing; after Unavailable that is not known."""
        await self._call("PATCH", requests.zone_path(self._connection.server_id, zone), zone=zone, body=body)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, method: str, path: str, *, zone: Zone | None = None, body: Json | None = None) -> object:
        what = f"{method} {f'zone {zone}' if zone is not None else 'zones'}"
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        headers = {_KEY: self._connection.api_key, "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.traffic.sent()
        try:
            async with self._session.request(
                method,
                URL(self._connection.api + path, encoded=True),
                data=None if body is None else BytesIO(requests.encoded(body)),
                headers=headers,
                ssl=self._connection.tls or True,
                allow_redirects=False,  # the key is for this server alone
            ) as response:
                text = await response.read()
        except NO_ANSWER as e:
            raise silence("PowerDNS", self.address, e) from e
        if response.status not in (200, 204):
            raise requests.refusal(what, response.status, text, response.headers, zone)
        return _decoded(text, what)


def _decoded(body: bytes, what: str) -> object:
    if not body:
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as e:
        raise Unavailable(f"PowerDNS's answer to {what} is no JSON: {e}") from e
