from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import Cluster, accepted, gateway, listener, meta, ref, route, settings
from unit.sources.listenersets import listener_set, open_gateway, verdict
from zonewright.model.claim import Claim
from zonewright.model.kind import GATEWAY, LISTENERSET, NAMESPACE
from zonewright.model.reason import Reason
from zonewright.sources import listenerset
from zonewright.sources import route as routes
from zonewright.sources.gateway import project
from zonewright.sources.lookups import Ref

SET = ref("set", kind="ListenerSet")
RED = {"matchLabels": {"team": "red"}}


def claims(
    gateway: dict[str, Any],
    listener_set: dict[str, Any],
    *hosts: str,
    at: dict[str, Any] = SET,
    home: str = "default",
    **flags: Any,
) -> tuple[Claim, ...]:
    """Those of a route on the set; the namespace `default` has the label team=red."""
    obj = route(*hosts, parents=(at,))
    obj["metadata"]["namespace"] = home
    cluster = Cluster.of(gateway, default={"team": "red"}).having(LISTENERSET, listener_set)
    return routes.HTTP.claims(obj, cluster, settings(**{"gateway_listener_sets": True} | flags))


def published(found: tuple[Claim, ...]) -> dict[str, tuple[str, ...]]:
    return {claim.hostname: tuple(t for e in claim.endpoints for t in e.targets) for claim in found if claim.endpoints}


def test_route_on_a_set_is_reached_at_the_gateway() -> None:
    found = claims(open_gateway(), listener_set(listener("*.s.io")), "a.s.io", "a.io")
    assert published(found) == {"a.s.io": ("192.0.2.10",)}
    assert found[0].problems == ()


def test_set_gives_its_hostnames_and_the_gateway_does_not() -> None:
    assert published(claims(open_gateway("Same", listener("g.io")), listener_set(listener("s.io")))).keys() == {"s.io"}


def test_route_on_the_gateway_does_not_see_the_sets_listeners() -> None:
    found = claims(open_gateway("Same", listener("g.io")), listener_set(listener("s.io")), at=ref())
    assert published(found).keys() == {"g.io"}


@pytest.mark.parametrize(
    ("rule", "gateway_at", "admitted"),
    [
        pytest.param({}, "default", False, id="None by default"),
        pytest.param({"allowedListeners": {}}, "default", False, id="empty rule"),
        pytest.param({"allowedListeners": {"namespaces": {}}}, "default", False, id="rule without from"),
        pytest.param(("None", None), "default", False, id="None"),
        pytest.param(("Same", None), "default", True, id="Same"),
        pytest.param(("Same", None), "infra", False, id="Same, but elsewhere"),
        pytest.param(("All", None), "infra", True, id="All"),
        pytest.param(("Selector", RED), "infra", True, id="Selector"),
        pytest.param(("Selector", {"matchLabels": {"team": "blue"}}), "infra", False, id="other labels"),
        pytest.param(("Selector", None), "infra", False, id="no selector"),
        pytest.param(("Selector", {"matchExpressions": [{}]}), "infra", False, id="broken selector"),
        pytest.param(("Elsewhere", None), "default", False, id="unknown word"),
    ],
)
def test_gateway_says_whose_sets_it_takes(rule: Any, gateway_at: str, admitted: bool) -> None:
    owner = gateway(namespace=gateway_at)
    if isinstance(rule, tuple):
        owner = open_gateway(rule[0], selector=rule[1], namespace=gateway_at)
    else:
        owner["spec"] |= rule
    (claim,) = claims(owner, listener_set(parent={"name": "gw", "namespace": gateway_at}), "a.io")
    assert bool(claim.endpoints) is admitted
    if not admitted:
        (problem,) = claim.problems
        assert problem.reason is Reason.SOURCE_NOT_READY
        assert f"gateway/{gateway_at}/gw takes no ListenerSets of the namespace default" in problem.message


