from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.endpoint import Endpoint, type_of
from zonewright.sources.nat64 import with_embedded

KNOWN = "64:ff9b::/96"
OWN = "2001:db8:64::/96"


def record(rtype: str, *targets: str, name: str = "a.example.org", **fields: int | str | None) -> Endpoint:
    return Endpoint(name, rtype, targets, **fields)  # type: ignore[arg-type]


def seen(endpoints: tuple[Endpoint, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(endpoint.rtype, endpoint.targets) for endpoint in endpoints]


@pytest.mark.parametrize(
    ("targets", "embedded"),
    [
        pytest.param(["64:ff9b::c000:201"], ["192.0.2.1"], id="an address within"),
        pytest.param(["64:ff9b::c000:201", "2001:db8::1"], ["192.0.2.1"], id="one of two"),
        pytest.param(["2001:db8:64::c000:201", "64:ff9b::c000:202"], ["192.0.2.1", "192.0.2.2"], id="of two networks"),
        pytest.param(["2001:db8:64::c000:201", "64:ff9b::c000:201"], ["192.0.2.1"], id="the same through both"),
        pytest.param(["64:ff9b::"], ["0.0.0.0"], id="the first address"),
        pytest.param(["64:ff9b::ffff:ffff"], ["255.255.255.255"], id="the last address"),
        pytest.param(["64:ff9b::1:0:0"], [], id="one bit outside"),
        pytest.param(["::ffff:192.0.2.1"], [], id="an IPv4 address in IPv6 clothes"),
        pytest.param(["lb.example.com"], [], id="the name that an alias has"),
    ],
)
def test_ipv4_address_within_is_published_as_well(targets: list[str], embedded: list[str]) -> None:
    found = with_embedded([record("AAAA", *targets)], (KNOWN, OWN))
    assert seen(found) == [("AAAA", tuple(targets)), *([("A", tuple(embedded))] if embedded else [])]


def test_address_within_joins_the_addresses_that_are_there_and_takes_their_ttl() -> None:
    a, aaaa = record("A", "198.51.100.1", ttl=30), record("AAAA", "64:ff9b::c000:201", ttl=60)
    for endpoints in ([a, aaaa], [aaaa, a]):
        found = {e.rtype: e for e in with_embedded(endpoints, (KNOWN,))}
        assert found == {"A": record("A", "192.0.2.1", "198.51.100.1", ttl=30), "AAAA": aaaa}


def test_everything_else_is_as_on_the_record_it_comes_from() -> None:
    aaaa = Endpoint.wanted(
        "a.example.org",
        "AAAA",
        ["64:ff9b::c000:201"],
        ttl=60,
        set_identifier="blue",
        properties={"x": "1"},
        labels={"resource": "ingress/default/web"},
    )
    other = record("A", "198.51.100.1")
    *before, a = with_embedded([other, aaaa], (KNOWN,))
    assert before == [other, aaaa]
    assert (a.key, a.ttl, a.properties, a.labels) == (
        ("a.example.org", "A", "blue"),
        aaaa.ttl,
        aaaa.properties,
        aaaa.labels,
    )


@pytest.mark.parametrize(("rtype", "target"), [("A", "192.0.2.1"), ("TXT", "64:ff9b::c000:201")])
def test_other_types_are_left_alone(rtype: str, target: str) -> None:
    assert with_embedded([record(rtype, target)], (KNOWN,)) == (record(rtype, target),)


def test_without_networks_nothing_is_done() -> None:
    aaaa = record("AAAA", "64:ff9b::c000:201")
    assert with_embedded([aaaa], ()) == (aaaa,)


@given(st.ip_addresses(v=4).map(str))
def test_every_ipv4_address_comes_out_as_it_went_in(address: str) -> None:
    value = int.from_bytes(bytes(map(int, address.split("."))), "big")
    found = with_embedded([record("AAAA", f"64:ff9b::{value >> 16:x}:{value & 0xFFFF:x}")], (KNOWN,))
    assert seen(found)[1:] == [("A", (address,))]
    assert type_of(address) == "A"
