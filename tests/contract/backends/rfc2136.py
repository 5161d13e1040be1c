"""A real BIND."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from contract.backends.dnsfaults import DnsFaults, faulty
from contract.backends.others import put, take_away
from localcluster import bind
from localcluster.bind import Bind
from localcluster.ports import LOOPBACK
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.providers.rfc2136.connection import Connection, key
from zonewright.providers.rfc2136.provider import Options, Rfc2136

WRONG = base64.b64encode(b"wrong" * 8).decode()


class BindBackend:
    """Implements `Backend`."""

    answers_wildcards = True

    def __init__(self, server: Bind, faults: DnsFaults, domain: str) -> None:
        self.faults = faults
        self.secret = server.secret
        self._server = server
        self._domain = domain

    def provider(self, *, wrong_secret: bool = False, patience: float = 30.0) -> Rfc2136:
        return self._provider(self.faults.port, WRONG if wrong_secret else self.secret, patience)

    def _provider(self, port: int, secret: str, patience: float = 30.0) -> Rfc2136:
        connection = Connection((LOOPBACK,), port, key(bind.KEY, secret, "hmac-sha256"))
        return Rfc2136(connection, Options(DomainFilter(), (self._domain,)), timeout=patience)

    async def write(self, endpoint: Endpoint) -> None:
        await put(self._provider(self._server.port, self.secret), endpoint)

    async def remove(self, endpoint: Endpoint) -> None:
        await take_away(self._provider(self._server.port, self.secret), endpoint)

    async def vanish(self) -> None:
        pytest.skip("zones are named by a flag, and asked for as long as it names them: test_rfc2136.py")

    def refused(self) -> Endpoint | None:
        """More than a message of DNS holds."""
        return Endpoint.wanted(f"bad.{self._domain}", "TXT", [f"{number}" + "x" * 40_000 for number in range(2)])

    async def answer(self, name: str, rtype: str) -> set[str] | None:
        return set(self._server.query(name, rtype).records)


@asynccontextmanager
async def make(domain: str, request: pytest.FixtureRequest) -> AsyncIterator[BindBackend]:
    server: Bind = request.getfixturevalue("bind")
    server.add_zone(domain)
    try:
        async with faulty(server.port) as faults:
            yield BindBackend(server, faults, domain)
    finally:
        with contextlib.suppress(OSError):  # it may have vanished
            server.delete_zone(domain)
