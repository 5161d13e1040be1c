"""What tests on the real servers share."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from cluster.sharedsite import SharedSite, Tenancy, tenancy
from cluster.testsite import Site
from localcluster.cluster import Cluster
from localcluster.dnsserver import DnsServer


@pytest.fixture
def site(cluster: Cluster, coredns: DnsServer, namespace: str, domain: str) -> Site:
    """A namespace and a domain of this test's own."""
    return Site(cluster, coredns, namespace, domain)


@pytest.fixture(scope="session")
def shared_operator(cluster: Cluster, coredns: DnsServer) -> Iterator[Tenancy]:
    """One operator for all tests that need none of their own: a start takes seconds."""
    with tenancy(cluster, coredns) as running:
        yield running


@pytest.fixture
def shared_site(cluster: Cluster, coredns: DnsServer, namespace: str, shared_operator: Tenancy) -> Iterator[SharedSite]:
    """A namespace and a domain of this test's own, under the operator that is shared."""
    before = len(shared_operator.operator.log())
    domain = f"test-{secrets.token_hex(4)}.{shared_operator.domain}"
    yield SharedSite(cluster, coredns, namespace, domain, shared_operator)
    print(shared_operator.operator.log()[before:])  # shown by pytest when the test has failed


@pytest.fixture
def elsewhere(cluster: Cluster) -> Iterator[str]:
    """A second namespace."""
    name = f"test-{secrets.token_hex(4)}"
    cluster.kubectl("create", "namespace", name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")
