from __future__ import annotations

from unit.planning.memoryzone import MemoryZone
from zonewright.model.change import Change
from zonewright.model.endpoint import Endpoint
from zonewright.model.ownership import Ownership
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
