"""Records of DigitalOcean and back."""

from __future__ import annotations

from typing import Any

import pytest

from zonewright.model.endpoint import Key
from zonewright.providers.digitalocean.records import body, parse
from zonewright.providers.singles import Single

ZONE = "example.org"
TABLE = [
    pytest.param("A", "192.0.2.1", {"data": "192.0.2.1"}, id="A"),
    pytest.param("CNAME", "lb.example.com", {"data": "lb.example.com."}, id="CNAME"),
    pytest.param("MX", "10 mail.example.com", {"priority": 10, "data": "mail.example.com."}, id="MX"),
    pytest.param(
        "SRV", "1 2 443 lb.example.com.", {"priority": 1, "weight": 2, "port": 443, "data": "lb.example.com."}, id="SRV"
    ),
    pytest.param("CAA", '0 issue "ca.example"', {"flags": 0, "tag": "issue", "data": "ca.example"}, id="CAA"),
    pytest.param("TXT", 'say "hi"', {"data": 'say "hi"'}, id="TXT"),
]


@pytest.mark.parametrize(("rtype", "target", "fields"), TABLE)
def test_a_value_is_written_and_read_again(rtype: str, target: str, fields: dict[str, Any]) -> None:
    single = Single("7", Key(f"www.{ZONE}", rtype, ""), target, 60)
    written = body(single, ZONE)
    assert written == {"type": rtype, "name": "www", "ttl": 60, **fields}
    read = written | {"id": 7, "data": written["data"].removesuffix(".")}
    assert parse(read, ZONE) == single


def test_an_at_sign_is_the_name_of_the_domain_on_both_sides() -> None:
    found = parse({"id": 1, "type": "MX", "name": "@", "data": "@", "priority": 5, "ttl": 1800}, ZONE)
    assert found == Single("1", Key(ZONE, "MX", ""), f"5 {ZONE}", 1800)


@pytest.mark.parametrize("record", [{}, {"id": 1, "type": "MX", "name": "a", "data": "b"}], ids=["empty", "half"])
def test_what_cannot_be_read_is_nobodys(record: dict[str, Any]) -> None:
    assert parse(record, ZONE) is None
