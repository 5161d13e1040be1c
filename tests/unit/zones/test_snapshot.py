from __future__ import annotations

from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint
from zonewright.zones.snapshot import Snapshot

A = Endpoint.found("www.example.org", "A", ["192.0.2.1"])
B = Endpoint.found("www.example.org", "A", ["192.0.2.2"])
TXT = Endpoint.found("a-www.example.org", "TXT", ['"x"'])


def test_landed_units_change_what_stands() -> None:
    snapshot = Snapshot([A])
    snapshot.apply([Unit("www.example.org", (Change(None, TXT), Change(A, B)))])
    assert snapshot.at("www.example.org") == (B,)
    assert snapshot.at("a-www.example.org") == (TXT,)


def test_a_name_without_record_sets_is_no_name() -> None:
    snapshot = Snapshot([A])
    snapshot.apply([Unit("www.example.org", (Change(A, None),))])
    assert list(snapshot.names()) == []
    assert snapshot.at("www.example.org") == ()


def test_labels_are_no_part_of_what_stands() -> None:
    snapshot = Snapshot([])
    snapshot.apply([Unit("www.example.org", (Change(None, A.with_labels({"owner": "me"})),))])
    assert snapshot.at("www.example.org") == (A,)
