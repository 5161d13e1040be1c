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
from zonewright.registry.dynamodb.registry import DynamoDBRegistry
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry

UPSERT_ONLY = replace(RULES, policy=Policy.UPSERT_ONLY)


def test_checks_come_in_this_order() -> None:
    assert [check.__name__ for check in (*ALWAYS, *CREATING)] == [
        "unmanaged_type",
        "without_targets",
        "held_by_other",
        "set_identifier_unsupported",
        "wildcard_unsupported",
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


@pytest.mark.parametrize(
    ("name", "names", "rules", "word"),
    [
        pytest.param("*.example.com", OwnershipNames(), {"wildcards": False}, "no wildcards", id="no wildcards"),
        pytest.param("*.example.com", OwnershipNames(), {"inner_asterisk": False}, "--txt-wildcard", id="ownership"),
        pytest.param(
            "*.example.com", OwnershipNames("", "", "any"), {"inner_asterisk": False}, None, id="replaced in ownership"
        ),
        pytest.param(
            "*.example.com",
            OwnershipNames("%{record_type}."),
            {"inner_asterisk": False},
            "--txt-wild",
            id="in the midst",
        ),
        pytest.param("*.example.com", OwnershipNames(), {}, None, id="all is possible"),
        pytest.param(
            "www.example.com", OwnershipNames(), {"inner_asterisk": False, "wildcards": False}, None, id="none"
        ),
    ],
)
def test_asterisks_that_the_provider_refuses_are_told_before_it_is_asked(
    name: str, names: OwnershipNames, rules: dict[str, bool], word: str | None
) -> None:
    registry = TxtRegistry("me", names)
    situation = Situation.of(name, registry, MemoryZone([]), replace(RULES, **rules))
    found = refusal(situation, want("A", name=name).endpoint)
    if word is None:
        assert found is None
    else:
        assert found
        assert (found.reason, word in found.message) == (Reason.INVALID_NAME, True)


def test_rows_of_a_table_are_no_names_of_dns() -> None:
    registry = DynamoDBRegistry("me", REGISTRY, removes_texts=False)
    situation = Situation.of("*.example.com", registry, MemoryZone([]), replace(RULES, inner_asterisk=False))
    assert refusal(situation, want("A", name="*.example.com").endpoint) is None
