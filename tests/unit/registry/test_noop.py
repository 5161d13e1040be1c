from __future__ import annotations

from dataclasses import replace

from unit.planning.builders import MX_TOO, RULES, owned, proof, record, want
from unit.planning.memoryzone import MemoryZone
from zonewright.model.change import Change
from zonewright.model.endpoint import Endpoint
from zonewright.model.ownership import Ownership
from zonewright.planning.plan import Policy, Rules, Wanted, plan_name
from zonewright.registry.noop import NoopRegistry

REGISTRY = NoopRegistry()
RECORD = Endpoint.found("www.example.com", "A", ["192.0.2.1"])
OWNERSHIP = Ownership("", "ingress/default/web")
LABELS = {"resource": "ingress/default/web"}


def test_every_record_is_held_and_nothing_is_an_ownership_record() -> None:
    text = Endpoint.found("a-www.example.com", "TXT", ['"heritage=external-dns,external-dns/owner=other"'])
    zone = MemoryZone([RECORD, text])
    assert set(REGISTRY.owned_names(zone)) == {"www.example.com", "a-www.example.com"}
    assert [held.endpoint for held in REGISTRY.held("a-www.example.com", zone)] == [text]
    assert REGISTRY.orphans("www.example.com", zone) == ()
    assert not REGISTRY.is_ownership(text)


def test_changes_have_no_companions_and_name_no_owner() -> None:
    (held,) = REGISTRY.held("www.example.com", MemoryZone([RECORD]))
    new = Endpoint.found("www.example.com", "A", ["192.0.2.2"])
    assert REGISTRY.obstacle(new, MemoryZone()) is None
    assert REGISTRY.create(new, OWNERSHIP, ()) == (Change(None, new.with_labels(LABELS)),)
    assert REGISTRY.update(held, new, OWNERSHIP) == (Change(RECORD, new.with_labels(LABELS)),)
    assert REGISTRY.update(held, RECORD, OWNERSHIP) == ()
    assert REGISTRY.delete(held) == (Change(RECORD, None),)


def test_labels_of_our_own_writes_do_not_count() -> None:
    class Snapshot(MemoryZone):
        def at(self, name: str) -> list[Endpoint]:
            return [record.with_labels(LABELS) for record in super().at(name)]

    (held,) = REGISTRY.held("www.example.com", Snapshot([RECORD]))
    assert held.endpoint.labels == ()


def plan(zone: MemoryZone, *wanted: Wanted, rules: Rules = RULES) -> MemoryZone:
    """The zone after the plan of www.example.com."""
    return zone.carry_out(plan_name("www.example.com", wanted, REGISTRY, zone, rules).units)


def test_what_nobody_wants_goes_whoever_has_made_it() -> None:
    """ExternalDNS, registry/noop: without an owner id, the filter by owner is not applied."""
    assert plan(MemoryZone(owned("A", owner="other"))) == MemoryZone([proof("A", "other")])
    assert plan(MemoryZone([record("A")])) == MemoryZone()


def test_what_stands_is_changed_whoever_has_made_it() -> None:
    assert plan(MemoryZone([record("A")]), want("A", "192.0.2.9")) == MemoryZone([record("A", "192.0.2.9")])


def test_types_that_are_not_managed_stay() -> None:
    zone = MemoryZone([record("MX"), record("TXT")])
    assert plan(zone) == zone
    assert plan(zone, rules=MX_TOO) == MemoryZone()


def test_without_deletes_all_stays() -> None:
    zone = MemoryZone([record("A")])
    assert plan(zone, rules=replace(RULES, policy=Policy.UPSERT_ONLY)) == zone
    assert plan(zone, rules=replace(RULES, hold_deletes=True)) == zone


def test_what_makes_the_zone_stays() -> None:
    zone = MemoryZone([record("NS", "ns.example.net")])
    rules = replace(RULES, managed=frozenset({"NS"}), zone_name="www.example.com")
    assert plan(zone, rules=rules) == zone
