"""Cloudflare's API, by a server that is held to the publisher's description."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from contract.backends.httpfaults import HttpFaults, faulty
from contract.backends.others import put, take_away
from contract.described.cloudflare_server import BASE, CloudflareServer
from contract.described.server import serving
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.providers.base import Provider
from zonewright.providers.cloudflare.client import CloudflareClient
from zonewright.providers.cloudflare.credentials import Credentials
from zonewright.providers.cloudflare.provider import Cloudflare, Options


class CloudflareBackend:
    """Implements `Backend`."""

    answers_wildcards = False

    def __init__(self, server: CloudflareServer, faults: HttpFaults, domain: str) -> None:
        self.faults = faults
        self.secret = server.token
        self.server = server
        self._domain = domain

    def provider(self, *, wrong_secret: bool = False, patience: float = 30.0) -> Provider:
        token = self.secret[::-1] if wrong_secret else self.secret
        return self._provider(self.faults.url, token, patience)

    def _provider(self, url: str, token: str, timeout: float = 30.0) -> Cloudflare:
        client = CloudflareClient(Credentials(token), base_url=url + BASE, timeout=timeout)
        return Cloudflare(client, Options(DomainFilter.of([self._domain]), pause=0.0))

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
        self.server.vanish(self._domain)

    def refused(self) -> Endpoint | None:
        return Endpoint.found(f"bad.{self._domain}", "A", ["no-address"])

    async def answer(self, name: str, rtype: str) -> set[str] | None:
        return None


def too_many(retry_after: int | None) -> web.Response:
    """As Cloudflare says it."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    error = {"code": 971, "message": "Please wait and consider throttling your request speed"}
    answer = {"success": False, "errors": [error], "messages": [], "result": None}
    return web.json_response(answer, status=429, headers=headers)


@asynccontextmanager
async def make(domain: str, request: pytest.FixtureRequest) -> AsyncIterator[CloudflareBackend]:
    server = CloudflareServer(secrets.token_urlsafe(30), domain, "other.example.net")
    async with serving(server), faulty(server.url, throttled=too_many) as faults:
        yield CloudflareBackend(server, faults, domain)
