from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import ALPHA, PREFIX
from zonewright.model.adopt import Adopt
from zonewright.model.claim import Resource
from zonewright.model.reason import Reason
from zonewright.sources.annotations import Annotations, HostnameSource
from zonewright.sources.terms import terms

BOTH = (PREFIX, ALPHA)
RESOURCE = Resource("Ingress", "default", "web")
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["hostname", "target", "ttl", "controller", "ignore", "alias", "aws-x", "adopt", "retain", "shared"]
)


def read(annotations: Any, prefixes: tuple[str, ...] = BOTH) -> Annotations:
    return Annotations.of({"metadata": {"annotations": annotations}}, prefixes)


@pytest.mark.parametrize(
    ("annotations", "prefixes", "ttl"),
    [
        pytest.param({PREFIX + "ttl": "1"}, BOTH, "1", id="the first prefix"),
        pytest.param({ALPHA + "ttl": "2"}, BOTH, "2", id="the other prefix"),
        pytest.param({ALPHA + "ttl": "2", PREFIX + "ttl": "1"}, BOTH, "1", id="the first wins"),
        pytest.param({ALPHA + "ttl": "2", PREFIX + "ttl": ""}, BOTH, "", id="the first wins, though empty"),
        pytest.param({PREFIX + "ttl": "1"}, (ALPHA,), None, id="a prefix that is not in use"),
        pytest.param({"dns.acme.test/ttl": "7"}, ("dns.acme.test/",), "7", id="a prefix of one's own"),
        pytest.param({"ttl": "1"}, BOTH, None, id="no prefix"),
        pytest.param({PREFIX + "ttl": 5}, BOTH, None, id="no text"),
        pytest.param(None, BOTH, None, id="no annotations"),
        pytest.param(["ttl"], BOTH, None, id="no mapping"),
    ],
)
def test_annotation_is_read_under_every_prefix_in_use(annotations: Any, prefixes: Any, ttl: str | None) -> None:
    assert read(annotations, prefixes).get("ttl") == ttl


@pytest.mark.parametrize(
    ("written", "items"),
    [
        ("a.io", ["a.io"]),
        ("a.io,b.io", ["a.io", "b.io"]),
        (" a.io , b.io ", ["a.io", "b.io"]),
        ("a.io,\n  b.io\n", ["a.io", "b.io"]),
        ("a.io,", ["a.io"]),
        (",,a.io", ["a.io"]),
        ("", []),
        (" , ", []),
        ("*.a.io", ["*.a.io"]),
    ],
)
def test_list_has_no_blanks_and_no_empty_items(written: str, items: list[str]) -> None:
    assert read({PREFIX + "hostname": written}).hostnames() == items


@pytest.mark.parametrize(
    ("value", "ignored", "problem"),
    [(None, False, False), ("true", True, False), ("false", False, False), ("yes", False, True), ("", False, True)],
)
def test_only_the_word_true_takes_names_away(value: str | None, ignored: bool, problem: bool) -> None:
    verdict, problems = read({} if value is None else {PREFIX + "ignore": value}).ignored()
    assert verdict is ignored
    assert [p.reason for p in problems] == [Reason.INVALID_ANNOTATION] * problem


@pytest.mark.parametrize(
    ("value", "retained", "problem"),
    [(None, False, False), ("true", True, False), ("false", False, False), ("yes", False, True), ("", False, True)],
)
def test_only_the_word_true_keeps_records(value: str | None, retained: bool, problem: bool) -> None:
    verdict, problems = read({} if value is None else {PREFIX + "retain": value}).retained()
    assert verdict is retained
    assert [p.reason for p in problems] == [Reason.INVALID_ANNOTATION] * problem


@pytest.mark.parametrize(
    ("value", "shared", "problem"),
    [(None, False, False), ("true", True, False), ("false", False, False), ("yes", False, True), ("", False, True)],
)
def test_only_the_word_true_shares_a_name(value: str | None, shared: bool, problem: bool) -> None:
    verdict, problems = read({} if value is None else {PREFIX + "shared": value}).shared()
    assert verdict is shared
    assert [p.reason for p in problems] == [Reason.INVALID_ANNOTATION] * problem


@pytest.mark.parametrize(
    ("value", "adopt", "problem"),
    [
        (None, Adopt.NONE, False),
        ("equal", Adopt.EQUAL, False),
        ("always", Adopt.ALWAYS, False),
        ("Always", Adopt.NONE, True),
        ("true", Adopt.NONE, True),
        ("", Adopt.NONE, True),
    ],
)
def test_only_two_words_take_over_records(value: str | None, adopt: Adopt, problem: bool) -> None:
    verdict, problems = read({} if value is None else {PREFIX + "adopt": value}).adopt()
    assert verdict is adopt
    assert [p.message.partition("use ")[2] for p in problems] == ["equal or always"] * problem