@pytest.mark.parametrize(
    ("found", "says"),
    [
        pytest.param(
            listener_set(accepted=verdict("False", reason="NotAllowed")),
            "accepted listenerset/default/set: NotAllowed",
            id="refused",
        ),
        pytest.param(
            listener_set(accepted=verdict("Unknown")), "has not accepted listenerset/default/set", id="unknown"
        ),
        pytest.param(listener_set() | {"status": {}}, "has not said yet whether it accepts", id="no status"),
        pytest.param(
            listener_set(verdicts={"http": verdict("False", reason="Conflict")}),
            "listenerset/default/set does not take the route: listener http has not been accepted: Conflict",
            id="listener refused",
        ),
        pytest.param(listener_set(verdicts={"http": None}), "listener http has not been accepted yet", id="no verdict"),
        pytest.param(listener_set(parent={"name": "x"}), "gateway/default/x does not exist", id="no such Gateway"),
        pytest.param(
            listener_set(parent={"kind": "Service", "name": "gw"}),
            "listenerset/default/set has no Gateway as its parent",
            id="another kind of parent",
        ),
        pytest.param(
            listener_set(parent={"group": "x.io", "name": "gw"}), "has no Gateway as its parent", id="another group"
        ),
        pytest.param(listener_set(parent={}), "has no Gateway as its parent", id="nameless parent"),
        pytest.param(listener_set(name="other"), "listenerset/default/set does not exist", id="no such set"),
        pytest.param(listener_set(listener(protocol="TCP")), "listener http speaks TCP", id="another protocol"),
        pytest.param(
            listener_set(listener("s.io")),
            "no listener of listenerset/default/set that takes the route has a hostname that covers a.io: "
            "there are s.io",
            id="another hostname",
        ),
    ],
)
def test_set_that_does_not_count_says_why(found: dict[str, Any], says: str) -> None:
    (claim,) = claims(open_gateway(), found, "a.io")
    (problem,) = claim.problems
    assert (claim.endpoints, problem.reason) == ((), Reason.SOURCE_NOT_READY)
    assert says in problem.message


@pytest.mark.parametrize(
    ("flags", "notes", "says"),
    [
        pytest.param(
            {"gateway_listener_sets": False}, {}, "left out: ListenerSets need --gateway-listener-sets", id="off"
        ),
        pytest.param({"gateway_name": "x"}, {}, "gateway/default/gw is left out: its name", id="name of its Gateway"),
        pytest.param({"gateway_namespace": "x"}, {}, "gateway/default/gw is left out: it is not in", id="namespace"),
        pytest.param({"gateway_label_filter": "a=b"}, {}, "gateway/default/gw is left out: its labels", id="labels"),
        pytest.param(
            {}, {"controller": "other"}, "listenerset/default/set is left out: its annotation", id="controller"
        ),
    ],
)
def test_set_that_is_filtered_says_so(flags: dict[str, Any], notes: dict[str, Any], says: str) -> None:
    (claim,) = claims(open_gateway(), listener_set(**notes), "a.io", **flags)
    (problem,) = claim.problems
    assert (claim.endpoints, problem.reason) == ((), Reason.FILTERED)
    assert says in problem.message


@pytest.mark.parametrize(
    "flags",
    [{"gateway_namespace": "infra"}, {"annotation_filter": "a=b"}, {"label_filter": "a=b"}, {"namespace": "x"}],
    ids=str,
)
def test_filters_that_are_not_about_sets(flags: dict[str, Any]) -> None:
    found = claims(
        open_gateway("All", namespace="infra"),
        listener_set(parent={"name": "gw", "namespace": "infra"}),
        "a.io",
        **flags,
    )
    assert published(found)


def test_same_means_the_namespace_of_the_set() -> None:
    owner = open_gateway("All", namespace="infra")
    found = listener_set(parent={"name": "gw", "namespace": "infra"})
    assert published(claims(owner, found, "a.io"))
    (claim,) = claims(owner, found, "a.io", at=SET | {"namespace": "default"}, home="infra")
    assert "listener http takes no routes of the namespace infra (from: Same)" in claim.problems[0].message


