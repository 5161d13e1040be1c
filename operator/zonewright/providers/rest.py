"""JSON over HTTP, for providers whose API is that: one request, its answer, and what went wrong as a ProviderError.

The caller says what a refusal means; nothing is retried here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp
import orjson
from yarl import URL

from zonewright.providers.base import ProviderError, Throttled, Unavailable
from zonewright.providers.http import NO_ANSWER, silence, without_credentials
from zonewright.providers.sending import ask
from zonewright.providers.traffic import Bucket

Json = Any


@dataclass(frozen=True, slots=True)
class Answer:
    """status: HTTP's; value: the JSON, None where there is none; headers: by name, in any case"""

    status: int
    value: Json
    headers: Mapping[str, str]


class Rest:
    """One API.

    label    the provider's name, for messages
    base     URL that paths are put behind
    headers  what lets us in; asked before each request. Raises ProviderError.
    refusal  the error for an answer that is no success: of what, with which answer
    """

    def __init__(
        self,
        label: str,
        base: str,
        bucket: Bucket,
        *,
        headers: Callable[[], Awaitable[Mapping[str, str]]],
        refusal: Callable[[str, Answer], ProviderError],
        timeout: float = 30.0,
    ) -> None:
        self.label = label
        self.base = base.rstrip("/")
        self.bucket = bucket
        self._headers = headers
        self._refusal = refusal
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self,
        method: str,
        path: str,
        what: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Json = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """path: as it goes out, with its escapes; what: the request in words. Raises ProviderError."""
        await self.bucket.turn()
        given = {"Accept": "application/json", **await self._headers(), **(headers or {})}
        if body is not None:
            given["Content-Type"] = "application/json"
        url = URL(self.base + path, encoded=True)
        ask()  # once more: to be let in may have taken its time
        try:
            async with self.session().request(
                method,
                url.update_query(query) if query else url,
                data=None if body is None else BytesIO(orjson.dumps(body)),
                headers=given,
                allow_redirects=False,  # what lets us in is for this server alone
            ) as response:
                answer = Answer(response.status, _decoded(await response.read()), response.headers)
        except NO_ANSWER as e:
            raise silence(self.label, without_credentials(self.base), e) from e
        if 200 <= answer.status < 300:
            return answer
        error = self._refusal(what, answer)
        if isinstance(error, Throttled):
            self.bucket.refused(None)  # the zone's worker waits for as long as it is told
        raise error

    async def mapping(self, method: str, path: str, what: str, **given: Any) -> dict[str, Any]:
        """A call whose answer has to be an object."""
        value = (await self.call(method, path, what, **given)).value
        if not isinstance(value, dict):
            raise Unavailable(f"{self.label}'s answer to {what} makes no sense")
        return value

    def session(self) -> aiohttp.ClientSession:
        """Made when it is needed: it belongs to the running loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def _decoded(body: bytes) -> Json:
    try:
        return orjson.loads(body) if body else None
    except orjson.JSONDecodeError:
        return None
