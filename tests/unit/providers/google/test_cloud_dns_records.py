"""Record sets of Cloud DNS and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.endpoint import Endpoint
from zonewright.providers.google.records import held, octets, parse, raw, written

ZONE = "example.org"
TABLE = [
    pytest.param("A", "192.0.2.1", "192.0.2.1", id="A"),
    pytest.param("AAAA", "2001:DB8::0:1", "2001:db8::1", id="AAAA"),
    pytest.param("CNAME", "lb.example.com", "lb.example.com.", id="CNAME"),
    pytest.param("MX", "10 mail.example.com", "10 mail.example.com.", id="MX"),
    pytest.param("NS", "ns.example.com", "ns.example.com.", id="NS"),
    pytest.param("PTR", "host.example.com", "host.example.com.", id="PTR"),
    pytest.param("SRV", "1 2 443 lb.example.com.", "1 2 443 lb.example.com.", id="SRV"),
    pytest.param("CAA", '0 issue "ca.example"', '0 issue "ca.example"', id="CAA"),
    pytest.param("TXT", 'say "hi"', r'"say \"hi\""', id="TXT"),
    pytest.param("TXT", "x" * 300, f'"{"x" * 255}" "{"x" * 45}"', id="TXT of more than 255 octets"),
]


@pytest.mark.parametrize(("rtype", "target", "value"), TABLE)
def test_a_target_is_written_as_google_wants_it_and_read_as_it_is_held(rtype: str, target: str, value: str) -> None:
    wanted = Endpoint.wanted(f"www.{ZONE}", rtype, [target], ttl=60)
    made = written(wanted)
    assert made == {
        "kind": "dns#resourceRecordSet",
        "name": f"www.{ZONE}.",
        "type": rtype,
        "ttl": 60,
        "rrdatas": [value],
    }
    assert parse(made) == held(wanted)


_TEXTS = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=600)


@given(st.lists(_TEXTS, min_size=1, max_size=3))
def test_a_second_plan_for_any_text_is_empty(texts: list[str]) -> None:
    wanted = held(Endpoint.wanted(f"www.{ZONE}", "TXT", texts, ttl=300))
    assert parse(written(wanted)).same_targets(wanted)
    assert held(wanted) == wanted


def test_properties_of_other_providers_are_dropped() -> None:
    wanted = Endpoint.wanted(f"www.{ZONE}", "A", ["192.0.2.1"], properties={"aws/weight": "1"})
    assert held(wanted).properties == ()


def test_a_routing_policy_stands_without_targets_and_is_kept_for_comparison() -> None:
    found = {"name": f"geo.{ZONE}.", "type": "A", "ttl": 60, "routingPolicy": {"geo": {}}, "signatureRrdatas": []}
    assert (parse(found).name, parse(found).targets) == (f"geo.{ZONE}", ())
    assert raw(found) == {key: value for key, value in found.items() if key != "signatureRrdatas"}


def test_octets_are_those_of_the_data() -> None:
    assert octets({"name": "www.example.org.", "rrdatas": ['"äb"', "c"]}) == 6
    assert octets({"name": "www.example.org."}) == 0
