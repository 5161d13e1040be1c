from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import NOBODY, Cluster, accepted, gateway, listener, ref, route, settings
from zonewright.model.claim import Claim
from zonewright.model.kind import GATEWAY, NAMESPACE
from zonewright.model.reason import Reason
from zonewright.sources import route as routes
from zonewright.sources.lookups import Ref
from zonewright.sources.route import project

OPEN = Cluster.of(gateway())


def claims(obj: dict[str, Any], cluster: Cluster = OPEN) -> tuple[Claim, ...]:
    return routes.HTTP.claims(obj, cluster, settings())


def targets(found: tuple[Claim, ...]) -> dict[str, tuple[str, ...]]:
    return {claim.hostname: tuple(t for e in claim.endpoints for t in e.targets) for claim in found}


def told(found: tuple[Claim, ...]) -> dict[str, list[Reason]]:
    return {claim.hostname: [problem.reason for problem in claim.problems] for claim in found}


WILD = Cluster.of(gateway(listener("*.example.org")))


@pytest.mark.parametrize(
    ("hosts", "notes", "cluster", "published"),
    [
        pytest.param(["a.io"], {}, OPEN, {"a.io"}, id="its own host"),
        pytest.param([], {}, WILD, {"*.example.org"}, id="the listener's host"),
        pytest.param([], {}, OPEN, set(), id="no host anywhere"),
        pytest.param(
            ["a.example.org"], {"hostname": "b.example.org"}, WILD, {"a.example.org", "b.example.org"}, id="both"
        ),
        pytest.param([], {"hostname": "b.example.org"}, WILD, {"*.example.org", "b.example.org"}, id="listener, note"),
        pytest.param(
            ["a.io"], {"hostname": "b.io", "gateway_hostname_source": "annotation-only"}, OPEN, {"b.io"}, id="note only"
        ),
        pytest.param(
            ["a.io"],
            {"hostname": "b.io", "gateway_hostname_source": "defined-hosts-only"},
            OPEN,
            {"a.io"},
            id="defined",
        ),
        pytest.param([], {"gateway_hostname_source": "defined-hosts-only"}, WILD, set(), id="defined, and none is"),
        pytest.param(["a.io"], {"hostname": "b.io", "gateway_hostname_source": "x"}, OPEN, {"a.io", "b.io"}, id="typo"),
    ],
)
def test_names_of_a_route(hosts: list[str], notes: dict[str, Any], cluster: Cluster, published: set[str]) -> None:
    found = claims(route(*hosts, **notes), cluster)
    assert {claim.hostname for claim in found if claim.endpoints} == published == targets(found).keys()


@pytest.mark.parametrize(
    ("obj", "cluster", "expected"),
    [
        pytest.param(route("a.io"), OPEN, ("192.0.2.10",), id="status.addresses"),
        pytest.param(route("a.io"), Cluster.of(gateway(target="edge.io")), ("edge.io",), id="target of the Gateway"),
        pytest.param(route("a.io", target="192.0.2.9"), OPEN, ("192.0.2.9",), id="target of the route"),
        pytest.param(
            route("a.io", target="192.0.2.9"), Cluster.of(gateway(target="edge.io")), ("192.0.2.9",), id="route wins"
        ),
        pytest.param(
            route("a.io"), Cluster.of(gateway(addresses=("gw.io", "192.0.2.1"))), ("192.0.2.1", "gw.io"), id="mixed"
        ),
        pytest.param(
            route("a.io", parents=(ref(), ref("two"))),
            Cluster.of(gateway(), gateway(name="two", addresses=("192.0.2.20",))),
            ("192.0.2.10", "192.0.2.20"),
            id="two Gateways",
        ),
    ],
)
def test_targets_of_a_route(obj: dict[str, Any], cluster: Cluster, expected: tuple[str, ...]) -> None:
    assert targets(claims(obj, cluster)) == {"a.io": expected}


