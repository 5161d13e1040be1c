from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import meta, settings
from zonewright.model.marks import HOSTNAME_ANNOTATION, MANAGED_BY, MANAGED_BY_LABEL
from zonewright.model.reason import Reason
from zonewright.sources.dnsendpoint import Reading, read


def entry(**fields: Any) -> dict[str, Any]:
    return {"dnsName": "a.example.org", "recordType": "A", "targets": ["192.0.2.1"]} | fields


def reading(*entries: Any, **notes: Any) -> Reading:
    return read({"metadata": meta("d", **notes), "spec": {"endpoints": list(entries)}}, settings())


@pytest.mark.parametrize(
    ("rtype", "written", "targets"),
    [
        ("A", ["192.0.2.2", "192.0.2.1"], ("192.0.2.1", "192.0.2.2")),
        ("AAAA", ["2001:DB8::1"], ("2001:db8::1",)),
        ("CNAME", ["LB.example.com."], ("lb.example.com",)),
        ("DNAME", ["new.example.net."], ("new.example.net",)),
        ("TXT", ["v=spf1 -all"], ("v=spf1 -all",)),
        ("MX", ["10 mail.example.org."], ("10 mail.example.org",)),
        ("SRV", ["0 0 1 h.example.net."], ("0 0 1 h.example.net.",)),
        ("NS", ["ns1.example.com"], ("ns1.example.com",)),
        ("PTR", ["host.example.com"], ("host.example.com",)),
        ("NAPTR", ["100 10 x."], ("100 10 x.",)),
        ("CAA", ['0 issue "ca.example"'], ('0 issue "ca.example"',)),
    ],
)
def test_entry_becomes_a_record_set(rtype: str, written: list[str], targets: tuple[str, ...]) -> None:
    found = reading(entry(recordType=rtype, targets=written))
    assert found.problems == {}
    assert (found.endpoints[0].rtype, found.endpoints[0].targets) == (rtype, targets)


@pytest.mark.parametrize(
    ("fields", "reason", "says"),
    [
        pytest.param({"targets": ["192.0.2.1."]}, Reason.INVALID_TARGET, "write '192.0.2.1'", id="dotted A"),
        pytest.param(
            {"recordType": "NS", "targets": ["ns.io."]}, Reason.INVALID_TARGET, "end with a dot", id="dotted NS"
        ),
        pytest.param(
            {"recordType": "PTR", "targets": ["h.io."]}, Reason.INVALID_TARGET, "end with a dot", id="dotted PTR"
        ),
        pytest.param(
            {"recordType": "SRV", "targets": ["0 0 1 h.io"]}, Reason.INVALID_TARGET, "dot", id="SRV without dot"
        ),
        pytest.param({"recordType": "NAPTR", "targets": ["x"]}, Reason.INVALID_TARGET, "dot", id="NAPTR without dot"),
        pytest.param(
            {"recordType": "MX", "targets": ["mail.io"]}, Reason.INVALID_TARGET, "2 fields", id="MX, no number"
        ),
        pytest.param({"targets": ["192.0.2.1", "x"]}, Reason.INVALID_TARGET, "'x'", id="one bad target of two"),
        pytest.param({"targets": ["2001:db8::1"]}, Reason.INVALID_TARGET, "IPv4", id="AAAA in an A"),
        pytest.param({"targets": [7]}, Reason.INVALID_TARGET, "no text", id="a number"),
        pytest.param({"targets": []}, Reason.NO_TARGETS, "no targets", id="no targets"),
        pytest.param({"targets": None}, Reason.NO_TARGETS, "no targets", id="null targets"),
        pytest.param({"recordType": "LOC"}, Reason.UNSUPPORTED_TYPE, "'LOC' is not known", id="unknown type"),
        pytest.param({"recordType": "a"}, Reason.UNSUPPORTED_TYPE, "'a' is not known", id="small letters"),
        pytest.param({"recordType": None}, Reason.UNSUPPORTED_TYPE, "'' is not known", id="no type"),
        pytest.param({"dnsName": "a..b"}, Reason.INVALID_NAME, "empty label", id="invalid name"),
        pytest.param({"dnsName": None}, Reason.INVALID_NAME, "it is empty", id="no name"),
        pytest.param(
            {"recordType": "TXT", "targets": ["x"], "providerSpecific": [{"name": "alias", "value": "false"}]},
            Reason.UNSUPPORTED_TYPE,
            "alias is for",
            id="alias of a TXT",
        ),
    ],
)
def test_bad_entry_is_left_out_whole_and_spares_the_others(fields: dict[str, Any], reason: Reason, says: str) -> None:
    found = reading(entry(**fields), entry(dnsName="b.example.org"))
    assert [endpoint.name for endpoint in found.endpoints.values()] == ["b.example.org"]
    assert found.problems.keys() == {0}
    assert found.problems[0].problem.reason is reason
    assert says in found.problems[0].problem.message


def test_every_fault_is_told_at_once_and_the_first_gives_the_reason() -> None:
    problem = reading(entry(dnsName="a..b", targets=["x", "y"])).problems[0].problem
    assert problem.reason is Reason.INVALID_NAME
    assert [word in problem.message for word in ("empty label", "'x'", "'y'")] == [True] * 3


