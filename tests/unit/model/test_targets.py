from __future__ import annotations

import dns.rdata
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.recordtype import RecordType
from zonewright.model.targets import InvalidTarget, check_target, checked, compared_target, reported, type_of

SHA256 = "0123456789abcdef" * 4
LONG = "k" * 300


@pytest.mark.parametrize(
    ("target", "rtype"),
    [
        ("192.0.2.1", "A"),
        ("2001:db8::1", "AAAA"),
        ("::ffff:192.0.2.1", "AAAA"),
        ("fe80::1%eth0", "AAAA"),
        ("lb.example.com", "CNAME"),
        ("192.0.2.1.", "CNAME"),
        ("01.2.3.4", "CNAME"),
        ("192.0.2.1/32", "CNAME"),
    ],
)
def test_bare_target_tells_its_type(target: str, rtype: str) -> None:
    assert type_of(target) == rtype


@pytest.mark.parametrize(
    ("rtype", "target", "canonical"),
    [
        ("A", "192.0.2.1", "192.0.2.1"),
        ("AAAA", "2001:DB8:0::1", "2001:db8::1"),
        ("CNAME", "LB.Example.com.", "lb.example.com"),
        ("CNAME", "bücher.example", "xn--bcher-kva.example"),
        ("DNAME", "new.example.net", "new.example.net"),
        ("NS", "ns1.example.com", "ns1.example.com"),
        ("PTR", "host.example.com", "host.example.com"),
        ("MX", "10  Mail.example.org.", "10 mail.example.org"),
        ("MX", "010 mail.example.org", "10 mail.example.org"),
        ("MX", "0 .", "0 ."),
        ("SRV", "10 20 5060 sip.example.org.", "10 20 5060 sip.example.org."),
        ("SRV", "10 20 5060 SIP.example.org.", "10 20 5060 sip.example.org."),
        ("SRV", "0 0 0 .", "0 0 0 ."),
        ("TXT", "v=spf1 -all", "v=spf1 -all"),
        ("TXT", '"v=spf1 -all"', '"v=spf1 -all"'),
        ("TXT", 'say "hi"', 'say "hi"'),
        ("TXT", '"open', '"open'),
        ("TXT", LONG, LONG),
        ("TXT", "Hello  World.", "Hello  World."),
        ("NAPTR", '100 10 "u" "sip" "!^.*$!sip:x!" .', '100 10 "u" "sip" "!^.*$!sip:x!" .'),
        (
            "NAPTR",
            '50  50 "S" "SIPS+D2T" "" _sips._tcp.test.example.com.',
            '50 50 "S" "SIPS+D2T" "" _sips._tcp.test.example.com.',
        ),
        ("NAPTR", "10 100 S SIP+D2U !a!\\\\1! .", "10 100 S SIP+D2U !a!\\\\1! ."),
        ("CAA", '0 issue "ca.example"', '0 issue "ca.example"'),
        ("CAA", "128 ISSUE ca.example", '128 issue "ca.example"'),
        ("CAA", '0 issue ";"', '0 issue ";"'),
        ("CAA", '0 iodef "mailto:Sec@example.org"', '0 iodef "mailto:Sec@example.org"'),
        ("CAA", '0 issue "a\\"b\\\\c"', '0 issue "a\\"b\\\\c"'),
        ("CAA", '0 issue "\\065\\256"', '0 issue "A256"'),
        ("CAA", '0 issue "ä"', '0 issue "\\195\\164"'),
        ("HTTPS", "1 . alpn=h2,h3", '1 . alpn="h2,h3"'),
        ("HTTPS", "0 Svc.example.net", "0 svc.example.net."),
        ("HTTPS", '1 svc.example.net. port="08443" alpn="h2"', '1 svc.example.net. alpn="h2" port="8443"'),
        ("SVCB", "16 foo.example.org. key667=hello\\210qoo", '16 foo.example.org. key667="hello\\210qoo"'),
        (
            "SVCB",
            "1 . ipv6hint=2001:DB8:0::1,2001:db8::2 ipv4hint=192.0.2.1",
            '1 . ipv4hint="192.0.2.1" ipv6hint="2001:db8::1,2001:db8::2"',
        ),
        (
            "SVCB",
            "1 . mandatory=alpn,ipv4hint ipv4hint=192.0.2.1 alpn=h2",
            '1 . mandatory="alpn,ipv4hint" alpn="h2" ipv4hint="192.0.2.1"',
        ),
        ("SVCB", "1 . no-default-alpn alpn=h2 key65333", '1 . alpn="h2" no-default-alpn key65333'),
        ("SVCB", "1 . ech=AEj+DQBE dohpath=/q{?dns} ohttp", '1 . ech="AEj+DQBE" dohpath="/q{?dns}" ohttp'),
        ("TLSA", f"3 1 1 {SHA256.upper()}", f"3 1 1 {SHA256}"),
        ("TLSA", f"3 1 1 {SHA256[:32]} {SHA256[32:]}", f"3 1 1 {SHA256}"),
        ("TLSA", "3 0 0 30820454", "3 0 0 30820454"),
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
        ("A", "lb.example.com", "no IPv4 address"),
        ("AAAA", "192.0.2.1", "no IPv6 address"),
        ("AAAA", "fe80::1%eth0", "scope"),
        ("CNAME", "192.0.2.1", "not a name"),
        ("CNAME", "192.0.2.1.", "not a name"),
        ("CNAME", "¹", "not a name"),
        ("CNAME", "192.0.2.1/32", "letters, digits"),
        ("CNAME", "a b", "letters, digits"),
        ("CNAME", "", "empty"),
        ("CNAME", ".", "empty"),
        ("CNAME", "lb.example.com..", "empty label"),
        ("PTR", "192.0.2.1", "not a name"),
        ("MX", "mail.example.org", "2 fields"),
        ("MX", "70000 mail.example.org", "0 to 65535"),
        ("MX", "-1 mail.example.org", "0 to 65535"),
        ("MX", "٣ mail.example.org", "0 to 65535"),
        ("MX", "10 192.0.2.1", "not a name"),
        ("SRV", "0 0 1 h.example.net", "must end with a dot: write h.example.net."),
        ("SRV", "0 0 h.example.net.", "4 fields"),
        ("SRV", "0 0 65536 h.example.net.", "0 to 65535"),
        ("NAPTR", "x", "dot"),
        ("NAPTR", "100 10 x.", "6 fields (order preference flags service regexp replacement)"),
        ("NAPTR", '100 10 "u "sip" "" .', "quote"),
        ("NAPTR", '100 x "u" "sip" "" .', "0 to 65535"),
        ("NAPTR", f'1 1 "u" "{"s" * 256}" "" .', "256 octets, the limit is 255"),
        ("NAPTR", '1 1 "s" "sip" "" a..b.', "empty label"),
        ("TXT", "a\nb", "control characters"),
        ("TXT", "x" * 70_000, "too long"),
        ("CAA", "0 issue", '3 fields (flags tag "value"), it has 2'),
        ("CAA", "0 issue ca.example; policy=ev", "3 fields"),
        ("CAA", '256 issue "ca.example"', "0 to 255"),
        ("CAA", '0 iss-ue "ca.example"', "letters and digits"),
        ("CAA", '0 issue "ca.example', "quote"),
        ("HTTPS", "1", "a priority and a name"),
        ("HTTPS", "x .", "0 to 65535"),
        ("HTTPS", "0 . alpn=h2", "alias"),
        ("HTTPS", "1 . alpn", "alpn needs a value"),
        ("HTTPS", "1 . alpn=h2 alpn=h3", "alpn stands twice"),
        ("HTTPS", "1 . port=1 key3=x", "key3 stands twice"),
        ("HTTPS", "1 . port=65536", "0 to 65535"),
        ("HTTPS", "1 . port=²", "0 to 65535"),
        ("HTTPS", "1 . ipv4hint=2001:db8::1", "no IPv4 address"),
        ("HTTPS", "1 . ipv6hint=192.0.2.1", "no IPv6 address"),
        ("HTTPS", "1 . ALPN=h2", "no parameter 'ALPN'"),
        ("HTTPS", "1 . key65535=x", "no parameter"),
        ("HTTPS", "1 . no-default-alpn=x alpn=h2", "has no value"),
        ("HTTPS", "1 . no-default-alpn", "alpn is missing"),
        ("HTTPS", "1 . mandatory=port alpn=h2", "port is missing"),
        ("HTTPS", "1 . mandatory=alpn,alpn alpn=h2", "another one twice"),
        ("HTTPS", "1 . ech=???", "base64"),
        ("TLSA", "3 1 1", "4 fields"),
        ("TLSA", "3 1 256 ab", "0 to 255"),
        ("TLSA", "3 1 0 abc", "hex digits"),
        ("TLSA", "3 1 0 xy", "hex digits"),
        ("TLSA", "3 1 1 abcd", "64 hex digits, not 4"),
        ("TLSA", "3 1 2 abcd", "128 hex digits, not 4"),
    ],
)
def test_target_that_the_type_cannot_hold_is_refused(rtype: str, target: str, says: str) -> None:
    with pytest.raises(InvalidTarget) as e:
        check_target(rtype, target)
    assert says in str(e.value)
    assert len(str(e.value)) < 400


