from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import Cluster, Object, settings
from unit.sources.workloads import around, node, node_port, pod, published, told
from zonewright.model.claim import Claim
from zonewright.model.kind import NODE, POD
from zonewright.sources import service as source
from zonewright.sources.lookups import Ref

NP = "np.example.org"
SRV = {"managed_record_types": ("A", "SRV")}


def claims(obj: Object, cluster: Cluster, **flags: Any) -> tuple[Claim, ...]:
    return source.claims(obj, cluster, settings(**flags))


def records(cluster: Cluster, obj: Object | None = None, **flags: Any) -> dict[str, tuple[str, ...]]:
    """The records of np.example.org by type."""
    return published(claims(obj or node_port(hostname=NP), cluster, **flags))[NP]


MIXED = around(
    node("n1", "192.0.2.11", "10.0.0.11 2001:db8::11"),
    node("n2", "192.0.2.12 2001:db8:1::12", "10.0.0.12"),
    node("n3", "", "10.0.0.13"),
)
INTERNAL = around(node("n1", "", "10.0.0.11 2001:db8::11"), node("n2", "", "10.0.0.12"))
EXTERNAL_A = ("192.0.2.11", "192.0.2.12")
INTERNAL_A = ("10.0.0.11", "10.0.0.12", "10.0.0.13")


@pytest.mark.parametrize(
    ("access", "flags", "expected"),
    [
        pytest.param("", {}, {"A": EXTERNAL_A, "AAAA": ("2001:db8:1::12",)}, id="external where there are any"),
        pytest.param("public", {}, {"A": EXTERNAL_A, "AAAA": ("2001:db8:1::12",)}, id="public is external"),
        pytest.param(
            "private", {}, {"A": INTERNAL_A, "AAAA": ("2001:db8::11",)}, id="private is internal, all families"
        ),
        pytest.param(
            "public",
            {"expose_internal_ipv6": True},
            {"A": EXTERNAL_A, "AAAA": ("2001:db8:1::12", "2001:db8::11")},
            id="public with internal IPv6",
        ),
        pytest.param(
            "",
            {"expose_internal_ipv6": True},
            {"A": EXTERNAL_A, "AAAA": ("2001:db8:1::12", "2001:db8::11")},
            id="external with internal IPv6",
        ),
    ],
)
def test_access_says_which_addresses_of_nodes_are_published(
    access: str, flags: dict[str, Any], expected: dict[str, tuple[str, ...]]
) -> None:
    found = claims(node_port(hostname=NP, access=access), MIXED, **flags)
    assert published(found) == {NP: expected}
    assert told(found) == []


def test_without_any_external_address_the_internal_ones_count() -> None:
    internal = {"A": ("10.0.0.11", "10.0.0.12"), "AAAA": ("2001:db8::11",)}
    assert records(INTERNAL) == internal
    assert records(INTERNAL, expose_internal_ipv6=True) == internal


def test_public_without_external_addresses_publishes_internal_ipv6_by_flag_alone() -> None:
    public = node_port(hostname=NP, access="public")
    assert records(INTERNAL, public) == {}
    assert records(INTERNAL, public, expose_internal_ipv6=True) == {"AAAA": ("2001:db8::11",)}


@pytest.mark.parametrize("value", ["Public", "internal", "privat"])
def test_unknown_access_is_told_and_read_as_none(value: str) -> None:
    found = claims(node_port(hostname=NP, access=value), MIXED)
    assert published(found)[NP]["A"] == EXTERNAL_A
    ((reason, message),) = told(found)
    assert (reason, message.rpartition("; ")[2]) == ("InvalidAnnotation", "use public or private")


def test_cordoned_nodes_are_left_out_unless_asked_for() -> None:
    cluster = around(node("n1", "192.0.2.11"), node("n2", "192.0.2.12", cordoned=True))
    assert records(cluster) == {"A": ("192.0.2.11",)}
    assert records(cluster, exclude_unschedulable=False) == {"A": ("192.0.2.11", "192.0.2.12")}


