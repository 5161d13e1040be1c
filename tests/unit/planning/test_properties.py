"""What must hold for any snapshot, any wishes and any rules."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unit.planning.builders import RULES, WWW, record, says, want
from unit.planning.memoryzone import MemoryZone
from zonewright.model.change import Action, Change
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Problem, Reason
from zonewright.planning.plan import NamePlan, Policy, Rules, Wanted, plan_name
from zonewright.registry.noop import NoopRegistry
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry

TYPES = ("A", "AAAA", "CNAME", "MX", "TXT")
TARGETS = {
    "A": ("192.0.2.1", "192.0.2.2", "192.0.2.10"),
    "AAAA": ("2001:db8::1", "2001:db8::2"),
    "CNAME": ("lb.example.net", "x.example.net"),
    "MX": ("10 mx.example.net", "20 mx.example.net"),
    "TXT": ("hello", "v=spf1 -all"),
}
RESOURCES = ("crd/ns/a", "crd/ns/b", "ingress/other/web")
MINE, OTHERS = "external-dns/owner=me,", "external-dns/owner=other,"
OWNERSHIP_TEXT = (*(says("me", resource) for resource in RESOURCES), says("other"), says("me").strip('"'))
ALIAS = {"alias": "true"}

# Where ownership of a record of WWW stands, written out by hand: by scheme, for a type, and without type.
SCHEMES: Mapping[str, tuple[str, str | None]] = {
    "": ("{type}-www.example.com", "www.example.com"),
    "txt.": ("txt.{type}-www.example.com", "txt.www.example.com"),
    "%{record_type}.": ("{type}.www.example.com", None),
}


def places(scheme: str, rtype: str, *, alias: bool = False) -> Iterator[str]:
    typed, untyped = SCHEMES[scheme]
    yield typed.format(type=rtype.lower())
    if rtype == "A" and alias:
        yield typed.format(type="cname")
    if rtype != "AAAA" and untyped:
        yield untyped


def is_ownership(endpoint: Endpoint) -> bool:
    return endpoint.rtype == "TXT" and any("heritage=external-dns" in target for target in endpoint.targets)


def owner(zone: MemoryZone, scheme: str, endpoint: Endpoint) -> str | None:
    """Whose a record is, told without the code under test."""
    for place in places(scheme, endpoint.rtype, alias=("alias", "true") in endpoint.properties):
        text = zone.get(place, "TXT", endpoint.set_identifier)
        if text and is_ownership(text):
            return "other" if any(OTHERS in target for target in text.targets) else "me"
    return None


@dataclass(frozen=True)
class Case:
    zone: MemoryZone
    wanted: Sequence[Wanted]
    rules: Rules
    scheme: str

    @property
    def registry(self) -> TxtRegistry:
        return TxtRegistry("me", OwnershipNames(self.scheme))

    def plan(self, zone: MemoryZone | None = None, wanted: Sequence[Wanted] | None = None) -> NamePlan:
        wanted = self.wanted if wanted is None else wanted
        return plan_name(WWW, wanted, self.registry, zone or self.zone, self.rules)


SET_IDS = st.sampled_from(["", "", "x"])
TTLS = st.sampled_from([None, 60, 300])
PROPERTIES = st.sampled_from([{}, {}, {}, ALIAS, {"webhook/w": "1"}])


@st.composite
def record_sets(draw: st.DrawFn) -> Endpoint:
    rtype = draw(st.sampled_from(TYPES))
    targets = draw(st.lists(st.sampled_from(TARGETS[rtype]), min_size=1, max_size=2))
    return record(rtype, *targets, ttl=draw(TTLS), set_identifier=draw(SET_IDS), properties=draw(PROPERTIES))


@st.composite
def texts(draw: st.DrawFn, scheme: str) -> Endpoint:
    """Something at a place where ownership may stand: mostly ownership, of anybody, maybe with other text."""
    place = draw(st.sampled_from(sorted({place for rtype in TYPES for place in places(scheme, rtype, alias=True)})))
    if place != WWW and draw(st.integers(0, 19)) == 0:
        return record("CNAME", name=place)
    targets = draw(st.lists(st.sampled_from(OWNERSHIP_TEXT), max_size=2)) + draw(
        st.sampled_from([[], [], [], ["hello"]])
    )
    return record("TXT", *targets, name=place, set_identifier=draw(SET_IDS), properties=draw(PROPERTIES))


@st.composite
def wishes(draw: st.DrawFn, origin: int) -> Wanted:
    rtype = draw(st.sampled_from(("A", "A", *TYPES)))
    targets = draw(st.lists(st.sampled_from(TARGETS[rtype]), min_size=1, max_size=1 if rtype == "CNAME" else 2))
    fields = {"ttl": draw(TTLS), "set_identifier": draw(SET_IDS), "properties": draw(PROPERTIES)}
    wish = want(rtype, *targets, resource=draw(st.sampled_from(RESOURCES)), origin=("wish", origin), **fields)
    kept = draw(st.integers(0, 19))
    if kept == 0:
        return replace(wish, problem=Problem(Reason.INVALID_TARGET, "the provider will not"))
    return replace(wish, endpoint=replace(wish.endpoint, targets=())) if kept == 1 else wish


RULE_SETS = st.builds(
    Rules,
    policy=st.sampled_from([Policy.SYNC, Policy.SYNC, Policy.UPSERT_ONLY, Policy.CREATE_ONLY]),
    managed=st.sampled_from([frozenset({"A", "AAAA", "CNAME"}), frozenset(TYPES), frozenset({"A"})]),
    zone_name=st.sampled_from(["", "example.com", WWW]),
    set_identifiers=st.sampled_from([True, True, False]),
    apex_cname=st.booleans(),
    hold_deletes=st.sampled_from([False, False, False, True]),
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    scheme = draw(st.sampled_from(sorted(SCHEMES)))
    zone = MemoryZone(draw(st.lists(record_sets(), max_size=4)) + draw(st.lists(texts(scheme), max_size=6)))
    wanted = [draw(wishes(index)) for index in range(draw(st.integers(0, 4)))]
    return Case(zone, wanted, draw(RULE_SETS), scheme)


thorough = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def changes(planned: NamePlan) -> list[Change]:
    return [change for unit in planned.units for change in unit.changes]


@thorough
@given(cases())
def test_plan_gives_what_is_wanted_where_it_says_so(case: Case) -> None:
    planned = case.plan()
    after = case.zone.carry_out(planned.units)
    assert [verdict.origin for verdict in planned.verdicts] == [wanted.origin for wanted in case.wanted]
    for wanted, verdict in zip(case.wanted, planned.verdicts, strict=True):
        if verdict.reason is not Reason.SYNCED:
            assert (bool(verdict.message), verdict.endpoint) == (True, None)
            continue
        assert verdict.endpoint
        stands = after.get(*wanted.endpoint.key)
        assert stands == verdict.endpoint.with_labels({})
        assert set(wanted.endpoint.targets) <= set(stands.targets) <= of_relatives(wanted, case.wanted)
        assert wanted.endpoint.ttl in (None, stands.ttl)
        assert stands.properties == wanted.endpoint.properties
        assert owner(after, case.scheme, stands) == "me"
        assert verdict.ownership
        text = after.get(verdict.ownership.name, "TXT", stands.set_identifier)
        assert text
        assert MINE in verdict.ownership.value


def of_relatives(wanted: Wanted, everyone: Sequence[Wanted]) -> set[str]:
    """The targets of all objects of the same kind and namespace."""
    kind = wanted.resource.rpartition("/")[0]
    relatives = [w.endpoint for w in everyone if w.resource.rpartition("/")[0] == kind]
    same = [endpoint for endpoint in relatives if endpoint.key == wanted.endpoint.key]
    # Somebody else may ask for the very same, and hold the record.
    agreeing = [w.endpoint for w in everyone if w.endpoint.key == wanted.endpoint.key]
    if any(endpoint.targets == wanted.endpoint.targets for endpoint in agreeing):
        same.append(wanted.endpoint)
    return {target for endpoint in same for target in endpoint.targets}


@thorough
@given(cases())
def test_second_plan_is_empty(case: Case) -> None:
    first = case.plan()
    second = case.plan(case.zone.carry_out(first.units))
    assert second.units == ()
    assert [v.reason for v in second.verdicts] == [v.reason for v in first.verdicts]


@thorough
@given(cases())
def test_nothing_of_others_is_ever_in_a_plan(case: Case) -> None:
    """Neither a record without owner, nor one of another owner, nor anybody's text, nor an ownership of others."""
    for change in changes(case.plan()):
        if change.old is None:
            assert case.zone.get(*change.key) is None
            continue
        standing = case.zone.get(*change.key)
        assert standing
        if is_ownership(standing):
            assert not any(OTHERS in target for target in standing.targets)
            others = {target for target in standing.targets if MINE not in target}
            assert others <= set(change.new.targets if change.new else ())
        else:
            assert owner(case.zone, case.scheme, standing) == "me"
            assert standing.rtype in case.rules.managed


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
def test_under_sync_nothing_of_ours_is_left_that_nobody_wants(case: Case) -> None:
    case = replace(case, rules=replace(RULES, managed=frozenset(TYPES)))
    planned = case.plan(wanted=[])
    after = case.zone.carry_out(planned.units)
    assert [e for e in after.at(WWW) if not is_ownership(e) and owner(after, case.scheme, e) == "me"] == []
    if not after.at(WWW):
        assert WWW not in set(case.registry.owned_names(after))


