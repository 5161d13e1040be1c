from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from unit.sources.builders import NOBODY, Cluster, Object, service, settings
from unit.sources.workloads import around, endpoint, endpoint_slice, headless, node, node_port, pod, published, told
from zonewright.model.claim import Claim
from zonewright.model.kind import ENDPOINTSLICE, NODE, POD, Kind
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings
from zonewright.sources import service as source
from zonewright.sources import templates
from zonewright.sources.lookups import HOST, Ref
from zonewright.sources.templates import Rendered

RESOLVE = {"resolve_service_load_balancer_hostname": True}


def claims(obj: Object, cluster: Cluster = NOBODY, **flags: Any) -> tuple[Claim, ...]:
    return source.claims(obj, cluster, settings(**flags))


def cluster_ip(*addresses: str, kind: str = "ClusterIP", **notes: Any) -> Object:
    found = service(kind, **notes)
    found["spec"] |= {"clusterIP": (addresses or ("",))[0], "clusterIPs": list(addresses)}
    return found


def external_name(name: str, *ips: str, **notes: Any) -> Object:
    found = service("ExternalName", targets=(), **notes)
    found["spec"] |= {"externalName": name, "externalIPs": list(ips)}
    return found


@pytest.mark.parametrize("kind", ["LoadBalancer", "ClusterIP", "NodePort", "ExternalName"])
def test_service_without_hostname_asks_for_nothing(kind: str) -> None:
    assert claims(service(kind, ttl="60", target="192.0.2.1")) == ()


def test_every_name_of_the_annotation_is_published() -> None:
    assert published(claims(service(hostname="a.io, b.io,"))) == {
        "a.io": {"A": ("192.0.2.1",)},
        "b.io": {"A": ("192.0.2.1",)},
    }


def test_status_may_have_addresses_of_both_families_and_names() -> None:
    assert published(claims(service(hostname="a.io", targets=("192.0.2.1", "2001:db8::1", "lb.example.com")))) == {
        "a.io": {"A": ("192.0.2.1",), "AAAA": ("2001:db8::1",), "CNAME": ("lb.example.com",)}
    }


def test_external_ips_win_over_the_status() -> None:
    obj = service(hostname="a.io")
    obj["spec"]["externalIPs"] = ["198.51.100.8", "198.51.100.7", ""]
    assert published(claims(obj)) == {"a.io": {"A": ("198.51.100.7", "198.51.100.8")}}


@pytest.mark.parametrize("kind", ["LoadBalancer", "ClusterIP", "NodePort", "ExternalName", ""])
def test_target_annotation_publishes_every_type_of_service_under_both_kinds_of_names(kind: str) -> None:
    obj = cluster_ip("10.0.0.1", kind=kind, hostname="a.io", internal_hostname="i.io", target="192.0.2.50")
    assert published(claims(obj)) == {"a.io": {"A": ("192.0.2.50",)}, "i.io": {"A": ("192.0.2.50",)}}


@pytest.mark.parametrize("kind", ["LoadBalancer", "ClusterIP", ""])
def test_internal_names_lead_to_the_cluster_addresses_of_both_families(kind: str) -> None:
    obj = cluster_ip("10.0.0.1", "2001:db8:c::1", kind=kind, internal_hostname="i.io")
    assert published(claims(obj)) == {"i.io": {"A": ("10.0.0.1",), "AAAA": ("2001:db8:c::1",)}}


def test_one_cluster_address_stands_also_without_the_list() -> None:
    obj = cluster_ip("10.0.0.1", internal_hostname="i.io")
    del obj["spec"]["clusterIPs"]
    assert published(claims(obj)) == {"i.io": {"A": ("10.0.0.1",)}}


def test_names_and_internal_names_stand_side_by_side() -> None:
    obj = cluster_ip("10.0.0.1", kind="LoadBalancer", hostname="a.io,ai.io", internal_hostname="i.io,ai.io")
    assert published(claims(obj)) == {
        "a.io": {"A": ("192.0.2.1",)},
        "i.io": {"A": ("10.0.0.1",)},
        "ai.io": {"A": ("10.0.0.1", "192.0.2.1")},
    }


def test_cluster_addresses_are_published_under_all_names_by_flag() -> None:
    obj = cluster_ip("10.0.0.1", hostname="a.io")
    assert published(claims(obj)) == {"a.io": {}}
    assert published(claims(obj, publish_internal_services=True)) == {"a.io": {"A": ("10.0.0.1",)}}


@pytest.mark.parametrize("annotation", ["hostname", "internal_hostname"])
def test_external_name_is_the_target(annotation: str) -> None:
    assert published(claims(external_name("o.example.com.", **{annotation: "a.io"}))) == {
        "a.io": {"CNAME": ("o.example.com",)}
    }
    assert published(claims(external_name("192.0.2.77", **{annotation: "a.io"}))) == {"a.io": {"A": ("192.0.2.77",)}}
    with_ips = external_name("o.example.com", "198.51.100.7", **{annotation: "a.io"})
    assert published(claims(with_ips)) == {"a.io": {"A": ("198.51.100.7",)}}


