from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.model.claim import Claim, Resource
from zonewright.model.reason import Problem, Reason
from zonewright.sources import records
from zonewright.sources.terms import Terms

RESOURCE = Resource("Ingress", "default", "web")
ABSENT = Problem(Reason.NO_TARGETS, "no address yet")


def agreed(**fields: Any) -> Terms:
    defaults: dict[str, Any] = {"ttl": None, "set_identifier": "", "properties": {}, "targets": (), "ignored": False}
    return Terms(RESOURCE, **(defaults | fields))


def claims(hostnames: list[str], targets: list[str], **fields: Any) -> tuple[Claim, ...]:
    return records.claims(hostnames, records.targets_of(targets), agreed(**fields), ABSENT)


def published(claim: Claim) -> dict[str, tuple[str, ...]]:
    return {endpoint.rtype: endpoint.targets for endpoint in claim.endpoints}


def reasons(claim: Claim) -> list[Reason]:
    return [problem.reason for problem in claim.problems]


@pytest.mark.parametrize(
    ("targets", "by_type", "problems"),
    [
        pytest.param(["192.0.2.2", "192.0.2.1"], {"A": ("192.0.2.1", "192.0.2.2")}, [], id="addresses, in order"),
        pytest.param(["192.0.2.1", "192.0.2.1"], {"A": ("192.0.2.1",)}, [], id="an address once"),
        pytest.param(["192.0.2.1", "2001:db8::1"], {"A": ("192.0.2.1",), "AAAA": ("2001:db8::1",)}, [], id="families"),
        pytest.param(["2001:DB8::0:1"], {"AAAA": ("2001:db8::1",)}, [], id="one spelling of IPv6"),
        pytest.param(["LB.example.com."], {"CNAME": ("lb.example.com",)}, [], id="a name, without final dot"),
        pytest.param(["192.0.2.1."], {"A": ("192.0.2.1",)}, [], id="an address, without final dot"),
        pytest.param(
            ["lb.example.com", "192.0.2.1"], {"A": ("192.0.2.1",), "CNAME": ("lb.example.com",)}, [], id="both kinds"
        ),
        pytest.param(
            ["b.example.com", "a.example.com"], {"CNAME": ("a.example.com",)}, [Reason.CNAME_CONFLICT], id="two names"
        ),
        pytest.param(["A.example.com", "a.example.com."], {"CNAME": ("a.example.com",)}, [], id="one name, twice"),
        pytest.param(
            ["192.0.2.1", "a_b c"], {"A": ("192.0.2.1",)}, [Reason.INVALID_TARGET], id="a wrong one is left out"
        ),
        pytest.param(["256.1.1.1"], {}, [Reason.INVALID_TARGET], id="nearly an address"),
        pytest.param(["fe80::1%eth0"], {}, [Reason.INVALID_TARGET], id="scoped address"),
        pytest.param(["192.0.2.1/32"], {}, [Reason.INVALID_TARGET], id="network"),
        pytest.param([], {}, [], id="none"),
    ],
)
def test_targets_are_sorted_by_type(targets: list[str], by_type: dict[str, Any], problems: list[Reason]) -> None:
    found = records.targets_of(targets)
    assert dict(found.by_type) == by_type
    assert [problem.reason for problem in found.problems] == problems


def test_left_out_names_are_told_by_name() -> None:
    (problem,) = records.targets_of(["c.example.com", "a.example.com", "b.example.com"]).problems
    assert (
        problem.message == "a CNAME can have one target: a.example.com is published, not b.example.com, c.example.com"
    )


def test_endpoint_carries_terms_and_resource() -> None:
    (claim,) = claims(["a.example.org"], ["192.0.2.1"], ttl=60, set_identifier="blue", properties={"aws/weight": "1"})
    (endpoint,) = claim.endpoints
    assert (endpoint.ttl, endpoint.set_identifier) == (60, "blue")
    assert endpoint.properties == (("aws/weight", "1"),)
    assert endpoint.labels == (("resource", "ingress/default/web"),)
    assert claim.problems == ()


def test_one_claim_per_name_whatever_its_spelling() -> None:
    assert [
        claim.hostname for claim in claims(["A.example.org", "a.example.org.", "b.example.org"], ["192.0.2.1"])
    ] == [
        "a.example.org",
        "b.example.org",
    ]


@pytest.mark.parametrize("written", ["a..b", "-x.org", "a b.org", "*", "192.0.2.7", "ü" * 80])
def test_invalid_name_has_its_claim_and_spares_the_others(written: str) -> None:
    bad, good = claims([written, "a.example.org"], ["192.0.2.1"])
    assert (bad.hostname, bad.endpoints, reasons(bad)) == (written, (), [Reason.INVALID_NAME])
    assert published(good) == {"A": ("192.0.2.1",)}


def test_invalid_name_of_any_length_is_bounded() -> None:
    (claim,) = claims(["x" * 100_000], ["192.0.2.1"])
    assert len(claim.hostname) < 260
    assert len(claim.problems[0].message) < 400


def test_name_without_targets_says_where_they_should_come_from() -> None:
    (claim,) = claims(["a.example.org"], [])
    assert (claim.endpoints, claim.problems) == ((), (ABSENT,))


def test_wrong_targets_are_told_instead_of_missing_ones() -> None:
    (claim,) = claims(["a.example.org"], ["no name"])
    assert reasons(claim) == [Reason.INVALID_TARGET]


def test_ignored_name_is_a_claim_without_record() -> None:
    (claim,) = claims(["a.example.org"], ["192.0.2.1"], ignored=True)
    assert (claim.endpoints, reasons(claim)) == ((), [Reason.IGNORED])


def test_cname_to_itself_is_left_out() -> None:
    loop, other = claims(["a.example.org", "b.example.org"], ["a.example.org", "192.0.2.1"])
    assert published(loop) == {"A": ("192.0.2.1",)}
    assert reasons(loop) == [Reason.INVALID_TARGET]
    assert published(other) == {"A": ("192.0.2.1",), "CNAME": ("a.example.org",)}


@given(st.lists(st.text(max_size=30), max_size=6), st.lists(st.text(max_size=30), max_size=6))
def test_every_name_is_published_or_says_why(hostnames: list[str], targets: list[str]) -> None:
    for claim in claims(hostnames, targets):
        assert claim.endpoints or claim.problems
