from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from unit.planning.builders import want
from zonewright.model.reason import Problem, Reason
from zonewright.planning.candidates import Wanted, agrees, choose, joined


def targets(wanted: Sequence[Wanted]) -> list[tuple[str, ...]]:
    return [candidate.endpoint.targets for candidate in joined(wanted)]


ONE, TWO = "192.0.2.1", "192.0.2.2"


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        pytest.param({"resource": "crd/ns/a"}, {"resource": "crd/ns/b"}, True, id="one kind, one namespace"),
        pytest.param({"resource": "crd/ns/a"}, {"resource": "crd/other/b"}, False, id="across namespaces never"),
        pytest.param({"resource": "crd/ns/a"}, {"resource": "ingress/ns/b"}, False, id="other kinds never"),
        pytest.param({"resource": "node/a"}, {"resource": "node/b"}, False, id="without namespace never"),
        pytest.param({"resource": ""}, {"resource": ""}, False, id="unknown objects never"),
        pytest.param({"ttl": 60}, {"ttl": 60}, True, id="equal ttl"),
        pytest.param({"ttl": 60}, {"ttl": 30}, False, id="other ttl"),
        pytest.param({"set_identifier": "x"}, {"set_identifier": "y"}, False, id="other set identifier"),
        pytest.param({"properties": {"a": "1"}}, {"properties": {"a": "2"}}, False, id="other properties"),
    ],
)
def test_what_is_joined(one: dict[str, str], other: dict[str, str], together: bool) -> None:
    found = targets([want("A", ONE, **one), want("A", TWO, **other)])  # type: ignore[arg-type]
    assert found == ([(ONE, TWO)] if together else [(ONE,), (TWO,)])


def test_aliases_are_never_joined() -> None:
    assert len(joined([want("CNAME", "a.example.net"), want("CNAME", "b.example.net")])) == 2
    assert len(joined([want("CNAME", "a.example.net"), want("CNAME", "a.example.net")])) == 1


def test_one_spelling_of_a_target_is_enough() -> None:
    assert targets([want("MX", "10 a.example.net"), want("MX", "10 A.example.net")]) == [("10 A.example.net",)]


def test_one_with_a_problem_stays_alone() -> None:
    bad = Wanted(want("A", TWO).endpoint, "bad", Problem(Reason.INVALID_TARGET, "why"))
    assert targets([want("A", ONE), bad]) == [(ONE,), (TWO,)]


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        pytest.param(("A", "192.0.2.9"), ("A", ONE, TWO), id="fewer targets first"),
        pytest.param(("A", "192.0.2.2"), ("A", "192.0.2.10"), id="addresses by number, not by text"),
        pytest.param(("AAAA", "2001:db8::9"), ("AAAA", "2001:db8::10"), id="of either family"),
        pytest.param(("CNAME", "a.example.net"), ("CNAME", "b.example.net"), id="names by text"),
    ],
)
def test_smallest_is_chosen_whatever_the_order(smaller: tuple[str, ...], larger: tuple[str, ...]) -> None:
    both = [want(*larger, resource="crd/a/a"), want(*smaller, resource="crd/b/b")]
    for order in itertools.permutations(both):
        assert choose(joined(order), "").endpoint.targets == tuple(sorted(smaller[1:]))


def test_equal_ones_are_told_apart_by_their_object() -> None:
    both = [want("A", resource="service/ns/app"), want("A", resource="ingress/ns/web")]
    assert choose(joined(both), "").wanted[0].resource == "ingress/ns/web"


def test_incumbent_is_chosen_before_the_smallest() -> None:
    both = [want("A", ONE, resource="crd/a/a"), want("A", TWO, resource="crd/b/b")]
    assert choose(joined(both), "crd/b/b").endpoint.targets == (TWO,)
    assert choose(joined(both), "crd/gone/gone").endpoint.targets == (ONE,)


def test_record_of_several_objects_is_attributed_to_the_incumbent() -> None:
    (candidate,) = joined([want("A", ONE, resource="crd/ns/b"), want("A", TWO, resource="crd/ns/a")])
    assert candidate.attributed("crd/ns/b").label("resource") == "crd/ns/b"
    assert candidate.attributed("crd/ns/gone").label("resource") == "crd/ns/a"


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        pytest.param(want("A", ttl=None), want("A", ttl=60), True, id="no ttl asked for"),
        pytest.param(want("A", ttl=30), want("A", ttl=60), False, id="other ttl"),
        pytest.param(want("A", ONE), want("A", TWO), False, id="other target"),
        pytest.param(want("CNAME", "A.example.net"), want("CNAME", "a.example.net"), True, id="case does not count"),
        pytest.param(want("A", properties={"a": "1"}), want("A"), False, id="other properties"),
    ],
)
def test_who_agrees_gets_all_that_he_asks_for(mine: Wanted, theirs: Wanted, expected: bool) -> None:
    (one,), (other,) = joined([mine]), joined([theirs])
    assert agrees(one, other) is expected