@pytest.mark.parametrize(
    ("obj", "cluster", "reason", "says"),
    [
        pytest.param(
            route("a.io", parents=()), OPEN, Reason.SOURCE_NOT_READY, "has neither a Gateway nor", id="no parent"
        ),
        pytest.param(
            route("a.io", parents=(ref(group="", kind="Service"),)),
            OPEN,
            Reason.SOURCE_NOT_READY,
            "httproute/default/web has neither a Gateway nor a ListenerSet among its parents",
            id="a mesh",
        ),
        pytest.param(
            route("a.io"), NOBODY, Reason.SOURCE_NOT_READY, "gateway/default/gw does not exist", id="no Gateway"
        ),
        pytest.param(route("a.io", status=[]), OPEN, Reason.SOURCE_NOT_READY, "has not said yet", id="no status"),
        pytest.param(
            route("a.io", status=[accepted(ref(), "False", reason="NotAllowed")]),
            OPEN,
            Reason.SOURCE_NOT_READY,
            "has not accepted the route: NotAllowed",
            id="not accepted",
        ),
        pytest.param(
            route("a.io"), Cluster.of(gateway(addresses=())), Reason.NO_TARGETS, "has no address yet", id="no address"
        ),
        pytest.param(
            route("a.io"),
            WILD,
            Reason.SOURCE_NOT_READY,
            "no listener of gateway/default/gw that takes the route has a hostname that covers a.io: there are *.exa",
            id="outside of the listener",
        ),
        pytest.param(
            route("a.io"),
            Cluster.of(gateway(listener("b.io"), addresses=())),
            Reason.SOURCE_NOT_READY,
            "hostname that covers a.io: there are b.io",
            id="outside of the listener, and no address",
        ),
        pytest.param(
            route("a.io", status=[accepted(ref(), "False", reason="NoMatchingListenerHostname")]),
            WILD,
            Reason.SOURCE_NOT_READY,
            "gateway/default/gw has not accepted the route: NoMatchingListenerHostname",
            id="not accepted, for it is outside",
        ),
        pytest.param(
            route("a.io"),
            Cluster.of(gateway(listener(protocol="TLS"))),
            Reason.SOURCE_NOT_READY,
            "gateway/default/gw does not take the route: listener http speaks TLS",
            id="no listener takes it",
        ),
        pytest.param(
            route("a.io"), Cluster.of(gateway(controller="other")), Reason.FILTERED, "'other'", id="another controller"
        ),
        pytest.param(route("a.io", ignore="true"), OPEN, Reason.IGNORED, 'ignore: "true"', id="ignored"),
        pytest.param(route("a.io", ignore="true"), NOBODY, Reason.IGNORED, 'ignore: "true"', id="ignored, no Gateway"),
    ],
)
def test_name_that_is_not_served_says_why(obj: dict[str, Any], cluster: Cluster, reason: Reason, says: str) -> None:
    (claim,) = claims(obj, cluster)
    assert (claim.hostname, claim.endpoints) == ("a.io", ())
    (problem,) = claim.problems
    assert problem.reason is reason
    assert says in problem.message


def test_invalid_name_spares_the_others() -> None:
    found = claims(route("a.io", hostname="a..b,192.0.2.1"))
    assert told(found) == {"a.io": [], "a..b": [Reason.INVALID_NAME], "192.0.2.1": [Reason.INVALID_NAME]}


def test_template_that_fails_is_told_under_its_text() -> None:
    flags = settings(fqdn_template=("{{.Spec.NoSuchField}}.t.io",), combine_fqdn_annotation=True)
    found = routes.HTTP.claims(route("a.io"), OPEN, flags)
    assert told(found) == {"a.io": [], "{{.Spec.NoSuchField}}.t.io": [Reason.INVALID_TEMPLATE]}


def test_name_of_a_template_is_served_like_any_other() -> None:
    flags = settings(fqdn_template=("{{.Name}}.example.org,{{.Name}}.other.io",))
    found = routes.HTTP.claims(route(), WILD, flags)
    assert told(found) == {
        "*.example.org": [],
        "web.example.org": [],
        "web.other.io": [Reason.SOURCE_NOT_READY],
    }


