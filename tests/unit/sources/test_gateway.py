from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import NOBODY, Cluster, gateway, listener
from zonewright.model.kind import HTTPROUTE
from zonewright.sources.gateway import Knock, addresses, doors, intersection, project
from zonewright.sources.route import HTTP as TYPE

NAME = st.lists(st.sampled_from(["a", "b", "example", "org"]), min_size=1, max_size=4).map(".".join)
HOST = st.one_of(NAME, NAME.map("*.".__add__))


@pytest.mark.parametrize(
    ("served", "asked", "result"),
    [
        pytest.param("", "", None, id="neither names a host"),
        pytest.param("l.example.org", "", "l.example.org", id="the listener's"),
        pytest.param("", "a.example.org", "a.example.org", id="the route's"),
        pytest.param("a.example.org", "a.example.org", "a.example.org", id="equal"),
        pytest.param("a.example.org", "b.example.org", None, id="unequal"),
        pytest.param("*.example.org", "a.example.org", "a.example.org", id="under the listener's wildcard"),
        pytest.param("*.example.org", "deep.b.example.org", "deep.b.example.org", id="at any depth"),
        pytest.param("*.example.org", "example.org", None, id="but not where it hangs"),
        pytest.param("*.example.org", "xexample.org", None, id="by whole labels"),
        pytest.param("x.example.org", "*.example.org", "x.example.org", id="under the route's wildcard"),
        pytest.param("*.example.org", "*.shop.example.org", "*.shop.example.org", id="the narrower wildcard"),
        pytest.param("*.shop.example.org", "*.example.org", "*.shop.example.org", id="on either side"),
        pytest.param("*.example.org", "*.example.net", None, id="wildcards apart"),
        pytest.param("A.Example.ORG", "a.example.org", "a.example.org", id="case does not count"),
        pytest.param("a..b", "a.example.org", None, id="a listener with a broken host"),
    ],
)
def test_intersection_is_the_narrower_name(served: str, asked: str, result: str | None) -> None:
    assert intersection(served, asked) == result


@given(HOST, HOST)
def test_intersection_has_no_direction(a: str, b: str) -> None:
    assert intersection(a, b) == intersection(b, a)
    assert intersection(a, b) in (None, a, b)


def knock(**fields: Any) -> Knock:
    return Knock(HTTPROUTE, "default", TYPE.protocols, **fields)


def allowed(**fields: Any) -> dict[str, Any]:
    return {"allowedRoutes": fields}


def namespaces(where: str, **fields: Any) -> dict[str, Any]:
    return allowed(namespaces={"from": where} | fields)


RED = {"selector": {"matchLabels": {"team": "red"}}}


@pytest.mark.parametrize(
    ("fields", "at", "home", "refusal"),
    [
        pytest.param({}, {}, "default", None, id="HTTP"),
        pytest.param({"protocol": "HTTPS"}, {}, "default", None, id="HTTPS"),
        pytest.param({"protocol": "TLS"}, {}, "default", "speaks TLS, not HTTP or HTTPS", id="another protocol"),
        pytest.param({}, {"port": 80}, "default", None, id="its port"),
        pytest.param({}, {"port": 8080}, "default", "is not on port 8080", id="another port"),
        pytest.param({}, {"section": "http"}, "default", None, id="its name"),
        pytest.param({}, {"section": "x"}, "default", "it has no listener named x", id="another name"),
        pytest.param({}, {}, "other", "takes no routes of the namespace default", id="its own namespace by default"),
        pytest.param(namespaces("Same"), {}, "other", "takes no routes of the namespace", id="Same"),
        pytest.param(namespaces("All"), {}, "other", None, id="All"),
        pytest.param(namespaces("Selector", **RED), {}, "other", None, id="Selector"),
        pytest.param(
            namespaces("Selector", selector={"matchLabels": {"team": "blue"}}),
            {},
            "other",
            "takes no",
            id="other labels",
        ),
        pytest.param(namespaces("Selector", selector={}), {}, "other", None, id="empty selector"),
        pytest.param(namespaces("Selector"), {}, "other", "takes no", id="no selector"),
        pytest.param(
            namespaces("Selector", selector={"matchExpressions": [{}]}), {}, "other", "takes no", id="broken selector"
        ),
        pytest.param(namespaces("Elsewhere"), {}, "default", "takes no routes of the namespace", id="unknown word"),
        pytest.param(allowed(kinds=[{"kind": "GRPCRoute"}]), {}, "default", "of the kind HTTPRoute", id="another kind"),
        pytest.param(allowed(kinds=[{"kind": "GRPCRoute"}, {"kind": "HTTPRoute"}]), {}, "default", None, id="its kind"),
        pytest.param(
            allowed(kinds=[{"kind": "HTTPRoute", "group": "x.io"}]), {}, "default", "of the kind", id="another group"
        ),
    ],
)
def test_listener_takes_a_route_or_says_why_not(
    fields: dict[str, Any], at: dict[str, Any], home: str, refusal: str | None
) -> None:
    cluster = Cluster.of(default={"team": "red"})
    hostnames, refusals = doors(gateway(listener("l.io", **fields), namespace=home), knock(**at), cluster)
    assert hostnames == ([] if refusal else ["l.io"])
    assert len(refusals) == (1 if refusal else 0)
    assert (refusal or "") in "".join(refusals)


def test_unknown_namespace_is_not_selected() -> None:
    found = gateway(listener(**namespaces("Selector", selector={})), namespace="other")
    assert doors(found, knock(), NOBODY)[0] == []


def test_gateway_without_listeners_says_so() -> None:
    assert doors({"metadata": {}}, knock(), NOBODY) == ([], ["it has no listeners"])


def test_each_listener_answers_for_itself() -> None:
    found = gateway(listener("a.io"), listener("b.io", name="b", protocol="TCP"), listener("c.io", name="c"))
    assert doors(found, knock(), NOBODY) == (["a.io", "c.io"], ["listener b speaks TCP, not HTTP or HTTPS"])


def test_addresses_are_of_any_type() -> None:
    obj = {
        "status": {"addresses": [{"type": "Hostname", "value": "gw.io"}, {"value": "192.0.2.1"}, {"value": ""}, None]}
    }
    assert addresses(obj) == ["gw.io", "192.0.2.1"]


def test_projection_says_the_same() -> None:
    obj = gateway(listener("a.io", tls={"mode": "Terminate"}), target="edge.io")
    kept = project(obj)
    assert doors(kept, knock(), NOBODY) == doors(obj, knock(), NOBODY)
    assert addresses(kept) == addresses(obj)
    assert "tls" not in kept["spec"]["listeners"][0]