def test_terms_of_the_annotations_hold_for_every_name() -> None:
    obj = cluster_ip(
        "10.0.0.1",
        kind="LoadBalancer",
        hostname="a.io",
        internal_hostname="i.io",
        ttl="1m",
        set_identifier="blue",
        aws_weight="5",
    )
    found = {(e.ttl, e.set_identifier, e.properties) for claim in claims(obj) for e in claim.endpoints}
    assert found == {(60, "blue", (("aws/weight", "5"),))}


@pytest.mark.parametrize(
    ("obj", "says"),
    [
        pytest.param(
            service(targets=(), hostname="a.io"),
            "the load balancer of service/default/app has no address yet",
            id="load balancer",
        ),
        pytest.param(
            cluster_ip(kind="LoadBalancer", internal_hostname="a.io"),
            "service/default/app has no cluster address",
            id="load balancer without cluster address",
        ),
        pytest.param(
            cluster_ip("10.0.0.1", hostname="a.io"),
            "service/default/app is of type ClusterIP: its addresses are published under the names of the annotation"
            " internal-hostname, or with --publish-internal-services under all",
            id="cluster address that is not published",
        ),
        pytest.param(
            cluster_ip(internal_hostname="a.io"), "service/default/app has no cluster address", id="no cluster address"
        ),
        pytest.param(
            external_name("", hostname="a.io"),
            "service/default/app has neither spec.externalName nor spec.externalIPs",
            id="no external name",
        ),
        pytest.param(
            service("Wormhole", hostname="a.io"),
            "service/default/app is of a type that has no known address; set the annotation target",
            id="a type of days to come",
        ),
    ],
)
def test_service_without_published_address_says_why(obj: Object, says: str) -> None:
    found = claims(obj)
    assert published(found) == {"a.io": {}}
    assert told(found) == [("NoTargets", says)]


# -- names of load balancers, resolved


NAMED = service(targets=("192.0.2.1", "lb.example.com", "other.example.com"), hostname="a.io")


def test_names_of_the_load_balancer_are_replaced_by_their_addresses() -> None:
    cluster = Cluster(hosts={"lb.example.com": ("198.51.100.1", "2001:db8::1"), "other.example.com": ("192.0.2.1",)})
    found = claims(NAMED, cluster, **RESOLVE)
    assert published(found) == {"a.io": {"A": ("192.0.2.1", "198.51.100.1"), "AAAA": ("2001:db8::1",)}}
    assert told(found) == []


def test_name_that_cannot_be_resolved_is_told_and_left_out() -> None:
    found = claims(NAMED, Cluster(hosts={"lb.example.com": ("198.51.100.1",)}), **RESOLVE)
    assert published(found) == {"a.io": {"A": ("192.0.2.1", "198.51.100.1")}}
    ((reason, message),) = told(found)
    assert (reason, message.partition(",")[0]) == ("Pending", "other.example.com")


def test_without_any_address_each_name_is_told_once() -> None:
    obj = service(targets=("lb.example.com", "other.example.com", "lb.example.com"), hostname="a.io")
    found = claims(obj, **RESOLVE)
    assert published(found) == {"a.io": {}}
    assert [reason for reason, _ in told(found)] == ["Pending", "Pending"]
    (claim,) = found
    assert len(claim.problems) == 2


def test_load_balancer_without_status_is_no_matter_of_names() -> None:
    assert [reason for reason, _ in told(claims(service(targets=(), hostname="a.io"), **RESOLVE))] == ["NoTargets"]


def test_names_are_followed_only_where_they_are_resolved_and_published() -> None:
    assert source.follows(NAMED, NOBODY, settings(**RESOLVE)) == {
        Ref(HOST, "", "lb.example.com"),
        Ref(HOST, "", "other.example.com"),
    }
    pinned = {**NAMED, "spec": {"type": "LoadBalancer", "externalIPs": ["192.0.2.9"]}}
    assert source.follows(pinned, NOBODY, settings(**RESOLVE)) == frozenset()
    assert published(claims(pinned, **RESOLVE)) == {"a.io": {"A": ("192.0.2.9",)}}
    assert source.follows(NAMED, NOBODY, settings()) == frozenset()
    assert source.follows(service(targets=("lb.example.com",)), NOBODY, settings(**RESOLVE)) == frozenset()


