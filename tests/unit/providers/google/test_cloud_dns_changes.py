"""Units as changes of Cloud DNS, and whose fault a refusal is."""

from __future__ import annotations

from typing import Any

import pytest

from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint
from zonewright.providers.base import Changed, ProviderError, Rejected
from zonewright.providers.google.changes import Draft, Standing, blamed, body, draft, grouped
from zonewright.providers.google.errors import Fault
from zonewright.providers.google.records import raw, written

ZONE = "example.org"


def address(name: str, target: str = "192.0.2.1", ttl: int | None = None) -> Endpoint:
    return Endpoint.wanted(f"{name}.{ZONE}", "A", [target], ttl=ttl)


def text(name: str) -> Endpoint:
    return Endpoint.wanted(f"a-{name}.{ZONE}", "TXT", ["mine"])


def create(name: str) -> Unit:
    return Unit(f"{name}.{ZONE}", (Change(None, text(name)), Change(None, address(name))))


def standing(*found: dict[str, Any]) -> Standing:
    return {Endpoint.found(one["name"], one["type"], []).key: raw(one) for one in found}


def test_an_update_takes_away_exactly_what_stands() -> None:
    stands = written(address("www", ttl=77)) | {"signatureRrdatas": ["x"]}
    unit = Unit(f"www.{ZONE}", (Change(address("www"), address("www", "192.0.2.2")),))
    made = body([draft(unit, standing(stands))])
    assert made["deletions"] == [written(address("www", ttl=77))]
    assert made["additions"] == [written(address("www", "192.0.2.2"))]


def test_a_change_of_type_is_one_change() -> None:
    name = f"www.{ZONE}"
    cname = Endpoint.wanted(name, "CNAME", ["lb.example.com"])
    made = body(
        [draft(Unit(name, (Change(address("www"), None), Change(None, cname))), standing(written(address("www"))))]
    )
    assert ([one["type"] for one in made["deletions"]], [one["type"] for one in made["additions"]]) == (
        ["A"],
        ["CNAME"],
    )


POLICY = {"name": f"www.{ZONE}.", "type": "A", "ttl": 60, "routingPolicy": {"wrr": {"items": []}}}


@pytest.mark.parametrize(
    ("change", "stands", "kind"),
    [
        pytest.param(Change(None, address("www")), [written(address("www"))], Changed, id="create what is there"),
        pytest.param(Change(address("www"), None), [], Changed, id="delete what has gone"),
        pytest.param(Change(address("www"), address("www", "192.0.2.2")), [], Changed, id="update what has gone"),
        pytest.param(
            Change(address("www"), None), [written(address("www", "192.0.2.9"))], Changed, id="delete another value"
        ),
        pytest.param(Change(Endpoint.found(f"www.{ZONE}", "A", []), None), [POLICY], Rejected, id="delete a policy"),
        pytest.param(
            Change(Endpoint.found(f"www.{ZONE}", "A", []), address("www")), [POLICY], Rejected, id="write over a policy"
        ),
        pytest.param(Change(None, address("www")), [POLICY], Changed, id="create beside a policy"),
    ],
)
def test_what_does_not_fit_is_not_sent(change: Change, stands: list[dict[str, Any]], kind: type[ProviderError]) -> None:
    with pytest.raises(kind):
        draft(Unit(f"www.{ZONE}", (change,)), standing(*stands))


@pytest.mark.parametrize(("most", "sizes"), [(1000, [5]), (10, [5]), (9, [4, 1]), (4, [2, 2, 1]), (2, [1, 1, 1, 1, 1])])
def test_a_unit_is_whole_in_one_change_of_at_most_so_many(most: int, sizes: list[int]) -> None:
    groups = grouped([draft(create(f"n{number}"), {}) for number in range(5)], most)
    assert [len(group) for group in groups] == sizes


def test_the_octets_of_a_change_are_limited_and_those_of_a_unit_too() -> None:
    def large(values: int) -> Draft:
        """A value has 253 octets, and its quotes."""
        texts = [f"{number:03}{'x' * 250}" for number in range(values)]
        return draft(Unit("x", (Change(None, Endpoint.wanted(f"x{values}.{ZONE}", "TXT", texts)),)), {})

    assert large(100).octets == 25_500
    assert [len(group) for group in grouped([large(100), large(101), large(191), large(2)], 1000)] == [3, 1]
    with pytest.raises(Rejected):
        grouped([large(393)], 1000)


def fault(part: str, which: str, rtype: str = "") -> Fault:
    return Fault(part, which, rtype, Rejected(which))


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        pytest.param([fault("additions", "0")], [0], id="its ownership"),
        pytest.param([fault("additions", "1")], [0], id="its record"),
        pytest.param([fault("additions", "3"), fault("additions", "5")], [1, 2], id="two units"),
        pytest.param([fault("deletions", "0")], [3], id="a deletion is counted by itself"),
        pytest.param([fault("additions", "4"), fault("additions", "5")], [2], id="both of one unit"),
        pytest.param([fault("additions", f"n1.{ZONE}.", "A")], [1], id="name and type"),
        pytest.param([fault("additions", f"n1.{ZONE}.", "TXT")], [], id="a name of another type"),
        pytest.param([fault("additions", f"n2.{ZONE}.")], [2], id="name"),
        pytest.param([fault("additions", "6"), fault("deletions", "1")], [], id="none that was sent"),
    ],
)
def test_a_fault_belongs_to_the_unit_of_the_record_set(faults: list[Fault], expected: list[int]) -> None:
    gone = draft(Unit(f"old.{ZONE}", (Change(address("old"), None),)), standing(written(address("old"))))
    group = [draft(create(f"n{number}"), {}) for number in range(3)] + [gone]
    assert sorted(blamed(group, faults)) == expected
