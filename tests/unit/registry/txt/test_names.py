from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.endpoint import RecordType
from zonewright.model.hostname import InvalidName, canonical, spelled
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.shortening import too_long

A, CNAME = RecordType.A, RecordType.CNAME
WWW, APEX, STAR = "www.example.com", "example.com", "*.example.com"


@pytest.mark.parametrize(
    ("names", "www", "apex", "star"),
    [
        pytest.param(
            OwnershipNames(),
            "a-www.example.com",
            "a-example.com",
            "cname-*.example.com",
            id="no affix: type and hyphen",
        ),
        pytest.param(
            OwnershipNames(prefix="txt."),
            "txt.a-www.example.com",
            "txt.a-example.com",
            "txt.cname-*.example.com",
            id="prefix goes before the type",
        ),
        pytest.param(
            OwnershipNames(prefix="prefix-"),
            "prefix-a-www.example.com",
            "prefix-a-example.com",
            "prefix-cname-*.example.com",
            id="prefix without dot joins the label",
        ),
        pytest.param(
            OwnershipNames(prefix="%{record_type}."),
            "a.www.example.com",
            "a.example.com",
            "cname.*.example.com",
            id="type and dot in the prefix stays below the name",
        ),
        pytest.param(
            OwnershipNames(prefix="x-%{record_type}."),
            "x-a.www.example.com",
            "x-a.example.com",
            "x-cname.*.example.com",
            id="text before the type",
        ),
        pytest.param(
            OwnershipNames(prefix="%{record_type}-"),
            "a-www.example.com",
            "a-example.com",
            "cname-*.example.com",
            id="type and hyphen in the prefix is the same as none",
        ),
        pytest.param(
            OwnershipNames(suffix="-txt"),
            "a-www-txt.example.com",
            "a-example-txt.com",
            "cname-*-txt.example.com",
            id="suffix goes behind the first label",
        ),
        pytest.param(
            OwnershipNames(suffix="-%{record_type}"),
            "www-a.example.com",
            "example-a.com",
            "*-cname.example.com",
            id="type in the suffix",
        ),
        pytest.param(
            OwnershipNames(suffix="-%{record_type}-sfx.sub"),
            "www-a-sfx.sub.example.com",
            "example-a-sfx.sub.com",
            "*-cname-sfx.sub.example.com",
            id="suffix with a dot",
        ),
        pytest.param(
            OwnershipNames(wildcard="any"),
            "a-www.example.com",
            "a-example.com",
            "cname-any.example.com",
            id="wildcard replaced",
        ),
    ],
)
def test_ownership_name_is_that_of_externaldns(names: OwnershipNames, www: str, apex: str, star: str) -> None:
    assert (names.typed(WWW, A), names.typed(APEX, A), names.typed(STAR, CNAME)) == (www, apex, star)
    for name, rtype in ((WWW, A), (APEX, A), (STAR, CNAME)):
        assert (name, rtype) in names.readings(names.typed(name, rtype))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(OwnershipNames(), WWW, id="no affix: the very name"),
        pytest.param(OwnershipNames(prefix="txt."), "txt.www.example.com", id="prefix"),
        pytest.param(OwnershipNames(suffix="-txt"), "www-txt.example.com", id="suffix"),
        pytest.param(OwnershipNames(prefix="own-%{record_type}-"), "own--www.example.com", id="template left empty"),
    ],
)
def test_untyped_name_has_the_affixes_without_type(names: OwnershipNames, expected: str) -> None:
    assert names.untyped(WWW) == expected
    assert [reading.name for reading in names.untyped_readings(expected)] == [WWW]


def test_name_that_can_be_read_with_a_type_is_not_read_without() -> None:
    names = OwnershipNames()
    assert names.readings("ns-1.example.com") == (("1.example.com", "NS"),)
    assert names.untyped_readings("ns-1.example.com") == ()


def test_replaced_wildcard_is_read_before_the_literal_name() -> None:
    readings = OwnershipNames(wildcard="any").readings("a-any.example.com")
    assert readings == (("*.example.com", "A"), ("any.example.com", "A"))


