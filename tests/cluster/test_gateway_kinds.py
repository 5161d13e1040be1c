"""Routes of the other kinds, on Gateways and ListenerSets, down to answers in DNS; and a cluster of older versions."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cluster.manifests import accepted, condition, ga, gateway, gateway_addresses, listener
from cluster.sharedsite import SharedSite
from cluster.testsite import Site
from localcluster import controlplane
from localcluster.cluster import Cluster
from localcluster.controlplane import kubeconfig_of
from localcluster.dnsserver import DnsServer
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster
ours = pytest.mark.skipif(kubeconfig_of() is not None, reason="an existing cluster is as it is")

ADDRESS, OTHER = "192.0.2.1", "192.0.2.2"
GROUP = "gateway.networking.k8s.io"
PROTOCOLS = {"GRPCRoute": "HTTPS", "TLSRoute": "TLS", "TCPRoute": "TCP", "UDPRoute": "UDP"}
TLS = {"HTTPS": {"certificateRefs": [{"name": "any"}]}, "TLS": {"mode": "Passthrough"}}
Object = dict[str, Any]


def route(
    kind: str, *hostnames: str, parent: Mapping[str, str] | None = None, version: str = "v1", **annotations: str
) -> Object:
    """A route "blog" of any kind; those of TCP and UDP have no hostnames of their own."""
    spec: Object = {"parentRefs": [dict(parent or {"name": "gateway"})]}
    if hostnames:
        spec["hostnames"] = list(hostnames)
    if kind not in ("HTTPRoute", "GRPCRoute"):
        spec["rules"] = [{"backendRefs": [{"name": "backend", "port": 80}]}]
    metadata = {"name": "blog", "annotations": ga(**annotations)}
    return {"apiVersion": f"{GROUP}/{version}", "kind": kind, "metadata": metadata, "spec": spec}


def listener_set(*listeners: Mapping[str, Any], gateway_namespace: str, **annotations: str) -> Object:
    named = [{"name": f"listener-{number}"} | dict(one) for number, one in enumerate(listeners)]
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": "ListenerSet",
        "metadata": {"name": "extra", "annotations": ga(**annotations)},
        "spec": {"parentRef": {"name": "gateway", "namespace": gateway_namespace}, "listeners": named},
    }


def accepted_set(*listeners: str, status: str = "True") -> Object:
    """The status of a ListenerSet that its Gateway has taken, with verdicts on these listeners."""
    (answer,) = accepted(status=status)["parents"]
    verdicts = [{"name": name, "attachedRoutes": 0, "conditions": answer["conditions"]} for name in listeners]
    return {"conditions": answer["conditions"], "listeners": verdicts}


# -- kinds


@pytest.mark.parametrize("kind", ["GRPCRoute", "TLSRoute"])
def test_routes_with_hostnames_are_published_like_those_of_http(shared_site: SharedSite, kind: str) -> None:
    protocol = PROTOCOLS[kind]
    shared_site.apply(gateway("gateway", listener(protocol=protocol, port=443, tls=TLS[protocol])))
    shared_site.fill("gateway", "gateway", gateway_addresses(ADDRESS))
    shared_site.apply(route(kind, shared_site.name("a")))
    shared_site.fill(kind, "blog", accepted())
    shared_site.answers("a", ADDRESS)
    shared_site.asked_by("a", f"{kind.lower()}/blog")
    shared_site.delete(kind, "blog")
    shared_site.vanishes("a")


@pytest.mark.parametrize("kind", ["TCPRoute", "UDPRoute"])
def test_routes_without_hostnames_are_published_by_their_annotation(shared_site: SharedSite, kind: str) -> None:
    shared_site.apply(gateway("gateway", listener(protocol=PROTOCOLS[kind])))
    shared_site.fill("gateway", "gateway", gateway_addresses(ADDRESS))
    shared_site.apply(route(kind, hostname=shared_site.name("a"), ttl="60"))
    shared_site.fill(kind, "blog", accepted())
    shared_site.answers("a", ADDRESS, ttl=60)
    shared_site.asked_by("a", f"{kind.lower()}/blog")


def test_a_tcp_route_gets_the_hostname_of_a_tls_listener(shared_site: SharedSite) -> None:
    shared_site.apply(gateway("gateway", listener(shared_site.name("a"), protocol="TLS", port=443, tls=TLS["TLS"])))
    shared_site.fill("gateway", "gateway", gateway_addresses(ADDRESS))
    shared_site.apply(route("TCPRoute"))
    shared_site.fill("tcproute", "blog", accepted())
    shared_site.answers("a", ADDRESS)


def test_a_route_on_a_listener_of_another_protocol_says_so(shared_site: SharedSite) -> None:
    shared_site.apply(gateway("gateway"))
    shared_site.fill("gateway", "gateway", gateway_addresses(ADDRESS))
    shared_site.apply(route("UDPRoute", hostname=shared_site.name("a")))
    shared_site.fill("udproute", "blog", accepted())
    told = condition(shared_site.told(shared_site.name("a"), "SourceNotReady"), "Ready")
    assert "does not take the route: listener listener-0 speaks HTTP, not UDP" in told["message"]


# -- ListenerSets


def with_set(site: Site, elsewhere: str, allowed_from: str = "All") -> None:
    """A set "extra" of a Gateway in another namespace, and a route on it; all of them are accepted."""
    owner = gateway("gateway")
    owner["spec"]["allowedListeners"] = {"namespaces": {"from": allowed_from}}
    site.cluster.apply(owner, namespace=elsewhere)
    site.cluster.set_status("gateway", "gateway", gateway_addresses(ADDRESS), elsewhere)
    parent = {"kind": "ListenerSet", "name": "extra"}
    site.apply(listener_set(listener(port=8080), gateway_namespace=elsewhere))
    site.apply(route("HTTPRoute", site.name("a"), parent=parent))
    site.cluster.set_status("listenerset", "extra", accepted_set("listener-0"), site.namespace)
    answer = accepted()
    answer["parents"][0]["parentRef"] = parent
    site.cluster.set_status("httproute", "blog", answer, site.namespace)


def test_a_route_on_a_listener_set_is_reached_at_its_gateway(site: Site, elsewhere: str) -> None:
    with site.operator("--gateway-listener-sets"):
        with_set(site, elsewhere)
        site.told(site.name("a"))
        assert site.dns.query(site.name("a")).records == (ADDRESS,)
        site.cluster.set_status("gateway", "gateway", gateway_addresses(OTHER), elsewhere)
        wait_until(lambda: site.dns.query(site.name("a")).records == (OTHER,), 15)
        site.apply(listener_set(listener(port=8080), gateway_namespace=elsewhere, target=ADDRESS))
        wait_until(lambda: site.dns.query(site.name("a")).records == (ADDRESS,), 15)
        site.cluster.set_status("listenerset", "extra", accepted_set("listener-0", status="False"), site.namespace)
        told = condition(site.told(site.name("a"), "SourceNotReady"), "Ready")
        assert f"has not accepted listenerset/{site.namespace}/extra: NotAllowed" in told["message"]
        assert "stay until" in told["message"]
        assert site.dns.query(site.name("a")).records == (ADDRESS,)


def test_labels_decide_whose_sets_a_gateway_takes(site: Site, elsewhere: str) -> None:
    with site.operator("--gateway-listener-sets"):
        with_set(site, elsewhere, "None")
        told = condition(site.told(site.name("a"), "SourceNotReady"), "Ready")
        assert f"gateway/{elsewhere}/gateway takes no ListenerSets of the namespace {site.namespace}" in told["message"]
        owner = gateway("gateway")
        chosen = {"from": "Selector", "selector": {"matchLabels": {"team": "blog"}}}
        owner["spec"]["allowedListeners"] = {"namespaces": chosen}
        site.cluster.apply(owner, namespace=elsewhere)
        site.cluster.kubectl("label", "namespace", site.namespace, "team=blog")
        site.told(site.name("a"))
        assert site.dns.query(site.name("a")).records == (ADDRESS,)


def test_without_the_flag_a_listener_set_does_not_count(site: Site, elsewhere: str) -> None:
    with_set(site, elsewhere)
    site.once()
    told = condition(site.told(site.name("a"), "Filtered"), "Ready")
    assert "ListenerSets need --gateway-listener-sets" in told["message"]


# -- a cluster that has not come so far


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane of its own, which serves TCPRoutes in v1alpha2 only."""
    directory: Path = tmp_path_factory.mktemp("older")
    try:
        found = controlplane.up(directory)
        not_served = '[{"op": "replace", "path": "/spec/versions/0/served", "value": false}]'
        definition = f"tcproutes.{GROUP}"
        assert found.get("customresourcedefinition", definition)["spec"]["versions"][0]["name"] == "v1"
        found.kubectl("patch", "customresourcedefinition", definition, "--type=json", f"--patch={not_served}")
        wait_until(lambda: '"tcproutes"' not in found.kubectl("get", "--raw", f"/apis/{GROUP}/v1"), 30)
        yield found
    finally:
        controlplane.down(directory)


