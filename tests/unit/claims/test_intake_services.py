"""What changes around a Service brings its claims up to date, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from unit.claims.rig import Rig
from zonewright.claims.book import Slot
from zonewright.model.kind import ENDPOINTSLICE, NODE, POD, SERVICE, Kind
from zonewright.model.reason import Reason


def service(name: str = "db", version: int = 1, status: Any = None, **spec: Any) -> dict[str, Any]:
    """A Service with the hostname NAME.example.org, headless unless `spec` says otherwise."""
    return {
        "metadata": {
            "namespace": "shop",
            "name": name,
            "uid": f"u-{name}",
            "resourceVersion": str(version),
            "annotations": {"external-dns.kubernetes.io/hostname": f"{name}.example.org"},
        },
        "spec": {"type": "ClusterIP", "clusterIP": "None", "selector": {"app": "db"}} | spec,
        "status": status or {},
    }


def slice_of(service: str, *endpoints: tuple[str, str], version: int = 1) -> dict[str, Any]:
    """endpoints: pods with their addresses."""
    return {
        "metadata": {
            "namespace": "shop",
            "name": "slice-1",
            "labels": {"kubernetes.io/service-name": service},
            "resourceVersion": str(version),
        },
        "addressType": "IPv4",
        "endpoints": [
            {"addresses": [address], "targetRef": {"kind": "Pod", "name": pod}} for pod, address in endpoints
        ],
    }


def pod(name: str = "p", version: int = 1, ready: str = "True", node: str = "n1", **meta: Any) -> dict[str, Any]:
    labels = {"app": "db"}
    return {
        "metadata": {"namespace": "shop", "name": name, "labels": labels, "resourceVersion": str(version), **meta},
        "spec": {"nodeName": node},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": ready}]},
    }


def node(name: str, address: str, version: int = 1, **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "resourceVersion": str(version)},
        "spec": spec,
        "status": {"addresses": [{"type": "ExternalIP", "address": address}]},
    }


DB = Slot("shop", "db.example.org")


def targets(rig: Rig, slot: Slot = DB) -> list[tuple[str, ...]]:
    return [endpoint.targets for claim in rig.book.at(slot) for endpoint in claim.endpoints]


def test_slices_and_pods_of_a_headless_service_bring_its_claims_up_to_date() -> None:
    rig = Rig()
    assert rig.see(SERVICE, service()) == {DB}
    assert rig.see(ENDPOINTSLICE, slice_of("db", ("p", "10.0.0.1"))) == {DB}
    assert targets(rig) == []  # its pod is not known yet: the message has changed
    assert rig.see(POD, pod("p")) == {DB}
    assert targets(rig) == [("10.0.0.1",)]
    assert rig.see(ENDPOINTSLICE, slice_of("db", ("p", "10.0.0.2"), version=2)) == {DB}
    assert targets(rig) == [("10.0.0.2",)]
    own = {"external-dns.kubernetes.io/target": "192.0.2.7"}
    assert rig.see(POD, pod("p", version=2, annotations=own)) == {DB}
    assert targets(rig) == [("192.0.2.7",)]
    assert rig.see(ENDPOINTSLICE, slice_of("", version=3)) == {DB}
    assert targets(rig) == []


def test_nodes_bring_the_claims_of_a_service_of_type_node_port_up_to_date() -> None:
    rig = Rig()
    rig.see(SERVICE, service(type="NodePort", clusterIP="10.0.0.1"))
    assert rig.see(NODE, node("n1", "192.0.2.1")) == {DB}
    assert rig.see(NODE, node("n2", "192.0.2.2")) == {DB}
    assert targets(rig) == [("192.0.2.1", "192.0.2.2")]
    assert rig.see(NODE, node("n1", "192.0.2.1", version=2, unschedulable=True)) == {DB}
    assert targets(rig) == [("192.0.2.2",)]
    assert rig.see(POD, pod("p")) == set()


def test_pods_decide_on_the_nodes_of_a_service_with_local_traffic() -> None:
    rig = Rig()
    rig.see(NODE, node("n1", "192.0.2.1"))
    rig.see(NODE, node("n2", "192.0.2.2"))
    rig.see(SERVICE, service(type="NodePort", clusterIP="10.0.0.1", externalTrafficPolicy="Local"))
    assert targets(rig) == []
    assert rig.see(POD, pod("p", node="n2")) == {DB}
    assert targets(rig) == [("192.0.2.2",)]
    assert rig.see(POD, pod("q", node="n1", ready="False")) == set()
    assert rig.see(POD, pod("p", version=2, ready="False", node="n2")) == {DB}
    assert targets(rig) == [("192.0.2.1", "192.0.2.2")]


def test_only_services_that_are_concerned_are_looked_at_again(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever is looked at and has no targets is told so in the log."""
    rig = Rig()
    nameless = service("nameless")
    nameless["metadata"]["annotations"] = {}
    for obj in (service("db"), service("other"), service("lb", type="LoadBalancer"), nameless):
        rig.see(SERVICE, obj)

    def looked_at(kind: Kind, obj: dict[str, Any]) -> set[str]:
        caplog.clear()
        rig.see(kind, obj)
        names = ("db", "other", "lb", "nameless")
        return {name for name in names for line in caplog.messages if f"shop/{name}" in line}

    with caplog.at_level("DEBUG", "zonewright.claims.intake"):
        assert looked_at(ENDPOINTSLICE, slice_of("db", ("p", "10.0.0.1"))) == {"db"}
        assert looked_at(POD, pod("p", labels={})) == {"db"}
        assert looked_at(POD, pod("stranger")) == set()
        assert looked_at(NODE, node("n1", "192.0.2.1")) == set()
        assert looked_at(ENDPOINTSLICE, slice_of("other", ("p", "10.0.0.1"), version=2)) == {"db", "other"}


