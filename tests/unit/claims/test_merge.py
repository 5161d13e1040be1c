from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.claims.merge import merged
from zonewright.model.claim import Claim, Resource
from zonewright.model.endpoint import Endpoint, type_of

NAME = "a.example.org"


def claim(kind: str, name: str, *targets: str, ttl: int | None = None, set_identifier: str = "") -> Claim:
    resource = Resource(kind, "default", name, uid=f"uid-{kind}-{name}")
    by_type: dict[str, list[str]] = {}
    for target in targets:
        by_type.setdefault(type_of(target), []).append(target)
    labels = {"resource": str(resource)}
    endpoints = tuple(
        Endpoint.wanted(NAME, rtype, of_type, ttl=ttl, set_identifier=set_identifier, labels=labels)
        for rtype, of_type in by_type.items()
    )
    return Claim(NAME, endpoints, resource)


def seen(*claims: Claim) -> list[tuple[str, tuple[str, ...], int | None, str]]:
    return [(e.rtype, e.targets, e.ttl, (e.label("resource") or "").partition("/")[0]) for e in merged(claims)]


def owners(*claims: Claim) -> list[str]:
    return [e.label("resource") or "" for e in merged(claims)]


def test_addresses_of_one_kind_are_united_under_the_first_name() -> None:
    claims = [claim("Ingress", "y", "192.0.2.2", ttl=60), claim("Ingress", "x", "192.0.2.1", ttl=60)]
    assert seen(*claims) == [("A", ("192.0.2.1", "192.0.2.2"), 60, "ingress")]
    assert owners(*claims) == ["ingress/default/x"]


def test_different_ttls_stay_side_by_side() -> None:
    claims = [claim("Ingress", "x", "192.0.2.1", ttl=60), claim("Ingress", "y", "192.0.2.2", ttl=30)]
    assert seen(*claims) == [("A", ("192.0.2.1",), 60, "ingress"), ("A", ("192.0.2.2",), 30, "ingress")]
    assert owners(*claims) == ["ingress/default/x", "ingress/default/y"]


def test_services_are_united_whatever_their_ttl_and_the_first_gives_it() -> None:
    claims = [claim("Service", "b", "192.0.2.2", ttl=60), claim("Service", "a", "192.0.2.1", ttl=30)]
    assert seen(*claims) == [("A", ("192.0.2.1", "192.0.2.2"), 30, "service")]


def test_set_identifiers_tell_record_sets_apart() -> None:
    claims = [
        claim("Ingress", "b", "192.0.2.1", set_identifier="blue"),
        claim("Ingress", "g", "192.0.2.2", set_identifier="green"),
    ]
    assert [e.set_identifier for e in merged(claims)] == ["blue", "green"]


def test_kinds_are_not_united() -> None:
    claims = [claim("Service", "app", "192.0.2.1"), claim("Ingress", "web", "192.0.2.2")]
    assert seen(*claims) == [("A", ("192.0.2.2",), None, "ingress"), ("A", ("192.0.2.1",), None, "service")]


def test_equal_record_sets_of_two_kinds_stand_once_with_the_first_source() -> None:
    claims = [
        claim("HTTPRoute", "r", "192.0.2.1"),
        claim("Service", "app", "192.0.2.1", ttl=60),
        claim("Ingress", "web", "192.0.2.1"),
    ]
    assert seen(*claims) == [("A", ("192.0.2.1",), None, "ingress")]


def test_names_are_never_united() -> None:
    claims = [claim("Ingress", "x", "b.example.com"), claim("Ingress", "y", "a.example.com")]
    assert seen(*claims) == [
        ("CNAME", ("b.example.com",), None, "ingress"),
        ("CNAME", ("a.example.com",), None, "ingress"),
    ]
    assert owners(*claims) == ["ingress/default/x", "ingress/default/y"]


def test_one_name_asked_for_twice_stands_once() -> None:
    claims = [claim("Ingress", "y", "a.example.com"), claim("Ingress", "x", "a.example.com", ttl=5)]
    assert owners(*claims) == ["ingress/default/x"]


def test_address_and_name_both_stand_for_planning_to_choose() -> None:
    assert [e.rtype for e in merged([claim("Ingress", "x", "192.0.2.1", "a.example.com")])] == ["A", "CNAME"]


def test_claims_without_records_add_nothing() -> None:
    assert seen(claim("Ingress", "w"), claim("Ingress", "x", "192.0.2.1")) == [("A", ("192.0.2.1",), None, "ingress")]
    assert merged([]) == ()


CLAIM = st.builds(
    lambda kind, name, targets, ttl: claim(kind, name, *targets, ttl=ttl),
    st.sampled_from(["Ingress", "Service", "HTTPRoute", "Other"]),
    st.sampled_from("xyz"),
    st.lists(st.sampled_from(["192.0.2.1", "192.0.2.2", "2001:db8::1", "lb.example.com"]), unique=True),
    st.sampled_from([None, 30, 60]),
)


@given(st.lists(CLAIM, max_size=6, unique_by=lambda one: str(one.resource)), st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_count(claims: list[Claim], rng: random.Random) -> None:
    shuffled = rng.sample(claims, len(claims))
    assert merged(shuffled) == merged(claims)


@given(st.lists(CLAIM, max_size=6, unique_by=lambda one: str(one.resource)))
def test_no_target_is_lost_and_none_invented(claims: list[Claim]) -> None:
    def targets(endpoints: list[Endpoint]) -> set[tuple[str, str]]:
        return {(endpoint.rtype, target) for endpoint in endpoints for target in endpoint.targets}

    assert targets(list(merged(claims))) == targets([e for one in claims for e in one.endpoints])


def retaining(claim: Claim) -> Claim:
    return labelled(claim, "retain")


def labelled(claim: Claim, label: str) -> Claim:
    endpoints = tuple(e.with_labels({**dict(e.labels), label: "true"}) for e in claim.endpoints)
    return replace(claim, endpoints=endpoints)


@pytest.mark.parametrize("kinds", [("Ingress", "Ingress"), ("Ingress", "Service"), ("Service", "Ingress")])
def test_record_that_one_of_its_objects_shares_is_shared(kinds: tuple[str, str]) -> None:
    one, other = claim(kinds[0], "x", "192.0.2.1"), labelled(claim(kinds[1], "y", "192.0.2.1"), "shared")
    (endpoint,) = merged([one, other])
    assert endpoint.shared


def test_record_that_is_to_outlast_one_of_its_objects_is_said_to_come_of_that_one() -> None:
    united = [claim("Ingress", "x", "192.0.2.1"), retaining(claim("Ingress", "y", "192.0.2.2"))]
    assert owners(*united) == ["ingress/default/y"]
    twice = [claim("Ingress", "x", "192.0.2.1"), retaining(claim("Service", "y", "192.0.2.1"))]
    assert owners(*twice) == ["service/default/y"]
    assert all(endpoint.retained for claims in (united, twice) for endpoint in merged(claims))