@pytest.mark.parametrize(
    ("target", "alias", "canonical"),
    [
        ("LB.example.com.", True, "lb.example.com"),
        ("192.0.2.1", True, "192.0.2.1"),
        ("2001:db8::1", True, None),
        ("a b", True, None),
        ("lb.example.com", False, None),
    ],
)
def test_address_record_may_have_a_name_for_a_target_when_it_is_an_alias(
    target: str, alias: bool, canonical: str | None
) -> None:
    if canonical is None:
        with pytest.raises(InvalidTarget):
            check_target("A", target, alias=alias)
    else:
        assert check_target("A", target, alias=alias) == canonical


@pytest.mark.parametrize(
    ("rtype", "one", "other", "same"),
    [
        ("AAAA", "2001:db8::1", "2001:0DB8:0::1", True),
        ("A", "192.0.2.1", "192.0.2.2", False),
        pytest.param("A", "LB.example.com.", "lb.example.com", True, id="alias"),
        ("CNAME", "LB.example.com.", "lb.example.com", True),
        ("CNAME", "bücher.example", "xn--bcher-kva.example", True),
        ("CNAME", "lb.example.com", "lc.example.com", False),
        ("MX", "10 Mail.example.org.", "10  mail.example.org", True),
        ("MX", "10 mail.example.org", "20 mail.example.org", False),
        ("SRV", "0 0 1 H.example.net.", "0 0 1 h.example.net", True),
        ("TXT", "Hello", "hello", False),
        ("TXT", "hello", '"hello"', True),
        ("TXT", "hello.", "hello", False),
        ("TXT", 'say "hi"', '"say \\"hi\\""', True),
        ("TXT", "back\\slash", '"back\\\\slash"', True),
        ("TXT", "ä", '"\\195\\164"', True),
        ("TXT", LONG, f'"{LONG[:255]}" "{LONG[255:]}"', True),
        ("TXT", LONG, f'"{LONG}"', True),
        ("TXT", '"a=1" "b=2"', '"a=1b=2"', False),
        ("TXT", '"a""b"', '"a"  "b"', True),
        ("TXT", '"open', '"open"', False),
        ("NAPTR", '1 1 "S" "SIP+D2U" "" _SIP.example.com.', '1 1 s SIP+D2U "" _sip.example.com.', True),
        ("NAPTR", '1 1 "s" "SIP" "" a.', '1 1 "s" "sip" "" a.', False),
        ("NAPTR", '1 1 "u" "s" "!a!B!" .', '1 1 "u" "s" "!a!b!" .', False),
        ("CAA", "0 ISSUE ca.example", '0 issue "ca.example"', True),
        ("CAA", '0 issue "a"', '128 issue "a"', False),
        ("HTTPS", "1 . port=443 alpn=h2", '1 . alpn="h2" port="443"', True),
        ("HTTPS", '1 . alpn="h2,h3"', '1 . alpn="h3,h2"', False),
        ("TLSA", f"3 1 1 {SHA256.upper()}", f"3 1 1 {SHA256}", True),
        pytest.param("TLSA", "garbage", "GARBAGE", False, id="what makes no sense counts to the letter"),
        pytest.param("LOC", "A", "a.", True, id="a type that nobody can want"),
    ],
)
def test_targets_are_compared_as_dns_answers_them(rtype: str, one: str, other: str, same: bool) -> None:
    assert (compared_target(rtype, one) == compared_target(rtype, other)) is same