def test_fault_names_the_entry_as_written() -> None:
    fault = reading(entry(dnsName="A..b", recordType="loc", setIdentifier="s")).problems[0]
    assert (fault.name, fault.rtype, fault.set_identifier) == ("A..b", "loc", "s")


@pytest.mark.parametrize(
    ("written", "ttl", "problem"),
    [
        (60, 60, False),
        (2**31 - 1, 2**31 - 1, False),
        (None, None, False),
        (0, None, False),
        (-5, None, True),
        (2**31, None, True),
        ("60", None, True),
        (True, None, True),
        (1.5, None, True),
    ],
)
def test_ttl_that_no_record_can_have_is_unset_and_told(written: Any, ttl: int | None, problem: bool) -> None:
    found = reading(entry(recordTTL=written))
    assert found.endpoints[0].ttl == ttl
    assert [fault.problem.reason for fault in found.problems.values()] == [Reason.INVALID_TTL] * problem


def test_cname_with_two_targets_keeps_the_smaller_and_tells() -> None:
    found = reading(entry(recordType="CNAME", targets=["b.example.com.", "a.example.com"]))
    assert found.endpoints[0].targets == ("a.example.com",)
    assert found.problems[0].problem.reason is Reason.CNAME_CONFLICT
    assert "not b.example.com" in found.problems[0].problem.message


def test_cname_with_one_target_in_two_spellings_is_sound() -> None:
    assert reading(entry(recordType="CNAME", targets=["A.example.com.", "a.example.com"])).problems == {}


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        (None, {"resource": "crd/default/d"}),
        ({"team": "x"}, {"resource": "crd/default/d", "team": "x"}),
        ({"resource": "ingress/x/y", "owner": "you"}, {"resource": "crd/default/d"}),
    ],
)
def test_object_says_neither_owner_nor_resource(written: Any, labels: dict[str, str]) -> None:
    assert dict(reading(entry(labels=written)).endpoints[0].labels) == labels


def test_generated_object_says_the_resource_that_it_was_made_from() -> None:
    about = meta("d", labels={MANAGED_BY_LABEL: MANAGED_BY})
    about["annotations"] = {HOSTNAME_ANNOTATION: "a.example.org"}
    entries = [entry(labels={"resource": "ingress/default/web"}), entry()]
    found = read({"metadata": about, "spec": {"endpoints": entries}}, settings())
    assert [e.label("resource") for e in found.endpoints.values()] == ["ingress/default/web", "crd/default/d"]


def test_null_entries_are_skipped_and_places_stay() -> None:
    found = reading(None, entry(), None, entry(dnsName="b.example.org"))
    assert found.endpoints.keys() == {1, 3}
    assert found.problems == {}


@pytest.mark.parametrize(
    ("word", "endpoints", "reason"),
    [("true", 0, Reason.IGNORED), ("yes", 1, Reason.INVALID_ANNOTATION), ("false", 1, None)],
)
def test_annotation_ignore(word: str, endpoints: int, reason: Reason | None) -> None:
    found = reading(entry(), ignore=word)
    assert len(found.endpoints) == endpoints
    assert [fault.problem.reason for fault in found.problems.values()] == ([reason] if reason else [])


def test_properties_and_set_identifier_are_kept() -> None:
    extra = [{"name": "webhook/k", "value": "v"}, {"name": ""}, None]
    (endpoint,) = reading(entry(setIdentifier="one", providerSpecific=extra)).endpoints.values()
    assert (endpoint.set_identifier, endpoint.properties) == ("one", (("webhook/k", "v"),))


LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
JUNK: st.SearchStrategy[Any] = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
RTYPE = st.sampled_from(["A", "AAAA", "CNAME", "DNAME", "TXT", "MX", "SRV", "NS", "PTR", "NAPTR", "CAA", "X"])
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "dnsName": st.just("a.io") | JUNK,
        "recordType": RTYPE | JUNK,
        "targets": st.lists(st.sampled_from(["192.0.2.1", "b.io", "b.io.", "10 b.io", "0 0 1 b.io."]) | JUNK) | JUNK,
        "recordTTL": JUNK,
        "setIdentifier": JUNK,
        "labels": JUNK,
        "providerSpecific": st.lists(st.just({"name": "alias", "value": "true"}) | JUNK, max_size=2) | JUNK,
    },
)


@given(st.lists(ENTRY | JUNK, max_size=4) | JUNK)
def test_every_entry_is_published_or_says_why_and_nothing_raises(entries: Any) -> None:
    found = read({"metadata": meta("d"), "spec": {"endpoints": entries}}, settings())
    written = entries if isinstance(entries, list) else []
    mappings = {index for index, one in enumerate(written) if isinstance(one, dict)}
    assert found.endpoints.keys() | found.problems.keys() == mappings
    assert all(endpoint.targets for endpoint in found.endpoints.values())


@given(JUNK, JUNK)
def test_no_shape_of_an_object_can_raise(metadata: Any, spec: Any) -> None:
    assert read({"metadata": metadata, "spec": spec}, settings()).endpoints == {}
