from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.builders import NOBODY, ingress, settings
from zonewright.model.claim import Claim, Resource
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Problem, Reason
from zonewright.sources import ingress as ingresses
from zonewright.sources.transforms import applied

WEB = Resource("Ingress", "default", "web")
PTR = {"managed_record_types": ("A", "AAAA", "CNAME", "PTR")}
V4, V6, NAME = "192.0.2.1", "2001:db8::1", "lb.example.com"


def record(rtype: str, *targets: str, name: str = "a.example.org", **fields: Any) -> Endpoint:
    return Endpoint(name, rtype, targets, **fields)


def claim(*endpoints: Endpoint, problems: tuple[Problem, ...] = ()) -> Claim:
    return Claim(endpoints[0].name if endpoints else "a.example.org", endpoints, WEB, problems)


def result(*endpoints: Endpoint, **flags: Any) -> Claim:
    (found,) = applied([claim(*endpoints)], settings(**flags))
    return found


def sets(found: Claim) -> list[tuple[str, tuple[str, ...]]]:
    return [(endpoint.rtype, endpoint.targets) for endpoint in found.endpoints]


def test_nothing_is_done_where_no_flag_asks_for_it() -> None:
    doubt = Problem(Reason.INVALID_TTL, "x")
    claims = (claim(record("A", V4), record("AAAA", V6), problems=(doubt,)), claim(record("CNAME", NAME, name="b.io")))
    assert applied(claims, settings()) == claims


def test_object_that_publishes_nothing_stays_so() -> None:
    absent = claim(problems=(Problem(Reason.NO_TARGETS, "none yet"),))
    flags = settings(default_targets=(V4,), force_default_targets=True, create_ptr=True, **PTR)
    assert applied([absent], flags) == (absent,)


@pytest.mark.parametrize(
    ("ttl", "least", "becomes"),
    [
        pytest.param(None, 90.0, 90, id="unset"),
        pytest.param(30, 90.0, 90, id="less"),
        pytest.param(90, 90.0, 90, id="as much"),
        pytest.param(300, 90.0, 300, id="more"),
        pytest.param(None, 0.0, None, id="no least"),
        pytest.param(30, 0.5, 30, id="less than a second is none"),
        pytest.param(1, 1.9, 1, id="fractions are cut off"),
    ],
)
def test_min_ttl_is_a_floor(ttl: int | None, least: float, becomes: int | None) -> None:
    assert result(record("A", V4, ttl=ttl), min_ttl=least).endpoints == (record("A", V4, ttl=becomes),)