@thorough
@given(cases())
def test_order_of_wishes_does_not_matter(case: Case) -> None:
    forth, back = case.plan(), case.plan(wanted=case.wanted[::-1])
    assert forth.units == back.units
    assert [v.reason for v in forth.verdicts] == [v.reason for v in reversed(back.verdicts)]


@thorough
@given(cases())
def test_cut_after_any_change_the_next_plan_arrives_at_the_same_end(case: Case) -> None:
    planned = changes(case.plan())
    end = case.zone.change(planned)
    for cut in range(1, len(planned)):
        between = case.zone.change(planned[:cut])
        assert answers(between.carry_out(case.plan(between).units), case) == answers(end, case)


def answers(zone: MemoryZone, case: Case) -> list[tuple[Endpoint, str | None]]:
    """All records that are no ownership records, and whose they are at the name that is planned."""
    return [(e, owner(zone, case.scheme, e) if e.name == WWW else None) for e in zone if not is_ownership(e)]


@thorough
@given(cases())
def test_every_step_on_the_way_is_a_sound_zone(case: Case) -> None:
    """A record is never there before its ownership, nor after it, and a CNAME never beside another record."""
    zone, sound = case.zone, stands_alone(case.zone)
    for change in changes(case.plan()):
        zone = zone.change([change])
        if change.action is Action.CREATE and change.key.name == WWW and not is_ownership(change.endpoint):
            assert owner(zone, case.scheme, change.endpoint) == "me"
        if sound:
            assert stands_alone(zone)


