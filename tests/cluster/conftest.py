"""What tests on the real servers share."""

from __future__ import annotations

import pytest

from cluster.testsite import Site
from localcluster.cluster import Cluster
from localcluster.dnsserver import DnsServer


@pytest.fixture
def site(cluster: Cluster, coredns: DnsServer, namespace: str, domain: str) -> Site:
    """A namespace and a domain of this test's own."""
    return Site(cluster, coredns, namespace, domain)
