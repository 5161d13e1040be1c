from __future__ import annotations

from typing import Any

import pytest

from unit.sources.builders import NOBODY, Cluster, gateway, listener
from zonewright.model.kind import GRPCROUTE, HTTPROUTE, TCPROUTE, TLSROUTE, UDPROUTE, Kind
from zonewright.sources import route as routes
from zonewright.sources.gateway import project
from zonewright.sources.listeners import Doors, Knock, doors

TYPES = (routes.HTTP, routes.GRPC, routes.TLS, routes.TCP, routes.UDP)
PROTOCOLS = {kind.kind: kind.protocols for kind in TYPES}


def knock(kind: Kind = HTTPROUTE, **fields: Any) -> Knock:
    return Knock(kind, "default", PROTOCOLS[kind], **fields)


def allowed(**fields: Any) -> dict[str, Any]:
    return {"allowedRoutes": fields}


def namespaces(where: str, **fields: Any) -> dict[str, Any]:
    return allowed(namespaces={"from": where} | fields)


def labelled(team: str) -> dict[str, Any]:
    return {"selector": {"matchLabels": {"team": team}}}


def kinds(*names: str, **fields: str) -> dict[str, Any]:
    return allowed(kinds=[{"kind": name} | fields for name in names])


@pytest.mark.parametrize(
    ("kind", "protocols"),
    [
        (HTTPROUTE, {"HTTP", "HTTPS"}),
        (GRPCROUTE, {"HTTP", "HTTPS"}),
        (TLSROUTE, {"TLS"}),
        (TCPROUTE, {"TCP", "TLS"}),
        (UDPROUTE, {"UDP"}),
    ],
    ids=lambda value: value.kind if isinstance(value, Kind) else "",
)
def test_kinds_of_routes_and_protocols_of_listeners(kind: Kind, protocols: set[str]) -> None:
    every = [
        listener(f"{protocol.lower()}.io", name=protocol.lower(), protocol=protocol)
        for protocol in ("HTTP", "HTTPS", "TLS", "TCP", "UDP", "example.org/quic", "")
    ]
    found = doors(gateway(*every), knock(kind), NOBODY)
    assert {name.removesuffix(".io").upper() for name in found.hostnames} == protocols
    assert len(found.refusals) == len(every) - len(protocols)


@pytest.mark.parametrize(
    ("fields", "at", "home", "refusal"),
    [
        pytest.param({}, {}, "default", None, id="HTTP"),
        pytest.param({"protocol": "TLS"}, {}, "default", "speaks TLS, not HTTP or HTTPS", id="another protocol"),
        pytest.param({}, {"port": 80}, "default", None, id="its port"),
        pytest.param({}, {"port": 8080}, "default", "is not on port 8080", id="another port"),
        pytest.param({}, {"section": "http"}, "default", None, id="its name"),
        pytest.param({}, {"section": "http", "port": 8080}, "default", "is not on port 8080", id="its name, not port"),
        pytest.param({}, {"section": "x"}, "default", "it has no listener named x", id="another name"),
        pytest.param({}, {}, "other", "takes no routes of the namespace default (from: Same)", id="own by default"),
        pytest.param(namespaces("Same"), {}, "other", "takes no routes of the namespace default", id="Same"),
        pytest.param(namespaces("All"), {}, "other", None, id="All"),
        pytest.param(namespaces("Selector", **labelled("red")), {}, "other", None, id="Selector"),
        pytest.param(namespaces("Selector", **labelled("blue")), {}, "other", "(from: Selector)", id="other labels"),
        pytest.param(namespaces("Selector", **labelled("blue")), {}, "default", "(from: Selector)", id="also at home"),
        pytest.param(namespaces("Selector", selector={}), {}, "other", None, id="empty selector"),
        pytest.param(namespaces("Selector"), {}, "other", "takes no", id="no selector"),
        pytest.param(
            namespaces("Selector", selector={"matchExpressions": [{}]}), {}, "other", "takes no", id="broken selector"
        ),
        pytest.param(namespaces("None"), {}, "default", "takes no", id="None"),
        pytest.param(namespaces("Elsewhere"), {}, "default", "(from: Elsewhere)", id="unknown word"),
        pytest.param(kinds("GRPCRoute"), {}, "default", "takes no routes of the kind HTTPRoute", id="another kind"),
        pytest.param(kinds("GRPCRoute", "HTTPRoute"), {}, "default", None, id="its kind"),
        pytest.param(kinds("HTTPRoute", group=""), {}, "default", None, id="empty group is the default"),
        pytest.param(kinds("HTTPRoute", group="x.io"), {}, "default", "of the kind", id="another group"),
        pytest.param({"hostname": "a..b"}, {}, "default", "has no hostname: 'a..b' is not a DNS", id="broken hostname"),
        pytest.param({"hostname": "192.0.2.1"}, {}, "default", "it is an address", id="address for a hostname"),
    ],
)
def test_listener_takes_a_route_or_says_why_not(
    fields: dict[str, Any], at: dict[str, Any], home: str, refusal: str | None
) -> None:
    cluster = Cluster.of(default={"team": "red"})
    found = doors(gateway(listener(**{"hostname": "l.io"} | fields), namespace=home), knock(**at), cluster)
    assert found.hostnames == ([] if refusal else ["l.io"])
    assert len(found.refusals) == (1 if refusal else 0)
    assert (refusal or "") in "".join(found.refusals)


def test_kinds_compare_without_versions() -> None:
    older = Kind(TCPROUTE.group, "v1alpha2", TCPROUTE.plural, TCPROUTE.kind)
    found = gateway(listener("l.io", protocol="TCP", **kinds("TCPRoute")))
    assert doors(found, Knock(older, "default", routes.TCP.protocols), NOBODY).hostnames == ["l.io"]


def test_unknown_namespace_is_not_selected() -> None:
    found = gateway(listener(**namespaces("Selector", selector={})), namespace="other")
    assert doors(found, knock(), NOBODY).hostnames == []


def test_without_listeners_it_says_so() -> None:
    assert doors({"metadata": {}}, knock(), NOBODY) == Doors([], ["it has no listeners"])


def test_each_listener_answers_for_itself() -> None:
    found = gateway(listener("A.io"), listener("b.io", name="b", protocol="TCP"), listener("c.io", name="c"))
    assert doors(found, knock(), NOBODY) == Doors(["a.io", "c.io"], ["listener b speaks TCP, not HTTP or HTTPS"])


def test_closed_listener_takes_nobody() -> None:
    found = gateway(listener("a.io", name="a"), listener("b.io", name="b"))
    closed = {"a": "has not been accepted yet"}
    assert doors(found, knock(), NOBODY, closed) == Doors(["b.io"], ["listener a has not been accepted yet"])


def test_projection_says_the_same() -> None:
    obj = gateway(
        listener("a.io", tls={"mode": "Terminate"}, **namespaces("Selector", **labelled("red"))),
        listener("b.io", name="b", **kinds("GRPCRoute")),
    )
    cluster = Cluster.of(default={"team": "red"})
    assert doors(project(obj), knock(), cluster) == doors(obj, knock(), cluster)
    assert "tls" not in project(obj)["spec"]["listeners"][0]
