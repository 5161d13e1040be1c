"""Whose a record is where a table says so: by the table of decisions of planning, on a zone with rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unit.planning.builders import MX_TOO, RULES, WEB, WWW, owned, proof, record, want
from unit.planning.memoryzone import MemoryZone
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.ownership import Ownership
from zonewright.model.reason import Reason
from zonewright.planning.plan import NamePlan, Policy, Rules, Wanted, plan_name
from zonewright.registry.dynamodb.registry import DynamoDBRegistry
from zonewright.registry.dynamodb.rows import as_endpoint
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry

TEXTS = TxtRegistry("me", OwnershipNames())
REGISTRY = DynamoDBRegistry("me", TEXTS, removes_texts=False)
TIDY = DynamoDBRegistry("me", TEXTS, removes_texts=True)
OLD = "ingress/default/old"


def row(rtype: str, owner: str = "me", resource: str = WEB, name: str = WWW, set_identifier: str = "") -> Endpoint:
    return as_endpoint(Key(name, rtype, set_identifier), Ownership(owner, resource))


def plan(zone: MemoryZone, *wanted: Wanted, rules: Rules = RULES, registry: DynamoDBRegistry = REGISTRY) -> NamePlan:
    """The plan of WWW; carried out, the next one is empty, but for ownership TXT records that go then."""
    first = plan_name(WWW, wanted, registry, zone, rules)
    again = plan_name(WWW, wanted, registry, zone.carry_out(first.units), rules)
    assert registry is TIDY or not again.units
    return first


def after(zone: MemoryZone, *wanted: Wanted, rules: Rules = RULES, registry: DynamoDBRegistry = REGISTRY) -> MemoryZone:
    return zone.carry_out(plan(zone, *wanted, rules=rules, registry=registry).units)


def settled(zone: MemoryZone, *wanted: Wanted, rules: Rules = MX_TOO) -> MemoryZone:
    """After two rounds, with ownership TXT records taken away."""
    return after(after(zone, *wanted, rules=rules, registry=TIDY), *wanted, rules=rules, registry=TIDY)


# -- rows


def test_a_record_comes_in_one_unit_with_its_row_and_the_row_is_first() -> None:
    (unit,) = plan(MemoryZone(), want("A")).units
    assert [change.endpoint.with_labels({}) for change in unit.changes] == [row("A"), record("A")]


def test_where_ownership_stands_is_told_as_the_table_has_it() -> None:
    (verdict,) = plan(MemoryZone(), want("A")).verdicts
    assert verdict.ownership is not None
    assert (verdict.ownership.owner, verdict.ownership.name) == ("me", f"{WWW}#A#")
    assert verdict.ownership.value == '{"l": {"resource": "ingress/default/web"}, "o": "me"}'


def test_a_record_with_a_row_of_ours_is_changed_and_the_row_follows() -> None:
    zone = MemoryZone([record("A"), row("A", resource=OLD)])
    assert after(zone, want("A", "192.0.2.9")) == MemoryZone([record("A", "192.0.2.9"), row("A")])


def test_another_resource_alone_is_no_reason_to_write() -> None:
    assert not plan(MemoryZone([record("A"), row("A", resource=OLD)]), want("A")).units


def test_what_nobody_wants_goes_and_then_its_row() -> None:
    (unit,) = plan(MemoryZone([record("A"), row("A")])).units
    assert [change.key for change in unit.changes] == [record("A").key, row("A").key]


def test_a_row_without_record_goes_when_nobody_wants_it() -> None:
    assert after(MemoryZone([row("A")])) == MemoryZone()


def test_a_row_without_record_serves_the_record_that_comes() -> None:
    (unit,) = plan(MemoryZone([row("A")]), want("A")).units
    assert [change.key for change in unit.changes] == [record("A").key]


def test_a_change_of_type_is_one_unit_with_both_rows() -> None:
    zone = MemoryZone([record("CNAME"), row("CNAME")])
    (unit,) = plan(zone, want("A")).units
    assert {change.key for change in unit.changes} == {
        row("A").key,
        row("CNAME").key,
        *(record(t).key for t in ("A", "CNAME")),
    }
    assert zone.carry_out([unit]) == MemoryZone([record("A"), row("A")])


def test_set_identifiers_have_rows_of_their_own() -> None:
    zone = MemoryZone([record("A", set_identifier="blue"), row("A", set_identifier="blue")])
    green = want("A", "192.0.2.9", set_identifier="green")
    expected = [record("A", "192.0.2.9", set_identifier="green"), row("A", set_identifier="green")]
    assert after(zone, green) == MemoryZone(expected)


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        pytest.param([record("A"), row("A", "other")], Reason.OWNED_BY_OTHER, id="the row is another owner's"),
        pytest.param([row("A", "other")], Reason.OWNED_BY_OTHER, id="another owner's row, without its record"),
        pytest.param([record("AAAA"), row("AAAA", "other")], Reason.OWNED_BY_OTHER, id="the name is another owner's"),
        pytest.param([record("A")], Reason.NOT_OWNED, id="no row: nobody's"),
        pytest.param(owned("A", owner="other"), Reason.OWNED_BY_OTHER, id="no row, a TXT record of another owner"),
        pytest.param([*owned("A"), row("A", "other")], Reason.OWNED_BY_OTHER, id="another owner's row, our TXT record"),
    ],
)
def test_what_is_not_ours_is_left_alone(standing: list[Endpoint], reason: Reason) -> None:
    found = plan(MemoryZone(standing), want("A", "192.0.2.9"), registry=TIDY)
    assert (found.units, [verdict.reason for verdict in found.verdicts]) == ((), [reason])


def test_a_key_that_the_table_cannot_hold_is_refused() -> None:
    (verdict,) = plan(MemoryZone(), want("A", set_identifier="x" * 2048)).verdicts
    assert verdict.reason is Reason.REJECTED


def test_names_of_ours_are_those_with_rows_or_texts_of_ours() -> None:
    standing = [row("A", name="a.org"), row("A", "other", name="b.org"), record("A", name="c.org"), *owned("A")]
    assert set(REGISTRY.owned_names(MemoryZone(standing))) == {"a.org", WWW}


# -- records that come over from the TXT registry


def test_a_record_of_ours_by_its_txt_record_gets_its_row() -> None:
    assert after(MemoryZone(owned("A")), want("A")) == MemoryZone([*owned("A"), row("A")])


def test_its_txt_record_goes_in_the_next_round_where_that_is_allowed() -> None:
    assert settled(MemoryZone(owned("A")), want("A")) == MemoryZone([record("A"), row("A")])


def test_a_txt_record_without_type_stays_as_long_as_a_record_leans_on_it() -> None:
    """The MX record is not wanted, and deletes wait: it would be nobody's, for ever."""
    zone = MemoryZone([record("A"), record("MX"), proof("")])
    waiting = replace(MX_TOO, hold_deletes=True)
    assert settled(zone, want("A"), rules=waiting) == MemoryZone([record("A"), record("MX"), proof(""), row("A")])
    assert settled(zone, want("A"), want("MX")) == MemoryZone([record("A"), record("MX"), row("A"), row("MX")])


