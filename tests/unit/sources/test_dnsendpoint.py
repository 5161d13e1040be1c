from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import PREFIX, meta, settings
from zonewright.model.adopt import Adopt
from zonewright.model.endpoint import RecordType
from zonewright.model.marks import HOSTNAME_ANNOTATION, MANAGED_BY, MANAGED_BY_LABEL
from zonewright.model.reason import Reason
from zonewright.sources.dnsendpoint import Reading, derived, read


def entry(**fields: Any) -> dict[str, Any]:
    return {"dnsName": "a.example.org", "recordType": "A", "targets": ["192.0.2.1"]} | fields


def written(*entries: Any, **notes: Any) -> dict[str, Any]:
    return {"metadata": meta("d", **notes), "spec": {"endpoints": list(entries)}}


def generated(*entries: Any) -> dict[str, Any]:
    about = meta("d", labels={MANAGED_BY_LABEL: MANAGED_BY})
    about["annotations"] = {HOSTNAME_ANNOTATION: "a.example.org"}
    return {"metadata": about, "spec": {"endpoints": list(entries)}}


def reading(*entries: Any, **notes: Any) -> Reading:
    return read(written(*entries, **notes), settings())


def sets(found: Reading) -> dict[int, tuple[str, tuple[str, ...]]]:
    return {place: (str(endpoint.rtype), endpoint.targets) for place, endpoint in found.endpoints.items()}


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
        ("NAPTR", ['50 50 "S" "SIP+D2U" "" _sip.io.'], ('50 50 "S" "SIP+D2U" "" _sip.io.',)),
        ("CAA", ["0 issue ca.example"], ('0 issue "ca.example"',)),
        ("HTTPS", ["1 . alpn=h2"], ('1 . alpn="h2"',)),
        ("SVCB", ["0 svc.example.net."], ("0 svc.example.net.",)),
        ("TLSA", ["3 0 0 AB"], ("3 0 0 ab",)),
    ],
)
def test_entry_becomes_a_record_set(rtype: str, written: list[str], targets: tuple[str, ...]) -> None:
    found = reading(entry(recordType=rtype, targets=written))
    assert found.problems == {}
    assert (found.endpoints[0].rtype, found.endpoints[0].targets) == (rtype, targets)


@pytest.mark.parametrize(
    "name", ["1.2.0.192.in-addr.arpa", "1.2.0.192.IN-ADDR.arpa.", "_s.1.2.in-addr.arpa", "1.ip6.arpa"]
)
def test_ptr_record_stands_at_a_reverse_name(name: str) -> None:
    found = reading(entry(dnsName=name, recordType="PTR", targets=["host.example.com"]))
    assert (found.problems, sets(found)) == ({}, {0: ("PTR", ("host.example.com",))})


@pytest.mark.parametrize("kind", ["true", "false", "A"])
def test_alias_may_lead_from_an_address_record_to_a_name(kind: str) -> None:
    alias = [{"name": "alias", "value": kind}]
    found = reading(entry(targets=["LB.example.com"], providerSpecific=alias))
    assert sets(found) == ({0: ("A", ("lb.example.com",))} if kind == "true" else {})