def local() -> Object:
    found = node_port(hostname=NP)
    found["spec"]["externalTrafficPolicy"] = "Local"
    return found


def stopping(found: Object) -> Object:
    found["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return found


def waiting(found: Object) -> Object:
    found["status"]["phase"] = "Pending"
    return found


NODES = tuple(node(f"n{number}", f"192.0.2.{number}") for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("pods", "numbers"),
    [
        pytest.param([pod("a", "n1"), pod("b", "n3")], (1, 3), id="nodes with a ready pod"),
        pytest.param([pod("a", "n1"), pod("b", "n2", ready=False)], (1,), id="ready before running"),
        pytest.param([pod("a", "n1"), stopping(pod("b", "n2"))], (1,), id="ready before stopping"),
        pytest.param(
            [stopping(pod("a", "n1")), pod("b", "n2", ready=False)], (1,), id="stopping but ready before running"
        ),
        pytest.param([pod("a", "n1", ready=False), pod("b", "n2", ready=False)], (1, 2), id="running at last"),
        pytest.param(
            [stopping(pod("a", "n1", ready=False)), pod("b", "n2", ready=False)], (1, 2), id="stopping, not ready"
        ),
        pytest.param([pod("a", "n1", ready=False), pod("b", "n1"), pod("c", "n2")], (1, 2), id="best pod of a node"),
        pytest.param([pod("a", "n1"), waiting(pod("b", "n2"))], (1,), id="not running yet"),
        pytest.param([pod("a", "n1"), pod("b", "n2", app="web")], (1,), id="not selected"),
        pytest.param([pod("a", "gone"), pod("b", "n2", ready=False)], (2,), id="a node that is gone does not count"),
        pytest.param([pod("a", "")], (), id="not scheduled yet"),
    ],
)
def test_local_traffic_goes_to_nodes_with_the_best_pods(pods: list[Object], numbers: tuple[int, ...]) -> None:
    expected = tuple(f"192.0.2.{number}" for number in numbers)
    assert records(around(*NODES, *pods), local()).get("A", ()) == expected


def test_pods_of_other_namespaces_do_not_count() -> None:
    elsewhere = pod("a", "n1")
    elsewhere["metadata"]["namespace"] = "other"
    assert records(around(*NODES, elsewhere), local()) == {}


def test_cordoned_nodes_are_left_out_after_the_best_are_chosen() -> None:
    cluster = around(node("n1", "192.0.2.1", cordoned=True), *NODES[1:], pod("a", "n1"), pod("b", "n2", ready=False))
    assert records(cluster, local()) == {}


PORTS = (
    {"nodePort": 30080, "protocol": "TCP"},
    {"nodePort": 30443},
    {"nodePort": 30053, "protocol": "UDP"},
    {"port": 1},
)


def test_ports_become_service_records_by_protocol() -> None:
    assert published(claims(node_port(*PORTS, hostname="NP.example.org."), MIXED, **SRV)) == {
        NP: {"A": EXTERNAL_A, "AAAA": ("2001:db8:1::12",)},
        f"_app._tcp.{NP}": {"SRV": (f"0 50 30080 {NP}.", f"0 50 30443 {NP}.")},
        f"_app._udp.{NP}": {"SRV": (f"0 50 30053 {NP}.",)},
    }


def test_service_records_have_the_terms_of_the_service() -> None:
    obj = node_port(PORTS[0], hostname=NP, ttl="1m", set_identifier="blue", aws_weight="5")
    (found,) = [claim for claim in claims(obj, MIXED, **SRV) if claim.hostname == f"_app._tcp.{NP}"]
    (wanted,) = found.endpoints
    assert (wanted.ttl, wanted.set_identifier, wanted.properties) == (60, "blue", (("aws/weight", "5"),))


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param({}, id="not by default"),
        pytest.param({"managed_record_types": ("A", "SRV"), "exclude_record_types": ("SRV",)}, id="excluded"),
    ],
)
def test_without_managed_service_records_nobody_asks_for_any(flags: dict[str, Any]) -> None:
    assert set(published(claims(node_port(*PORTS, hostname=NP), MIXED, **flags))) == {NP}


