from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import NOBODY, Cluster, Object, service, settings
from unit.sources.workloads import (
    around,
    cluster_ip,
    endpoint,
    endpoint_slice,
    external_name,
    headless,
    node,
    node_port,
    pod,
)
from zonewright.model.claim import Claim
from zonewright.model.kind import ENDPOINTSLICE, NODE, POD, SERVICE, Kind
from zonewright.sources import catalog
from zonewright.sources import service as source

NAMES: dict[str, Any] = {"fqdn_template": ("{{.Name}}.tpl.io",)}
PAIRS: dict[str, Any] = {"fqdn_target_template": ("pair.io:192.0.2.7",)}


def claims(obj: Object, cluster: Cluster = NOBODY, **flags: Any) -> tuple[Claim, ...]:
    return source.claims(obj, cluster, settings(**flags))


@pytest.mark.parametrize(
    ("kind", "types", "admitted"),
    [
        pytest.param("ClusterIP", (), True, id="no filter"),
        pytest.param("ClusterIP", ("",), True, id="an empty filter"),
        pytest.param("ClusterIP", ("LoadBalancer", ""), True, id="an empty word in the filter stands for all"),
        pytest.param("LoadBalancer", ("LoadBalancer",), True, id="of the type"),
        pytest.param("", ("ClusterIP",), True, id="no type is ClusterIP"),
        pytest.param("ClusterIP", ("LoadBalancer", "NodePort"), False, id="of another type"),
    ],
)
def test_type_filter(kind: str, types: tuple[str, ...], admitted: bool) -> None:
    why = source.left_out(service(kind), NOBODY, settings(service_type_filter=types))
    if admitted:
        assert why is None
    else:
        assert why == f"its type is {kind}, not one of --service-type-filter={','.join(types)}"


@pytest.mark.parametrize(
    ("obj", "flags", "left_out"),
    [
        pytest.param(cluster_ip("10.0.0.1"), NAMES, True, id="named by a template alone"),
        pytest.param(cluster_ip("10.0.0.1"), {}, False, id="without a template"),
        pytest.param(cluster_ip("10.0.0.1", hostname="a.io"), NAMES, False, id="named by an annotation"),
        pytest.param(cluster_ip("10.0.0.1", target="192.0.2.1"), NAMES, False, id="with a target"),
        pytest.param(cluster_ip("10.0.0.1"), NAMES | {"publish_internal_services": True}, False, id="published"),
        pytest.param(cluster_ip("10.0.0.1"), NAMES | PAIRS, False, id="named by pairs as well"),
        pytest.param(headless(), NAMES, False, id="headless"),
        pytest.param(service(), NAMES, False, id="load balancer"),
    ],
)
def test_internal_service_that_only_a_template_names_is_left_out(
    obj: Object, flags: dict[str, Any], left_out: bool
) -> None:
    why = source.left_out(obj, NOBODY, settings(**flags))
    assert (why is not None and "--publish-internal-services" in why) is left_out


@pytest.mark.parametrize(
    ("types", "kinds"),
    [
        pytest.param((), (POD, ENDPOINTSLICE, NODE), id="all types"),
        pytest.param(("", "LoadBalancer"), (POD, ENDPOINTSLICE, NODE), id="an empty word stands for all"),
        pytest.param(("ClusterIP",), (POD, ENDPOINTSLICE), id="headless"),
        pytest.param(("NodePort",), (POD, NODE), id="node port"),
        pytest.param(("LoadBalancer", "ExternalName"), (), id="neither"),
    ],
)
def test_pods_slices_and_nodes_are_watched_only_where_a_type_needs_them(
    types: tuple[str, ...], kinds: tuple[Kind, ...]
) -> None:
    assert source.lookups(settings(service_type_filter=types)) == kinds


AROUND = around(
    node("n1", "192.0.2.11", "10.0.0.11"), pod("p", hostname="db-0"), endpoint_slice(endpoint("p", "10.1.0.1"))
)


def publishing_unready() -> Object:
    obj = headless(hostname="a.io")
    obj["spec"]["publishNotReadyAddresses"] = True
    return obj


def local() -> Object:
    obj = node_port({"nodePort": 30080, "protocol": "UDP", "port": 80}, {"port": 81}, hostname="a.io")
    obj["spec"]["externalTrafficPolicy"] = "Local"
    return obj


