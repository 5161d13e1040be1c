from __future__ import annotations

from typing import Any

import pytest

from unit.sources.builders import accepted, ref, route
from zonewright.model.kind import GATEWAY, LISTENERSET
from zonewright.sources.parents import ParentRef, asked_for, parents

GW = ParentRef(GATEWAY, "default", "gw")


def said(obj: dict[str, Any]) -> list[tuple[ParentRef, str]]:
    return [(parent.ref, parent.refusal.message if parent.refusal else "") for parent in parents(obj)]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (ref(), [GW]),
        (ref(namespace="infra"), [GW._replace(namespace="infra")]),
        (
            ref(group="gateway.networking.k8s.io", kind="Gateway", sectionName="a", port=80),
            [GW._replace(section="a", port=80)],
        ),
        (ref(group="", kind="", namespace=""), [GW]),
        (ref(kind="ListenerSet"), [GW._replace(kind=LISTENERSET)]),
        (ref(group="", kind="Service"), []),
        (ref(group="x.io"), []),
        ({}, []),
        ("gw", []),
        (None, []),
    ],
)
def test_parents_are_gateways_and_listener_sets(entry: Any, expected: list[ParentRef]) -> None:
    assert asked_for(route("a.io", parents=(entry,), status=[])) == expected


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
    obj = route("a.io", parents=(ref(),), status=[accepted(ref(sectionName="b", port=80))])
    assert said(obj) == [(GW._replace(section="b", port=80), "")]


@pytest.mark.parametrize(
    ("wanted", "answers", "waiting"),
    [
        pytest.param([ref(sectionName="a")], [ref(sectionName="a")], [], id="the listener itself"),
        pytest.param([ref(sectionName="a")], [ref()], [], id="all listeners"),
        pytest.param([ref()], [ref(sectionName="a")], [], id="any listener was asked for"),
        pytest.param([ref(sectionName="a")], [ref(sectionName="b")], ["listener a"], id="another listener"),
        pytest.param(
            [ref(sectionName="a"), ref(sectionName="b")], [ref(sectionName="b")], ["listener a"], id="one of two"
        ),
        pytest.param([ref(port=80)], [], ["port 80"], id="by its port"),
        pytest.param([ref()], [ref(kind="ListenerSet")], ["gateway/default/gw"], id="a set of the same name"),
    ],
)
def test_listener_without_an_answer_is_waited_for(
    wanted: list[dict[str, Any]], answers: list[dict[str, Any]], waiting: list[str]
) -> None:
    obj = route("a.io", parents=tuple(wanted), status=[accepted(answer) for answer in answers])
    found = [why for _, why in said(obj) if why]
    assert len(found) == len(waiting)
    assert all(why.startswith(who) and "has not said yet" in why for why, who in zip(found, waiting, strict=True))


def test_parents_stand_in_the_order_of_the_spec() -> None:
    wanted = (ref("c"), ref("a"), ref("b"))
    obj = route("a.io", parents=wanted, status=[accepted(ref("a")), accepted(ref("c"))])
    assert [found.name for found, _ in said(obj)] == ["c", "a", "b"]


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
