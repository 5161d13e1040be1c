from __future__ import annotations

from typing import Any

import pytest

from unit.claims.rig import Rig
from zonewright.claims.book import Slot
from zonewright.model.claim import Claim
from zonewright.model.kind import GATEWAY, HTTPROUTE, INGRESS, LISTENERSET, NAMESPACE, SERVICE, Kind


def ingress(*hosts: str, version: int = 1, **meta: Any) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "shop", "name": "web", "uid": "u1", "resourceVersion": str(version), **meta},
        "spec": {"rules": [{"host": host} for host in hosts]},
        "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
    }


def gateway(address: str, version: int = 1, selector: str = "All") -> dict[str, Any]:
    allowed = {"from": selector, "selector": {"matchLabels": {"routes": "yes"}}}
    listener = {"name": "web", "protocol": "HTTP", "port": 80, "allowedRoutes": {"namespaces": allowed}}
    return {
        "metadata": {"namespace": "infra", "name": "public", "uid": "g1", "resourceVersion": str(version)},
        "spec": {"listeners": [listener]},
        "status": {"addresses": [{"type": "IPAddress", "value": address}]},
    }


ROUTE = {
    "metadata": {"namespace": "shop", "name": "blog", "uid": "r1", "resourceVersion": "1"},
    "spec": {"hostnames": ["blog.example.org"], "parentRefs": [{"namespace": "infra", "name": "public"}]},
    "status": {
        "parents": [
            {
                "parentRef": {"namespace": "infra", "name": "public"},
                "conditions": [{"type": "Accepted", "status": "True"}],
            }
        ]
    },
}
BLOG = Slot("shop", "blog.example.org")


def test_only_slots_whose_claims_differ_are_marked() -> None:
    rig = Rig()
    assert rig.see(INGRESS, ingress("a.example.org", "b.example.org")) == {
        Slot("shop", "a.example.org"),
        Slot("shop", "b.example.org"),
    }
    assert rig.see(INGRESS, ingress("a.example.org", "c.example.org", version=2)) == {
        Slot("shop", "b.example.org"),
        Slot("shop", "c.example.org"),
    }


def test_an_object_that_leaves_the_scope_takes_its_claims_with_it() -> None:
    rig = Rig(label_filter="publish=yes")
    slot = Slot("shop", "a.example.org")
    rig.see(INGRESS, ingress("a.example.org", labels={"publish": "yes"}))
    assert rig.claims(slot) == ["ingress/shop/web"]
    assert rig.see(INGRESS, ingress("a.example.org", version=2, labels={"publish": "no"})) == {slot}
    assert rig.claims(slot) == []


def test_a_change_of_a_gateway_finds_its_routes() -> None:
    rig = Rig()
    rig.see(HTTPROUTE, ROUTE)
    assert rig.claims(BLOG) == []
    assert rig.see(GATEWAY, gateway("192.0.2.7")) == {BLOG}
    assert rig.claims(BLOG) == ["httproute/shop/blog"]
    assert rig.see(GATEWAY, gateway("192.0.2.8", version=2)) == {BLOG}
    (claim,) = rig.book.at(BLOG)
    assert claim.endpoints[0].targets == ("192.0.2.8",)


def test_a_change_of_a_namespace_finds_its_routes() -> None:
    rig = Rig()
    rig.see(GATEWAY, gateway("192.0.2.7", selector="Selector"))
    rig.see(HTTPROUTE, ROUTE)
    assert rig.claims(BLOG) == []
    space = {"metadata": {"name": "shop", "labels": {"routes": "yes"}, "resourceVersion": "5"}}
    assert rig.see(NAMESPACE, space) == {BLOG}
    assert rig.claims(BLOG) == ["httproute/shop/blog"]


ACCEPTED = {"type": "Accepted", "status": "True"}
BESIDE = {"kind": "ListenerSet", "name": "extra"}
ROUTE_OF_SET = {
    "metadata": {"namespace": "shop", "name": "blog", "uid": "r1", "resourceVersion": "1"},
    "spec": {"hostnames": ["blog.example.org"], "parentRefs": [BESIDE]},
    "status": {"parents": [{"parentRef": BESIDE, "conditions": [ACCEPTED]}]},
}


def listener_set(version: int = 1, **annotations: str) -> dict[str, Any]:
    prefixed = {f"external-dns.kubernetes.io/{name}": value for name, value in annotations.items()}
    meta = {"namespace": "shop", "name": "extra", "uid": "l1", "resourceVersion": str(version), "annotations": prefixed}
    return {
        "metadata": meta,
        "spec": {
            "parentRef": {"namespace": "infra", "name": "public"},
            "listeners": [{"name": "web", "protocol": "HTTP", "port": 80}],
        },
        "status": {"conditions": [ACCEPTED], "listeners": [{"name": "web", "conditions": [ACCEPTED]}]},
    }


