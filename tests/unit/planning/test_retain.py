"""Records that outlast their object: released, when it has gone, and never deleted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.planning.builders import RULES, WEB, WWW, line, lines, owned, plan, record, want
from unit.planning.memoryzone import MemoryZone
from unit.planning.test_properties import (
    RESOURCES,
    Case,
    cases,
    changes,
    is_ownership,
    owner,
    thorough,
)
from zonewright.model.adopt import Adopt
from zonewright.model.endpoint import RETAIN_LABEL, Endpoint
from zonewright.model.reason import Reason
from zonewright.planning.plan import NamePlan, Policy, Rules, Wanted, plan_name
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry

SHOP = "service/default/shop"
KEPT = ",external-dns/retain=true"


def retaining(wanted: Wanted) -> Wanted:
    labels = {**dict(wanted.endpoint.labels), RETAIN_LABEL: "true"}
    return replace(wanted, endpoint=wanted.endpoint.with_labels(labels))


def kept(*zone: Endpoint) -> MemoryZone:
    """The zone with the label on every ownership record."""
    return MemoryZone(outlasting(endpoint) if is_ownership(endpoint) else endpoint for endpoint in zone)


def outlasting(proof: Endpoint) -> Endpoint:
    said = (target[:-1] + KEPT + '"' if target.endswith('"') else target + KEPT for target in proof.targets)
    return replace(proof, targets=tuple(said))


def text(zone: MemoryZone, name: str = f"a-{WWW}") -> str:
    found = zone.get(name, "TXT")
    assert found
    return found.targets[0]


# -- the label


def test_label_is_written_when_the_annotation_comes_and_goes_with_it() -> None:
    zone = MemoryZone(owned("A"))
    planned = plan(zone, retaining(want("A")))
    assert lines(planned.units) == [["UPDATE a-www TXT"]]
    after = zone.carry_out(planned.units)
    assert KEPT in text(after)
    assert plan(after, retaining(want("A"))).units == ()
    assert after.carry_out(plan(after, want("A")).units) == zone


def test_label_is_there_from_the_first() -> None:
    after = MemoryZone().carry_out(plan(MemoryZone(), retaining(want("A"))).units)
    assert KEPT in text(after)


def test_ownership_says_which_object_the_record_outlasts() -> None:
    """Elsewhere another object alone is no reason to write; here DNS must tell whose going it is to outlast."""
    zone = kept(*owned("A"))
    assert lines(plan(zone, retaining(want("A", resource=SHOP))).units) == [["UPDATE a-www TXT"]]
    assert plan(MemoryZone(owned("A")), want("A", resource=SHOP)).units == ()


def test_of_several_objects_the_one_that_is_outlasted_is_named() -> None:
    both = want("A", "192.0.2.2", resource="ingress/default/a"), retaining(want("A", resource="ingress/default/b"))
    assert "resource=ingress/default/b" in text(MemoryZone().carry_out(plan(MemoryZone(), *both).units))


def test_label_has_room_before_the_resource() -> None:
    """Left out, it would cost the record."""
    long = retaining(want("A", resource="ingress/default/" + "x" * 190))
    assert KEPT in text(MemoryZone().carry_out(plan(MemoryZone(), long).units))


def test_create_only_leaves_the_label_to_a_policy_that_deletes() -> None:
    planned = plan(owned("A"), retaining(want("A")), rules=replace(RULES, policy=Policy.CREATE_ONLY))
    assert (planned.units, planned.verdicts[0].reason) == ((), Reason.SYNCED)


# -- when the object has gone


def go(zone: MemoryZone, *wanted: Wanted, rules: Rules = RULES, there: Collection[str] = ()) -> NamePlan:
    return plan_name(WWW, wanted, TxtRegistry("me", OwnershipNames()), zone, rules, lambda name: name in there)


def test_record_whose_object_has_gone_is_released() -> None:
    zone = kept(*owned("A"))
    planned = go(zone)
    assert lines(planned.units) == [["DELETE a-www TXT"]]
    assert [held.endpoint.key.rtype for held in planned.released] == ["A"]
    after = zone.carry_out(planned.units)
    assert list(after) == [record("A")]
    assert go(after).units == ()


def test_released_record_is_nobodys() -> None:
    zone = kept(*owned("A"))
    after = zone.carry_out(go(zone).units)
    assert [v.reason for v in go(after, want("A")).verdicts] == [Reason.NOT_OWNED]
    assert [v.reason for v in go(after, replace(want("A"), adopt=Adopt.EQUAL)).verdicts] == [Reason.SYNCED]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        pytest.param((), [["DELETE www A", "DELETE a-www TXT"]], id="it asks for another name, or for none"),
        pytest.param(
            (retaining(want("AAAA")),),
            [["CREATE aaaa-www TXT", "CREATE www AAAA"], ["DELETE www A", "DELETE a-www TXT"]],
            id="its address is of IPv6 now",
        ),
        pytest.param(
            (retaining(want("CNAME")),),
            [["CREATE cname-www TXT", "DELETE www A", "CREATE www CNAME", "DELETE a-www TXT"]],
            id="it leads to a name now",
        ),
        pytest.param((retaining(want("A", "192.0.2.2")),), [["UPDATE www A"]], id="its address has changed"),
    ],
)
def test_while_the_object_is_there_all_goes_as_always(wanted: tuple[Wanted, ...], expected: list[list[str]]) -> None:
    assert lines(go(kept(*owned("A")), *wanted, there=[WEB]).units) == expected


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param(replace(RULES, hold_deletes=True), id="not everything is known yet"),
        pytest.param(replace(RULES, policy=Policy.UPSERT_ONLY), id="nothing may be deleted"),
        pytest.param(replace(RULES, managed=frozenset({"AAAA"})), id="its type is not managed"),
    ],
)
def test_ownership_stays_where_nothing_may_be_deleted(rules: Rules) -> None:
    planned = go(kept(*owned("A")), rules=rules)
    assert (planned.units, planned.released) == ((), ())


def test_record_of_another_owner_is_not_released() -> None:
    assert go(kept(*owned("A", owner="other"))).units == ()


def test_another_object_goes_on_with_the_record() -> None:
    planned = go(kept(*owned("A")), want("A", resource=SHOP))
    assert lines(planned.units) == [["UPDATE a-www TXT"]]


def test_what_is_released_is_not_made_room_of() -> None:
    planned = go(kept(*owned("A")), want("CNAME", resource=SHOP))
    assert lines(planned.units) == [["DELETE a-www TXT"]]
    assert [verdict.reason for verdict in planned.verdicts] == [Reason.NOT_OWNED]


def test_but_who_takes_over_whatever_stands_there_gets_it() -> None:
    planned = go(kept(*owned("A")), replace(want("CNAME", resource=SHOP), adopt=Adopt.ALWAYS))
    assert lines(planned.units) == [["CREATE cname-www TXT", "DELETE www A", "CREATE www CNAME", "DELETE a-www TXT"]]


# -- whatever stands


@st.composite
def outlasting_cases(draw: st.DrawFn) -> tuple[Case, frozenset[str]]:
    """Zones in which some ownership records have the label, and the objects that are there."""
    case = draw(cases())
    zone = [outlasting(e) if is_ownership(e) and draw(st.booleans()) else e for e in case.zone]
    wanted = [retaining(w) if w.endpoint.targets and draw(st.booleans()) else w for w in case.wanted]
    adopt = {resource: draw(st.sampled_from([Adopt.NONE, Adopt.NONE, Adopt.ALWAYS])) for resource in RESOURCES}
    wanted = [replace(w, adopt=adopt[w.resource]) for w in wanted]
    there = draw(st.frozensets(st.sampled_from(RESOURCES)))
    return replace(case, zone=MemoryZone(zone), wanted=wanted), there | {w.resource for w in wanted}


def planned_of(case: Case, there: Collection[str], zone: MemoryZone | None = None) -> NamePlan:
    return plan_name(WWW, case.wanted, case.registry, zone or case.zone, case.rules, lambda name: name in there)


@thorough
@given(outlasting_cases())
def test_what_outlasts_an_object_that_has_gone_is_not_touched(given: tuple[Case, frozenset[str]]) -> None:
    case, there = given
    if any(wanted.adopt is Adopt.ALWAYS for wanted in case.wanted):
        return
    asked = {wanted.endpoint.key for wanted in case.wanted}
    held = {h.endpoint.key: h for h in case.registry.held(WWW, case.zone)}
    touched = {change.key for change in changes(planned_of(case, there))}
    for key, one in held.items():
        outlasts = one.ownership is not None and one.ownership.retains and one.ownership.resource not in there
        if outlasts and one.ownership and one.ownership.owner == "me" and key not in asked:
            assert key not in touched


@thorough
@given(outlasting_cases())
def test_released_records_are_nobodys_and_the_next_plan_is_empty(given: tuple[Case, frozenset[str]]) -> None:
    case, there = given
    first = planned_of(case, there)
    after = case.zone.carry_out(first.units)
    for held in first.released:
        assert owner(after, case.scheme, held.endpoint) is None
        assert after.get(*held.endpoint.key) == held.endpoint.with_labels({})
    assert planned_of(case, there, after).units == ()


@thorough
@given(outlasting_cases())
def test_a_release_that_is_cut_off_is_none_or_goes_on(given: tuple[Case, frozenset[str]]) -> None:
    """At no point does a record that outlasts its object look like one that is left over."""
    case, there = given
    planned = planned_of(case, there)
    stay = {held.endpoint.key for held in planned.released}
    zone = case.zone
    for change in changes(planned):
        zone = zone.change([change])
        assert stay.isdisjoint(c.key for c in changes(planned_of(case, there, zone))), line(change)