@pytest.mark.parametrize(
    "obj",
    [
        service(hostname="a.io,b.io", ttl="5m"),
        {**service(hostname="a.io"), "spec": {"type": "LoadBalancer", "externalIPs": ["192.0.2.3"]}},
        cluster_ip("10.0.0.1", "2001:db8::1", internal_hostname="a.io"),
        external_name("o.example.com", hostname="a.io"),
        publishing_unready(),
        local(),
    ],
)
def test_projection_says_the_same(obj: Object) -> None:
    found = claims(obj, AROUND, managed_record_types=("A", "AAAA", "CNAME", "SRV"))
    assert claims(source.project(obj), AROUND, managed_record_types=("A", "AAAA", "CNAME", "SRV")) == found
    assert any(claim.endpoints for claim in found)
    assert source.follows(source.project(obj), AROUND, settings()) == source.follows(obj, AROUND, settings())


def test_projection_leaves_out_what_says_nothing() -> None:
    obj = node_port({"port": 80, "targetPort": 8080, "name": "http"}, hostname="a.io")
    obj["spec"] |= {"sessionAffinity": "None"}
    assert source.project(obj)["spec"] == {"type": "NodePort", "selector": {"app": "db"}, "ports": []}


def test_of_pods_and_nodes_around_a_service_a_template_keeps_no_more_than_counts() -> None:
    """A heartbeat of a node is no change, and a cluster has many pods."""
    flags = settings(source=("service",), **NAMES)
    beating = {**node("n1"), "status": {"conditions": [{"type": "Ready", "lastHeartbeatTime": "2026-01-01T00:00:00Z"}]}}
    assert catalog.projection(NODE, flags)(beating) == catalog.projection(NODE, flags)({**node("n1"), "status": {}})
    obj = service() | {"spec": {"type": "LoadBalancer", "sessionAffinity": "ClientIP"}}
    assert catalog.projection(SERVICE, flags)(obj)["spec"] == obj["spec"]


FIELDS = [
    *("annotations", "labels", "name", "namespace", "spec", "status", "type", "clusterIP", "clusterIPs", "externalIPs"),
    *("externalName", "selector", "ports", "nodePort", "protocol", "externalTrafficPolicy", "publishNotReadyAddresses"),
    *("loadBalancer", "ingress", "ip", "hostname", "endpoints", "addresses", "addressType", "conditions", "ready"),
    *("targetRef", "kind", "nodeName", "phase", "hostIP", "address"),
]
WORDS = [
    *("NodePort", "ClusterIP", "LoadBalancer", "ExternalName", "None", "Local", "Pod", "Ready", "True", "IPv4", "n1"),
    *("Running", "app", "a.io", "a..b", "*.io", "192.0.2.1", "2001:db8::1", "ExternalIP", "InternalIP", "TCP", ""),
]
VALUES = st.none() | st.booleans() | st.integers(-1, 70_000) | st.sampled_from(WORDS)
JUNK = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=12,
)
SPEC = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JUNK)) | JUNK
NOTES = st.dictionaries(
    st.sampled_from(["hostname", "internal-hostname", "target", "access", "endpoints-type", "ttl", "ignore"]),
    st.sampled_from([*WORDS, "a.io,b.io", "NodeExternalIP", "HostIP", "public", "60", "true"]),
)
EVERYTHING: dict[str, Any] = {
    "managed_record_types": ("A", "AAAA", "CNAME", "SRV"),
    "publish_internal_services": True,
    "resolve_service_load_balancer_hostname": True,
}


@given(SPEC, JUNK, JUNK, JUNK, NOTES)
def test_no_shape_can_raise_and_nothing_is_left_out_in_silence(
    spec: Any, status: Any, around_it: Any, listed: Any, notes: dict[str, str]
) -> None:
    named: dict[str, Any] = {key.replace("-", "_"): value for key, value in ({"hostname": "a.io"} | notes).items()}
    obj = service(**named) | {"spec": spec, "status": status}
    cluster = (
        Cluster(hosts={"a.io": ("192.0.2.1",)})
        .having(NODE, {**node("n1"), "status": around_it})
        .having(POD, {**pod("app"), "status": around_it, "spec": listed})
        .having(ENDPOINTSLICE, {**endpoint_slice(), "endpoints": listed})
    )
    found = claims(obj, cluster, **EVERYTHING)
    assert all(claim.endpoints or claim.problems for claim in found)
    assert claims(source.project(obj), cluster, **EVERYTHING) == found
    flags = settings(**EVERYTHING)
    assert source.follows(source.project(obj), cluster, flags) == source.follows(obj, cluster, flags)
    assert source.left_out(source.project(obj), cluster, flags) == source.left_out(obj, cluster, flags)