def gateway_of_sets(address: str, version: int = 1) -> dict[str, Any]:
    found = gateway(address, version)
    selector = {"matchLabels": {"sets": "yes"}}
    found["spec"]["allowedListeners"] = {"namespaces": {"from": "Selector", "selector": selector}}
    return found


def test_changes_of_a_listener_set_and_of_its_gateway_find_the_routes() -> None:
    rig = Rig(source=("gateway-httproute",), gateway_listener_sets=True)

    def targets() -> list[tuple[str, ...]]:
        return [endpoint.targets for claim in rig.book.at(BLOG) for endpoint in claim.endpoints]

    rig.see(HTTPROUTE, ROUTE_OF_SET)
    assert rig.see(LISTENERSET, listener_set()) == {BLOG}
    assert rig.see(GATEWAY, gateway_of_sets("192.0.2.7")) == {BLOG}
    assert targets() == []
    space = {"metadata": {"name": "shop", "labels": {"sets": "yes"}, "resourceVersion": "5"}}
    assert rig.see(NAMESPACE, space) == {BLOG}
    assert targets() == [("192.0.2.7",)]
    assert rig.see(GATEWAY, gateway_of_sets("192.0.2.8", version=2)) == {BLOG}
    assert targets() == [("192.0.2.8",)]
    assert rig.see(LISTENERSET, listener_set(version=2, target="192.0.2.9")) == {BLOG}
    assert targets() == [("192.0.2.9",)]


def test_listener_set_that_moves_to_another_gateway_is_followed_there() -> None:
    rig = Rig(source=("gateway-httproute",), gateway_listener_sets=True)
    moved = listener_set(version=2)
    moved["spec"]["parentRef"]["name"] = "private"
    for kind, obj in ((HTTPROUTE, ROUTE_OF_SET), (LISTENERSET, listener_set()), (LISTENERSET, moved)):
        rig.see(kind, obj)
    private = gateway_of_sets("192.0.2.7")
    private["metadata"]["name"] = "private"
    assert rig.see(GATEWAY, private) == {BLOG}
    assert rig.see(GATEWAY, gateway_of_sets("192.0.2.8")) == set()


def test_without_the_flag_listener_sets_are_not_stored() -> None:
    assert LISTENERSET not in Rig(source=("gateway-httproute",)).intake.stores


def test_only_enabled_kinds_are_stored() -> None:
    assert set(Rig(source=("ingress",)).intake.stores) == {INGRESS}
    assert set(Rig(source=("gateway-httproute",)).intake.stores) == {HTTPROUTE, GATEWAY, NAMESPACE}
    assert set(Rig(source=("crd",)).intake.stores) == set()


@pytest.mark.parametrize(
    ("installed", "needed"),
    [
        pytest.param({INGRESS, SERVICE, NAMESPACE}, {INGRESS, SERVICE}, id="without routes nobody asks for namespaces"),
        pytest.param({HTTPROUTE, GATEWAY, NAMESPACE}, {HTTPROUTE, GATEWAY, NAMESPACE}, id="routes need their lookups"),
    ],
)
def test_what_has_to_be_listed_follows_from_what_is_installed(installed: set[Kind], needed: set[Kind]) -> None:
    assert Rig().intake.needed(frozenset(installed)) == needed


async def test_claims_of_objects_that_are_gone_are_dropped_when_asked() -> None:
    rig = Rig()
    slot = Slot("shop", "a.example.org")
    rig.see(INGRESS, ingress("a.example.org"))

    async def present(kind: Kind, claim: Claim) -> bool:
        return True

    async def gone(kind: Kind, claim: Claim) -> bool:
        assert (kind, claim.resource.uid) == (INGRESS, "u1")
        return False

    await rig.intake.confirm(rig.book.at(slot), present)
    assert rig.claims(slot) == ["ingress/shop/web"]
    rig.marked.clear()
    await rig.intake.confirm(rig.book.at(slot), gone)
    assert rig.claims(slot) == []
    assert rig.marked == {slot}


async def test_an_object_that_has_come_meanwhile_under_the_name_of_one_that_is_gone_is_kept() -> None:
    rig = Rig()
    slot = Slot("shop", "a.example.org")
    rig.see(INGRESS, ingress("a.example.org"))

    async def replaced(kind: Kind, claim: Claim) -> bool:
        another = ingress("a.example.org")
        another["metadata"] |= {"uid": "u2", "resourceVersion": "9"}
        rig.see(INGRESS, another)
        return False

    await rig.intake.confirm(rig.book.at(slot), replaced)
    assert [claim.resource.uid for claim in rig.book.at(slot)] == ["u2"]
