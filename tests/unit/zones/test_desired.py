from __future__ import annotations

from zonewright.model.endpoint import Endpoint
from zonewright.zones.desired import REMEMBERED, Desired, Origin


def a(name: str, target: str = "192.0.2.1") -> Endpoint:
    return Endpoint.wanted(name, "A", [target])


def test_wishes_of_several_objects_meet_at_the_name() -> None:
    desired = Desired()
    desired.put("one", "x", {0: a("www.example.org")})
    desired.put("two", "y", {3: a("www.example.org", "192.0.2.2")})
    assert [wish.origin for wish in desired.at("www.example.org")] == [Origin("one", "x", 0), Origin("two", "y", 3)]


def test_only_names_whose_wishes_differ_are_told() -> None:
    desired = Desired()
    desired.put("ns", "x", {0: a("same.example.org"), 1: a("moved.example.org")})
    changed = desired.put("ns", "x", {0: a("same.example.org"), 1: a("new.example.org")})
    assert changed == {"moved.example.org", "new.example.org"}
    assert desired.put("ns", "x", {0: a("same.example.org"), 1: a("new.example.org")}) == set()


def test_an_object_that_goes_takes_its_wishes_with_it_and_no_others() -> None:
    desired = Desired()
    desired.put("ns", "x", {0: a("www.example.org")})
    desired.put("ns", "y", {0: a("www.example.org", "192.0.2.2")})
    assert desired.drop("ns", "x") == {"www.example.org"}
    assert [wish.origin.name for wish in desired.at("www.example.org")] == ["y"]
    assert desired.drop("ns", "y") == {"www.example.org"}
    assert list(desired.names()) == []
    assert desired.drop("ns", "y") == set()


def test_names_that_come_and_go_are_remembered_up_to_a_number() -> None:
    desired = Desired()
    desired.put("default", "lasting", {0: a("lasting.example.org")})
    for number in range(REMEMBERED + 1):
        desired.put("default", f"n{number}", {0: a(f"n{number}.example.org")})
        desired.drop("default", f"n{number}")
    assert not desired.ever("n0.example.org")
    assert desired.ever("n1.example.org")
    assert desired.ever("lasting.example.org")
    assert list(desired.names()) == ["lasting.example.org"]
