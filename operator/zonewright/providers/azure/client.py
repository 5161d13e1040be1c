"""Requests to the resource manager, and what their refusals mean. Any call raises ProviderError only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from zonewright.providers.azure.credentials import Tokens
from zonewright.providers.azure.settings import Config
from zonewright.providers.base import Changed, ProviderError, Throttled, Unavailable
from zonewright.providers.http import failure, retry_after
from zonewright.providers.rest import Answer, Rest
from zonewright.providers.traffic import Bucket

Json = dict[str, Any]

RATE, BURST = 10.0, 200.0  # writes per second and at once, for a principal and subscription (ARM, "Throttling limits")
_GONE = frozenset({"ParentResourceNotFound", "ResourceGroupNotFound"})


class AzureClient:
    """The zones of one resource group. timeout: seconds for one request."""

    def __init__(
        self, config: Config, tokens: Tokens, *, private: bool, timeout: float = 30.0, bucket: Bucket | None = None
    ) -> None:
        turns = bucket or Bucket(RATE, BURST)
        self._tokens = tokens
        self._private = private
        self._rest = Rest(
            "Azure DNS", config.endpoint, turns, headers=tokens.headers, refusal=self._refused, timeout=timeout
        )
        kind, self._version = ("privateDnsZones", "2018-09-01") if private else ("dnsZones", "2018-05-01")
        group = f"/subscriptions/{quote(config.subscription)}/resourceGroups/{quote(config.group)}"
        self._path = f"{group}/providers/Microsoft.Network/{kind}"

    @property
    def bucket(self) -> Bucket:
        return self._rest.bucket

    async def zones(self) -> list[Json]:
        return await self._listed(self._path, "list zones")

    async def record_sets(self, zone: str) -> list[Json]:
        """All of a zone."""
        every = "ALL" if self._private else "recordsets"
        return await self._listed(f"{self._path}/{quote(zone)}/{every}", f"list the record sets of {zone}")

    async def put(self, zone: str, rtype: str, label: str, body: Json, condition: Mapping[str, str]) -> Json:
        """Create or replace one; returns it as it is stored."""
        what = f"write {rtype} {label} in {zone}"
        path = self._record_set(zone, rtype, label)
        return await self._rest.mapping("PUT", path, what, query=self._query(), body=body, headers=condition)

    async def delete(self, zone: str, rtype: str, label: str, condition: Mapping[str, str]) -> None:
        what = f"delete {rtype} {label} in {zone}"
        path = self._record_set(zone, rtype, label)
        await self._rest.call("DELETE", path, what, query=self._query(), headers=condition)

    async def close(self) -> None:
        await self._rest.close()
        await self._tokens.close()

    def _refused(self, what: str, answer: Answer) -> ProviderError:
        if answer.status == 401:
            self._tokens.forget()
        return _refusal(what, answer)

    def _record_set(self, zone: str, rtype: str, label: str) -> str:
        return f"{self._path}/{quote(zone)}/{quote(rtype)}/{quote(label, safe='')}"

    def _query(self) -> Mapping[str, str]:
        return {"api-version": self._version}

    async def _listed(self, path: str, what: str) -> list[Json]:
        found: list[Json] = []
        query = self._query()
        while True:
            answer = await self._rest.mapping("GET", path, what, query=query)
            listed = answer.get("value")
            if not isinstance(listed, list):  # another empty thing must not pass for an empty zone
                raise Unavailable(f"Azure DNS's answer to {what} has no list")
            found += listed
            if not (link := answer.get("nextLink")):
                return found
            query = dict(parse_qsl(urlsplit(str(link)).query))  # of the link only what it asks: not where it leads


def _refusal(what: str, answer: Answer) -> ProviderError:
    """By HTTP status and code (ARM, "Common deployment errors"; DNS REST API)."""
    error = answer.value.get("error") if isinstance(answer.value, Mapping) else None
    about: Mapping[str, Any] = error if isinstance(error, Mapping) else {}
    code, message = str(about.get("code") or ""), str(about.get("message") or "")
    if answer.status == 429:
        return Throttled("Azure DNS", retry_after(answer.headers))
    if answer.status == 404:
        text = f"Azure DNS answered 404 to {what}: {message[:256]}"
        return Unavailable(text) if code in _GONE or what.startswith("list") else Changed(text)
    return failure("Azure DNS", what, answer.status, message, answer.headers)
