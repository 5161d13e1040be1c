"""Alibaba Cloud, public domains and private zones, by servers that are held to the publisher's descriptions."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from contract.backends.base import Maker
from contract.backends.httpfaults import HttpFaults, faulty
from contract.backends.others import put, take_away
from contract.described.alidns_server import AlidnsServer, PrivateZoneServer, SignedServer
from contract.described.server import serving
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.providers.alibabacloud.client import ALIDNS, PRIVATE_ZONE, AlidnsClient
from zonewright.providers.alibabacloud.private import PrivateZones
from zonewright.providers.alibabacloud.provider import Account, AlibabaCloud
from zonewright.providers.alibabacloud.public import PublicDomains
from zonewright.providers.alibabacloud.signature import Keys
from zonewright.providers.base import Provider
from zonewright.providers.traffic import Bucket

KEY_ID = "LTAI-of-a-test"


def connected(server: SignedServer, keys: Keys, *, url: str = "", timeout: float = 30.0) -> AlidnsClient:
    """A client for the server, or for what stands before it."""

    async def found() -> Keys:
        return keys

    service = PRIVATE_ZONE if isinstance(server, PrivateZoneServer) else ALIDNS
    return AlidnsClient(found, service, address=url or server.url, timeout=timeout, bucket=Bucket(10_000, 10_000))


def account(server: SignedServer, client: AlidnsClient, **options: Any) -> Account:
    """options: page for public domains, vpc for private zones."""
    private = isinstance(server, PrivateZoneServer)
    return PrivateZones(client, **options) if private else PublicDomains(client, **options)


class AlibabaBackend:
    """Implements `Backend`."""

    answers_wildcards = False

    def __init__(self, server: SignedServer, faults: HttpFaults, domain: str) -> None:
        self.faults = faults
        self.server = server
        self.secret = server.secret
        self._domain = domain

    def provider(self, *, wrong_secret: bool = False, patience: float = 30.0) -> Provider:
        secret = self.secret[::-1] if wrong_secret else self.secret
        return self._provider(self.faults.url, secret, patience)

    def _provider(self, url: str, secret: str, timeout: float = 30.0) -> AlibabaCloud:
        client = connected(self.server, Keys(KEY_ID, secret), url=url, timeout=timeout)
        return AlibabaCloud(account(self.server, client), DomainFilter.of([self._domain]))

    async def write(self, endpoint: Endpoint) -> None:
        async with self._directly() as somebody:
            await put(somebody, endpoint)

    async def remove(self, endpoint: Endpoint) -> None:
        async with self._directly() as somebody:
            await take_away(somebody, endpoint)

    @asynccontextmanager
    async def _directly(self) -> AsyncIterator[Provider]:
        provider = self._provider(self.server.url, self.secret)
        yield provider
        await provider.close()

    async def vanish(self) -> None:
        del self.server.domains[self._domain]

    def refused(self) -> Endpoint | None:
        return Endpoint.found(f"bad.{self._domain}", "A", ["no-address"])

    async def answer(self, name: str, rtype: str) -> set[str] | None:
        return None


def is_write(request: web.Request, body: bytes) -> bool:
    return not request.headers.get("x-acs-action", "").startswith("Describe")


def too_many(retry_after: int | None) -> web.Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    said = {"RequestId": "0", "Code": "Throttling.User", "Message": "Request was denied due to user flow control."}
    return web.json_response(said, status=400, headers=headers)


def maker(*, private: bool) -> Maker:
    @asynccontextmanager
    async def make(domain: str, request: pytest.FixtureRequest) -> AsyncIterator[AlibabaBackend]:
        kind = PrivateZoneServer if private else AlidnsServer
        server = kind(KEY_ID, secrets.token_hex(15), domain, "other.example.net")
        async with serving(server), faulty(server.url, is_write, too_many) as faults:
            yield AlibabaBackend(server, faults, domain)

    return make
