from __future__ import annotations

from typing import Any

import pytest

from unit.sources.builders import accepted, ref, route
from zonewright.sources.parents import Ref, gateways, parents

GW = Ref("default", "gw")


def said(obj: dict[str, Any]) -> list[tuple[Ref, str]]:
    return [(parent.ref, parent.refusal.message if parent.refusal else "") for parent in parents(obj)]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (ref(), {("default", "gw")}),
        (ref(namespace="infra"), {("infra", "gw")}),
        (ref(group="gateway.networking.k8s.io", kind="Gateway", sectionName="a", port=80), {("default", "gw")}),
        (ref(group="", kind="Service"), set()),
        (ref(kind="ListenerSet"), set()),
        ({}, set()),
        ("gw", set()),
        (None, set()),
    ],
)
def test_gateways_are_the_parents_of_a_route(entry: Any, expected: set[tuple[str, str]]) -> None:
    assert gateways(route("a.io", parents=(entry,), status=[])) == expected


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        pytest.param([accepted(ref())], "", id="accepted"),
        pytest.param(
            [accepted(ref(), "False", reason="NotAllowed", message="no")],
            "gateway/default/gw has not accepted the route: NotAllowed no",
            id="refused",
        ),
        pytest.param([accepted(ref(), "Unknown")], "has not accepted the route: no reason given", id="not known"),
        pytest.param([{"parentRef": ref()}], "has not said yet", id="without conditions"),
        pytest.param([], "has not said yet", id="without status"),
        pytest.param([accepted(ref("other"))], "has not said yet", id="status of another Gateway"),
        pytest.param([accepted(ref(namespace="x"))], "has not said yet", id="status of another namespace"),
        pytest.param(["junk", None, accepted(ref())], "", id="junk beside it"),
    ],
)
def test_only_the_accepted_condition_attaches_a_route(status: list[Any], refusal: str) -> None:
    ((found, why),) = said(route("a.io", status=status))
    assert found == GW
    assert refusal in why
    assert bool(refusal) is bool(why)


def test_status_says_which_listener_was_accepted() -> None:
    obj = route("a.io", parents=(ref(sectionName="a"),), status=[accepted(ref(sectionName="b", port=80))])
    assert said(obj) == [(Ref("default", "gw", "b", 80), "")]


def test_each_controller_and_each_parent_answers() -> None:
    obj = route(
        "a.io",
        parents=(ref(), ref("two"), ref("three")),
        status=[accepted(ref()), accepted(ref(), "False"), accepted(ref("two"))],
    )
    assert [(found.name, bool(why)) for found, why in said(obj)] == [
        ("gw", False),
        ("gw", True),
        ("two", False),
        ("three", True),
    ]