def test_listeners_name_stays_claimed_while_the_route_is_not_accepted() -> None:
    (claim,) = claims(route(status=[accepted(ref(), "False")]), Cluster.of(gateway(listener("l.io"))))
    assert (claim.hostname, claim.endpoints) == ("l.io", ())
    assert told((claim,)) == {"l.io": [Reason.SOURCE_NOT_READY]}


def test_name_served_by_one_gateway_tells_of_the_other() -> None:
    obj = route("a.io", parents=(ref(), ref("two")), status=[accepted(ref()), accepted(ref("two"), "False")])
    found = claims(obj, Cluster.of(gateway(), gateway(name="two")))
    assert targets(found) == {"a.io": ("192.0.2.10",)}
    assert told(found) == {"a.io": [Reason.SOURCE_NOT_READY]}


def test_one_good_answer_of_a_gateway_is_enough() -> None:
    found = claims(route("a.io", status=[accepted(ref()), accepted(ref(), "False")]))
    assert told(found) == {"a.io": []}


def test_section_picks_the_listener() -> None:
    cluster = Cluster.of(gateway(listener("a.io", name="a"), listener("b.io", name="b")))
    assert targets(claims(route(parents=(ref(sectionName="b"),)), cluster)) == {"b.io": ("192.0.2.10",)}


def test_wildcard_is_served_under_the_listeners_name_only() -> None:
    cluster = Cluster.of(gateway(listener("x.example.org")))
    assert told(claims(route("*.example.org"), cluster)) == {"x.example.org": []}


def test_terms_are_those_of_the_route() -> None:
    cluster = Cluster.of(gateway(ttl="9"))
    (claim,) = claims(route("a.io", ttl="45", set_identifier="s", webhook_x="y"), cluster)
    (endpoint,) = claim.endpoints
    assert (endpoint.ttl, endpoint.set_identifier, endpoint.properties) == (45, "s", (("webhook/x", "y"),))
    assert endpoint.label("resource") == "httproute/default/web"


@pytest.mark.parametrize("kind", [routes.HTTP, routes.GRPC, routes.TLS, routes.TCP, routes.UDP], ids=lambda k: k.source)
@pytest.mark.parametrize("version", ["v1", "v1alpha2"])
def test_routes_of_every_kind_are_owners_in_the_version_that_is_served(kind: routes.RouteType, version: str) -> None:
    obj = route(hostname="a.io") | {"apiVersion": f"gateway.networking.k8s.io/{version}", "kind": kind.kind.kind}
    protocol = sorted(kind.protocols)[0]
    (claim,) = kind.claims(obj, Cluster.of(gateway(listener(protocol=protocol))), settings())
    assert claim.endpoints[0].label("resource") == f"{kind.kind.kind.lower()}/default/web"
    assert claim.resource.api_version == f"gateway.networking.k8s.io/{version}"
    assert kind.source == f"gateway-{kind.kind.kind.lower()}"


def test_gateways_of_another_namespace_count_by_default() -> None:
    all_routes = listener(allowedRoutes={"namespaces": {"from": "All"}})
    found = claims(route("a.io", parents=(ref(namespace="infra"),)), Cluster.of(gateway(all_routes, namespace="infra")))
    assert targets(found) == {"a.io": ("192.0.2.10",)}


def test_what_stands_behind_a_name_that_nobody_serves_is_told_of_each_parent() -> None:
    obj = route("a.io", parents=(ref(), ref("two"), ref("three")), status=[accepted(ref())])
    (claim,) = claims(obj, Cluster.of(gateway(listener("b.io")), gateway(listener("c.io"), name="two")))
    assert [problem.message.split()[:4] for problem in claim.problems] == [
        ["no", "listener", "of", "gateway/default/gw"],
        ["gateway/default/two", "has", "not", "said"],
        ["gateway/default/three", "does", "not", "exist"],
    ]


