from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.hostname import InvalidName, canonical, is_under, longest_suffix, printable, spelled, unicode

LABEL = st.from_regex(r"[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9_])?", fullmatch=True)
NAME = st.lists(LABEL, min_size=1, max_size=6).map(".".join)
SCRIPTS = st.text(alphabet="aäößéñ日本語中文रαβшж-_.*AZ09 ", max_size=70)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("a.example.org", "a.example.org", id="as it is"),
        pytest.param("A.Example.ORG", "a.example.org", id="case does not count"),
        pytest.param("a.example.org.", "a.example.org", id="final dot"),
        pytest.param("*.example.org", "*.example.org", id="wildcard"),
        pytest.param("_sip._tcp.example.org", "_sip._tcp.example.org", id="underscore, RFC 8552"),
        pytest.param("bücher.example", "xn--bcher-kva.example", id="IDNA"),
        pytest.param("BÜCHER.example", "xn--bcher-kva.example", id="IDNA in capitals"),
        pytest.param("*.日本.example", "*.xn--wgv71a.example", id="wildcard over IDNA"),
        pytest.param("a" * 63 + ".org", "a" * 63 + ".org", id="longest label"),
        pytest.param(".".join(["a" * 49] * 5) + ".de", ".".join(["a" * 49] * 5) + ".de", id="253 characters would do"),
        pytest.param("localhost", "localhost", id="one label"),
        pytest.param("1.2.0.192.in-addr.arpa", "1.2.0.192.in-addr.arpa", id="labels of digits"),
    ],
)
def test_name_has_one_spelling(written: str, name: str) -> None:
    assert canonical(written) == name


@pytest.mark.parametrize(
    ("written", "says"),
    [
        pytest.param("", "it is empty", id="empty"),
        pytest.param(".", "it is empty", id="the root"),
        pytest.param("a..b", "empty label", id="empty label"),
        pytest.param("a.example.org..", "empty label", id="two final dots"),
        pytest.param("a" * 64 + ".org", "64 octets, the limit is 63", id="label too long"),
        pytest.param(".".join(["a" * 50] * 5), "254 characters, the limit is 253", id="name too long"),
        pytest.param("-a.org", "letters, digits", id="hyphen first"),
        pytest.param("a-.org", "letters, digits", id="hyphen last"),
        pytest.param("a b.org", "letters, digits", id="blank"),
        pytest.param("a\n.org", "letters, digits", id="line feed"),
        pytest.param("*", "wildcard", id="lone wildcard"),
        pytest.param("a.*.org", "wildcard", id="wildcard inside"),
        pytest.param("a*.example.org", "wildcard", id="wildcard as part of a label"),
        pytest.param("*.*.org", "wildcard", id="two wildcards"),
        pytest.param("ü" * 70 + ".org", "IDNA", id="IDNA label too long"),
        pytest.param("a\u0000ü.org", "IDNA", id="control character in IDNA"),
    ],
)
def test_what_is_no_name_is_told_why(written: str, says: str) -> None:
    with pytest.raises(InvalidName) as e:
        canonical(written)
    assert says in str(e.value)


@given(NAME)
def test_valid_name_stands_and_is_its_own_spelling(name: str) -> None:
    assert canonical(name) == name == spelled(name)
    assert canonical(f"*.{name}") == f"*.{name}"


@given(NAME)
def test_case_and_final_dot_do_not_count(name: str) -> None:
    assert canonical(name.upper() + ".") == name == spelled(name.upper() + ".")


@given(st.one_of(SCRIPTS, st.text(max_size=300)))
def test_canonical_is_idempotent_and_raises_nothing_else(text: str) -> None:
    try:
        name = canonical(text)
    except InvalidName:
        return
    assert canonical(name) == name
    assert name.isascii()
    assert len(name) <= 253


@given(st.text(max_size=300))
def test_spelling_never_raises(text: str) -> None:
    assert not spelled(text).endswith(".") or text.endswith("..")


@given(SCRIPTS)
def test_name_is_compared_in_the_form_that_dns_has_whatever_a_zone_holds(text: str) -> None:
    try:
        name = canonical(text)
    except InvalidName:
        return
    assert spelled(text) == name
    assert spelled(unicode(name)) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("xn--bcher-kva.example.com", "bücher.example.com", id="an A-label"),
        pytest.param("www.xn--bcher-kva.example", "www.bücher.example", id="behind the first label"),
        pytest.param("xn--zzzzzzzz.xn--.com", "xn--zzzzzzzz.xn--.com", id="labels that stand for nothing"),
        pytest.param("a-xn--bcher-kva.com", "a-xn--bcher-kva.com", id="not at the start of a label"),
    ],
)
def test_a_labels_stand_for_letters(name: str, shown: str) -> None:
    assert unicode(name) == shown


@given(st.text(max_size=300), st.integers(1, 100))
def test_text_for_messages_is_short_and_printable(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert len(shown) <= limit + 1
    assert shown.isprintable()


@given(NAME, NAME)
def test_name_is_under_what_it_ends_in_by_whole_labels(name: str, domain: str) -> None:
    assert is_under(f"{name}.{domain}", domain)
    assert is_under(domain, domain)
    assert is_under(name, "")
    assert not is_under(f"x{domain}", domain)


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("a.sub.example.org", "sub.example.org"),
        ("sub.example.org", "sub.example.org"),
        ("xsub.example.org", "example.org"),
        ("example.net", None),
    ],
)
def test_most_specific_zone_holds_the_name(name: str, zone: str | None) -> None:
    assert longest_suffix(name, ["example.org", "sub.example.org"]) == zone