@pytest.mark.parametrize(
    ("written", "endpoints", "becomes"),
    [
        pytest.param([V6], [record("A", V4)], [("AAAA", (V6,))], id="another type"),
        pytest.param([V4, NAME], [record("AAAA", V6)], [("A", (V4,)), ("CNAME", (NAME,))], id="two types"),
        pytest.param([V4], [record("A", "192.0.2.9"), record("AAAA", V6)], [("A", (V4,))], id="once"),
        pytest.param([V4], [record("SRV", "0 50 1 a.example.org.")], [("A", (V4,))], id="of an SRV record"),
    ],
)
def test_forced_default_targets_replace_all(
    written: list[str], endpoints: list[Endpoint], becomes: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert sets(result(*endpoints, default_targets=tuple(written), force_default_targets=True)) == becomes


def test_default_targets_do_not_count_where_there_are_targets() -> None:
    assert sets(result(record("A", V4), default_targets=(V6,))) == [("A", (V4,))]


def test_default_target_that_is_none_is_told() -> None:
    found = result(record("A", V4), default_targets=("a b",), force_default_targets=True)
    assert (found.endpoints, [p.reason for p in found.problems]) == ((), [Reason.INVALID_TARGET])


def test_default_target_that_is_the_name_itself_is_left_out() -> None:
    found = result(record("A", V4), default_targets=("a.example.org", V6), force_default_targets=True)
    assert sets(found) == [("AAAA", (V6,))]
    assert [p.reason for p in found.problems] == [Reason.INVALID_TARGET]


def test_record_set_without_a_target_that_passes_is_left_out() -> None:
    found = result(record("A", V4, "10.0.0.1"), record("AAAA", V6), target_net_filter=("192.0.2.0/24",))
    assert (sets(found), found.problems) == ([("A", (V4,))], ())


def test_targets_that_are_left_out_of_a_published_name_are_noted_each_under_its_type() -> None:
    found = result(
        record("A", V4, "10.0.0.1"), record("AAAA", V6), record("CNAME", NAME), target_net_filter=("192.0.2.0/24",)
    )
    assert [(note.about.rtype, note.text) for note in found.notes] == [
        ("A", "left out by --target-net-filter=192.0.2.0/24: 1 of 2 A targets, 10.0.0.1"),
        ("AAAA", f"left out by --target-net-filter=192.0.2.0/24: 1 of 1 AAAA targets, {V6}"),
        ("CNAME", f"left out by --target-net-filter=192.0.2.0/24: 1 of 1 CNAME targets, {NAME}"),
    ]


def test_nothing_is_noted_where_all_targets_pass_or_none() -> None:
    assert result(record("A", V4), target_net_filter=("192.0.2.0/24",)).notes == ()
    assert result(record("A", V4), target_net_filter=("10.0.0.0/8",)).notes == ()


def test_name_of_which_nothing_passes_is_told_why() -> None:
    found = result(record("A", V4), record("CNAME", NAME), target_net_filter=("10.0.0.0/8",))
    assert found.endpoints == ()
    assert [p.reason for p in found.problems] == [Reason.FILTERED] * 2
    assert [p.message.rpartition(": ")[2] for p in found.problems] == [V4, NAME]


def test_nat64_comes_before_the_filter() -> None:
    flags = {"nat64_networks": ("64:ff9b::/96",), "target_net_filter": ("192.0.2.0/24",)}
    assert sets(result(record("AAAA", "64:ff9b::c000:201"), **flags)) == [("A", (V4,))]


def test_default_targets_come_before_nat64() -> None:
    flags: dict[str, Any] = {"nat64_networks": ("64:ff9b::/96",), "default_targets": ("64:ff9b::c000:201",)}
    found = result(record("CNAME", NAME), force_default_targets=True, **flags)
    assert sets(found) == [("AAAA", ("64:ff9b::c000:201",)), ("A", (V4,))]


def test_alias_that_a_type_cannot_be_leaves_out_that_record_set_alone() -> None:
    alias = (("alias", "true"),)
    found = result(record("SRV", "0 50 1 a.example.org.", properties=alias), record("A", V4, properties=alias))
    assert sets(found) == [("A", (V4,))]
    assert [p.reason for p in found.problems] == [Reason.UNSUPPORTED_TYPE]


def test_doubt_about_a_property_is_told_once_and_the_record_stands() -> None:
    extra = (("aws/weight", "heavy"),)
    flags = replace(settings(), provider="aws")
    (found,) = applied([claim(record("A", V4, properties=extra), record("AAAA", V6, properties=extra))], flags)
    assert [endpoint.properties for endpoint in found.endpoints] == [extra, extra]
    assert [p.reason for p in found.problems] == [Reason.INVALID_ANNOTATION]


def test_reverse_names_follow_the_claims_that_they_come_from() -> None:
    obj = ingress("a.io", "b.io", "*.c.io", targets=(V4,), ttl="60", record_type="ptr")
    claims = applied(ingresses.claims(obj, NOBODY, settings(**PTR)), settings(min_ttl=90.0, **PTR))
    assert [c.hostname for c in claims] == ["a.io", "b.io", "*.c.io", "1.2.0.192.in-addr.arpa"]
    assert all(endpoint.properties == () for c in claims for endpoint in c.endpoints)
    assert [(e.targets, e.ttl, e.labels) for e in claims[-1].endpoints] == [(("a.io",), 90, ()), (("b.io",), 90, ())]
    assert str(claims[-1].resource) == "ingress/default/web"


def test_wish_for_reverse_names_is_passed_on_where_ptr_is_not_managed() -> None:
    wish = (("record-type", "ptr"),)
    assert result(record("A", V4, properties=wish)).endpoints == (record("A", V4, properties=wish),)


def test_wish_is_taken_off_records_that_have_no_reverse_name() -> None:
    found = result(record("CNAME", NAME, properties=(("record-type", "ptr"),)), **PTR)
    assert found.endpoints == (record("CNAME", NAME),)


def test_only_what_is_published_has_a_reverse_name() -> None:
    flags = settings(create_ptr=True, exclude_target_net=("10.0.0.0/8",), **PTR)
    claims = applied([claim(record("A", V4, "10.0.0.1"))], flags)
    assert [c.hostname for c in claims] == ["a.example.org", "1.2.0.192.in-addr.arpa"]


ENDPOINTS = st.lists(
    st.builds(
        record,
        st.sampled_from(["A", "AAAA", "CNAME", "SRV"]),
        st.sampled_from([V4, V6, NAME, "64:ff9b::c000:201", "a.example.org"]),
        ttl=st.none() | st.integers(1, 200),
        properties=st.sampled_from([(), (("alias", "true"),), (("record-type", "PTR"), ("webhook/x", "1"))]),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda endpoint: (endpoint.rtype, endpoint.targets),  # as sources make them
)
FLAGS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "managed_record_types": st.sampled_from([("A",), ("A", "PTR")]),
        "create_ptr": st.booleans(),
        "nat64_networks": st.just(("64:ff9b::/96",)),
        "target_net_filter": st.sampled_from([("192.0.2.0/24",), ("::/0",)]),
        "exclude_target_net": st.just(("2001:db8::/32",)),
        "default_targets": st.sampled_from([(V4,), (V6, NAME), ("a.example.org",)]),
        "prefer_alias": st.booleans(),
        "min_ttl": st.sampled_from([0.0, 60.0]),
    },
)


@given(ENDPOINTS, FLAGS, st.booleans())
def test_every_name_is_published_or_says_why(endpoints: list[Endpoint], flags: dict[str, Any], forced: bool) -> None:
    chosen = settings(**flags, force_default_targets=forced and "default_targets" in flags)
    first, *derived = applied([claim(*endpoints)], chosen)
    assert first.endpoints or first.problems
    assert all(endpoint.targets for found in (first, *derived) for endpoint in found.endpoints)
    assert all((endpoint.ttl or 0) >= int(chosen.min_ttl) for endpoint in first.endpoints)


@given(ENDPOINTS, FLAGS)
def test_twice_is_as_good_as_once(endpoints: list[Endpoint], flags: dict[str, Any]) -> None:
    chosen = settings(**flags)
    once, *_ = applied([claim(*endpoints)], chosen)
    twice, *_ = applied([once], chosen)
    assert twice.endpoints == once.endpoints
