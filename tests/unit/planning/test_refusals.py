"""The order of the checks: of several objections, people are told the one that matters most."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unit.planning.builders import REGISTRY, RULES, owned, proof, record, want
from unit.planning.memoryzone import MemoryZone
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.planning.plan import Policy, Rules, Wanted
from zonewright.planning.refusals import ALWAYS, CREATING, refusal
from zonewright.planning.situation import Situation

UPSERT_ONLY = replace(RULES, policy=Policy.UPSERT_ONLY)


def test_checks_come_in_this_order() -> None:
    assert [check.__name__ for check in (*ALWAYS, *CREATING)] == [
        "unmanaged_type",
        "without_targets",
        "held_by_other",
        "set_identifier_unsupported",
        "cname_at_apex",
        "name_held_by_other",
        "reserved_by_other",
        "place_of_ownership",
        "ownership_outside_zone",
        "no_place_for_ownership",
        "cname_beside_other",
    ]


@pytest.mark.parametrize(
    ("zone", "wanted", "rules", "reason"),
    [
        pytest.param(
            owned("A", owner="other"),
            want("A"),
            replace(RULES, managed=frozenset()),
            Reason.UNSUPPORTED_TYPE,
            id="a type that does not count, before whose it is",
        ),
        pytest.param(
            [record("A")],
            want("CNAME"),
            UPSERT_ONLY,
            Reason.NOT_OWNED,
            id="whose the name is, before what policy allows",
        ),
        pytest.param(
            [record("MX"), *owned("A")],
            want("CNAME"),
            UPSERT_ONLY,
            Reason.CNAME_CONFLICT,
            id="for good, before not yet",
        ),
        pytest.param(
            [record("A"), proof("CNAME", "other")],
            want("CNAME"),
            RULES,
            Reason.NOT_OWNED,
            id="a record in the way, before an orphan",
        ),
    ],
)
def test_first_objection_is_told(zone: list[Endpoint], wanted: Wanted, rules: Rules, reason: Reason) -> None:
    situation = Situation.of(wanted.endpoint.name, REGISTRY, MemoryZone(zone), rules)
    found = refusal(situation, wanted.endpoint)
    assert found
    assert found.reason is reason


def test_what_stands_is_not_asked_how_it_came() -> None:
    """An apex CNAME, say, that is there shows that the provider can hold it."""
    zone = [record("CNAME", name="www.example.com"), proof("CNAME")]
    rules = replace(RULES, zone_name="www.example.com", set_identifiers=False)
    assert refusal(Situation.of("www.example.com", REGISTRY, MemoryZone(zone), rules), want("CNAME").endpoint) is None


@pytest.mark.parametrize("owner", ["x" * 300, "a\nb", ""])
def test_foreign_text_in_a_message_is_bounded_and_printable(owner: str) -> None:
    zone = MemoryZone(owned("A", owner=owner))
    found = refusal(Situation.of("www.example.com", REGISTRY, zone, RULES), want("A").endpoint)
    assert found
    assert found.message.isprintable()
    assert len(found.message) < 300