@pytest.mark.parametrize("name", ["", ".", "-", "a-", "a-.example.com", "x", "..", "a", "*", "a-*", "txt.", "é.com"])
@pytest.mark.parametrize("names", [OwnershipNames(), OwnershipNames("txt."), OwnershipNames(suffix="-a.b")])
def test_any_text_can_be_read(names: OwnershipNames, name: str) -> None:
    for reading in names.readings(name):
        assert names.typed(*reading) == name
    for reading in names.untyped_readings(name):
        assert names.untyped(reading.name) == name


LABEL = st.from_regex(r"[a-z0-9_]([a-z0-9_-]{0,8}[a-z0-9_])?", fullmatch=True)
NAME = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
RECORD_NAME = st.one_of(NAME, NAME.map("*.{}".format))
AFFIX = st.sampled_from(["", "x.", "own-", "%{record_type}.", "x-%{record_type}.", "%{record_type}-", "%{record_type}"])
SUFFIX = st.sampled_from(["", "-txt", "-%{record_type}", "-%{record_type}-sfx.sub", ".%{record_type}", "a"])
NAMES = st.builds(OwnershipNames, AFFIX, SUFFIX, st.sampled_from(["", "any", "a-a"]))


@given(NAMES, RECORD_NAME, st.sampled_from(RecordType))
def test_every_ownership_name_leads_back_to_its_record(names: OwnershipNames, name: str, rtype: RecordType) -> None:
    assert (name, rtype) in names.readings(names.typed(name, rtype))


@given(NAMES, st.one_of(RECORD_NAME, st.text(max_size=30)))
def test_every_reading_leads_forth_again(names: OwnershipNames, name: str) -> None:
    assert all(names.typed(*reading) == name for reading in names.readings(name))
    assert all(names.untyped(reading.name) == name for reading in names.untyped_readings(name))


@given(NAMES, RECORD_NAME, st.sampled_from(RecordType))
def test_name_that_is_called_unambiguous_has_one_reading(names: OwnershipNames, name: str, rtype: RecordType) -> None:
    if names.unambiguous:
        assert names.readings(names.typed(name, rtype)) == ((name, rtype),)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param(OwnershipNames(), True, id="no affix"),
        pytest.param(OwnershipNames("own-"), True, id="prefix"),
        pytest.param(OwnershipNames("%{record_type}."), True, id="type and dot"),
        pytest.param(OwnershipNames(suffix="-%{record_type}"), True, id="hyphen and type"),
        pytest.param(OwnershipNames("%{record_type}"), False, id="type runs into the label: a-aax or aaa-x"),
        pytest.param(OwnershipNames(suffix="%{record_type}"), False, id="label runs into the type"),
        pytest.param(OwnershipNames(wildcard="any"), False, id="wildcard replaced"),
    ],
)
def test_what_is_unambiguous(names: OwnershipNames, expected: bool) -> None:
    assert names.unambiguous is expected


def test_names_of_all_types_are_those_of_each() -> None:
    for names in (OwnershipNames(), OwnershipNames("x-%{record_type}."), OwnershipNames(wildcard="any")):
        assert dict(names.all_typed(STAR)) == {rtype: names.typed(STAR, rtype) for rtype in RecordType}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(f"a-{'x' * 61}.example.com", False, id="63 octets fit into a label"),
        pytest.param(f"a-{'x' * 62}.example.com", True, id="64 octets do not"),
        pytest.param(".".join(["x" * 62] * 4) + ".x", False, id="253 characters fit into a name"),
        pytest.param(".".join(["x" * 62] * 4) + ".xx", True, id="254 characters do not"),
    ],
)
def test_length_of_names_and_labels_is_limited(name: str, expected: bool) -> None:
    assert too_long(name) is expected


# -- names that would be too long

LONG_LABEL = st.from_regex(r"[a-z0-9_]([a-z0-9_-]{40,61}[a-z0-9_])?", fullmatch=True)
LONG_NAME = st.lists(LONG_LABEL, min_size=2, max_size=4).map(".".join).filter(lambda name: not too_long(name))