# -- names outside of the cluster


def balanced(version: int = 1, *hosts: str) -> dict[str, Any]:
    entries = [{"hostname": host} for host in hosts or ("lb.example.com",)]
    return service("db", version, {"loadBalancer": {"ingress": entries}}, type="LoadBalancer")


def test_claims_wait_until_the_names_of_a_load_balancer_have_been_looked_up() -> None:
    rig = Rig(resolve_service_load_balancer_hostname=True)
    assert rig.see(SERVICE, balanced(1, "a.example.com", "b.example.com")) == set()
    assert rig.intake.unanswered() == {"a.example.com", "b.example.com"}
    assert rig.asked == 1
    rig.intake.answered("a.example.com", ("192.0.2.1",))
    assert rig.book.at(DB) == ()
    rig.intake.answered("b.example.com", None)
    assert rig.intake.unanswered() == frozenset()
    assert targets(rig) == [("192.0.2.1",)]
    assert [problem.reason for claim in rig.book.at(DB) for problem in claim.problems] == [Reason.PENDING]


def test_another_answer_changes_the_claims_and_none_at_all_does_not() -> None:
    rig = Rig(resolve_service_load_balancer_hostname=True)
    rig.see(SERVICE, balanced())
    rig.intake.answered("lb.example.com", ("192.0.2.1",))
    assert rig.marked == {DB}
    for answer, expected, marked in (
        (("192.0.2.1",), "192.0.2.1", set[Slot]()),
        (("192.0.2.2",), "192.0.2.2", {DB}),
        (None, "192.0.2.2", set[Slot]()),
    ):
        rig.marked.clear()
        rig.intake.answered("lb.example.com", answer)
        assert (targets(rig), rig.marked) == ([(expected,)], marked)


def test_claims_stay_while_a_new_name_is_looked_up() -> None:
    rig = Rig(resolve_service_load_balancer_hostname=True)
    rig.see(SERVICE, balanced())
    rig.intake.answered("lb.example.com", ("192.0.2.1",))
    assert rig.see(SERVICE, balanced(2, "new.example.com")) == set()
    assert targets(rig) == [("192.0.2.1",)]
    assert rig.intake.due() == {"new.example.com"}
    assert rig.intake.resolved("lb.example.com") is None  # nobody follows it any more
    rig.intake.answered("new.example.com", ("192.0.2.3",))
    assert targets(rig) == [("192.0.2.3",)]


def test_without_the_flag_no_name_is_looked_up() -> None:
    rig = Rig()
    assert rig.see(SERVICE, balanced()) == {DB}
    assert (targets(rig), rig.intake.due(), rig.asked) == ([("lb.example.com",)], frozenset(), 0)