def test_listeners_of_a_set_count_one_by_one() -> None:
    found = listener_set(listener("a.io", name="a"), listener("b.io", name="b"), verdicts={"a": verdict("False")})
    assert published(claims(open_gateway(), found)).keys() == {"b.io"}
    assert published(claims(open_gateway(), found, at=SET | {"sectionName": "b"})).keys() == {"b.io"}
    assert not published(claims(open_gateway(), found, at=SET | {"sectionName": "a"}))


def test_names_of_a_set_that_is_not_accepted_stay_claimed() -> None:
    (claim,) = claims(open_gateway(), listener_set(listener("s.io"), accepted=verdict("False")))
    assert (claim.hostname, claim.endpoints) == ("s.io", ())


def test_same_listener_behind_gateway_and_set_is_told_apart() -> None:
    obj = route("a.io", parents=(ref(), SET), status=[accepted(ref()), accepted(SET, "False")])
    cluster = Cluster.of(open_gateway()).having(LISTENERSET, listener_set())
    (claim,) = routes.HTTP.claims(obj, cluster, settings(gateway_listener_sets=True))
    assert claim.endpoints[0].targets == ("192.0.2.10",)
    assert "listenerset/default/set has not accepted the route" in claim.problems[0].message


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ({"name": "gw"}, Ref(GATEWAY, "shop", "gw")),
        ({"name": "gw", "namespace": "infra"}, Ref(GATEWAY, "infra", "gw")),
        ({"name": "gw", "namespace": "", "group": "", "kind": ""}, Ref(GATEWAY, "shop", "gw")),
        ({"name": "gw", "kind": "ListenerSet"}, None),
        ({"name": ""}, None),
        ("gw", None),
        (None, Ref(GATEWAY, "shop", "gw")),
    ],
)
def test_gateway_of_a_set(parent: Any, expected: Ref | None) -> None:
    assert listenerset.gateway_of(listener_set(namespace="shop", parent=parent)) == expected


def follows(*sets: dict[str, Any], **flags: Any) -> set[Ref]:
    obj = route("a.io", parents=(ref(), ref("set", namespace="infra", kind="ListenerSet")))
    return set(routes.follows(obj, Cluster.of().having(LISTENERSET, *sets), settings(**flags)))


HOME, OWN = Ref(NAMESPACE, "", "default"), Ref(GATEWAY, "default", "gw")
BESIDE, BEHIND = Ref(LISTENERSET, "infra", "set"), Ref(GATEWAY, "edge", "public")


def test_route_follows_its_sets_and_what_is_behind_them() -> None:
    found = listener_set(namespace="infra", parent={"namespace": "edge", "name": "public"})
    assert follows(found, gateway_listener_sets=True) == {HOME, OWN, BESIDE, BEHIND, Ref(NAMESPACE, "", "infra")}
    assert follows(gateway_listener_sets=True) == {HOME, OWN, BESIDE}
    assert follows(found) == {HOME, OWN}


def test_sets_are_asked_about_where_they_are_enabled() -> None:
    assert routes.lookups(settings()) == (GATEWAY, NAMESPACE)
    assert routes.lookups(settings(gateway_listener_sets=True)) == (GATEWAY, NAMESPACE, LISTENERSET)


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.sampled_from(["gw", "a.io", "True", "Accepted", "http", "HTTP"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["parentRef", "listeners", "name", "conditions", "type", "status", "protocol"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(st.fixed_dictionaries({}, optional={"spec": JUNK, "status": JUNK}))
def test_no_shape_of_a_set_can_raise_and_the_projection_says_the_same(parts: dict[str, Any]) -> None:
    broken = {**listener_set(), **parts, "metadata": meta("set")}
    found = claims(open_gateway(), broken, "a.io")
    assert [claim.hostname for claim in found] == ["a.io"]
    if isinstance(broken["spec"], dict) and "parentRef" in broken["spec"]:
        assert claims(open_gateway(), project(broken), "a.io") == found