def stands_alone(zone: MemoryZone) -> bool:
    types = {endpoint.rtype for endpoint in zone.at(WWW)}
    return "CNAME" not in types or types == {"CNAME"}


@thorough
@given(cases())
def test_units_of_a_plan_do_not_depend_on_each_other(case: Case) -> None:
    """Any of them may fail alone: the others land all the same, in any order."""
    units = case.plan().units
    for order in itertools.islice(itertools.permutations(units), 6):
        for failed in range(len(order)):
            case.zone.carry_out(unit for index, unit in enumerate(order) if index != failed)
    keys = [key for unit in units for key in unit.keys]
    assert len(keys) == len(set(keys))


@thorough
@given(cases())
def test_without_registry_the_zone_is_what_is_wanted(case: Case) -> None:
    registry = NoopRegistry()
    planned = plan_name(WWW, case.wanted, registry, case.zone, case.rules)
    after = case.zone.carry_out(planned.units)
    assert plan_name(WWW, case.wanted, registry, after, case.rules).units == ()
    for wanted, verdict in zip(case.wanted, planned.verdicts, strict=True):
        if verdict.reason is Reason.SYNCED:
            stands = after.get(*wanted.endpoint.key)
            assert stands
            assert set(wanted.endpoint.targets) <= set(stands.targets)


NAMES = ("www.example.com", "api.example.com", "example.com", "*.example.com")


@st.composite
def zone_cases(draw: st.DrawFn) -> tuple[MemoryZone, Mapping[str, Sequence[Wanted]]]:
    """Several names, each with what stands there and what is wanted. Names of ownership do not collide."""
    zone: list[Endpoint] = []
    wanted: dict[str, list[Wanted]] = {}
    for name in NAMES:
        case = draw(cases())
        zone += [moved(endpoint, name) for endpoint in case.zone]
        wanted[name] = [replace(w, endpoint=moved(w.endpoint, name)) for w in case.wanted]
    return MemoryZone(zone), wanted


def moved(endpoint: Endpoint, name: str) -> Endpoint:
    """What stands at WWW or at a place of its ownership, for another name."""
    label, _, rest = name.partition(".")
    return replace(endpoint, name=endpoint.name.replace("www.example.com", f"{label}.{rest}"))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(zone_cases(), RULE_SETS, st.sampled_from(sorted(SCHEMES)))
def test_plans_of_all_names_together_leave_nothing_to_do(
    zoned: tuple[MemoryZone, Mapping[str, Sequence[Wanted]]], rules: Rules, scheme: str
) -> None:
    zone, wanted = zoned
    registry = TxtRegistry("me", OwnershipNames(scheme))

    def all_units(zone: MemoryZone) -> list[object]:
        names = sorted(set(registry.owned_names(zone)) | set(NAMES))
        return [unit for n in names for unit in plan_name(n, wanted.get(n, ()), registry, zone, rules).units]

    assert all_units(zone.carry_out(all_units(zone))) == []
