from __future__ import annotations

import pytest

from zonewright.model.endpoint import Endpoint
from zonewright.planning.brake import Brake, HeldPlan


@pytest.mark.parametrize(
    ("owned", "going", "held"),
    [(10, 3, False), (10, 4, True), (9, 9, False), (100, 30, False), (100, 31, True), (10, 0, False)],
)
def test_more_than_thirty_percent_of_ten_or_more_are_held(owned: int, going: int, held: bool) -> None:
    assert Brake(30, 10).holds(owned, going) is held


def test_a_hundred_percent_never_holds_and_none_holds_every_delete() -> None:
    assert not Brake(100, 10).holds(50, 50)
    assert Brake(0, 10).holds(50, 1)


@pytest.mark.parametrize(
    ("owned", "going", "gone", "held"),
    [(40, 1, 12, True), (40, 1, 11, False), (10, 1, 8, False), (10, 1, 9, True), (10, 4, 0, True)],
)
def test_what_has_gone_lately_counts_where_it_is_a_flood(owned: int, going: int, gone: int, held: bool) -> None:
    assert Brake(30, 10).holds(owned, going, gone) is held


def record(name: str, target: str = "192.0.2.1") -> Endpoint:
    return Endpoint.wanted(name, "A", [target])


def test_a_plan_is_known_by_what_it_deletes_and_where() -> None:
    one, other = record("a.example.org"), record("b.example.org")
    plan = HeldPlan.of("Z1", [one, other], 10)
    assert plan.id == HeldPlan.of("Z1", [other, one], 12).id
    others = [
        HeldPlan.of("Z2", [one, other], 10),
        HeldPlan.of("Z1", [one], 10),
        HeldPlan.of("Z1", [one, record("b.example.org", "192.0.2.2")], 10),
    ]
    assert plan.id not in {other.id for other in others}
    assert len({other.id for other in others}) == len(others)
