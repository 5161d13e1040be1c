from __future__ import annotations

from typing import Any

import pytest

from zonewright.model.endpoint import Key
from zonewright.model.zone import Zone
from zonewright.zones.past import Published, owned

ZONE = Zone("example.org", "Z1")
WWW = Key("www.example.org", "A", "")


def record(owner: str = "me", **fields: Any) -> dict[str, Any]:
    stands = {"dnsName": "www.example.org", "recordType": "A", "provider": "inmemory", "zone": "example.org"}
    return stands | {"ownership": {"owner": owner}} | fields


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        pytest.param([record()], {WWW}, id="ours"),
        pytest.param([record("other")], set(), id="of another owner"),
        pytest.param([record(ownership=None)], set(), id="of nobody"),
        pytest.param([record(zone="example.net")], set(), id="in another zone"),
        pytest.param([record(zoneID="Z1")], {WWW}, id="in this very zone"),
        pytest.param([record(zoneID="Z2")], set(), id="in another zone of the name"),
        pytest.param([record(provider="webhook")], set(), id="at another provider"),
        pytest.param([record(setIdentifier="x")], {WWW._replace(set_identifier="x")}, id="with a set identifier"),
        pytest.param([record("other"), record()], {WWW}, id="said by one of several"),
        pytest.param(None, set(), id="no records"),
        pytest.param("junk", set(), id="junk for records"),
        pytest.param([None, "junk", {}, {"ownership": "me"}, {"ownership": []}], set(), id="junk among records"),
    ],
)
def test_record_was_ours_where_its_status_says_so(records: Any, expected: set[Key]) -> None:
    assert owned({"records": records}, "me", "inmemory", ZONE) == expected


def test_without_owner_nothing_was_ours() -> None:
    assert owned({"records": [record("")]}, "", "inmemory", ZONE) == set()


def test_only_what_an_object_says_at_first_counts_and_another_one_of_its_name_is_a_new_one() -> None:
    published = Published("me")
    published.see("default", "web", None)
    published.see("default", "web", {"records": [record()]})
    assert WWW.name not in published
    published.forget("default", "web")
    published.see("default", "web", {"records": [record()]})
    assert WWW.name in published