LONG = "x" * 250
MANY = tuple(ref(f"{LONG}{number}", sectionName=LONG) for number in range(32))


@pytest.mark.parametrize(
    ("obj", "cluster"),
    [
        pytest.param(route("a.io", parents=MANY), NOBODY, id="Gateways that do not exist"),
        pytest.param(
            route("a.io", parents=MANY, status=[accepted(one, "False", message=LONG * 9) for one in MANY]),
            Cluster.of(*(gateway(listener(name=LONG), name=one["name"]) for one in MANY)),
            id="Gateways that refuse",
        ),
        pytest.param(
            route("a.io"),
            Cluster.of(gateway(*(listener(name=f"{LONG}{number}", protocol=LONG) for number in range(64)))),
            id="listeners that do not fit",
        ),
        pytest.param(
            route("a.io"),
            Cluster.of(gateway(*(listener(f"{'b.' * 60}{number}.io", name=str(number)) for number in range(64)))),
            id="hostnames that do not cover",
        ),
    ],
)
def test_reasons_are_bounded(obj: dict[str, Any], cluster: Cluster) -> None:
    (claim,) = claims(obj, cluster)
    assert 1 <= len(claim.problems) <= 5
    assert max(len(problem.message) for problem in claim.problems) < 1024


@pytest.mark.parametrize(
    ("obj", "cluster", "says"),
    [
        pytest.param(
            route(), NOBODY, "it has no hostname of its own: gateway/default/gw does not exist", id="no Gateway"
        ),
        pytest.param(
            route(),
            OPEN,
            "it has no hostname of its own: the listeners that take it have none either",
            id="no name anywhere",
        ),
        pytest.param(
            route(),
            Cluster.of(gateway(listener("a.io", protocol="TCP"))),
            "gateway/default/gw does not take the route: listener http speaks TCP",
            id="no listener takes it",
        ),
        pytest.param(route(parents=()), OPEN, "has neither a Gateway nor a ListenerSet among its", id="no parent"),
        pytest.param(
            route("a.io", gateway_hostname_source="annotation-only"),
            OPEN,
            "it has no hostname of those that its annotation gateway-hostname-source lets count",
            id="none that counts",
        ),
        pytest.param(route("a.io"), NOBODY, None, id="a name to tell it of"),
        pytest.param(route(hostname="a..b"), NOBODY, None, id="a broken name to tell it of"),
        pytest.param(route(), WILD, None, id="the listener's name"),
    ],
)
def test_route_without_any_name_says_why(obj: dict[str, Any], cluster: Cluster, says: str | None) -> None:
    why = routes.HTTP.nameless(obj, cluster, settings())
    assert bool(claims(obj, cluster)) is (why is None)
    assert (why is None) is (says is None)
    assert (says or "") in (why or "")


def test_route_follows_its_gateways_and_its_namespace() -> None:
    obj = route("a.io", parents=(ref(), ref("two", namespace="infra"), ref(group="", kind="Service")))
    assert routes.follows(obj, NOBODY, settings()) == {
        Ref(NAMESPACE, "", "default"),
        Ref(GATEWAY, "default", "gw"),
        Ref(GATEWAY, "infra", "two"),
    }


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.sampled_from(["gw", "a.io", "True", "Accepted", "Gateway"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["parents", "parentRef", "parentRefs", "name", "hostnames", "conditions", "type", "status"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(st.fixed_dictionaries({"spec": JUNK, "status": JUNK}))
def test_no_shape_can_raise_and_the_projection_says_the_same(parts: dict[str, Any]) -> None:
    obj = route("a.io") | parts
    assert claims(project(obj)) == claims(obj)


@given(JUNK, JUNK)
def test_no_shape_of_a_gateway_can_raise(spec: Any, status: Any) -> None:
    broken = gateway() | {"spec": spec, "status": status}
    assert [claim.hostname for claim in claims(route("a.io"), Cluster.of(broken))] == ["a.io"]