def test_what_nobody_wants_goes_with_its_txt_record() -> None:
    assert settled(MemoryZone([*owned("A"), row("A")])) == MemoryZone()
    assert settled(MemoryZone(owned("A"))) == MemoryZone()


def test_txt_records_stay_where_they_may_not_be_deleted() -> None:
    assert after(MemoryZone([*owned("A"), row("A")])) == MemoryZone([proof("A")])


def test_txt_records_of_others_are_never_touched() -> None:
    standing = [record("A"), row("A"), proof("A", "other")]
    assert settled(MemoryZone(standing), want("A")) == MemoryZone(standing)


def test_under_create_only_a_row_is_written_all_the_same() -> None:
    rules = replace(RULES, policy=Policy.CREATE_ONLY)
    assert after(MemoryZone(owned("A")), want("A"), rules=rules) == MemoryZone([*owned("A"), row("A")])


# -- what outlasts its object


def retaining(wanted: Wanted) -> Wanted:
    return replace(wanted, endpoint=wanted.endpoint.with_labels({**dict(wanted.endpoint.labels), "retain": "true"}))


def test_row_says_that_a_record_outlasts_its_object_and_goes_alone_when_that_has_gone() -> None:
    zone = after(MemoryZone([record("A"), row("A")]), retaining(want("A")))
    (said,) = (one for one in zone if one.name != WWW)
    assert said == as_endpoint(Key(WWW, "A", ""), Ownership("me", WEB, (("retain", "true"),)))
    assert list(after(zone)) == [record("A")]
    assert after(zone, want("A")) == MemoryZone([record("A"), row("A")])


def test_record_that_a_text_would_make_ours_again_is_not_released() -> None:
    """It would look as if it were left over, and be deleted."""
    zone = MemoryZone([*owned("A"), as_endpoint(Key(WWW, "A", ""), Ownership("me", WEB, (("retain", "true"),)))])
    assert plan(zone).units == ()
