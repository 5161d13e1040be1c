"""Cloud DNS, by a server that is held to Google's discovery document."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from contract.backends.httpfaults import HttpFaults, faulty
from contract.backends.others import put, take_away
from contract.described.google_server import GoogleServer
from contract.described.server import serving
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.providers.base import Provider
from zonewright.providers.google.client import CloudDns
from zonewright.providers.google.credentials import Credentials
from zonewright.providers.google.provider import Google, Options


class GoogleBackend:
    """Implements `Backend`. The secret is the key of a service account."""

    answers_wildcards = False

    def __init__(
        self, server: GoogleServer, faults: HttpFaults, domain: str, directory: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.faults = faults
        self.server = server
        self._domain = domain
        self._directory = directory
        self._monkeypatch = monkeypatch
        self.secret = str(server.key_file()["private_key"]).splitlines()[3]

    def provider(self, *, wrong_secret: bool = False, patience: float = 30.0) -> Provider:
        wrong = rsa.generate_private_key(public_exponent=65537, key_size=2048) if wrong_secret else None
        file = self._directory / "key.json"
        file.write_text(json.dumps(self.server.key_file(wrong)))
        self._monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
        return self._provider(self.faults.url, patience)

    def _provider(self, url: str, timeout: float = 30.0) -> Google:
        client = CloudDns(Credentials(), url, timeout=timeout)
        return Google(client, Options(DomainFilter.of([self._domain]), pause=0.0))

    async def write(self, endpoint: Endpoint) -> None:
        async with self._directly() as somebody:
            await put(somebody, endpoint)

    async def remove(self, endpoint: Endpoint) -> None:
        async with self._directly() as somebody:
            await take_away(somebody, endpoint)

    @asynccontextmanager
    async def _directly(self) -> AsyncIterator[Provider]:
        provider = self._provider(self.server.url)
        yield provider
        await provider.close()

    async def vanish(self) -> None:
        self.server.vanish(self._domain)

    def refused(self) -> Endpoint | None:
        return Endpoint.found(f"bad.{self._domain}", "A", ["no-address"])

    async def answer(self, name: str, rtype: str) -> set[str] | None:
        return None


@asynccontextmanager
async def make(domain: str, request: pytest.FixtureRequest) -> AsyncIterator[GoogleBackend]:
    monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    directory: Path = request.getfixturevalue("tmp_path")
    server = GoogleServer(domain, "other.example.net")
    async with serving(server), faulty(server.url) as faults:
        yield GoogleBackend(server, faults, domain, directory, monkeypatch)
