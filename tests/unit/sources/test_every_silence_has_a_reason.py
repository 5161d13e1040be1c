"""Every path on which an object publishes nothing has a reason: a table of the paths, and any object at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from differential.scenarios import FLAGS_OF_SOURCES, Scenario, scenarios
from unit.sources.builders import (
    NOBODY,
    Cluster,
    Object,
    accepted,
    gateway,
    ingress,
    listener,
    meta,
    ref,
    route,
    service,
    settings,
)
from unit.sources.workloads import cluster_ip, node
from zonewright.model.kind import ENDPOINTSLICE, GATEWAY, NODE, POD, Kind
from zonewright.model.reason import Reason
from zonewright.settings import Settings
from zonewright.sources import catalog
from zonewright.sources.catalog import Heard

SOURCES = {source.name: source for source in catalog.SOURCES}
NAME = {"hostname": "a.example.org"}
TALKS = frozenset({Reason.SYNCED, Reason.DRY_RUN, Reason.PENDING})


def heard(source: str, obj: Object, cluster: Any = NOBODY, **flags: Any) -> Heard:
    return catalog.heard(obj, SOURCES[source], cluster, settings(source=(source,), **flags))


PATHS = [
    # -- the object is not ours to read
    pytest.param("ingress", ingress("a.io"), {"namespace": "x"}, "--namespace=x", id="another namespace"),
    pytest.param(
        "ingress", ingress("a.io"), {"annotation_filter": "n=1"}, "--annotation-filter", id="annotation filter"
    ),
    pytest.param("service", service(**NAME), {"label_filter": "n=1"}, "--label-filter", id="label filter"),
    pytest.param("ingress", ingress("a.io", controller="other"), {}, "'other'", id="another controller"),
    pytest.param("ingress", ingress("a.io"), {"ingress_class": ("public",)}, "--ingress-class", id="another class"),
    pytest.param(
        "service", service(**NAME), {"service_type_filter": ("NodePort",)}, "--service-type-filter", id="another type"
    ),
    pytest.param("node", node("n1", "192.0.2.1", cordoned=True), {}, "unschedulable", id="a cordoned node"),
    pytest.param(
        "pod",
        {"metadata": meta("p", **NAME), "spec": {}},
        {"ignore_non_host_network_pods": True},
        "--ignore-non-host-network-pods",
        id="a pod outside of its host's network",
    ),
    # -- it asks for no name
    pytest.param("ingress", ingress(), {}, "no hostname", id="an Ingress without hosts"),
    pytest.param(
        "ingress", ingress("a.io"), {"ignore_ingress_rules_spec": True}, "no hostname", id="rules that do not count"
    ),
    pytest.param(
        "ingress",
        ingress("a.io", ingress_hostname_source="annotation-only"),
        {},
        "no hostname",
        id="the other side only",
    ),
    pytest.param("service", service(), {}, "no hostname", id="a Service without annotation"),
    pytest.param("service", service(hostname=" , "), {}, "no hostname", id="an empty annotation"),
    pytest.param("pod", {"metadata": meta("p"), "spec": {}}, {}, "no hostname", id="a pod without annotation"),
    # -- the name, the targets, or what stands behind them
    pytest.param("ingress", ingress("a b.io"), {}, Reason.INVALID_NAME, id="a name that is none"),
    pytest.param("ingress", ingress("a.io", target="no!name"), {}, Reason.INVALID_TARGET, id="a target that is none"),
    pytest.param("ingress", ingress("a.io", ignore="true"), {}, Reason.IGNORED, id="ignored on purpose"),
    pytest.param("ingress", ingress("a.io", targets=()), {}, Reason.NO_TARGETS, id="no load balancer yet"),
    pytest.param("ingress", ingress("a.io", targets=("a.io",)), {}, Reason.INVALID_TARGET, id="a CNAME of itself"),
    pytest.param(
        "ingress", ingress("a.io"), {"target_net_filter": ("10.0.0.0/8",)}, Reason.FILTERED, id="addresses left out"
    ),
    pytest.param(
        "ingress",
        ingress(),
        {"fqdn_template": ("{{.Nothing.There}}.io",)},
        Reason.INVALID_TEMPLATE,
        id="a bad template",
    ),
    pytest.param("service", service(targets=(), **NAME), {}, Reason.NO_TARGETS, id="a Service without address"),
    pytest.param("service", cluster_ip("10.0.0.1", **NAME), {}, Reason.NO_TARGETS, id="an internal Service"),
    pytest.param("service", cluster_ip("None", **NAME), {}, Reason.NO_TARGETS, id="a headless Service without pods"),
    pytest.param("service", service("NodePort", (), **NAME), {}, Reason.NO_TARGETS, id="a NodePort without nodes"),
    pytest.param(
        "service", service("ExternalName", (), **NAME), {}, Reason.NO_TARGETS, id="an ExternalName without name"
    ),
    pytest.param("node", node("n1.io"), {}, Reason.NO_TARGETS, id="a node without address"),
    pytest.param("node", node("n 1", "192.0.2.1"), {}, Reason.INVALID_NAME, id="a node whose name is none in DNS"),
    pytest.param(
        "pod",
        {"metadata": meta("p", internal_hostname="p.io"), "spec": {}},
        {},
        Reason.NO_TARGETS,
        id="a pod that has no address yet",
    ),
]


@pytest.mark.parametrize(("source", "obj", "flags", "why"), PATHS)
def test_it_is_told_why_an_object_publishes_nothing(source: str, obj: Object, flags: dict[str, Any], why: str) -> None:
    _expect(heard(source, obj, **flags), why)


GATEWAYS = [
    pytest.param(route("a.io"), Cluster.of(), {}, Reason.SOURCE_NOT_READY, id="no such Gateway"),
    pytest.param(route("a.io", parents=()), Cluster.of(), {}, Reason.SOURCE_NOT_READY, id="no Gateway at all"),
    pytest.param(
        route("a.io", status=[accepted(ref(), "False")]),
        Cluster.of(gateway()),
        {},
        Reason.SOURCE_NOT_READY,
        id="refused",
    ),
    pytest.param(route("a.io", status=[]), Cluster.of(gateway()), {}, Reason.SOURCE_NOT_READY, id="not accepted yet"),
    pytest.param(
        route("a.io"), Cluster.of(gateway(listener("b.io"))), {}, Reason.SOURCE_NOT_READY, id="no listener for the name"
    ),
    pytest.param(
        route("a.io", parents=({"name": "gw", "sectionName": "x"},)),
        Cluster.of(gateway()),
        {},
        Reason.SOURCE_NOT_READY,
        id="no such listener",
    ),
    pytest.param(
        route("a.io"),
        Cluster.of(gateway(listener(protocol="TCP"))),
        {},
        Reason.SOURCE_NOT_READY,
        id="a listener of another protocol",
    ),
    pytest.param(
        route("a.io"), Cluster.of(gateway(addresses=())), {}, Reason.NO_TARGETS, id="a Gateway without address"
    ),
    pytest.param(
        route("a.io"),
        Cluster.of(gateway(controller="other")),
        {},
        Reason.FILTERED,
        id="a Gateway of another controller",
    ),
    pytest.param(route("a.io"), Cluster.of(gateway()), {"gateway_name": "x"}, Reason.FILTERED, id="--gateway-name"),
    pytest.param(
        route("a.io"),
        Cluster.of(gateway()),
        {"gateway_label_filter": "x=1"},
        Reason.FILTERED,
        id="--gateway-label-filter",
    ),
    pytest.param(route(), Cluster.of(gateway()), {}, "hostname", id="neither route nor listener has a name"),
]


@pytest.mark.parametrize(("obj", "cluster", "flags", "why"), GATEWAYS)
def test_it_is_told_why_a_route_publishes_nothing(
    obj: Object, cluster: Cluster, flags: dict[str, Any], why: str
) -> None:
    _expect(heard("gateway-httproute", obj, cluster, **flags), why)


def _expect(found: Heard, why: str) -> None:
    assert not any(claim.endpoints for claim in found.claims)
    if isinstance(why, Reason):
        reasons = {problem.reason for claim in found.claims for problem in claim.problems}
        assert why in reasons
    else:
        assert found.silence is not None
        assert why in found.silence


BY_KIND = {source.kind.kind: source for source in catalog.SOURCES}
LOOKED_UP: dict[str, Kind] = {"Gateway": GATEWAY, "Pod": POD, "EndpointSlice": ENDPOINTSLICE, "Node": NODE}


@given(scenarios(0), st.fixed_dictionaries({}, optional=FLAGS_OF_SOURCES))
def test_whatever_an_object_holds_each_of_its_names_is_published_or_says_why(
    scenario: Scenario, flags: dict[str, Any]
) -> None:
    objects = [_placed(obj) for obj in scenario.objects]
    cluster = Cluster.of()
    for obj in objects:
        if obj["kind"] in LOOKED_UP:
            cluster = cluster.having(LOOKED_UP[obj["kind"]], obj)
    chosen: Settings = settings(**flags)
    for obj in objects:
        if obj["kind"] in BY_KIND:
            found = catalog.heard(obj, BY_KIND[obj["kind"]], cluster, chosen)
            assert bool(found.claims) is (found.silence is None)
            for claim in found.claims:
                assert claim.endpoints or claim.problems
                assert not TALKS & {problem.reason for problem in claim.problems} or claim.endpoints


def _placed(obj: Object) -> Object:
    return {**obj, "metadata": {**obj["metadata"], "namespace": "default", "uid": obj["metadata"]["name"]}}
