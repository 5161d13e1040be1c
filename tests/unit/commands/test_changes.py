from __future__ import annotations

import pytest

from unit.planning.builders import MX_TOO, REGISTRY, WEB, WWW, owned, plan, proof, record, want
from unit.planning.memoryzone import MemoryZone
from unit.planning.test_retain import kept
from zonewright.commands.changes import documents, item_document, items, tally, zone_changes
from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint
from zonewright.model.zone import Zone
from zonewright.planning.plan import NamePlan, Wanted
from zonewright.registry.base import Registry
from zonewright.registry.noop import NoopRegistry

ZONE = Zone("example.com", "1")
RECORD = {"name", "type", "setIdentifier", "targets", "ttl", "owner", "resource", "properties"}


def shown(zone: list[Endpoint], *wanted: Wanted) -> list[tuple[str, str, list[str]]]:
    """Items of the plan: action, type, and the ownership records that go with it."""
    found = zone_changes(ZONE, {WWW: plan(zone, *wanted)}, REGISTRY)
    return [
        (
            item.action,
            str(item.change.endpoint.rtype) if item.change else "",
            [f"{proof.action} {proof.key.name.partition('-')[0]}" for proof in item.proofs],
        )
        for item in found.items
    ]


@pytest.mark.parametrize(
    ("zone", "wanted", "expected"),
    [
        pytest.param([], [want("A")], [("create", "A", ["CREATE a"])], id="create"),
        pytest.param(owned("A", "192.0.2.9"), [want("A")], [("update", "A", [])], id="update without another owner"),
        pytest.param(owned("A"), [], [("delete", "A", ["DELETE a"])], id="delete"),
        pytest.param([proof("A")], [], [("keep", "", ["DELETE a"])], id="an ownership record that was left behind"),
        pytest.param(
            owned("CNAME"),
            [want("A")],
            [("delete", "CNAME", ["DELETE cname"]), ("create", "A", ["CREATE a"])],
            id="a change of type: each record set has its own",
        ),
        pytest.param(
            owned("A", "192.0.2.9") + owned("AAAA", "2001:db8::9"),
            [want("A"), want("AAAA")],
            [("update", "A", []), ("update", "AAAA", [])],
            id="two types",
        ),
        pytest.param([record("A")], [want("A")], [], id="nobody's record: nothing"),
    ],
)
def test_ownership_records_stand_below_the_record_set_that_they_are_about(
    zone: list[Endpoint], wanted: list[Wanted], expected: list[tuple[str, str, list[str]]]
) -> None:
    assert shown(zone, *wanted) == expected


@pytest.mark.parametrize("registry", [REGISTRY, NoopRegistry()], ids=["txt", "noop"])
def test_no_change_is_lost_or_told_twice(registry: Registry) -> None:
    unit = Unit(WWW, plan(owned("CNAME"), want("A"), want("AAAA")).units[0].changes)
    told = [c for item in items(unit, registry) for c in (*([item.change] if item.change else []), *item.proofs)]
    assert sorted(map(repr, told)) == sorted(map(repr, unit.changes))


def test_a_document_has_all_fields_whatever_the_action() -> None:
    plans: dict[str, NamePlan] = {
        "update": plan(owned("A", "192.0.2.9"), want("A")),
        "keep": plan([proof("A")]),
        "release": plan(kept(*owned("A"))),
    }
    for action, made in plans.items():
        (document,) = documents(zone_changes(ZONE, {WWW: made}, REGISTRY))
        assert document.keys() == RECORD | {"action", "before", "ownershipRecords"}
        assert document["action"] == action
        for owner in document["ownershipRecords"]:
            assert owner.keys() == RECORD | {"action", "before"}


def test_a_release_names_the_record_set_that_stays_and_its_object() -> None:
    (document,) = documents(zone_changes(ZONE, {WWW: plan(kept(*owned("A")))}, REGISTRY))
    fields = ("action", "name", "type", "targets", "owner", "resource", "before")
    assert [document[field] for field in fields] == ["release", WWW, "A", ["192.0.2.1"], "me", WEB, None]
    assert [proof["action"] for proof in document["ownershipRecords"]] == ["delete"]


@pytest.mark.parametrize(
    "zone",
    [
        pytest.param(kept(*owned("A"), *owned("AAAA")), id="each with an ownership record of its own"),
        pytest.param(kept(record("A"), record("MX"), proof("")), id="with one for both"),
    ],
)
def test_record_sets_that_are_released_are_told_one_by_one_whatever_they_lean_on(zone: MemoryZone) -> None:
    made = plan(zone, rules=MX_TOO)
    found = zone_changes(ZONE, {WWW: made}, REGISTRY)
    assert len(made.released) == 2
    assert [item.released for item in found.items] == list(made.released)
    assert sum(len(item.proofs) for item in found.items) == sum(len(unit.changes) for unit in made.units)


def test_a_release_beside_a_delete_takes_nothing_of_it() -> None:
    assert sorted(shown([*kept(*owned("A")), *owned("AAAA")])) == [
        ("delete", "AAAA", ["DELETE aaaa"]),
        ("release", "", ["DELETE a"]),
    ]


def test_an_update_shows_both_sides_with_owner_and_resource() -> None:
    (item,) = zone_changes(ZONE, {WWW: plan(owned("A", "192.0.2.9"), want("A"))}, REGISTRY).items
    document = item_document(item)
    assert (document["targets"], document["before"]["targets"]) == (["192.0.2.1"], ["192.0.2.9"])
    assert (document["owner"], document["resource"]) == ("me", "ingress/default/web")


def test_tally_counts_record_sets_and_ownership_records_apart() -> None:
    plans = {WWW: plan(owned("CNAME"), want("A"))}
    found = tally([zone_changes(ZONE, plans, REGISTRY)])
    assert found == {"create": 1, "update": 0, "delete": 1, "release": 0, "ownershipRecords": 2}


def test_a_change_of_text_beside_an_ownership_record_is_one_of_ownership() -> None:
    """Text of others in the same record set stays: what is left is no ownership record any more."""
    old = Endpoint.found("a-www.example.com", "TXT", [*proof("A").targets, "hello"])
    change = Change(old, Endpoint.found("a-www.example.com", "TXT", ["hello"]))
    (item,) = items(Unit(WWW, (change,)), REGISTRY)
    assert (item.action, item.proofs) == ("keep", (change,))
