"""DigitalOcean's API, by a server that is held to the publisher's description."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from contract.backends.httpfaults import HttpFaults, faulty
from contract.backends.others import put, take_away
from contract.described.digitalocean_server import DigitalOceanServer
from contract.described.server import serving
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.providers.base import Provider
from zonewright.providers.digitalocean.provider import DigitalOcean, Options
from zonewright.providers.traffic import Bucket


class DigitalOceanBackend:
    """Implements `Backend`."""

    answers_wildcards = False

    def __init__(self, server: DigitalOceanServer, faults: HttpFaults, domain: str) -> None:
        self.faults = faults
        self.server = server
        self.secret = server.token
        self._domain = domain

    def provider(self, *, wrong_secret: bool = False, patience: float = 30.0) -> Provider:
        token = self.secret[::-1] if wrong_secret else self.secret
        return self._provider(self.faults.url, token, patience)

    def _provider(self, url: str, token: str, timeout: float = 30.0) -> DigitalOcean:
        many = Bucket(10_000, 10_000)  # the server here has no limit
        options = Options(DomainFilter.of([self._domain]), per_page=200)
        return DigitalOcean(token, options, address=url, timeout=timeout, bucket=many)

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


@asynccontextmanager
async def make(domain: str, request: pytest.FixtureRequest) -> AsyncIterator[DigitalOceanBackend]:
    server = DigitalOceanServer(secrets.token_hex(32), domain, "other.example.net")
    async with serving(server), faulty(server.url) as faults:
        yield DigitalOceanBackend(server, faults, domain)