@pytest.mark.parametrize(
    ("fields", "reason", "says"),
    [
        pytest.param({"targets": ["192.0.2.1."]}, Reason.INVALID_TARGET, "write '192.0.2.1'", id="dotted A"),
        pytest.param(
            {"recordType": "NS", "targets": ["ns.io."]}, Reason.INVALID_TARGET, "end with a dot", id="dotted NS"
        ),
        pytest.param(
            {"dnsName": "1.2.in-addr.arpa", "recordType": "PTR", "targets": ["h.io."]},
            Reason.INVALID_TARGET,
            "end with a dot",
            id="dotted PTR",
        ),
        pytest.param(
            {"dnsName": "1.2.in-addr.arpa", "recordType": "PTR", "targets": ["192.0.2.1"]},
            Reason.INVALID_TARGET,
            "not a name",
            id="PTR to an address",
        ),
        pytest.param(
            {"recordType": "PTR", "targets": ["h.io"]}, Reason.INVALID_NAME, "in-addr.arpa", id="PTR at another name"
        ),
        pytest.param(
            {"dnsName": "in-addr.arpa", "recordType": "PTR", "targets": ["h.io"]},
            Reason.INVALID_NAME,
            "in-addr.arpa",
            id="PTR at the domain itself",
        ),
        pytest.param(
            {"recordType": "CNAME", "targets": ["A.example.org."]}, Reason.INVALID_TARGET, "to itself", id="loop"
        ),
        pytest.param({"recordType": "CAA", "targets": ["0 issue"]}, Reason.INVALID_TARGET, "3 fields", id="CAA"),
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


def test_generated_object_says_the_resource_that_it_was_made_from_and_a_reverse_name_none() -> None:
    entries = [entry(labels={"resource": "ingress/default/web", "owner": "you"}), entry()]
    found = read(generated(*entries), settings())
    assert [dict(e.labels) for e in found.endpoints.values()] == [{"resource": "ingress/default/web"}, {}]


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


@pytest.mark.parametrize("made", [written, generated])
@pytest.mark.parametrize(
    ("annotations", "adopt", "faults"),
    [
        pytest.param({}, Adopt.NONE, 0, id="nobody asks"),
        pytest.param({PREFIX + "adopt": "equal"}, Adopt.EQUAL, 0, id="the annotation of all objects"),
        pytest.param({"zonewright.io/adopt": "always"}, Adopt.ALWAYS, 0, id="the mark"),
        pytest.param({PREFIX + "adopt": "always", "zonewright.io/adopt": "equal"}, Adopt.EQUAL, 0, id="the mark wins"),
        pytest.param({"zonewright.io/adopt": "yes"}, Adopt.NONE, 1, id="a word that means nothing"),
    ],
)
def test_annotation_adopt(made: Any, annotations: dict[str, str], adopt: Adopt, faults: int) -> None:
    obj = made(entry())
    obj["metadata"].setdefault("annotations", {}).update(annotations)
    found = read(obj, settings())
    assert (found.adopt, len(found.problems), len(found.endpoints)) == (adopt, faults, 1)


def test_annotation_shared_marks_every_record_set_beside_retain() -> None:
    found = reading(entry(), entry(recordType="AAAA", targets=["2001:db8::1"]), retain="true", shared="true")
    assert [(one.retained, one.shared) for one in found.endpoints.values()] == [(True, True), (True, True)]
    assert not any(endpoint.shared for endpoint in reading(entry(), shared="yes").endpoints.values())


def test_annotation_retain_marks_every_record_set() -> None:
    found = reading(entry(), entry(recordType="AAAA", targets=["2001:db8::1"]), retain="true")
    assert [endpoint.retained for endpoint in found.endpoints.values()] == [True, True]
    assert not any(endpoint.retained for endpoint in reading(entry(), retain="false").endpoints.values())


def test_set_identifier_and_properties_for_the_provider_are_kept() -> None:
    extra = [{"name": name, "value": "v"} for name in ("webhook/k", "aws/weight", "k", "")]
    obj = written(entry(setIdentifier="one", providerSpecific=[*extra, None]))
    found = read(obj, replace(settings(), provider="webhook"))
    endpoint = found.endpoints[0]
    assert (endpoint.set_identifier, endpoint.properties) == ("one", (("k", "v"), ("webhook/k", "v")))


DEFAULTS = {"default_targets": ("198.51.100.1", "2001:db8::1")}
FORCED = DEFAULTS | {"force_default_targets": True}
NAT64 = {"nat64_networks": ("64:ff9b::/96",)}
EMBEDDED = "64:ff9b::c000:207"  # 192.0.2.7
ONE, TWO = ("A", ("198.51.100.1",)), ("AAAA", ("2001:db8::1",))


@pytest.mark.parametrize(
    ("flags", "entries", "expected"),
    [
        pytest.param(DEFAULTS, [entry(targets=[])], {0: ONE, 1: TWO}, id="no targets"),
        pytest.param(DEFAULTS, [entry(recordType="MX", targets=None)], {0: ONE, 1: TWO}, id="whatever the type"),
        pytest.param(DEFAULTS, [entry(recordType="", targets=None)], {0: ONE, 1: TWO}, id="not even a type"),
        pytest.param(DEFAULTS, [entry()], {0: ("A", ("192.0.2.1",))}, id="targets stand"),
        pytest.param(FORCED, [entry()], {0: ONE, 1: TWO}, id="forced"),
        pytest.param(FORCED, [entry(recordType="TXT", targets=["x"])], {0: ONE, 1: TWO}, id="forced over a TXT"),
        pytest.param(FORCED, [entry(targets=["x"])], {0: ONE, 1: TWO}, id="forced over a bad target"),
        pytest.param(FORCED, [entry(targets=["192.0.2.1."])], {}, id="a final dot counts first"),
        pytest.param(DEFAULTS, [entry(dnsName="a..b", targets=[])], {}, id="a bad name has no targets"),
        pytest.param(
            DEFAULTS,
            [entry(targets=[]), entry(recordType="AAAA", targets=["2001:db8::2"])],
            {0: ONE, 1: ("AAAA", ("2001:db8::1", "2001:db8::2"))},
            id="a default joins what is written",
        ),
        pytest.param(
            {"default_targets": ("192.0.2.9", "lb.example.com")},
            [entry(targets=[]), entry(recordType="CNAME", targets=["x.example.com"])],
            {0: ("A", ("192.0.2.9",)), 1: ("CNAME", ("x.example.com",)), 2: ("CNAME", ("lb.example.com",))},
            id="a CNAME joins none",
        ),
        pytest.param(
            NAT64,
            [entry(recordType="AAAA", targets=[EMBEDDED])],
            {0: ("AAAA", (EMBEDDED,)), 1: ("A", ("192.0.2.7",))},
            id="NAT64",
        ),
        pytest.param(
            NAT64,
            [entry(), entry(recordType="AAAA", targets=[EMBEDDED])],
            {0: ("A", ("192.0.2.1", "192.0.2.7")), 1: ("AAAA", (EMBEDDED,))},
            id="NAT64 joins the A entry",
        ),
        pytest.param(
            NAT64 | {"target_net_filter": ("192.0.2.0/24",)},
            [entry(recordType="AAAA", targets=[EMBEDDED])],
            {0: ("A", ("192.0.2.7",))},
            id="NAT64 comes before the filter",
        ),
        pytest.param({"target_net_filter": ("10.0.0.0/8",)}, [entry()], {}, id="filtered"),
    ],
)
def test_what_holds_for_all_sources_holds_for_entries(
    flags: dict[str, Any], entries: list[Any], expected: dict[int, Any]
) -> None:
    found = read(written(*entries), settings(**flags))
    assert sets(found) == expected
    assert expected.keys() | found.problems.keys() >= set(range(len(entries)))
    assert {endpoint.label("resource") for endpoint in found.endpoints.values()} <= {"crd/default/d"}


def test_entry_without_a_target_that_passes_is_told_filtered() -> None:
    found = read(written(entry()), settings(target_net_filter=("10.0.0.0/8",)))
    assert found.problems[0].problem.reason is Reason.FILTERED
    assert "--target-net-filter=10.0.0.0/8: 192.0.2.1" in found.problems[0].problem.message


def test_targets_of_an_entry_that_are_left_out_are_noted() -> None:
    found = read(written(entry(targets=["192.0.2.1", "10.0.0.1"])), settings(exclude_target_net=("10.0.0.0/8",)))
    assert found.problems == {}
    assert found.notes == {0: ("left out by --exclude-target-net=10.0.0.0/8: 1 of 2 A targets, 10.0.0.1",)}


def test_generated_objects_are_taken_as_they_stand() -> None:
    flags = FORCED | NAT64 | {"target_net_filter": ("10.0.0.0/8",), "min_ttl": 90.0}
    obj = generated(entry(recordTTL=5, providerSpecific=[{"name": "aws/x", "value": "v"}]))
    (endpoint,) = read(obj, settings(**flags)).endpoints.values()
    assert (endpoint.targets, endpoint.ttl, endpoint.properties) == (("192.0.2.1",), 5, (("aws/x", "v"),))


PTR = {"managed_record_types": ("A", "AAAA", "PTR"), "create_ptr": True}


def test_reverse_names_are_claimed_by_the_object_under_its_own_kind() -> None:
    obj = written(entry(recordTTL=60), entry(dnsName="b.example.org"), entry(targets=["192.0.2.9."]))
    (claim,) = derived(obj, settings(**PTR))
    assert claim.hostname == "1.2.0.192.in-addr.arpa"
    assert [(e.name, e.rtype, e.targets, e.ttl, e.labels) for e in claim.endpoints] == [
        ("1.2.0.192.in-addr.arpa", "PTR", ("a.example.org",), 60, ()),
        ("1.2.0.192.in-addr.arpa", "PTR", ("b.example.org",), None, ()),
    ]
    assert (str(claim.resource), claim.resource.kind) == ("dnsendpoint/default/d", "DNSEndpoint")
    assert (claim.resource.api_version, claim.resource.uid) == ("externaldns.k8s.io/v1alpha1", "uid-d")


@pytest.mark.parametrize(
    ("obj", "flags"),
    [
        pytest.param(generated(entry()), PTR, id="a generated object has had its turn"),
        pytest.param(written(entry()), {"create_ptr": True}, id="PTR is not managed"),
        pytest.param(written(entry(), ignore="true"), PTR, id="it is to be ignored"),
        pytest.param(written(entry()), PTR | {"exclude_target_net": ("192.0.2.0/24",)}, id="nothing is published"),
        pytest.param(
            written(entry(providerSpecific=[{"name": "record-type", "value": "none"}])), PTR, id="the entry declines"
        ),
    ],
)
def test_no_reverse_names(obj: dict[str, Any], flags: dict[str, Any]) -> None:
    assert derived(obj, settings(**flags)) == ()


LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
JUNK: st.SearchStrategy[Any] = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
RTYPE = st.sampled_from([*RecordType, "X"])
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "dnsName": st.sampled_from(["a.io", "1.in-addr.arpa"]) | JUNK,
        "recordType": RTYPE | JUNK,
        "targets": st.lists(st.sampled_from(["192.0.2.1", "b.io", "b.io.", "10 b.io", "0 0 1 b.io."]) | JUNK) | JUNK,
        "recordTTL": JUNK,
        "setIdentifier": JUNK,
        "labels": JUNK,
        "providerSpecific": st.lists(st.just({"name": "alias", "value": "true"}) | JUNK, max_size=2) | JUNK,
    },
)


