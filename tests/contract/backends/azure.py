"""Azure DNS, public and private, by a server that is held to the publisher's descriptions."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest

from contract.backends.base import Maker
from contract.backends.httpfaults import HttpFaults, faulty
from contract.backends.others import put, take_away
from contract.described.azure_server import GROUP, SUBSCRIPTION, AzureServer
from contract.described.server import serving
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.providers.azure.client import AzureClient
from zonewright.providers.azure.credentials import Tokens
from zonewright.providers.azure.provider import Azure, Options
from zonewright.providers.azure.settings import Config
from zonewright.providers.base import Provider
from zonewright.providers.traffic import Bucket


class Token(NamedTuple):
    token: str
    expires_on: float


class Given:
    """A credential that has a token; how real ones come by theirs is for test_azure.py."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get_token(self, *scopes: str) -> Token:
        return Token(self._token, time.time() + 3600)

    async def close(self) -> None: ...


class AzureBackend:
    """Implements `Backend`."""

    answers_wildcards = False

    def __init__(self, server: AzureServer, faults: HttpFaults, domain: str) -> None:
        self.faults = faults
        self.server = server
        self.secret = server.token
        self._domain = domain

    def provider(self, *, wrong_secret: bool = False, patience: float = 30.0) -> Provider:
        return self._provider(self.faults.url, self.secret[::-1] if wrong_secret else self.secret, patience)

    def _provider(self, url: str, token: str, timeout: float = 30.0) -> Azure:
        config = Config(SUBSCRIPTION, GROUP, url, url, "")
        many = Bucket(10_000, 10_000)  # the server here has no limit
        private = self.server.private
        client = AzureClient(config, Tokens(Given(token), url), private=private, timeout=timeout, bucket=many)
        return Azure(client, Options(DomainFilter.of([self._domain])), private=private)

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
        del self.server.zones[self._domain]

    def refused(self) -> Endpoint | None:
        return Endpoint.found(f"bad.{self._domain}", "A", ["no-address"])

    async def answer(self, name: str, rtype: str) -> set[str] | None:
        return None


def maker(*, private: bool) -> Maker:
    @asynccontextmanager
    async def make(domain: str, request: pytest.FixtureRequest) -> AsyncIterator[AzureBackend]:
        server = AzureServer(secrets.token_hex(32), domain, "other.example.net", private=private, page=300)
        async with serving(server), faulty(server.url) as faults:
            yield AzureBackend(server, faults, domain)

    return make