def test_service_records_stand_also_without_any_address() -> None:
    found = claims(node_port(PORTS[0], hostname=NP, access="public"), INTERNAL, **SRV)
    assert published(found) == {NP: {}, f"_app._tcp.{NP}": {"SRV": (f"0 50 30080 {NP}.",)}}


@pytest.mark.parametrize("note", [{"target": "192.0.2.99"}, {"ignore": "true"}], ids=["target", "ignore"])
def test_target_and_ignore_take_the_service_records_away(note: dict[str, str]) -> None:
    assert set(published(claims(node_port(*PORTS, hostname=NP, **note), MIXED, **SRV))) == {NP}


@pytest.mark.parametrize("hostname", ["*.example.org", "a..b", "192.0.2.1", "-.example.org"])
def test_below_a_wildcard_or_what_is_no_name_are_no_service_records(hostname: str) -> None:
    assert set(published(claims(node_port(*PORTS, hostname=hostname), MIXED, **SRV))) == {hostname}


def test_name_that_no_service_record_can_lead_to_is_told() -> None:
    found = claims(node_port(PORTS[0], hostname="np.123"), MIXED, **SRV)
    assert published(found)["_app._tcp.np.123"] == {}
    assert "InvalidTarget" in [reason for reason, _ in told(found)]


@pytest.mark.parametrize("port", [0, -1, 65_536, "80", None, 1.5])
def test_what_is_no_port_makes_no_service_record(port: Any) -> None:
    assert set(published(claims(node_port({"nodePort": port}, hostname=NP), MIXED, **SRV))) == {NP}


@given(st.text(max_size=30), st.text(max_size=12))
def test_no_hostname_or_protocol_breaks_the_claims(hostname: str, protocol: str) -> None:
    obj = node_port({"nodePort": 30000, "protocol": protocol}, hostname=hostname)
    for claim in claims(obj, MIXED, **SRV):
        assert claim.endpoints or claim.problems


@pytest.mark.parametrize(
    ("obj", "cluster", "says"),
    [
        pytest.param(node_port(hostname=NP), around(), "there is no node in the cluster", id="no node"),
        pytest.param(
            node_port(hostname=NP),
            around(node("n1", "192.0.2.1", cordoned=True)),
            "nodes that are cordoned do not count",
            id="all cordoned",
        ),
        pytest.param(
            local(),
            around(*NODES),
            "no node where a pod of it runs, as externalTrafficPolicy Local demands",
            id="no pod",
        ),
        pytest.param(
            node_port(hostname=NP, access="public"), INTERNAL, "none of its nodes has an external address", id="public"
        ),
        pytest.param(
            node_port(hostname=NP, access="private"),
            around(*NODES),
            "none of its nodes has an internal address; see the annotation access",
            id="private",
        ),
        pytest.param(
            node_port(hostname=NP), around(node("n1")), "none of its nodes has an external or internal", id="nothing"
        ),
    ],
)
def test_service_without_any_address_says_why(obj: Object, cluster: Cluster, says: str) -> None:
    found = claims(obj, cluster)
    assert published(found) == {NP: {}}
    ((reason, message),) = told(found)
    assert reason == "NoTargets"
    assert message.startswith("service/default/app is of type NodePort, and")
    assert says in message


def test_claims_rest_on_all_nodes_and_with_local_traffic_on_the_pods_of_the_namespace() -> None:
    flags = settings()
    assert source.follows(node_port(hostname=NP), MIXED, flags) == {Ref(NODE)}
    assert source.follows(local(), MIXED, flags) == {Ref(NODE), Ref(POD, "default")}
    assert source.follows(node_port(), MIXED, flags) == frozenset()
    assert source.follows(node_port(hostname=NP, target="192.0.2.1"), MIXED, flags) == frozenset()