@pytest.mark.parametrize(
    ("rtype", "written", "kept"),
    [
        ("TXT", ["hello", '"hello"'], ('"hello"',)),
        ("TXT", ["b", "a"], ("a", "b")),
        ("NAPTR", ['1 1 "s" a "" b.', '1 1 S a  "" B.'], ('1 1 "s" a "" b.',)),
        ("CAA", ["0 issue a", '0 ISSUE "a"'], ('0 issue "a"',)),
    ],
)
def test_one_target_in_two_spellings_stands_once(rtype: str, written: list[str], kept: tuple[str, ...]) -> None:
    assert checked(rtype, written) == checked(rtype, reversed(written)) == kept


@pytest.mark.parametrize(
    ("rtype", "target", "said"),
    [
        ("CNAME", "LB.example.com.", "LB.example.com"),
        ("MX", "10 mail.example.org.", "10 mail.example.org"),
        ("AAAA", "2001:DB8::1", "2001:db8::1"),
        ("A", "LB.example.com.", "lb.example.com"),
        ("TXT", "the end.", "the end."),
        ("SRV", "0 0 1 h.example.net.", "0 0 1 h.example.net."),
        ("HTTPS", "1 .", "1 ."),
        ("ALIAS", "lb.example.com.", "lb.example.com"),
        ("MX", "0 .", "0 ."),
        ("NS", ".", "."),
    ],
)
def test_target_in_a_zone_loses_a_final_dot_only_where_it_says_nothing(rtype: str, target: str, said: str) -> None:
    assert reported(rtype, target) == said