@given(NAMES, LONG_NAME, st.sampled_from(RecordType))
def test_shortened_name_leads_back_by_what_its_text_tells(names: OwnershipNames, name: str, rtype: RecordType) -> None:
    place, lead = names.typed(name, rtype), names.lead(name, rtype)
    assert not too_long(place)
    if lead:
        assert names.told(place, lead) == (name, rtype)
        assert name.startswith(f"{lead}.")
        assert place.endswith(name.removeprefix(lead))
    else:
        assert (name, rtype) in names.readings(place)


@given(NAMES, st.one_of(RECORD_NAME, LONG_NAME, st.text(max_size=30)), st.text(max_size=10))
def test_what_is_told_leads_forth_again(names: OwnershipNames, place: str, lead: str) -> None:
    told = names.told(place, lead)
    assert told is None or names.typed(*told) == place


@pytest.mark.parametrize(
    ("name", "start"),
    [
        pytest.param(f"{'x' * 63}.example.com", f"a-{'x' * 44}-", id="as much of the label as there is room for"),
        pytest.param(f"{'x' * 43}-{'y' * 19}.example.com", f"a-{'x' * 43}-", id="no two hyphens"),
        pytest.param(f"xn--{'x' * 59}.example.com", f"a-{'x' * 44}-", id="no label that only begins like an A-label"),
        pytest.param(f"*.{'.'.join(['x' * 60] * 4)}.example", "a-", id="no wildcard within a label"),
    ],
)
def test_shortened_name_can_be_read(name: str, start: str) -> None:
    place = OwnershipNames().typed(name, A)
    label = place.partition(".")[0]
    assert label.startswith(start)
    assert len(label) == len(start) + 16
    assert not too_long(place)


def test_shortened_names_are_those_that_have_always_been_written() -> None:
    """They must never change: what stands under another name would be nobody's."""
    names = OwnershipNames()
    long = f"{'a-very-long-label-' * 3}indeed-so.example.com"
    assert names.typed(long, A) == "a-a-very-long-label-a-very-long-label-a-very-l-07d132ad507c7e9d.example.com"
    labels = [letter * 60 for letter in "defg"]
    deep = ".".join(["api", *labels, "exam"])
    assert names.typed(deep, CNAME) == ".".join(["cname-api-a17fe464ef17d47b", *labels[1:], "exam"])
    assert names.lead(deep, CNAME) == f"api.{labels[0]}"


# -- names with other than ASCII letters


def test_externaldns_puts_the_type_before_letters_as_they_were_written() -> None:
    """A zone has the whole label in its encoded form; or as it was written, which `spelled` makes the same."""
    names, name = OwnershipNames(), canonical("Bücher.example.com")
    place = spelled("a-BÜCHER.example.com")
    assert name == "xn--bcher-kva.example.com"
    assert place == "xn--a-bcher-p2a.example.com"
    assert names.typed(name, A) == "a-xn--bcher-kva.example.com"
    assert names.international(name, A) == place
    assert names.readings(place) == ((name, "A"),)
    assert (A, place) in list(names.all_typed(name))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(WWW, id="ASCII"),
        pytest.param("www.xn--bcher-kva.example.com", id="other letters behind the first label"),
        pytest.param("xn--zzzzzzzz.example.com", id="an A-label that stands for nothing"),
    ],
)
def test_other_names_have_one_place(name: str) -> None:
    assert OwnershipNames().international(name, A) == ""


@given(NAMES, st.text(st.sampled_from("aüßéж中-"), min_size=1, max_size=8), st.sampled_from(RecordType))
def test_international_place_leads_back(names: OwnershipNames, label: str, rtype: RecordType) -> None:
    try:
        name = canonical(f"{label}.example.com")
    except InvalidName:
        return
    place = names.international(name, rtype)
    readings = names.readings(place)
    literal = [reading for reading in readings if names.typed(*reading) == place]
    assert not place or literal or (name, rtype) in readings
