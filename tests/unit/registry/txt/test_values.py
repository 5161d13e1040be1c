from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.ownership import Ownership
from zonewright.registry.txt.values import decode, encode, representable, valid_owner

MINE = Ownership("me", "ingress/default/web")
TEXT = "heritage=external-dns,external-dns/owner=me,external-dns/resource=ingress/default/web"


def test_value_is_that_of_externaldns() -> None:
    assert encode(MINE) == f'"{TEXT}"'
    assert encode(Ownership("me")) == '"heritage=external-dns,external-dns/owner=me"'


def test_labels_are_sorted_by_their_names() -> None:
    labelled = Ownership("me", "crd/ns/d", (("az", "1"), ("zone", "2")))
    assert encode(labelled) == (
        '"heritage=external-dns,external-dns/az=1,external-dns/owner=me,external-dns/resource=crd/ns/d,external-dns/zone=2"'
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'"{TEXT}"', id="quoted"),
        pytest.param(TEXT, id="unquoted"),
        pytest.param(f'""{TEXT}""', id="quoted twice"),
        pytest.param(f'"{TEXT[:50]}" "{TEXT[50:]}"', id="in two character-strings"),
        pytest.param(f'\\"{TEXT}\\"', id="quotes escaped"),
        pytest.param(f"{TEXT},junk,a=b=c,=", id="tokens that are none"),
        pytest.param(
            "external-dns/resource=ingress/default/web,heritage=external-dns,external-dns/owner=me", id="any order"
        ),
    ],
)
def test_ownership_is_recognised(text: str) -> None:
    assert decode(text) == MINE


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param('"v=spf1 -all"', id="other text"),
        pytest.param('"heritage=other-tool,external-dns/owner=me"', id="other heritage"),
        pytest.param('"external-dns/owner=me"', id="no heritage"),
        pytest.param('"heritage=external-dns=x,external-dns/owner=me"', id="heritage with two equal signs"),
        pytest.param('"x heritage=external-dns,external-dns/owner=me"', id="heritage in the middle of a token"),
        pytest.param("external-dns", id="the word alone"),
    ],
)
def test_other_text_is_no_ownership(text: str) -> None:
    assert decode(text) is None


def test_ownership_without_owner_is_nobodys_we_know() -> None:
    assert decode('"heritage=external-dns"') == Ownership("")


@given(st.text())
def test_any_text_can_be_decoded(text: str) -> None:
    for value in (text, f"heritage=external-dns,{text}", f"heritage=external-dns,external-dns/owner={text}"):
        decode(value)


@pytest.mark.parametrize("bad", ["a,b", "a=b", 'a"b', "a\\b", "ü", "a\nb", " a", "a "])
def test_what_would_break_the_form_is_left_out(bad: str) -> None:
    assert not valid_owner(bad)
    assert representable(Ownership("me", bad, (("k", bad), (bad, "v"), ("kept", "v")))) == Ownership(
        "me", "", (("kept", "v"),)
    )


def test_owner_id_must_fit_with_the_heritage() -> None:
    assert valid_owner("o" * 214)
    assert len(encode(Ownership("o" * 214))) == 255 + 2  # with the quotes
    assert not valid_owner("o" * 215)
    assert not valid_owner("")


def test_what_does_not_fit_is_left_out_whole() -> None:
    long = "ingress/" + "n" * 63 + "/" + "x" * 253
    assert representable(Ownership("me", long, (("k", "v"),))) == Ownership("me", "", (("k", "v"),))


ANY = st.text(max_size=120)
OWNERS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=120).filter(valid_owner)
PLAIN = st.text(st.sampled_from("abcXYZ019-_./:;@ '()<>{}"), max_size=20).map(str.strip)
EXTRA = st.dictionaries(PLAIN.filter(lambda k: k not in ("", "owner", "resource")), PLAIN, max_size=3)


@given(PLAIN.filter(bool), PLAIN, EXTRA)
def test_plain_ownership_is_read_as_it_was_written(owner: str, resource: str, extra: dict[str, str]) -> None:
    ownership = Ownership(owner, resource, tuple(sorted(extra.items())))
    assert decode(encode(ownership)) == ownership


@given(OWNERS, ANY, st.dictionaries(ANY, ANY, max_size=4))
def test_nothing_is_ever_read_otherwise_than_it_was_meant(owner: str, resource: str, extra: dict[str, str]) -> None:
    written = Ownership(owner, resource, tuple(extra.items()))
    text = encode(written)
    read = decode(text)
    assert read == representable(written)
    assert read.owner == owner
    assert read.resource in (resource, "")
    assert set(read.extra) <= set(extra.items())
    assert len(text) <= 257
    assert text.isascii()