@ours
@pytest.mark.timeout(180)
def test_routes_are_read_in_the_version_that_is_served(older: Cluster, coredns: DnsServer, domain: str) -> None:
    namespace, resource = f"test-{secrets.token_hex(4)}", f"tcproutes.v1alpha2.{GROUP}"
    older.kubectl("create", "namespace", namespace)
    site = Site(older, coredns, namespace, domain)
    site.apply(gateway("gateway", listener(protocol="TCP")))
    older.set_status("gateway", "gateway", gateway_addresses(ADDRESS), namespace)
    with site.operator():
        site.apply(route("TCPRoute", version="v1alpha2", hostname=site.name("a")))
        older.set_status(resource, "blog", accepted(), namespace)
        (owner,) = site.told(site.name("a"))["metadata"]["ownerReferences"]
        assert (owner["apiVersion"], owner["kind"], owner["name"]) == (f"{GROUP}/v1alpha2", "TCPRoute", "blog")
        assert site.dns.query(site.name("a")).records == (ADDRESS,)
        older.set_status("gateway", "gateway", gateway_addresses(OTHER), namespace)
        wait_until(lambda: site.dns.query(site.name("a")).records == (OTHER,), 15)
        site.delete(resource, "blog")
        site.expect({}, 30)


@ours
@pytest.mark.timeout(240)
def test_a_kind_that_comes_later_in_an_older_version_is_read_in_that_one(
    older: Cluster, coredns: DnsServer, domain: str
) -> None:
    namespace, resource, name = f"test-{secrets.token_hex(4)}", f"udproutes.v1alpha2.{GROUP}", f"udproutes.{GROUP}"
    older.kubectl("create", "namespace", namespace)
    site = Site(older, coredns, namespace, domain)
    site.apply(gateway("gateway", listener(protocol="UDP")))
    older.set_status("gateway", "gateway", gateway_addresses(ADDRESS), namespace)
    definition = older.get("customresourcedefinition", name)
    older.kubectl("delete", "customresourcedefinition", name)
    wait_until(lambda: '"udproutes"' not in older.kubectl("get", "--raw", f"/apis/{GROUP}/v1alpha2"), 60)
    with site.operator():
        definition["spec"]["versions"][0]["served"] = False
        kept = {key: definition["metadata"][key] for key in ("name", "annotations")}
        older.apply({key: definition[key] for key in ("apiVersion", "kind", "spec")} | {"metadata": kept})
        wait_until(lambda: '"udproutes"' in older.kubectl("get", "--raw", f"/apis/{GROUP}/v1alpha2"), 60)
        site.apply(route("UDPRoute", version="v1alpha2", hostname=site.name("a")))
        older.set_status(resource, "blog", accepted(), namespace)
        wait_until(lambda: site.dns.query(site.name("a")).records == (ADDRESS,), 90)
        (owner,) = site.told(site.name("a"))["metadata"]["ownerReferences"]
        assert (owner["apiVersion"], owner["name"]) == (f"{GROUP}/v1alpha2", "blog")
