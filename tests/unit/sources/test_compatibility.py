from __future__ import annotations

from typing import Any

import pytest

from unit.sources.builders import NOBODY, Cluster, Object, service, settings
from unit.sources.workloads import around, node, node_port, published, told
from zonewright.model.claim import Claim
from zonewright.model.kind import NODE
from zonewright.sources import compatibility
from zonewright.sources import service as source
from zonewright.sources.lookups import Ref

MATE, MOLECULE, KOPS = "mate", "molecule", "kops-dns-controller"
EXTERNAL, INTERNAL = compatibility.KOPS_EXTERNAL, compatibility.KOPS_INTERNAL
BOTH = ("192.0.2.1", "2001:db8::1", "lb.example.com")
LOAD_BALANCER = {"A": ("192.0.2.1",), "AAAA": ("2001:db8::1",), "CNAME": ("lb.example.com",)}
NODES = around(
    node("n1", "192.0.2.11", "10.0.0.11 2001:db8::11", role="node"),
    node("cp", "192.0.2.99", "10.0.0.99", role="control-plane"),
)


def old(obj: Object, *, dns: str = "", **notes: str) -> Object:
    """The Service with annotations of an older tool, as they are written."""
    obj["metadata"]["annotations"] |= notes
    obj["metadata"]["labels"] |= {"dns": dns} if dns else {}
    return obj


def claims(obj: Object, mode: str, cluster: Cluster = NOBODY, **flags: Any) -> tuple[Claim, ...]:
    return source.claims(obj, cluster, settings(compatibility=mode, **flags))


@pytest.mark.parametrize(
    ("mode", "dns", "notes", "names"),
    [
        pytest.param(MATE, "", {compatibility.MATE: "a.io"}, ["a.io"], id="mate"),
        pytest.param(MOLECULE, "route53", {"domainName": "a.io, b.io,"}, ["a.io", "b.io"], id="molecule takes a list"),
        pytest.param(MOLECULE, "", {"domainName": "a.io"}, [], id="molecule wants the label"),
        pytest.param(MOLECULE, "other", {"domainName": "a.io"}, [], id="molecule wants the value of the label"),
        pytest.param(KOPS, "", {EXTERNAL: "a.io, b.io"}, ["a.io", "b.io"], id="kops external"),
        pytest.param(KOPS, "", {INTERNAL: "a.io"}, ["a.io"], id="kops internal"),
        pytest.param(KOPS, "", {EXTERNAL: "a.io", INTERNAL: "b.io"}, ["a.io", "b.io"], id="kops both"),
        pytest.param(KOPS, "", {compatibility.MATE: "a.io"}, [], id="one tool does not read the other's"),
        pytest.param(
            "", "route53", {compatibility.MATE: "a.io", "domainName": "a.io", EXTERNAL: "a.io"}, [], id="none"
        ),
    ],
)
def test_names_of_older_annotations_lead_to_the_load_balancer(
    mode: str, dns: str, notes: dict[str, str], names: list[str]
) -> None:
    found = claims(old(service(targets=BOTH), dns=dns, **notes), mode)
    assert published(found) == dict.fromkeys(names, LOAD_BALANCER)


def test_external_ips_do_not_count_for_older_annotations() -> None:
    obj = old(service(), **{compatibility.MATE: "a.io"})
    obj["spec"]["externalIPs"] = ["198.51.100.1"]
    assert published(claims(obj, MATE)) == {"a.io": {"A": ("192.0.2.1",)}}


def test_older_annotations_count_only_where_ours_publish_nothing() -> None:
    legacy = {compatibility.MATE: "old.io"}
    assert set(published(claims(old(service(hostname="new.io"), **legacy), MATE))) == {"new.io"}
    waiting = old(service("ClusterIP", hostname="new.io"), **legacy)
    assert published(claims(waiting, MATE)) == {"new.io": {}, "old.io": {"A": ("192.0.2.1",)}}
    nothing = old(service("ClusterIP", targets=(), hostname="new.io"), **legacy)
    assert published(claims(nothing, MATE)) == {"new.io": {}}


def test_hostname_annotations_that_are_to_be_ignored_make_way() -> None:
    obj = old(service(hostname="new.io"), **{compatibility.MATE: "old.io"})
    assert set(published(claims(obj, MATE, ignore_hostname_annotation=True))) == {"old.io"}


def test_older_names_have_no_ttl_and_no_properties() -> None:
    obj = old(service(ttl="60", set_identifier="blue", aws_weight="5"), **{compatibility.MATE: "a.io"})
    ((wanted,),) = [claim.endpoints for claim in claims(obj, MATE)]
    assert (wanted.ttl, wanted.set_identifier, wanted.properties) == (None, "", ())
    assert wanted.label("resource") == "service/default/app"


@pytest.mark.parametrize(
    ("note", "flags", "expected"),
    [
        pytest.param(EXTERNAL, {}, {"A": ("192.0.2.11",)}, id="external"),
        pytest.param(
            EXTERNAL,
            {"expose_internal_ipv6": True},
            {"A": ("192.0.2.11",), "AAAA": ("2001:db8::11",)},
            id="external with internal IPv6",
        ),
        pytest.param(INTERNAL, {}, {"A": ("10.0.0.11",), "AAAA": ("2001:db8::11",)}, id="internal"),
    ],
)
def test_kops_names_of_a_node_port_lead_to_the_nodes_that_are_no_control_plane(
    note: str, flags: dict[str, Any], expected: dict[str, tuple[str, ...]]
) -> None:
    found = claims(old(node_port(), **{note: "a.io,b.io"}), KOPS, NODES, **flags)
    assert published(found) == {"a.io": expected, "b.io": expected}


def test_kops_names_include_cordoned_nodes() -> None:
    cordoned = node("n1", "192.0.2.11", cordoned=True, role="node")
    assert published(claims(old(node_port(), **{EXTERNAL: "a.io"}), KOPS, around(cordoned))) == {
        "a.io": {"A": ("192.0.2.11",)}
    }


@pytest.mark.parametrize(
    ("obj", "mode", "says"),
    [
        pytest.param(
            old(service(targets=()), **{compatibility.MATE: "a.io"}),
            MATE,
            "no load balancer, or one without",
            id="mate",
        ),
        pytest.param(
            old(service("ClusterIP"), **{EXTERNAL: "a.io"}), KOPS, "publishes: LoadBalancer or NodePort", id="type"
        ),
        pytest.param(
            old(node_port(), **{EXTERNAL: "a.io", INTERNAL: "a.io"}), KOPS, "of which one alone counts", id="both"
        ),
        pytest.param(old(node_port(), **{EXTERNAL: "a.io"}), KOPS, "has an external address", id="no external"),
        pytest.param(old(node_port(), **{INTERNAL: "a.io"}), KOPS, "has an internal address", id="no internal"),
    ],
)
def test_older_name_without_targets_says_why(obj: Object, mode: str, says: str) -> None:
    found = claims(obj, mode)
    assert published(found) == {"a.io": {}}
    ((reason, message),) = told(found)
    assert reason == "NoTargets"
    assert says in message


def test_claims_rest_on_nodes_where_kops_names_lead_to_them() -> None:
    flags = settings(compatibility=KOPS)
    assert source.follows(old(node_port(), **{EXTERNAL: "a.io"}), NODES, flags) == {Ref(NODE)}
    assert source.follows(old(service(), **{EXTERNAL: "a.io"}), NODES, flags) == frozenset()
    assert source.follows(node_port(), NODES, flags) == frozenset()
    assert source.follows(old(node_port(), **{EXTERNAL: "a.io"}), NODES, settings()) == frozenset()
