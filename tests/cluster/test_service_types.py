"""Services that lead to pods, to nodes, to cluster addresses and to names, on a real API server and a real CoreDNS."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from cluster.manifests import condition, ga, load_balancer, service
from cluster.sharedsite import SharedSite
from cluster.testsite import Site
from localcluster.cluster import Cluster
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster

RESOLVE = "--resolve-service-load-balancer-hostname"
MATCHING = {"selector": {"app": "game"}}


def pod(name: str, node: str, **spec: Any) -> dict[str, Any]:
    containers = [{"name": "game", "image": "example.invalid/game"}]
    metadata = {"name": name, "labels": {"app": "game"}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"nodeName": node, "containers": containers, **spec},
    }


def running(ready: bool = True) -> dict[str, Any]:
    return {"phase": "Running", "conditions": [{"type": "Ready", "status": str(ready)}]}


def slice_of(*endpoints: tuple[str, str]) -> dict[str, Any]:
    """The EndpointSlice of the Service "game"; endpoints: pods with their addresses."""
    listed = [{"addresses": [address], "targetRef": {"kind": "Pod", "name": name}} for name, address in endpoints]
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "game-1", "labels": {"kubernetes.io/service-name": "game"}},
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": 80}],
        "endpoints": listed,
    }


@pytest.fixture
def nodes(cluster: Cluster) -> Iterator[list[str]]:
    """Two nodes, with the external addresses 203.0.113.1 and 203.0.113.2."""
    names = [f"node-{secrets.token_hex(4)}" for _ in range(2)]
    for number, name in enumerate(names, 1):
        cluster.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}})
        cluster.set_status("node", name, {"addresses": [{"type": "ExternalIP", "address": f"203.0.113.{number}"}]})
    yield names
    cluster.kubectl("delete", "node", *names)


def test_a_headless_service_follows_its_pods(shared_site: SharedSite) -> None:
    site = shared_site
    site.apply(service("game", ga(hostname=site.name("db")), type="ClusterIP", clusterIP="None", **MATCHING))
    assert "it has no endpoints yet" in condition(site.told(site.name("db"), "NoTargets"), "Ready")["message"]
    site.apply(
        pod("zero", "n1", hostname="db-0"), pod("one", "n1"), slice_of(("zero", "10.1.0.1"), ("one", "10.1.0.2"))
    )
    site.answers("db", "10.1.0.1", "10.1.0.2")
    site.answers("db-0.db", "10.1.0.1")
    site.apply(slice_of(("one", "10.1.0.2")))
    site.answers("db", "10.1.0.2")
    site.vanishes("db-0.db")


def test_with_local_traffic_the_nodes_of_ready_pods_are_published(shared_site: SharedSite, nodes: list[str]) -> None:
    site = shared_site
    local = {"type": "NodePort", "externalTrafficPolicy": "Local", **MATCHING}
    site.apply(service("game", ga(hostname=site.name("np")), **local))
    site.apply(pod("zero", nodes[0]), pod("one", nodes[1]))
    site.fill("pod", "zero", running())
    site.answers("np", "203.0.113.1")
    site.fill("pod", "one", running())
    site.answers("np", "203.0.113.1", "203.0.113.2")
    site.cluster.kubectl("cordon", nodes[0])
    site.answers("np", "203.0.113.2")


def test_an_internal_name_leads_to_the_cluster_address(shared_site: SharedSite) -> None:
    site = shared_site
    site.apply(service("game", ga(internal_hostname=site.name("i")), type="ClusterIP"))
    address = site.cluster.get("service", "game", site.namespace)["spec"]["clusterIP"]
    site.answers("i", address)


def test_the_name_of_a_load_balancer_is_resolved_by_flag(site: Site) -> None:
    """localhost has an address of IPv6 as well on some machines."""
    site.apply(service("game", ga(hostname=site.name("lb"))))
    with site.operator(RESOLVE):
        site.cluster.set_status("service", "game", load_balancer("localhost"), site.namespace)
        wait_until(lambda: "127.0.0.1" in site.standing().get("lb", ()), what="the address of the name to be published")
        site.told(site.name("lb"))


def test_what_cannot_be_resolved_after_a_restart_stays_in_dns(site: Site) -> None:
    site.apply(service("game", ga(hostname=site.name("lb"))))
    site.cluster.set_status("service", "game", load_balancer("localhost"), site.namespace)
    site.publish(RESOLVE)
    before = site.standing()
    assert "127.0.0.1" in before["lb"]
    site.cluster.set_status("service", "game", load_balancer("nothing.invalid"), site.namespace)
    site.publish(RESOLVE)
    assert site.standing() == before
    message = condition(site.told(site.name("lb"), "Pending"), "Ready")["message"]
    assert "nothing.invalid, the name of the load balancer, cannot be resolved" in message
    site.delete("service", "game")
    site.publish(RESOLVE)
    assert site.standing() == {}