RTYPES = st.sampled_from(list(RecordType))
NAMES = st.sampled_from(["a.example.org", "A.example.org.", ".", "bücher.example", "192.0.2.1", "a..b"])
NUMBERS = st.sampled_from(["0", "1", "010", "255", "65535", "65536", "x"])
STRINGS = st.sampled_from(['"u"', "S", '""', '"!^.*$!sip:\\\\1!"', '"a b"', '"\\065"', "\\", '"', "é"])
PARAMETERS = st.sampled_from(
    [
        "alpn=h2",
        'alpn="h2,h3"',
        "port=1",
        "key9=\\001",
        "key9",
        "ipv4hint=192.0.2.1",
        "mandatory=port,alpn",
        "no-default-alpn",
    ]
)
HEX = st.sampled_from(["ab", "AB", SHA256, "a", "xy", ""])
WRITTEN = st.one_of(
    st.text(max_size=40),
    st.text(alphabet='ab "\\.01ä', max_size=20),
    st.lists(NUMBERS | NAMES | STRINGS | PARAMETERS | HEX, max_size=6).map(" ".join),
    st.builds("{} {}".format, NUMBERS, NAMES),
    st.builds("{} {} {} {}".format, NUMBERS, NUMBERS, NUMBERS, NAMES | HEX),
    st.builds("{} {} {} {} {} {}".format, NUMBERS, NUMBERS, STRINGS, STRINGS, STRINGS, NAMES),
    st.builds("{} issue {}".format, NUMBERS, STRINGS),
    st.builds(lambda n, name, ps: " ".join([n, name, *ps]), NUMBERS, NAMES, st.lists(PARAMETERS, max_size=4)),
)


def canonical(rtype: str, text: str) -> str | None:
    try:
        return check_target(rtype, text)
    except InvalidTarget:
        return None


@given(RTYPES, WRITTEN)
def test_checked_target_stands_when_checked_again(rtype: str, text: str) -> None:
    target = canonical(rtype, text)
    assert target is None or check_target(rtype, target) == target


@given(RTYPES, WRITTEN)
def test_no_spelling_is_taken_for_another_target(rtype: str, text: str) -> None:
    """What is asked for, what it is written as, and what a zone reports of it are the same to a comparison."""
    target = canonical(rtype, text)
    if target is not None:
        same = compared_target(rtype, target)
        assert compared_target(rtype, text) == same
        assert compared_target(rtype, reported(rtype, target)) == same


@given(RTYPES, WRITTEN)
def test_what_is_accepted_can_stand_in_a_zone_file(rtype: str, text: str) -> None:
    target = canonical(rtype, text)
    if target is not None:
        dns.rdata.from_text("IN", rtype, compared_target(rtype, target) if rtype == "TXT" else target)


@given(RTYPES, st.lists(WRITTEN, min_size=1, max_size=3))
def test_checked_targets_stand_once_each(rtype: str, written: list[str]) -> None:
    try:
        targets = checked(rtype, written)
    except InvalidTarget:
        return
    assert len({compared_target(rtype, target) for target in targets}) == len(targets)
    assert checked(rtype, targets) == targets


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str))
def test_address_is_a_target_of_its_own_type_alone(address: str) -> None:
    rtype = type_of(address)
    assert check_target(rtype, address) == address
    for other in {RecordType.A, RecordType.AAAA, RecordType.CNAME} - {rtype}:
        with pytest.raises(InvalidTarget):
            check_target(other, address)


@given(st.text(max_size=300).filter(lambda text: not text.startswith('"')))
def test_text_is_the_same_within_quotes_with_every_octet_escaped(text: str) -> None:
    octets = text.encode("utf-8", "surrogatepass")
    assert compared_target("TXT", text) == compared_target("TXT", '"' + "".join(f"\\{o:03}" for o in octets) + '"')
