from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import settings
from zonewright.model.claim import Resource
from zonewright.model.endpoint import Endpoint, type_of
from zonewright.sources import reverse

WEB = Resource("Ingress", "default", "web")
MANAGED = {"managed_record_types": ("A", "AAAA", "PTR")}


def record(rtype: str = "A", *targets: str, name: str = "a.example.org", wish: str | None = None) -> Endpoint:
    properties = (("record-type", wish),) if wish is not None else ()
    return Endpoint(name, rtype, targets or ("192.0.2.1",), 60, "blue", properties, (("resource", "ingress/x/y"),))


def pointers(endpoint: Endpoint, **flags: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(p.name, p.rtype, p.targets) for p in reverse.pointers(endpoint, settings(**(MANAGED | flags)))]


@pytest.mark.parametrize(
    ("wish", "create", "given"),
    [
        pytest.param(None, True, True, id="--create-ptr"),
        pytest.param(None, False, False, id="nobody asks"),
        pytest.param("ptr", False, True, id="the property asks"),
        pytest.param("PTR", False, True, id="in any case"),
        pytest.param("a", True, False, id="another word declines"),
        pytest.param("", True, False, id="the empty word, too"),
        pytest.param("ptr ", True, False, id="and one with a blank"),
    ],
)
def test_property_overrides_the_flag(wish: str | None, create: bool, given: bool) -> None:
    expected = [("1.2.0.192.in-addr.arpa", "PTR", ("a.example.org",))] if given else []
    assert pointers(record(wish=wish), create_ptr=create) == expected


@pytest.mark.parametrize(
    ("rtype", "targets", "names"),
    [
        ("A", ["192.0.2.7", "192.0.2.8"], ["7.2.0.192.in-addr.arpa", "8.2.0.192.in-addr.arpa"]),
        ("AAAA", ["2001:db8::1"], ["1." + "0." * 23 + "8.b.d.0.1.0.0.2.ip6.arpa"]),
        ("AAAA", ["::ffff:192.0.2.7"], ["7.2.0.192.in-addr.arpa"]),
        ("A", ["lb.example.com"], []),
        ("CNAME", ["lb.example.com"], []),
        ("TXT", ["192.0.2.7"], []),
    ],
)
def test_each_address_has_its_reverse_name(rtype: str, targets: list[str], names: list[str]) -> None:
    assert [name for name, _, _ in pointers(record(rtype, *targets), create_ptr=True)] == names


def test_wildcard_has_no_reverse_name() -> None:
    assert pointers(record(name="*.a.example.org"), create_ptr=True) == []


def test_type_that_is_excluded_has_none() -> None:
    assert pointers(record(wish="ptr"), create_ptr=True, exclude_record_types=("PTR",)) == []


def test_reverse_record_has_the_ttl_and_nothing_else_of_the_address() -> None:
    (pointer,) = reverse.pointers(record(wish="ptr"), settings(**MANAGED))
    assert pointer == Endpoint("1.2.0.192.in-addr.arpa", "PTR", ("a.example.org",), 60)


def test_property_is_taken_away_and_others_stay() -> None:
    endpoint = record(wish="ptr").with_properties({"record-type": "ptr", "alias": "true"})
    assert reverse.without_wish(endpoint).properties == (("alias", "true"),)
    assert reverse.without_wish(record()) == record()


def test_one_claim_per_reverse_name_with_all_names_that_lead_there() -> None:
    one, two = Endpoint("1.in-addr.arpa", "PTR", ("a.io",)), Endpoint("2.in-addr.arpa", "PTR", ("a.io",))
    also = Endpoint("1.in-addr.arpa", "PTR", ("b.io",))
    found = reverse.claims([one, two, also, one], WEB)
    assert [(claim.hostname, claim.endpoints, claim.resource) for claim in found] == [
        ("1.in-addr.arpa", (one, also), WEB),
        ("2.in-addr.arpa", (two,), WEB),
    ]


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("1.in-addr.arpa", True),
        ("1.ip6.arpa", True),
        ("in-addr.arpa", False),
        ("xin-addr.arpa", False),
        ("a.io", False),
    ],
)
def test_reverse_names_are_below_two_domains(name: str, verdict: bool) -> None:
    assert reverse.is_reverse(name) is verdict


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str))
def test_reverse_name_of_any_address_is_a_reverse_name(address: str) -> None:
    ((name, rtype, targets),) = pointers(record(type_of(address), address), create_ptr=True)
    assert reverse.is_reverse(name)
    assert (rtype, targets) == ("PTR", ("a.example.org",))
    assert name.count(".") in (5, 33)
    assert str(ip_address(address)) == address
