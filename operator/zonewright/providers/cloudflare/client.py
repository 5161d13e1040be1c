"""Cloudflare's API by its own SDK. Any call raises ProviderError only.

The SDK brings transport, authentication and addresses; answers are taken as they come, since its typed models refuse
what Cloudflare adds to its API later. Its own retries are off: a zone's worker decides when to try again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote

import cloudflare
import httpx
import orjson

from zonewright.providers.base import Denied, ProviderError, Unavailable
from zonewright.providers.base import Throttled as TooMany
from zonewright.providers.cloudflare.credentials import Credentials
from zonewright.providers.cloudflare.errors import WINDOW, refusal
from zonewright.providers.traffic import Bucket, Traffic

Json = dict[str, Any]

# Requests per second in the long run, and at once: no 5 minutes have more than the 1,200 of a token or user.
RATE, BURST = 900 / 300, 300.0
ZONES_PER_PAGE = CUSTOM_PER_PAGE = 50  # the most that the API gives


class CloudflareClient:
    """Zones, records, and what stands beside them. timeout: seconds for one request."""

    def __init__(self, credentials: Credentials, *, base_url: str | None = None, timeout: float = 30.0) -> None:
        self.bucket = Bucket(RATE, BURST)
        self._credentials = credentials
        self._base_url = base_url
        self._timeout = timeout
        self._sdk: cloudflare.AsyncCloudflare | None = None
        self._refused_until = float("-inf")  # by the clock that `time.monotonic` is

    @property
    def traffic(self) -> Traffic:
        return self.bucket.traffic

    async def zones(self) -> list[Json]:
        """All zones that the credentials show."""
        return [zone async for zone in self._listed("/zones", {"per_page": ZONES_PER_PAGE}, "list zones")]

    async def zone(self, zone_id: str) -> Json:
        """One zone by its id, for credentials that cannot list."""
        answer = await self._call("GET", f"/zones/{zone_id}", f"get zone {zone_id}")
        return _mapping(answer.get("result"), f"get zone {zone_id}")

    async def records(self, zone_id: str, per_page: int, name: str = "") -> list[Json]:
        """The records of a zone, or of one name in it."""
        query: Json = {"per_page": per_page} | ({"name.exact": name} if name else {})
        what = f"list records of zone {zone_id}"
        return [one async for one in self._listed(f"/zones/{zone_id}/dns_records", query, what)]

    async def batch(self, zone_id: str, body: Json) -> None:
        """All of it lands, or nothing; after Unavailable that is not known."""
        await self._call("POST", f"/zones/{zone_id}/dns_records/batch", f"change zone {zone_id}", body=body)

    async def custom_hostnames(self, zone_id: str) -> list[Json]:
        path, what = f"/zones/{zone_id}/custom_hostnames", f"list custom hostnames of zone {zone_id}"
        return [one async for one in self._listed(path, {"per_page": CUSTOM_PER_PAGE}, what)]

    async def add_custom_hostname(self, zone_id: str, body: Json) -> None:
        what = f"add the custom hostname {body['hostname']}"
        await self._call("POST", f"/zones/{zone_id}/custom_hostnames", what, body=body)

    async def remove_custom_hostname(self, zone_id: str, custom_id: str) -> None:
        """Raises Changed where it is gone already."""
        what = f"remove a custom hostname of zone {zone_id}"
        await self._call("DELETE", f"/zones/{zone_id}/custom_hostnames/{custom_id}", what)

    async def regions(self, zone_id: str) -> list[Json]:
        """Names with the key of their region."""
        path = f"/zones/{zone_id}/addressing/regional_hostnames"
        return [one async for one in self._listed(path, {}, f"list regional hostnames of zone {zone_id}")]

    async def put_region(self, zone_id: str, name: str, region: str, *, known: bool) -> None:
        """known: whether the name has another one."""
        path, what = f"/zones/{zone_id}/addressing/regional_hostnames", f"have {name} served in {region}"
        if known:
            await self._call("PATCH", f"{path}/{quote(name, safe='')}", what, body={"region_key": region})
        else:
            await self._call("POST", path, what, body={"hostname": name, "region_key": region})

    async def remove_region(self, zone_id: str, name: str) -> None:
        """Raises Changed where it is gone already."""
        path = f"/zones/{zone_id}/addressing/regional_hostnames/{quote(name, safe='')}"
        await self._call("DELETE", path, f"have {name} served anywhere")

    async def close(self) -> None:
        if self._sdk is not None:
            await self._sdk.close()
            self._sdk = None

    async def _listed(self, path: str, query: Json, what: str) -> AsyncIterator[Json]:
        page = 1
        while True:
            paged = {**query, "page": page} if query else {}
            answer = await self._call("GET", path, what, query=paged)
            result, info = answer.get("result"), answer.get("result_info") or {}
            if not isinstance(result, list):  # another empty thing must not pass for an empty zone
                raise Unavailable(f"Cloudflare's answer to {what} has no list")
            for item in result:
                yield _mapping(item, what)
            if not query or page >= pages(info, page, len(result), query["per_page"]):
                return
            page += 1

    async def _call(
        self, method: str, path: str, what: str, *, query: Json | None = None, body: Json | None = None
    ) -> Json:
        """Once, and once more where the token is refused and its file has another one by now."""
        used = self._credentials
        try:
            return await self._once(method, path, what, query, body)
        except Denied:
            if not await self._renewed(used):
                raise
            return await self._once(method, path, what, query, body)

    async def _once(self, method: str, path: str, what: str, query: Json | None, body: Json | None) -> Json:
        if (left := self._refused_until - time.monotonic()) > 0:
            raise TooMany("Cloudflare", left)
        await self.bucket.turn()
        options: Any = {"params": query or {}}
        try:
            response = await self._sent(method, path, body, options)
        except cloudflare.APIStatusError as e:
            raise self._refused(
                what, e.response.status_code, _decoded(e.response.content), e.response.headers
            ) from None
        except cloudflare.APITimeoutError:
            raise Unavailable("Cloudflare does not answer: time-out") from None
        except (cloudflare.CloudflareError, httpx.HTTPError, OSError) as e:
            why = type(e.__cause__ or e).__name__  # its text may have the request's address in it
            raise Unavailable(f"Cloudflare does not answer: {why}") from None
        answer = _mapping(_decoded(response.content), what)
        if answer.get("success") is not True and not (method == "DELETE" and "success" not in answer):
            raise self._refused(what, response.status_code, answer, response.headers)
        return answer

    async def _sent(self, method: str, path: str, body: Json | None, options: Any) -> httpx.Response:
        sdk = self._client()
        match method:
            case "GET":
                return await sdk.get(path, cast_to=httpx.Response, options=options)
            case "DELETE":
                return await sdk.delete(path, cast_to=httpx.Response, options=options)
            case "PATCH":
                return await sdk.patch(path, cast_to=httpx.Response, body=body, options=options)
        return await sdk.post(path, cast_to=httpx.Response, body=body, options=options)

    def _refused(self, what: str, status: int, answer: object, headers: Mapping[str, str]) -> ProviderError:
        error = refusal(what, status, answer, headers)
        if isinstance(error, TooMany):
            error = TooMany("Cloudflare", WINDOW if error.retry_after is None else error.retry_after)
            # Not for the bucket: whoever waited for a turn so long could not say why.
            self._refused_until = time.monotonic() + (error.retry_after or 0.0)
            self.bucket.refused(None)
        return error

    async def _renewed(self, used: Credentials) -> bool:
        """Whether there is another token than the one that was refused."""
        if self._credentials == used:  # nobody else has found it meanwhile
            try:
                self._credentials = await asyncio.to_thread(used.reread)
            except ValueError:
                return False
        return self._credentials != used

    def _client(self) -> cloudflare.AsyncCloudflare:
        """One for all requests, made when it is needed: its connections belong to the running loop."""
        if self._sdk is None:
            self._sdk = cloudflare.AsyncCloudflare(
                base_url=self._base_url,
                max_retries=0,
                timeout=self._timeout,
                # What lets us in is for this server alone.
                http_client=cloudflare.DefaultAsyncHttpxClient(follow_redirects=False),
            )
            self._sdk.user_service_key = None
        # Each time, as the token may be another one by now, and so that no variable of the SDK's own has a say.
        given = self._credentials
        self._sdk.api_token, self._sdk.api_key = given.token or None, given.key or None
        self._sdk.api_email = given.email or None
        return self._sdk


def pages(info: Json, page: int, shown: int, size: int) -> int:
    """How many pages there are; where the answer does not tell, one more than this while this one is full."""
    if told := info.get("total_pages"):
        return int(told)
    if told := info.get("total_count"):
        return -(-int(told) // size)
    return page + 1 if shown >= size else page


def _decoded(content: bytes) -> object:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _mapping(value: object, what: str) -> Json:
    if not isinstance(value, dict):
        raise Unavailable(f"Cloudflare's answer to {what} makes no sense")
    return value
