"""Each provider against what it is made for: memory, a strict webhook, real servers of CoreDNS on etcd, of PowerDNS."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio

from contract.backends import BACKENDS
from contract.backends.base import Backend
from contract.build import compared, seen
from contract.webhook_server import WebhookServer, serving
from localcluster import dynamodb
from localcluster.dnsserver import DnsServer
from localcluster.pdns import PowerDns
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.zone import Zone
from zonewright.providers.base import Provider
from zonewright.providers.coredns.client import EtcdClient
from zonewright.providers.coredns.connection import Connection
from zonewright.providers.pdns.client import PdnsClient
from zonewright.providers.pdns.connection import Connection as PdnsConnection
from zonewright.providers.pdns.provider import PowerDNS
from zonewright.providers.webhook.client import WebhookClient
from zonewright.providers.webhook.provider import Webhook


@dataclass(frozen=True)
class Subject:
    """A provider under test, with a zone of it that holds the test's domain."""

    provider: Provider
    zone: Zone
    domain: str

    @property
    def cut(self) -> frozenset[tuple[str, str]]:
        """Name and type of the record sets without which a zone would be none."""
        return frozenset({(self.zone.name, "SOA"), (self.zone.name, "NS")})

    def seen(self, records: Iterable[Endpoint]) -> object:
        """What DNS would answer of records, in whatever spelling they are."""
        default_ttl = self.provider.capabilities.default_ttl
        return seen(compared(record, default_ttl) for record in records)


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
async def a_powerdns(server: PowerDns, *domains: str, url: str = "", key: str = "") -> AsyncIterator[PowerDNS]:
    """A provider for the zones of some domains; none: all zones. url, key: others than the server's own."""
    connection = PdnsConnection(url or server.url, "localhost", key or server.key)
    provider = PowerDNS(PdnsClient(connection), DomainFilter.of(domains))
    try:
        yield provider
    finally:
        await provider.close()


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The URL of moto's server, one for each process of the run."""
    with dynamodb.serving() as url:
        yield url


@pytest_asyncio.fixture(params=sorted(BACKENDS))
async def backend(request: pytest.FixtureRequest, domain: str) -> AsyncIterator[Backend]:
    """A server of each provider, with an empty zone of the test's own."""
    async with BACKENDS[request.param](domain, request) as made:
        yield made


@pytest_asyncio.fixture
async def subject(backend: Backend, domain: str) -> AsyncIterator[Subject]:
    async with closing(backend.provider()) as provider:
        (zone,) = await provider.zones()
        yield Subject(provider, zone, domain)


@asynccontextmanager
async def closing(provider: Provider) -> AsyncIterator[Provider]:
    try:
        yield provider
    finally:
        await provider.close()
