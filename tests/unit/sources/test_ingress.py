from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import NOBODY, ingress, settings
from zonewright.model.claim import Claim
from zonewright.model.reason import Reason
from zonewright.sources import ingress as source


def claims(obj: dict[str, Any], **flags: Any) -> tuple[Claim, ...]:
    return source.claims(obj, NOBODY, settings(**flags))


def names(obj: dict[str, Any], **flags: Any) -> list[str]:
    return [claim.hostname for claim in claims(obj, **flags)]


FULL = ingress("rule.example.org", tls=("tls.example.org",), hostname="note.example.org")


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        pytest.param({}, ["rule.example.org", "tls.example.org", "note.example.org"], id="rules, tls, annotation"),
        pytest.param({"ignore_ingress_tls_spec": True}, ["rule.example.org", "note.example.org"], id="tls ignored"),
        pytest.param({"ignore_ingress_rules_spec": True}, ["tls.example.org", "note.example.org"], id="rules ignored"),
    ],
)
def test_names_come_from_rules_tls_and_annotation(flags: dict[str, Any], expected: list[str]) -> None:
    assert names(FULL, **flags) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("annotation-only", ["x.example.org"]),
        ("Defined-Hosts-Only", ["a.example.org"]),
        ("anything", ["a.example.org", "x.example.org"]),
    ],
)
def test_hostname_source_keeps_one_side(word: str, expected: list[str]) -> None:
    assert names(ingress("a.example.org", hostname="x.example.org", ingress_hostname_source=word)) == expected


def test_unknown_hostname_source_is_told_beside_the_record() -> None:
    (claim,) = claims(ingress("a.example.org", ingress_hostname_source="annotations-only"))
    assert claim.endpoints
    assert [problem.reason for problem in claim.problems] == [Reason.INVALID_ANNOTATION]


@pytest.mark.parametrize(
    ("obj", "types"),
    [
        (ingress("a.io", targets=("192.0.2.1",)), ["A"]),
        (ingress("a.io", targets=("192.0.2.1", "2001:db8::1")), ["A", "AAAA"]),
        (ingress("a.io", targets=("lb.example.com",)), ["CNAME"]),
        (ingress("a.io", targets=("192.0.2.1", "lb.example.com")), ["A", "CNAME"]),
        (ingress("a.io", targets=("192.0.2.1",), target="edge.example.com"), ["CNAME"]),
        (ingress("a.io", targets=(), target="198.51.100.1,2001:db8::1"), ["A", "AAAA"]),
        (ingress("a.io", targets=()), []),
    ],
)
def test_targets_are_those_of_the_annotation_else_of_the_status(obj: dict[str, Any], types: list[str]) -> None:
    (claim,) = claims(obj)
    assert [endpoint.rtype for endpoint in claim.endpoints] == types


