"""Whose turn it is, where thousands of names are marked."""

from __future__ import annotations

from zonewright.model.change import Unit
from zonewright.planning.plan import NamePlan
from zonewright.zones.turns import Turns


def plan(name: str, *, changes: bool = True) -> NamePlan:
    return NamePlan(name, (Unit(name, ()),) if changes else (), ())


def names(plans: list[NamePlan]) -> list[str]:
    return [one.name for one in plans]


def test_without_a_portion_all_have_their_turn_at_once() -> None:
    turns = Turns()
    assert turns.come({"a", "b", "c"}, None) == {"a", "b", "c"}
    assert names(turns.first([plan("a"), plan("b")], None)) == ["a", "b"]
    assert not turns


def test_marked_names_beyond_the_portion_wait_and_come_in_their_order() -> None:
    turns = Turns()
    first = turns.come({"a", "b", "c", "d", "e"}, 2)
    assert (len(first), len(turns)) == (2, 3)
    turns.first(list(map(plan, first)), 2)
    second = turns.next(2)
    assert len(second) == 2
    assert second == sorted(second)
    assert not first.intersection(second)


def test_who_has_not_waited_yet_comes_before_those_who_have() -> None:
    turns = Turns()
    turns.first([plan("a"), plan("b"), plan("c")], 1)
    assert turns.next(5) == ["b", "c"]
    assert names(turns.first([plan("b"), plan("c"), plan("z")], 1)) == ["z"]
    assert names(turns.first([plan("b"), plan("c")], 1)) == ["b"]
    assert len(turns) == 1


def test_a_plan_that_changes_nothing_never_waits() -> None:
    turns = Turns()
    assert names(turns.first([plan("a"), plan("b"), plan("c", changes=False)], 1)) == ["a", "c"]