# -- templates


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say what the templates make of a Service; how they do it has its own tests."""

    def set_up(
        names: tuple[str, ...] = (), pairs: tuple[tuple[str, str], ...] = (), problems: tuple[Problem, ...] = ()
    ) -> None:
        def hostnames(obj: Object, name: str, flags: Settings) -> Rendered:
            assert name == "service"
            return Rendered(names, problems) if flags.fqdn_template else Rendered()

        def both(obj: Object, name: str, flags: Settings) -> Any:
            assert name == "service"
            return (pairs, problems) if flags.fqdn_target_template else ((), ())

        monkeypatch.setattr(templates, "hostnames", hostnames)
        monkeypatch.setattr(templates, "pairs", both)

    return set_up


NAMES = {"fqdn_template": ("{{.Name}}.tpl.io",)}
PAIRS = {"fqdn_target_template": ("pair.io:192.0.2.7",)}
COMBINE = {"combine_fqdn_annotation": True}


@pytest.mark.parametrize(
    ("obj", "flags", "expected"),
    [
        pytest.param(service(), NAMES, {"tpl.io"}, id="the template names what has no name"),
        pytest.param(service(hostname="a.io"), NAMES, {"a.io"}, id="the annotation wins"),
        pytest.param(service(hostname="a.io"), NAMES | COMBINE, {"a.io", "tpl.io"}, id="both with combine"),
        pytest.param(
            service(hostname="a.io"), NAMES | {"ignore_hostname_annotation": True}, {"tpl.io"}, id="annotation ignored"
        ),
        pytest.param(
            service(internal_hostname="i.io"),
            NAMES | {"ignore_hostname_annotation": True},
            {"tpl.io"},
            id="internal-hostname is ignored with it",
        ),
        pytest.param(service(), PAIRS, {"pair.io"}, id="pairs"),
        pytest.param(service(hostname="a.io"), PAIRS, {"a.io"}, id="the annotation wins over pairs"),
        pytest.param(service(), PAIRS | NAMES, {"pair.io"}, id="pairs win over names"),
        pytest.param(service(hostname="a.io"), PAIRS | NAMES | COMBINE, {"a.io", "pair.io", "tpl.io"}, id="all three"),
        pytest.param(
            cluster_ip("10.0.0.1", hostname="a.io"), PAIRS, {"pair.io"}, id="pairs where nothing is published"
        ),
        pytest.param(
            cluster_ip("10.0.0.1", hostname="a.io"), NAMES, set(), id="a template publishes no cluster addresses"
        ),
        pytest.param(
            cluster_ip("10.0.0.1"), NAMES | {"publish_internal_services": True}, {"tpl.io"}, id="but by the flag"
        ),
        pytest.param(service("ClusterIP", target="192.0.2.9"), NAMES, {"tpl.io"}, id="and by the annotation target"),
    ],
)
def test_templates_count_where_nothing_is_published_or_with_combine(
    rendered: Callable[..., None], obj: Object, flags: dict[str, Any], expected: set[str]
) -> None:
    rendered(("tpl.io",), (("pair.io", "192.0.2.7"),))
    assert {claim.hostname for claim in claims(obj, **flags) if claim.endpoints} == expected


def test_name_of_a_template_that_would_not_be_published_either_is_not_claimed(rendered: Callable[..., None]) -> None:
    rendered(("tpl.io",))
    assert published(claims(service(targets=(), hostname="a.io"), **NAMES)) == {"a.io": {}}
    assert published(claims(service(targets=()), **NAMES)) == {"tpl.io": {}}


def test_names_of_templates_are_those_of_the_service_in_all(rendered: Callable[..., None]) -> None:
    rendered(("tpl.io",))
    cluster = around(pod("p", hostname="db-0"), endpoint_slice(endpoint("p", "10.0.0.1")), node("n1", "192.0.2.11"))
    assert set(published(claims(headless(), cluster, **NAMES))) == {"tpl.io", "db-0.tpl.io"}
    ports = node_port({"nodePort": 30080}, ttl="60")
    found = claims(ports, cluster, **NAMES, managed_record_types=("A", "SRV"))
    assert set(published(found)) == {"tpl.io", "_app._tcp.tpl.io"}
    assert {e.ttl for claim in found for e in claim.endpoints} == {60}


def test_pairs_bring_their_targets_and_nothing_else(rendered: Callable[..., None]) -> None:
    rendered(pairs=(("b.io", "192.0.2.7"), ("a.io", "192.0.2.8"), ("b.io", "2001:db8::7"), ("b.io", "192.0.2.6")))
    found = claims(service(ttl="60", set_identifier="blue", aws_weight="5"), **PAIRS)
    assert published(found) == {
        "b.io": {"A": ("192.0.2.6", "192.0.2.7"), "AAAA": ("2001:db8::7",)},
        "a.io": {"A": ("192.0.2.8",)},
    }
    assert {(e.ttl, e.set_identifier, e.properties) for claim in found for e in claim.endpoints} == {(None, "", ())}


@pytest.mark.parametrize("flags", [NAMES, PAIRS], ids=["names", "pairs"])
def test_template_that_fails_is_told_under_its_own_text(rendered: Callable[..., None], flags: dict[str, Any]) -> None:
    rendered(problems=(Problem(Reason.INVALID_TEMPLATE, "no such field"),))
    (found,) = claims(service(), **flags)
    assert found.hostname == next(iter(flags.values()))[0]
    assert (found.endpoints, told((found,))) == ((), [("InvalidTemplate", "no such field")])
    assert set(published(claims(service(hostname="a.io"), **flags))) == {"a.io"}


# -- scope, lookups, projection


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
