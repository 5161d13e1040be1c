"""A real PowerDNS."""

from __future__ import annotations

import contextlib
import urllib.error
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from contract.backends.httpfaults import HttpFaults, faulty
from contract.backends.others import put, take_away
from localcluster.pdns import PowerDns
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.providers.base import Provider
from zonewright.providers.pdns.client import PdnsClient
from zonewright.providers.pdns.connection import Connection
from zonewright.providers.pdns.provider import PowerDNS


class PdnsBackend:
    """Implements `Backend`."""

    answers_wildcards = True

    def __init__(self, server: PowerDns, faults: HttpFaults, domain: str) -> None:
        self.faults = faults
        self.secret = server.key
        self._server = server
        self._domain = domain

    def provider(self, *, wrong_secret: bool = False, patience: float = 30.0) -> Provider:
        key = "wrong-" + self.secret if wrong_secret else self.secret
        return self._provider(self.faults.url, key, aiohttp.ClientTimeout(total=patience))

    def _provider(self, url: str, key: str, timeout: aiohttp.ClientTimeout) -> PowerDNS:
        return PowerDNS(PdnsClient(Connection(url, "localhost", key), timeout), DomainFilter.of([self._domain]))

    async def write(self, endpoint: Endpoint) -> None:
        async with self._directly() as somebody:
            await put(somebody, endpoint)

    async def remove(self, endpoint: Endpoint) -> None:
        async with self._directly() as somebody:
            await take_away(somebody, endpoint)

    @asynccontextmanager
    async def _directly(self) -> AsyncIterator[Provider]:
        provider = self._provider(self._server.url, self.secret, aiohttp.ClientTimeout(total=30))
        yield provider
        await provider.close()

    async def vanish(self) -> None:
        self._server.delete_zone(self._domain)

    def refused(self) -> Endpoint | None:
        return Endpoint.found(f"bad.{self._domain}", "A", ["no-address"])

    async def answer(self, name: str, rtype: str) -> set[str] | None:
        return set(self._server.query(name, rtype).records)


@asynccontextmanager
async def make(domain: str, request: pytest.FixtureRequest) -> AsyncIterator[PdnsBackend]:
    server: PowerDns = request.getfixturevalue("powerdns")
    server.add_zone(domain)
    try:
        async with faulty(server.url) as faults:
            yield PdnsBackend(server, faults, domain)
    finally:
        with contextlib.suppress(urllib.error.HTTPError):  # it may have vanished
            server.delete_zone(domain)
