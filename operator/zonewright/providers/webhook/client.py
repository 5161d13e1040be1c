"""HTTP to a webhook provider. Any call raises ProviderError only."""

from __future__ import annotations

from io import BytesIO
from typing import Any, NamedTuple

import aiohttp
import orjson

from zonewright.providers.base import Unavailable
from zonewright.providers.http import NO_ANSWER, failure, silence, without_credentials
from zonewright.providers.traffic import Traffic
from zonewright.providers.webhook.wire import MEDIA_TYPE

# Seconds: as in ExternalDNS, 5 for the provider to be there and 15 in all.
TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
_CHUNK = 2**16


class Answer(NamedTuple):
    """media_type: the Content-Type as it came; value: the JSON, None for an empty body."""

    media_type: str
    value: Any


class WebhookClient:
    """url: of the provider, credentials may be in it; max_body: bytes of an answer, 0 is no limit."""

    def __init__(self, url: str, max_body: int, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        self.address = without_credentials(url)
        self._url = url.rstrip("/")
        self._max_body = max_body
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self.traffic = Traffic()

    async def get(self, path: str) -> Answer:
        return await self._request("GET", path, None)

    async def post(self, path: str, value: object) -> Answer:
        return await self._request("POST", path, orjson.dumps(value))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _request(self, method: str, path: str, body: bytes | None) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        headers = {"Accept": MEDIA_TYPE} | ({"Content-Type": MEDIA_TYPE} if body is not None else {})
        sent = None if body is None else BytesIO(body)  # goes out in chunks: bytes of over 1 MB block the event loop
        self.traffic.sent()
        try:
            async with self._session.request(
                method, self._url + path, data=sent, headers=headers, allow_redirects=False
            ) as response:
                text = await self._read(response)
        except NO_ANSWER as e:
            raise silence("the webhook", self.address, e) from e
        if response.status not in (200, 204):
            message = text.decode(errors="replace").strip()
            raise failure("the webhook", f"{method} {path}", response.status, message, response.headers)
        return Answer(response.headers.get("Content-Type", ""), _parsed(text, f"{method} {path}"))

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        """The body, as far as it is allowed to be long."""
        body = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk
            if 0 < self._max_body < len(body):
                response.close()
                limit = f"{self._max_body} bytes: raise --webhook-provider-max-body-size"
                raise Unavailable(f"the webhook's answer is longer than {limit}")
        return bytes(body)


def _parsed(body: bytes, what: str) -> Any:
    if not body.strip():
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as e:
        raise Unavailable(f"the webhook's answer to {what} is no JSON: {e}") from e
