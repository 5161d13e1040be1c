"""Each provider against what it is made for: memory, a strict webhook, a real etcd with a real CoreDNS."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio

from contract.webhook_server import WebhookServer, serving
from localcluster.dnsserver import DnsServer
from zonewright.model.zone import Zone
from zonewright.providers.base import Provider
from zonewright.providers.coredns.client import EtcdClient
from zonewright.providers.coredns.connection import Connection
from zonewright.providers.coredns.provider import CoreDNS
from zonewright.providers.inmemory import InMemory
from zonewright.providers.webhook.client import WebhookClient
from zonewright.providers.webhook.provider import Webhook


@dataclass(frozen=True)
class Subject:
    """A provider under test, with a zone of it that holds the test's domain."""

    provider: Provider
    zone: Zone
    domain: str


@asynccontextmanager
async def a_webhook(max_body: int = 2**20) -> AsyncIterator[tuple[Webhook, WebhookServer]]:
    async with serving() as server:
        provider = Webhook(WebhookClient(server.url, max_body))
        try:
            yield provider, server
        finally:
            await provider.close()


@pytest_asyncio.fixture
async def etcd(coredns: DnsServer) -> AsyncIterator[EtcdClient]:
    client = EtcdClient(Connection((coredns.etcd,)))
    yield client
    await client.close()


@asynccontextmanager
async def _provider(kind: str, domain: str, request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    match kind:
        case "inmemory":
            yield InMemory([domain])
        case "webhook":
            async with a_webhook() as (provider, _):
                yield provider
        case "coredns":
            server: DnsServer = request.getfixturevalue("coredns")  # here alone: the others need no server
            coredns = CoreDNS(EtcdClient(Connection((server.etcd,))), domains=[domain])
            try:
                yield coredns
            finally:
                await coredns.close()


@pytest_asyncio.fixture(params=["inmemory", "webhook", "coredns"])
async def subject(request: pytest.FixtureRequest, domain: str) -> AsyncIterator[Subject]:
    async with _provider(request.param, domain, request) as provider:
        (zone,) = await provider.zones()
        yield Subject(provider, zone, domain)
