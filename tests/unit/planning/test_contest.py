from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.planning.builders import RULES, WWW, lines, owned, plan, record, want
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.planning.candidates import Wanted, joined

ONE, TWO = "192.0.2.1", "192.0.2.2"
FIRST, LATER = "2026-01-01T00:00:00Z a", "2026-01-02T00:00:00Z b"
MINE, YOURS = "ingress/mine/web", "ingress/yours/web"
SHARED = replace(RULES, across_namespaces=True)


def reasons(found: object) -> list[Reason]:
    return [verdict.reason for verdict in found.verdicts]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("mine", "yours"),
    [
        pytest.param(("A", TWO), ("A", ONE), id="though the other one's address is smaller"),
        pytest.param(("CNAME", "lb.example.net"), ("A", ONE), id="though a CNAME gives way in its own namespace"),
        pytest.param(("A", TWO), ("AAAA", "2001:db8::1"), id="with another type, too"),
    ],
)
def test_across_namespaces_the_first_claim_stands(mine: tuple[str, str], yours: tuple[str, str]) -> None:
    found = plan([], want(*yours, resource=YOURS, since=LATER), want(*mine, resource=MINE, since=FIRST))
    assert reasons(found) == [Reason.HOSTNAME_CONFLICT, Reason.SYNCED]
    assert MINE in found.verdicts[0].message
    assert lines(found.units) == [[f"CREATE {mine[0].lower()}-www TXT", f"CREATE www {mine[0]}"]]


def test_who_holds_a_name_keeps_it_though_another_one_asked_before() -> None:
    found = plan(
        owned("A", TWO, resource=MINE),
        want("A", ONE, resource=YOURS, since=FIRST),
        want("A", TWO, resource=MINE, since=LATER),
    )
    assert reasons(found) == [Reason.HOSTNAME_CONFLICT, Reason.SYNCED]
    assert found.units == ()


def test_when_the_holder_goes_the_next_one_takes_over() -> None:
    found = plan(owned("A", TWO, resource=MINE), want("A", ONE, resource=YOURS, since=LATER))
    assert reasons(found) == [Reason.SYNCED]
    assert lines(found.units) == [["UPDATE a-www TXT", "UPDATE www A"]]


def test_a_claim_that_cannot_come_does_not_keep_out_one_that_can() -> None:
    found = plan(
        [], want("MX", "10 mx.example.net", resource=MINE, since=FIRST), want("A", ONE, resource=YOURS, since=LATER)
    )
    assert reasons(found) == [Reason.UNSUPPORTED_TYPE, Reason.SYNCED]


def test_who_asks_for_the_very_same_has_nothing_to_complain_of() -> None:
    found = plan([], want("A", ONE, resource=MINE, since=FIRST), want("A", ONE, resource=YOURS, since=LATER))
    assert reasons(found) == [Reason.SYNCED, Reason.SYNCED]
    assert found.verdicts[1].message == f"shared with {MINE}"


def test_record_sets_told_apart_by_an_identifier_are_names_of_their_own() -> None:
    found = plan(
        [],
        want("A", ONE, resource=MINE, since=FIRST, set_identifier="blue"),
        want("A", TWO, resource=YOURS, since=LATER, set_identifier="green"),
    )
    assert reasons(found) == [Reason.SYNCED, Reason.SYNCED]


def test_namespaces_share_where_the_flag_allows_it() -> None:
    wanted = want("A", ONE, resource=MINE, since=FIRST), want("A", TWO, resource=YOURS, since=LATER)
    found = plan([], *wanted, rules=SHARED)
    assert reasons(found) == [Reason.SYNCED, Reason.SYNCED]
    assert found.verdicts[0].endpoint is not None
    assert found.verdicts[0].endpoint.targets == (ONE, TWO)


def test_reverse_names_are_joined_whoever_has_the_address() -> None:
    wanted = [
        want("PTR", host, resource="", origin=host, name="1.2.0.192.in-addr.arpa", ttl=ttl)
        for host, ttl in (("a.example.org", 60), ("b.example.org", 30))
    ]
    wanted[1] = replace(wanted[1], namespace="yours")
    found = plan([], *wanted, rules=replace(RULES, managed=frozenset({"PTR"})))
    assert reasons(found) == [Reason.SYNCED, Reason.SYNCED]
    assert found.verdicts[0].endpoint == found.verdicts[1].endpoint
    assert found.verdicts[0].endpoint is not None
    assert (found.verdicts[0].endpoint.targets, found.verdicts[0].endpoint.ttl) == (
        ("a.example.org", "b.example.org"),
        30,
    )


def test_a_reverse_name_without_ttl_has_the_lowest() -> None:
    (candidate,) = joined([want("PTR", "a.io", resource="", ttl=60), want("PTR", "b.io", resource="")])
    assert candidate.endpoint.ttl is None


NAMESPACES = st.sampled_from(["a", "b", "c"])
CLAIMS = st.lists(
    st.tuples(NAMESPACES, st.sampled_from(["x", "y"]), st.sampled_from([("A", ONE), ("A", TWO), ("CNAME", "l.io")])),
    max_size=5,
    unique_by=lambda claim: claim[:2],
)


@given(CLAIMS, st.permutations(range(5)), st.lists(st.integers(0, 2), min_size=3, max_size=3))
def test_what_is_published_is_of_one_namespace_and_does_not_depend_on_the_order(
    claims: list[tuple[str, str, tuple[str, str]]], order: list[int], ages: list[int]
) -> None:
    wanted = [
        want(*record_set, resource=f"ingress/{namespace}/{name}", since=f"{ages['abc'.index(namespace)]}")
        for namespace, name, record_set in claims
    ]
    shuffled = [wanted[i] for i in order if i < len(wanted)]
    units, others = (plan([], *some).units if some else () for some in (wanted, shuffled))
    assert lines(units) == lines(others)
    resources = {e.label("resource") or "" for e in _published(units)}
    assert len({resource.split("/")[1] for resource in resources}) <= 1
    assert bool(resources) is bool(wanted)


def _published(units: object) -> list[Endpoint]:
    return [c.endpoint for unit in units for c in unit.changes if c.endpoint.name == WWW]  # type: ignore[attr-defined]


def test_a_conflict_tells_whose_record_stands() -> None:
    found = plan(
        owned("A", TWO, resource=MINE),
        want("A", ONE, resource=YOURS, since=FIRST),
        want("A", TWO, resource=MINE, since=LATER),
    )
    assert found.verdicts[0].ownership is not None
    assert found.verdicts[0].ownership.resource == MINE


def test_a_name_that_nobody_of_ours_holds_goes_to_the_first_of_equal_age_by_namespace() -> None:
    wanted: list[Wanted] = [want("A", ONE, resource=r, since=FIRST) for r in (YOURS, MINE)]
    wanted[0] = replace(wanted[0], endpoint=record("A", TWO).with_labels({"resource": YOURS}))
    assert reasons(plan([], *wanted)) == [Reason.HOSTNAME_CONFLICT, Reason.SYNCED]
