from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import NOBODY, Object, meta, settings
from zonewright.claims.merge import merged
from zonewright.model.claim import Claim
from zonewright.model.reason import Reason
from zonewright.sources import node as source

EXTERNAL = ("203.0.113.1", "2001:db8::1")
INTERNAL = ("10.0.0.1", "fd00::1")


def node(
    external: tuple[str, ...] = ("203.0.113.1",),
    internal: tuple[str, ...] = (),
    name: str = "n1.example.org",
    **notes: Any,
) -> Object:
    found = {"metadata": meta(name, **notes), "spec": {}, "status": {"addresses": []}}
    del found["metadata"]["namespace"]
    for kind, addresses in (("ExternalIP", external), ("InternalIP", internal), ("Hostname", ("n1",))):
        found["status"]["addresses"] += [{"type": kind, "address": address} for address in addresses]
    return found


def claims(obj: Object, **flags: Any) -> tuple[Claim, ...]:
    return source.claims(obj, NOBODY, settings(**flags))


def names(obj: Object, **flags: Any) -> list[str]:
    return [claim.hostname for claim in claims(obj, **flags)]


def targets(obj: Object, **flags: Any) -> list[str]:
    (claim,) = claims(obj, **flags)
    return [target for endpoint in claim.endpoints for target in endpoint.targets]


EXPOSED = {"expose_internal_ipv6": True}


@pytest.mark.parametrize(
    ("obj", "flags", "expected"),
    [
        pytest.param(node(EXTERNAL, INTERNAL), {}, ["203.0.113.1", "2001:db8::1"], id="external ones of both families"),
        pytest.param(node((), INTERNAL), {}, ["10.0.0.1", "fd00::1"], id="without them all internal ones"),
        pytest.param(node(EXTERNAL, INTERNAL), EXPOSED, ["203.0.113.1", "2001:db8::1", "fd00::1"], id="internal IPv6"),
        pytest.param(node((), INTERNAL), EXPOSED, ["10.0.0.1", "fd00::1"], id="which makes no node an external one"),
        pytest.param(node(target="lb.example.com,192.0.2.9"), {}, ["192.0.2.9", "lb.example.com"], id="annotation"),
        pytest.param(node((), (), target="192.0.2.9"), {}, ["192.0.2.9"], id="annotation alone"),
    ],
)
def test_targets_are_those_of_the_annotation_else_external_else_internal(
    obj: Object, flags: dict[str, Any], expected: list[str]
) -> None:
    assert targets(obj, **flags) == expected


def test_node_without_address_is_told_so() -> None:
    (claim,) = claims(node((), ()))
    assert claim.hostname == "n1.example.org"
    assert claim.endpoints == ()
    assert [(problem.reason, problem.message) for problem in claim.problems] == [
        (Reason.NO_TARGETS, "node/n1.example.org has no address, neither an ExternalIP nor an InternalIP")
    ]


def test_record_has_the_ttl_and_the_node_as_its_resource_and_no_routing() -> None:
    notes: dict[str, Any] = {"ttl": "1m", "set_identifier": "x", "aws_weight": "10", "alias": "true"}
    (claim,) = claims(node(**notes))
    (endpoint,) = claim.endpoints
    assert (endpoint.ttl, endpoint.set_identifier, endpoint.properties) == (60, "", ())
    assert endpoint.label("resource") == "node/n1.example.org"


NAMES: dict[str, Any] = {"fqdn_template": ("{{.Name}}.tpl.io",)}
PAIRS: dict[str, Any] = {"fqdn_target_template": ("pair.io:192.0.2.7",)}
COMBINE: dict[str, Any] = {"combine_fqdn_annotation": True}


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        pytest.param({}, ["n1"], id="its own name"),
        pytest.param(NAMES, ["n1.tpl.io"], id="a template takes its place"),
        pytest.param(NAMES | COMBINE, ["n1", "n1.tpl.io"], id="or stands beside it"),
        pytest.param(PAIRS, ["pair.io"], id="so does one of pairs"),
        pytest.param(PAIRS | COMBINE, ["n1", "pair.io"], id="beside it"),
        pytest.param(PAIRS | NAMES, ["pair.io"], id="pairs come first"),
        pytest.param(PAIRS | NAMES | COMBINE, ["n1", "pair.io", "n1.tpl.io"], id="all three"),
        pytest.param({"fqdn_template": ("{{if false}}x{{end}}",)}, [], id="a template that makes none"),
        pytest.param({"fqdn_target_template": ("x.io:",)} | NAMES, ["x.io", "n1.tpl.io"], id="a pair without target"),
    ],
)
def test_names_are_its_own_or_those_of_templates(flags: dict[str, Any], expected: list[str]) -> None:
    assert names(node(name="n1"), **flags) == expected


def test_names_of_a_template_lead_to_the_addresses_and_pairs_to_their_targets() -> None:
    assert targets(node(), **NAMES) == ["203.0.113.1"]
    assert targets(node(ttl="60"), **PAIRS) == ["192.0.2.7"]


def test_template_that_fails_on_a_node_is_told() -> None:
    (claim,) = claims(node(), fqdn_template=("{{.Status.Nope}}.io",))
    assert (claim.hostname, claim.endpoints) == ("{{.Status.Nope}}.io", ())
    assert [problem.reason for problem in claim.problems] == [Reason.INVALID_TEMPLATE]


def test_nodes_of_one_name_and_one_ttl_share_a_record() -> None:
    template = {"fqdn_template": ("all.io",)}
    found = [
        claim
        for number, ttl in enumerate(("60", "60", "30"))
        for claim in claims(node((f"192.0.2.{number}",), name=f"n{number}", ttl=ttl), **template)
    ]
    assert [(e.ttl, e.targets) for e in merged(found)] == [(60, ("192.0.2.0", "192.0.2.1")), (30, ("192.0.2.2",))]


@pytest.mark.parametrize(
    ("spec", "flags", "left_out"),
    [
        ({"unschedulable": True}, {}, True),
        ({"unschedulable": True}, {"exclude_unschedulable": False}, False),
        ({"unschedulable": False}, {}, False),
        ({}, {}, False),
    ],
)
def test_cordoned_node_is_left_out(spec: Object, flags: dict[str, Any], left_out: bool) -> None:
    why = source.unschedulable(node() | {"spec": spec}, NOBODY, settings(**flags))
    assert (why is not None) is left_out


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["ExternalIP", "InternalIP", "192.0.2.1", "fd00::1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["addresses", "type", "address", "name", "annotations"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"metadata": JUNK, "spec": JUNK, "status": JUNK}))
def test_no_shape_can_raise_and_the_projection_says_the_same(obj: Object) -> None:
    assert claims(source.project(obj), **EXPOSED) == claims(obj, **EXPOSED)