@pytest.mark.parametrize(
    ("value", "source", "problem"),
    [
        (None, HostnameSource.BOTH, False),
        ("annotation-only", HostnameSource.ANNOTATION, False),
        ("Annotation-Only", HostnameSource.ANNOTATION, False),
        ("DEFINED-hosts-only", HostnameSource.DEFINED, False),
        ("annotations-only", HostnameSource.BOTH, True),
        ("", HostnameSource.BOTH, True),
    ],
)
def test_unknown_hostname_source_is_as_none_and_is_told(
    value: str | None, source: HostnameSource, problem: bool
) -> None:
    found, problems = read({} if value is None else {PREFIX + "x": value}).hostname_source("x")
    assert found is source
    assert [p.reason for p in problems] == [Reason.INVALID_ANNOTATION] * problem


@pytest.mark.parametrize(("value", "other"), [(None, None), ("dns-controller", None), ("other", "other"), ("", "")])
def test_object_of_another_controller_is_told_apart(value: str | None, other: str | None) -> None:
    assert read({} if value is None else {PREFIX + "controller": value}).other_controller() == other


@pytest.mark.parametrize(
    ("name", "value", "property_name"),
    [
        ("aws-weight", "10", "aws/weight"),
        ("aws-geolocation-country-code", "DE", "aws/geolocation-country-code"),
        ("scw-priority", "1", "scw/priority"),
        ("webhook-a-b", "x y", "webhook/a-b"),
        ("coredns-group", "g", "coredns/group"),
        ("azure-tags", "k=v", "azure/tags"),
        ("azure-other", "v", None),
        ("cloudflare-proxied", "true", PREFIX + "cloudflare-proxied"),
        ("cloudflare-tags", "a,b", PREFIX + "cloudflare-tags"),
        ("cloudflare-unheard-of", "x", None),
        ("my-cloudflare-tags", "x", None),
        ("alias", "true", "alias"),
        ("alias", "True", None),
        ("alias", "yes", None),
        ("alias", "A", None),
        ("record-type", "ptr", "record-type"),
        ("record-type", "", "record-type"),
        ("aws-", "v", "aws/"),
        ("azure-tags-2", "v", None),
        ("awsx", "1", None),
        ("hostname", "a.io", None),
    ],
)
def test_annotation_becomes_a_property(name: str, value: str, property_name: str | None) -> None:
    expected = {} if property_name is None else {property_name: value}
    assert read({PREFIX + name: value}).properties() == expected


def test_cloudflare_names_count_by_how_they_begin_and_the_very_name_wins() -> None:
    """As in ExternalDNS, where it is the case by accident."""
    notes = {PREFIX + "cloudflare-proxied-2": "false", PREFIX + "cloudflare-proxied": "true"}
    assert read(notes).properties() == {PREFIX + "cloudflare-proxied": "true"}
    assert read({PREFIX + "cloudflare-tags-2": "x"}).properties() == {PREFIX + "cloudflare-tags": "x"}


def test_property_has_one_name_under_either_prefix() -> None:
    assert read({ALPHA + "cloudflare-proxied": "true"}).properties() == {PREFIX + "cloudflare-proxied": "true"}
    assert read({ALPHA + "cloudflare-proxied": "true"}, (ALPHA,)).properties() == {ALPHA + "cloudflare-proxied": "true"}


@pytest.mark.parametrize(
    ("value", "ttl", "reasons"),
    [
        (None, None, []),
        ("", None, []),
        ("60", 60, []),
        ("1d", None, [Reason.INVALID_TTL]),
        ("-5", None, [Reason.INVALID_TTL]),
        ("0", None, [Reason.INVALID_TTL]),
    ],
)
def test_ttl_that_is_not_understood_is_unset_and_told(
    value: str | None, ttl: int | None, reasons: list[Reason]
) -> None:
    agreed = terms(read({} if value is None else {PREFIX + "ttl": value}), RESOURCE)
    assert agreed.ttl == ttl
    assert [p.reason for p in agreed.problems] == reasons


@pytest.mark.parametrize(("value", "told"), [(None, 0), ("true", 0), ("false", 0), ("True", 1), ("A", 1), ("", 1)])
def test_alias_that_is_neither_true_nor_false_is_told(value: str | None, told: int) -> None:
    agreed = terms(read({} if value is None else {PREFIX + "alias": value}), RESOURCE)
    assert [p.reason for p in agreed.problems] == [Reason.INVALID_ANNOTATION] * told


def test_set_identifier_is_any_text() -> None:
    assert terms(read({PREFIX + "set-identifier": " blue "}), RESOURCE).set_identifier == " blue "


def test_every_doubt_is_told_at_once() -> None:
    agreed = terms(read({PREFIX + "ttl": "1d", PREFIX + "ignore": "maybe"}), RESOURCE)
    assert [p.reason for p in agreed.problems] == [Reason.INVALID_ANNOTATION, Reason.INVALID_TTL]


@given(st.dictionaries(st.builds(str.__add__, st.sampled_from(BOTH), NAMES), JSON | st.text(max_size=400)) | JSON)
def test_no_annotation_can_raise(annotations: Any) -> None:
    agreed = terms(read(annotations), RESOURCE)
    assert agreed.ttl is None or agreed.ttl > 0
    assert all(len(problem.message) < 400 for problem in agreed.problems)
