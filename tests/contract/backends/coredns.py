"""The etcd of a real CoreDNS, which answers from it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from contract.backends.httpfaults import HttpFaults, faulty
from contract.backends.others import put, take_away
from localcluster.dnsserver import DnsServer
from zonewright.model.endpoint import Endpoint
from zonewright.providers.base import Provider
from zonewright.providers.coredns.client import EtcdClient
from zonewright.providers.coredns.connection import Connection
from zonewright.providers.coredns.provider import CoreDNS


class CoreDnsBackend:
    """Implements `Backend`."""

    secret = ""
    answers_wildcards = False  # without the plugin `template`: docs/providers/coredns.md

    def __init__(self, server: DnsServer, faults: HttpFaults, domain: str) -> None:
        self.faults = faults
        self._server = server
        self._domain = domain

    def provider(self, *, wrong_secret: bool = False, patience: float = 30.0) -> Provider:
        client = EtcdClient(Connection((self.faults.url,)), aiohttp.ClientTimeout(total=patience))
        return CoreDNS(client, domains=[self._domain])

    async def write(self, endpoint: Endpoint) -> None:
        async with self._directly() as somebody:
            await put(somebody, endpoint)

    async def remove(self, endpoint: Endpoint) -> None:
        async with self._directly() as somebody:
            await take_away(somebody, endpoint)

    @asynccontextmanager
    async def _directly(self) -> AsyncIterator[Provider]:
        client = EtcdClient(Connection((self._server.etcd,)))
        yield CoreDNS(client, domains=[self._domain])
        await client.close()

    async def vanish(self) -> None:
        pytest.skip("etcd has no zones")

    def refused(self) -> Endpoint | None:
        """More than a message of gRPC holds."""
        texts = [f"{number}" + "x" * 60_000 for number in range(40)]
        return Endpoint.wanted(f"bad.{self._domain}", "TXT", texts)

    async def answer(self, name: str, rtype: str) -> set[str] | None:
        return set(self._server.query(name, rtype).records)


def _is_write(request: web.Request, body: bytes) -> bool:
    return request.path.endswith("/kv/txn")


def _exhausted(retry_after: int | None) -> web.Response:
    """etcd's gateway gives gRPC's ResourceExhausted."""
    return web.json_response({"error": "etcdserver: too many requests", "code": 8}, status=429)


@asynccontextmanager
async def make(domain: str, request: pytest.FixtureRequest) -> AsyncIterator[CoreDnsBackend]:
    server: DnsServer = request.getfixturevalue("coredns")
    async with faulty(server.etcd, _is_write, _exhausted) as faults:
        yield CoreDnsBackend(server, faults, domain)
