"""What tests with faults share: everything real, and to each test its own namespace, domain and operator."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from chaos.pdnssite import PdnsSite
from chaos.world import World, coredns_world, world_of
from cluster.testsite import Site
from localcluster.cluster import Cluster
from localcluster.dnsserver import DnsServer
from localcluster.pdns import PowerDns


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Each test ends with the same three questions; what they find is a failure of the test itself."""
    result = yield
    for value in getattr(item, "funcargs", {}).values():
        if isinstance(value, World):
            value.verify()
    return result


@pytest.fixture
def world(cluster: Cluster, coredns: DnsServer, namespace: str, domain: str) -> Iterator[World]:
    """On CoreDNS, watched over until the end of the test."""
    with coredns_world(Site(cluster, coredns, namespace, domain)) as made:
        yield made


@pytest.fixture
def pdns_world(
    cluster: Cluster, coredns: DnsServer, namespace: str, domain: str, powerdns: PowerDns
) -> Iterator[World]:
    """On PowerDNS, watched over until the end of the test."""
    powerdns.add_zone(domain)
    with world_of(PdnsSite(cluster, coredns, namespace, domain, powerdns), powerdns.port) as made:
        yield made
    powerdns.delete_zone(domain)
