"""What must hold of a migration, for any zone, any wishes and any two schemes."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unit.planning.builders import RULES, WWW, record, says, want
from unit.planning.memoryzone import MemoryZone
from zonewright.model.change import Action, Change
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.planning.plan import NamePlan, Policy, Rules, Wanted, plan_name
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import Migration, TxtRegistry

TYPES = ("A", "AAAA", "CNAME", "MX")
TARGETS = {
    "A": ("192.0.2.1", "192.0.2.2"),
    "AAAA": ("2001:db8::1", "2001:db8::2"),
    "CNAME": ("lb.example.net", "x.example.net"),
    "MX": ("10 mx.example.net", "20 mx.example.net"),
}
# Where ownership of a record of WWW stands, written out by hand: by prefix, for a type, and without type.
SCHEMES = {
    "": ("{type}-www.example.com", "www.example.com"),
    "txt.": ("txt.{type}-www.example.com", "txt.www.example.com"),
    "own-": ("own-{type}-www.example.com", "own-www.example.com"),
    "%{record_type}.": ("{type}.www.example.com", None),
}
OWNERS = ("me", "former", "other")


def places(scheme: str, rtype: str) -> Iterator[str]:
    typed, untyped = SCHEMES[scheme]
    yield typed.format(type=rtype.lower())
    if rtype != "AAAA" and untyped:
        yield untyped


def owner_at(zone: MemoryZone, place: str) -> str | None:
    """Who says so at a place; of several owners the one who is farthest from us."""
    text = zone.get(place, "TXT")
    said = [found.group(1) for target in text.targets if (found := re.search(r"owner=(\w+)", target))] if text else []
    return max(said, key=OWNERS.index, default=None)


def is_ownership(endpoint: Endpoint) -> bool:
    return endpoint.rtype == "TXT" and any("heritage=external-dns" in target for target in endpoint.targets)


@dataclass(frozen=True)
class Case:
    zone: MemoryZone
    wanted: Sequence[Wanted]
    rules: Rules
    old: str
    today: str
    former: str

    @property
    def registry(self) -> TxtRegistry:
        names = OwnershipNames(self.old)
        return TxtRegistry("me", OwnershipNames(self.today), migration=Migration(self.former, names))

    @property
    def mine(self) -> set[str]:
        return {"me", self.former} - {""}

    def plan(self, zone: MemoryZone | None = None, wanted: Sequence[Wanted] | None = None) -> NamePlan:
        wanted = self.wanted if wanted is None else wanted
        return plan_name(WWW, wanted, self.registry, zone or self.zone, self.rules)

    def owner(self, zone: MemoryZone, rtype: str, *schemes: str) -> str | None:
        """Whose a record is, told without the code under test: the first that says something is believed."""
        found = (owner_at(zone, place) for scheme in schemes for place in places(scheme, rtype))
        return next((owner for owner in found if owner), None)

    def owner_today(self, zone: MemoryZone, rtype: str) -> str | None:
        return self.owner(zone, rtype, self.today)

    def owner_ever(self, zone: MemoryZone, rtype: str) -> str | None:
        return self.owner(zone, rtype, self.today, self.old)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    old, today = draw(st.sampled_from(sorted(SCHEMES))), draw(st.sampled_from(sorted(SCHEMES)))
    types = draw(st.sampled_from([("CNAME",), ("A",), ("A", "AAAA"), ("A", "MX"), ("A", "AAAA", "MX"), ()]))
    zone = [record(rtype, draw(st.sampled_from(TARGETS[rtype])), ttl=draw(TTLS)) for rtype in types]
    for place in sorted({place for scheme in (old, today) for rtype in TYPES for place in places(scheme, rtype)}):
        if draw(st.booleans()) and (place != WWW or types != ("CNAME",)):
            said = draw(st.lists(st.sampled_from([says(owner) for owner in OWNERS]), min_size=1, max_size=2))
            zone.append(record("TXT", *said, *draw(st.sampled_from([(), (), ("hello",)])), name=place))
    wanted = [
        want(rtype, draw(st.sampled_from(TARGETS[rtype])), origin=rtype, ttl=draw(TTLS))
        for rtype in draw(st.lists(st.sampled_from(TYPES), max_size=3, unique=True))
    ]
    return Case(MemoryZone(zone), wanted, draw(RULE_SETS), old, today, draw(st.sampled_from(["", "former"])))


TTLS = st.sampled_from([None, 60])
RULE_SETS = st.builds(
    Rules,
    policy=st.sampled_from([Policy.SYNC, Policy.SYNC, Policy.UPSERT_ONLY, Policy.CREATE_ONLY]),
    managed=st.sampled_from([frozenset(TYPES), frozenset({"A", "AAAA", "CNAME"})]),
    zone_name=st.just("example.com"),
    hold_deletes=st.sampled_from([False, False, False, True]),
)
thorough = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def changes(planned: NamePlan) -> list[Change]:
    return [change for unit in planned.units for change in unit.changes]


@thorough
@given(cases())
def test_what_is_synced_is_owned_in_todays_form_afterwards(case: Case) -> None:
    planned = case.plan()
    after = case.zone.carry_out(planned.units)
    for verdict in planned.verdicts:
        if verdict.reason is Reason.SYNCED:
            assert verdict.endpoint
            assert owner_at(after, next(places(case.today, verdict.endpoint.rtype))) == "me"


@thorough
@given(cases())
def test_whatever_was_ours_and_is_wanted_becomes_ours(case: Case) -> None:
    """Unless its place has text of somebody else, or it has to give way."""
    case = replace(case, rules=replace(RULES, managed=frozenset(TYPES), zone_name="example.com"))
    planned = case.plan()
    alone = "CNAME" not in {e.rtype for e in case.zone.at(WWW)} | {w.endpoint.rtype for w in case.wanted}
    for wanted, verdict in zip(case.wanted, planned.verdicts, strict=True):
        rtype = wanted.endpoint.rtype
        place = case.zone.get(next(places(case.today, rtype)), "TXT")
        free = place is None or is_ownership(place)
        stands = case.zone.get(WWW, rtype) is not None
        if alone and free and stands and case.owner_ever(case.zone, rtype) in case.mine and unambiguous(case):
            assert verdict.reason is Reason.SYNCED, verdict.message


def unambiguous(case: Case) -> bool:
    """Whether no place is one of both schemes: a.www is the name of a record as well, txt.www a name without type."""
    schemes = {case.old, case.today}
    return "%{record_type}." not in schemes or schemes <= {"%{record_type}.", "own-"}


@thorough
@given(cases())
def test_what_nobody_wants_is_touched_only_where_it_is_ours_already(case: Case) -> None:
    keys = {wanted.endpoint.key for wanted in case.wanted}
    for change in changes(case.plan()):
        if change.old is None or is_ownership(change.old):
            continue
        rtype = change.key.rtype
        if change.key in keys:
            assert case.owner_ever(case.zone, rtype) in case.mine
        else:
            assert case.owner_today(case.zone, rtype) == "me"


@thorough
@given(cases())
def test_ownership_of_others_is_never_touched(case: Case) -> None:
    """Nor is that of the former owner, but of what is wanted."""
    wanted = {wanted.endpoint.rtype for wanted in case.wanted}
    theirs = {
        place for rtype in TYPES if rtype not in wanted for s in (case.old, case.today) for place in places(s, rtype)
    }
    ours = {place for rtype in wanted for s in (case.old, case.today) for place in places(s, rtype)}
    for change in changes(case.plan()):
        if change.old is None or not is_ownership(change.old):
            continue
        assert owner_at(case.zone, change.key.name) in case.mine
        if owner_at(case.zone, change.key.name) != "me":
            assert change.key.name in ours, (change, theirs)
        kept = {target for target in change.old.targets if "heritage" not in target}
        assert kept <= set(change.new.targets if change.new else ())


@thorough
@given(cases())
def test_second_plan_is_empty(case: Case) -> None:
    first = case.plan()
    second = case.plan(case.zone.carry_out(first.units))
    assert second.units == ()


@thorough
@given(cases())
def test_cut_after_any_unit_or_change_everything_wanted_is_ours_in_the_end(case: Case) -> None:
    planned = changes(case.plan())
    end = case.zone.change(planned)
    for cut in range(1, len(planned)):
        between = case.zone.change(planned[:cut])
        after = between.carry_out(case.plan(between).units)
        for rtype in TYPES:
            if end.get(WWW, rtype) is not None:
                assert after.get(WWW, rtype) == end.get(WWW, rtype)
                assert case.owner_today(after, rtype) == case.owner_today(end, rtype)


@thorough
@given(cases())
def test_a_record_is_never_without_its_ownership_on_the_way(case: Case) -> None:
    zone = case.zone
    before = {rtype for rtype in TYPES if zone.get(WWW, rtype) and case.owner_ever(zone, rtype) in case.mine}
    for change in changes(case.plan()):
        zone = zone.change([change])
        for rtype in before:
            if zone.get(WWW, rtype) is not None:
                assert case.owner_ever(zone, rtype) in case.mine


@thorough
@given(cases())
def test_policy_limits_what_is_done(case: Case) -> None:
    actions = {change.action for change in changes(case.plan())}
    if case.rules.policy != Policy.SYNC or case.rules.hold_deletes:
        assert Action.DELETE not in actions
    if case.rules.policy == Policy.CREATE_ONLY:
        assert actions <= {Action.CREATE}


@thorough
@given(cases())
def test_once_the_flags_are_gone_there_is_nothing_to_do(case: Case) -> None:
    """What is synced under a migration is so without it."""
    case = replace(case, rules=replace(RULES, managed=frozenset(TYPES), zone_name="example.com"))
    planned = case.plan()
    after = case.zone.carry_out(planned.units)
    plain = TxtRegistry("me", OwnershipNames(case.today))
    again = plan_name(WWW, case.wanted, plain, after, case.rules)
    synced = [v.origin for v in planned.verdicts if v.reason is Reason.SYNCED]
    assert [v.origin for v in again.verdicts if v.reason is Reason.SYNCED and v.origin in synced] == synced
    keys = {wanted.endpoint.key for wanted in case.wanted if wanted.origin in synced}
    assert not any(change.key in keys for change in changes(again))


NOTHING_TO_TELL_APART = {
    "another replacement of wildcards": (OwnershipNames(), OwnershipNames(wildcard="any")),
    "no replacement any more": (OwnershipNames(wildcard="any"), OwnershipNames()),
    "another one than before": (OwnershipNames("own-", wildcard="any"), OwnershipNames("own-", wildcard="all")),
}


@pytest.mark.parametrize("schemes", NOTHING_TO_TELL_APART.values(), ids=NOTHING_TO_TELL_APART)
@pytest.mark.parametrize("stands", [True, False], ids=["with its record", "without"])
def test_a_place_that_both_schemes_have_is_about_one_record_set(
    schemes: tuple[OwnershipNames, OwnershipNames], stands: bool
) -> None:
    """Both read it in the same way: that is one reading, and not two between which nobody can tell."""
    old, today = schemes
    registry = TxtRegistry("me", today, migration=Migration("", old))
    text = record("TXT", says("me"), name=today.typed(WWW, "A"))
    assert old.typed(WWW, "A") == text.name
    zone = MemoryZone([text, *([record("A")] if stands else [])])
    planned = plan_name(WWW, [want("A", "192.0.2.7")], registry, zone, RULES)
    assert [verdict.reason for verdict in planned.verdicts] == [Reason.SYNCED]
    after = zone.carry_out(planned.units)
    assert plan_name(WWW, [want("A", "192.0.2.7")], registry, after, RULES).units == ()


@thorough
@given(cases(), st.randoms(use_true_random=False))
def test_a_plan_does_not_depend_on_the_order_of_records_in_the_zone(case: Case, order: random.Random) -> None:
    """With what it tells: a text that changed with each reading would be a write of a status each time."""
    records = list(case.zone)
    order.shuffle(records)
    assert case.plan(MemoryZone(records)) == case.plan()
