from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.endpoint import Endpoint, InvalidTarget, RecordType, check_target, type_of
from zonewright.model.hostname import InvalidName


@pytest.mark.parametrize(
    ("target", "rtype"),
    [("192.0.2.1", "A"), ("2001:db8::1", "AAAA"), ("::ffff:192.0.2.1", "AAAA"), ("lb.example.com", "CNAME")],
)
def test_bare_target_tells_its_type(target: str, rtype: str) -> None:
    assert type_of(target) == rtype


@pytest.mark.parametrize(
    ("rtype", "target", "canonical"),
    [
        ("A", "192.0.2.1", "192.0.2.1"),
        ("AAAA", "2001:DB8:0::1", "2001:db8::1"),
        ("CNAME", "LB.Example.com.", "lb.example.com"),
        ("DNAME", "new.example.net", "new.example.net"),
        ("NS", "ns1.example.com", "ns1.example.com"),
        ("PTR", "host.example.com", "host.example.com"),
        ("MX", "10  Mail.example.org.", "10 mail.example.org"),
        ("MX", "0 .", "0 ."),
        ("SRV", "10 20 5060 sip.example.org.", "10 20 5060 sip.example.org."),
        ("SRV", "0 0 0 .", "0 0 0 ."),
        ("TXT", "v=spf1 -all", "v=spf1 -all"),
        ("NAPTR", '100 10 "u" "sip" "!^.*$!sip:x!" .', '100 10 "u" "sip" "!^.*$!sip:x!" .'),
    ],
)
def test_target_has_one_spelling(rtype: str, target: str, canonical: str) -> None:
    assert check_target(rtype, target) == canonical


@pytest.mark.parametrize(
    ("rtype", "target", "says"),
    [
        ("A", "2001:db8::1", "no IPv4 address"),
        ("A", "01.2.3.4", "no IPv4 address"),
        ("A", "192.0.2.1.", "no IPv4 address"),
        ("AAAA", "192.0.2.1", "no IPv6 address"),
        ("AAAA", "fe80::1%eth0", "scope"),
        ("CNAME", "192.0.2.1", "not a name"),
        ("CNAME", "¹", "not a name"),
        ("CNAME", "192.0.2.1/32", "letters, digits"),
        ("CNAME", "a b", "letters, digits"),
        ("CNAME", "", "empty"),
        ("PTR", "192.0.2.1", "not a name"),
        ("MX", "mail.example.org", "2 fields"),
        ("MX", "70000 mail.example.org", "0 to 65535"),
        ("SRV", "0 0 1 h.example.net", "dot"),
        ("SRV", "0 0 h.example.net.", "4 fields"),
        ("NAPTR", "x", "dot"),
        ("TXT", "a\nb", "control characters"),
        ("TXT", "x" * 70_000, "too long"),
    ],
)
def test_target_that_the_type_cannot_hold_is_refused(rtype: str, target: str, says: str) -> None:
    with pytest.raises(InvalidTarget) as e:
        check_target(rtype, target)
    assert says in str(e.value)


@given(st.sampled_from(list(RecordType)), st.text(max_size=60))
def test_checked_target_stands_when_checked_again(rtype: str, text: str) -> None:
    try:
        target = check_target(rtype, text)
    except InvalidTarget:
        return
    assert check_target(rtype, target) == target


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str))
def test_address_is_a_target_of_its_own_type_alone(address: str) -> None:
    rtype = type_of(address)
    assert check_target(rtype, address) == address
    for other in {RecordType.A, RecordType.AAAA, RecordType.CNAME} - {rtype}:
        with pytest.raises(InvalidTarget):
            check_target(other, address)


def test_order_and_repetition_of_targets_do_not_count() -> None:
    one = Endpoint.wanted("A.example.org.", "A", ["192.0.2.2", "192.0.2.1", "192.0.2.2"])
    two = Endpoint.wanted("a.example.org", "A", ["192.0.2.1", "192.0.2.2"])
    assert one == two
    assert one.targets == ("192.0.2.1", "192.0.2.2")


def test_wanted_name_is_checked() -> None:
    with pytest.raises(InvalidName):
        Endpoint.wanted("a..b", "A", ["192.0.2.1"])


@given(st.text(max_size=40), st.text(max_size=6), st.lists(st.text(max_size=40), max_size=4), st.integers())
def test_whatever_stands_in_a_zone_is_taken(name: str, rtype: str, targets: list[str], ttl: int) -> None:
    found = Endpoint.found(name, rtype, targets, ttl=ttl)
    assert found.ttl is None or found.ttl > 0
    assert found.same_targets(Endpoint.found(name, rtype, reversed(targets)))


@pytest.mark.parametrize(
    ("rtype", "one", "other", "same"),
    [
        ("AAAA", "2001:db8::1", "2001:0DB8:0::1", True),
        ("CNAME", "LB.example.com.", "lb.example.com", True),
        ("CNAME", "lb.example.com", "lc.example.com", False),
        ("TXT", "Hello", "hello", False),
    ],
)
def test_targets_are_compared_as_dns_answers_them(rtype: str, one: str, other: str, same: bool) -> None:
    a, b = (Endpoint("a.example.org", rtype, (target,)) for target in (one, other))
    assert a.same_targets(b) is same


def test_change_in_a_later_target_is_seen() -> None:
    """ExternalDNS misses it once an earlier pair differs in spelling alone."""
    a = Endpoint("a.example.org", "AAAA", ("2001:db8::1", "2001:db8::2"))
    b = Endpoint("a.example.org", "AAAA", ("2001:0db8::1", "2001:db8::3"))
    assert not a.same_targets(b)


def test_labels_are_no_part_of_the_identity() -> None:
    endpoint = Endpoint.wanted("a.example.org", "A", ["192.0.2.1"], labels={"owner": "me"})
    assert endpoint.label("owner") == "me"
    assert endpoint.with_labels({}).key == endpoint.key
    assert endpoint.with_labels({}).label("owner") is None
