from __future__ import annotations

from typing import Any

import pytest

from unit.sources.builders import NOBODY, Cluster, Object, service, settings
from unit.sources.workloads import (
    cluster_ip,
    external_name,
    published,
    told,
)
from zonewright.model.claim import Claim
from zonewright.sources import service as source
from zonewright.sources.lookups import HOST, Ref

RESOLVE: dict[str, Any] = {"resolve_service_load_balancer_hostname": True}


def claims(obj: Object, cluster: Cluster = NOBODY, **flags: Any) -> tuple[Claim, ...]:
    return source.claims(obj, cluster, settings(**flags))


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