FLAGS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "default_targets": st.sampled_from([("192.0.2.9",), ("2001:db8::9", "b.io"), ("b..io",)]),
        "nat64_networks": st.just(("2001:db8::/96",)),
        "exclude_target_net": st.sampled_from([("192.0.2.0/25",), ("2001:db8::/32",)]),
        "prefer_alias": st.booleans(),
        "min_ttl": st.sampled_from([0.0, 90.0]),
    },
)


@given(st.lists(ENTRY | JUNK, max_size=4) | JUNK, FLAGS, st.booleans())
def test_every_entry_is_published_or_says_why_and_nothing_raises(
    entries: Any, flags: dict[str, Any], forced: bool
) -> None:
    forced = forced and "default_targets" in flags
    chosen = settings(**PTR, **flags, force_default_targets=forced)
    obj = {"metadata": meta("d"), "spec": {"endpoints": entries}}
    found, reverse = read(obj, chosen), derived(obj, chosen)
    listed = entries if isinstance(entries, list) else []
    mappings = {index for index, one in enumerate(listed) if isinstance(one, dict)}
    told = found.endpoints.keys() | found.problems.keys()
    assert {place for place in told if place < len(listed)} == mappings
    assert all(claim.endpoints for claim in reverse)
    assert all(endpoint.targets for endpoint in found.endpoints.values())


@given(JUNK, JUNK)
def test_no_shape_of_an_object_can_raise(metadata: Any, spec: Any) -> None:
    assert read({"metadata": metadata, "spec": spec}, settings()).endpoints == {}