def test_entry_with_address_and_name_gives_both() -> None:
    obj = ingress("a.io") | {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1", "hostname": "lb.io"}]}}}
    (claim,) = claims(obj)
    assert [endpoint.targets for endpoint in claim.endpoints] == [("192.0.2.1",), ("lb.io",)]


def test_missing_address_is_told() -> None:
    (claim,) = claims(ingress("a.example.org", targets=()))
    assert claim.problems[0].message == "the load balancer of ingress/default/web has no address yet"


NAMES = {"fqdn_template": ("{{.Name}}.tpl.io",)}
COMBINE = {"combine_fqdn_annotation": True}
IGNORE = {"ignore_hostname_annotation": True}


@pytest.mark.parametrize(
    ("obj", "flags", "expected"),
    [
        pytest.param(ingress(), NAMES, ["web.tpl.io"], id="the template names what has no name"),
        pytest.param(ingress("a.io"), NAMES, ["a.io"], id="a rule wins"),
        pytest.param(ingress(hostname="a.io"), NAMES, ["a.io"], id="the annotation wins"),
        pytest.param(ingress("a.io"), NAMES | COMBINE, ["a.io", "web.tpl.io"], id="both with combine"),
        pytest.param(ingress(hostname="x.io"), NAMES | IGNORE, ["web.tpl.io"], id="annotation ignored"),
        pytest.param(ingress("a.io", hostname="x.io"), NAMES | IGNORE, ["a.io"], id="rules are not ignored with it"),
        pytest.param(
            ingress("a.io", ingress_hostname_source="annotation-only"), NAMES, ["web.tpl.io"], id="no name that counts"
        ),
        pytest.param(ingress("a.io", targets=()), NAMES, ["a.io"], id="names without targets keep the template out"),
        pytest.param(ingress(targets=()), NAMES, ["web.tpl.io"], id="which has none, either"),
        pytest.param(ingress(), {"fqdn_target_template": ("pair.io:192.0.2.7",)}, [], id="pairs are not for Ingresses"),
    ],
)
def test_template_names_what_has_no_name_or_with_combine_all(
    obj: dict[str, Any], flags: dict[str, Any], expected: list[str]
) -> None:
    assert names(obj, **flags) == expected


def test_names_of_a_template_are_published_like_others() -> None:
    (claim,) = claims(ingress(targets=("192.0.2.1", "2001:db8::1"), ttl="60", set_identifier="x"), **NAMES)
    assert [(e.rtype, e.ttl, e.set_identifier) for e in claim.endpoints] == [("A", 60, "x"), ("AAAA", 60, "x")]


def test_template_that_fails_is_told_beside_the_names_that_stand() -> None:
    good, bad = claims(ingress("a.io"), fqdn_template=("{{.Nope}}",), **COMBINE)
    assert (good.hostname, bad.hostname, bad.endpoints) == ("a.io", "{{.Nope}}", ())
    assert [problem.reason for problem in bad.problems] == [Reason.INVALID_TEMPLATE]


def test_rule_without_host_asks_for_nothing() -> None:
    assert names({"metadata": {}, "spec": {"rules": [{"http": {}}, {"host": ""}]}}) == []


def test_claim_knows_the_object() -> None:
    (claim,) = claims(ingress("a.io"))
    assert str(claim.resource) == "ingress/default/web"
    assert (claim.resource.api_version, claim.resource.kind) == ("networking.k8s.io/v1", "Ingress")
    assert (claim.resource.uid, claim.resource.created) == ("uid-web", "2026-01-01T00:00:00Z")


CLASS = {"kubernetes.io/ingress.class": "public"}


@pytest.mark.parametrize(
    ("spec", "annotations", "classes", "says"),
    [
        pytest.param({}, {}, (), None, id="no flag"),
        pytest.param({"ingressClassName": "public"}, {}, ("public",), None, id="the class"),
        pytest.param({"ingressClassName": "public"}, {}, ("x", "public"), None, id="one of two classes"),
        pytest.param({"ingressClassName": "private"}, {}, ("public",), "its class is 'private'", id="another class"),
        pytest.param({}, CLASS, ("public",), None, id="the old annotation"),
        pytest.param({"ingressClassName": "private"}, CLASS, ("public",), "its class is 'private'", id="spec wins"),
        pytest.param({"ingressClassName": ""}, CLASS, ("public",), None, id="an empty class is none"),
        pytest.param({}, {}, ("public",), "it has no class", id="no class at all"),
    ],
)
def test_class_decides_where_it_is_asked_for(
    spec: dict[str, str], annotations: dict[str, str], classes: tuple[str, ...], says: str | None
) -> None:
    why = source.other_class(
        {"metadata": {"annotations": annotations}, "spec": spec}, NOBODY, settings(ingress_class=classes)
    )
    assert (why or "").startswith(says or "")
    assert (why is None) is (says is None)


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.just("a.example.org"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["rules", "tls", "host", "hosts", "ingress", "ip", "hostname", "loadBalancer"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"metadata": JUNK, "spec": JUNK, "status": JUNK}))
def test_no_shape_can_raise_and_the_projection_says_the_same(obj: dict[str, Any]) -> None:
    assert claims(source.project(obj)) == claims(obj)
