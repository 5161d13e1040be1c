"""Three installations that share names, at random: in the end each name has what its owners ask for, and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from unit.planning.builders import want
from unit.planning.memoryzone import MemoryZone
from unit.planning.sharedzone import NAMES, RULES_HERE, TEXTS, ZONE, Owner
from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.reason import Reason
from zonewright.planning.plan import plan_name

OWNERS = ("one", "two", "three")
HOSTNAMES = tuple(f"{label}.{ZONE}" for label in ("www", "api", "a-www"))
API = f"api.{ZONE}"
ADDRESSES = {
    "A": tuple(f"192.0.2.{number}" for number in range(1, 5)),
    "AAAA": tuple(f"2001:db8::{number}" for number in range(1, 5)),
}
WHO = st.integers(0, len(OWNERS) - 1)
AT = st.sampled_from(HOSTNAMES)
TYPES = st.sampled_from(sorted(ADDRESSES))
EXAMPLES, STEPS = 100, 40


class SharedOwners(RuleBasedStateMachine):
    """conditional: whether the provider refuses what is not as it was read, or the last one to write has it.

    There, who takes back or overwrites an ownership record can hit what another owner has written in its place since,
    together with the record: this is then nobody's. So can he, where only values are compared, if what he has read has
    gone and come back since. Whoever asks for the record, and has been told that it is his, has it back. Where nobody
    is left who has been told, since he was cut off before or has gone before he could read it, the record stays as it
    is, and nobody gets the name: this is the one exception.

    bereft  ownership records to which this may have happened
    """

    conditional = True

    @initialize(names=st.sampled_from(["plain", "prefix", "template"]), texts=st.sampled_from(["plain", "encrypted"]))
    def begin(self, names: str, texts: str) -> None:
        self.zone = MemoryZone([])
        self.versions: Counter[Key] = Counter()
        self.bereft: set[Key] = set()
        self.owners = [Owner(owner, NAMES[names], TEXTS[texts]) for owner in OWNERS]

    @rule(who=WHO, name=AT, rtype=TYPES, picked=st.sets(st.integers(0, 3), min_size=1), ttl=st.sampled_from([None, 60]))
    def wish(self, who: int, name: str, rtype: str, picked: set[int], ttl: int | None) -> None:
        wanted = want(rtype, *(ADDRESSES[rtype][number] for number in picked), name=name, ttl=ttl)
        labels = {**dict(wanted.endpoint.labels), "shared": "true"}
        self.owners[who].wishes[name] = replace(wanted, endpoint=wanted.endpoint.with_labels(labels))

    @rule(who=WHO, name=AT)
    def leave(self, who: int, name: str) -> None:
        self.owners[who].wishes.pop(name, None)
        self.owners[who].forget(name)

    @rule(who=WHO)
    def read(self, who: int) -> None:
        self._read(self.owners[who])

    @rule(who=WHO, order=st.randoms(use_true_random=False), cut=st.integers(0, 6), torn=st.none() | st.integers(1, 2))
    def work(self, who: int, order: object, cut: int, torn: int | None) -> None:
        """Units in any order, cut after any of them or within the last."""
        owner = self.owners[who]
        plans = owner.plans()
        units = [unit for plan in plans for unit in plan.units]
        order.shuffle(units)  # type: ignore[attr-defined]
        landed = [unit for unit in units[:cut] if self._land(owner, unit)]
        if torn and units[cut:]:
            self._land(owner, Unit(units[cut].name, units[cut].changes[:torn]))
        owner.tell(plans, landed)

    @rule(number=st.integers(0, 100))
    def delete_by_hand(self, number: int) -> None:
        standing = [e for e in self.zone if e.rtype != "TXT"]
        if standing:
            gone = standing[number % len(standing)]
            self.zone = MemoryZone(e for e in self.zone if e.key != gone.key)
            self.versions[gone.key] += 1

    def teardown(self) -> None:
        if not hasattr(self, "zone"):
            return
        left = self._nobodys() - {key for owner in self.owners for key in self._recognised(owner)}
        for _ in range(8):
            if not sum(self._round(owner) for owner in self.owners):
                break
        else:
            pytest.fail(f"no end of changes in\n{self.zone}")
        assert self._nobodys() <= left, f"{self._nobodys() - left} is nobody's\n{self.zone}"
        for name in {*HOSTNAMES} - {key.name for key in left}:
            for rtype in ADDRESSES:
                self._check(name, rtype)

    def _check(self, name: str, rtype: str) -> None:
        wishes = [w.endpoint for o in self.owners if (w := o.wishes.get(name)) and w.endpoint.rtype == rtype]
        standing = self.zone.get(name, rtype)
        wanted = {target for wish in wishes for target in wish.targets}
        assert set(standing.targets if standing else ()) == wanted, f"{name} {rtype}\n{self.zone}"

    def _nobodys(self) -> set[Key]:
        """The record sets that have lost their owners."""
        registry, names = self.owners[0].registry, self.owners[0].names
        found = [h.endpoint.key for name in HOSTNAMES for h in registry.held(name, self.zone) if not h.ownership]
        places = {key: Key(names.typed(key.name, key.rtype), "TXT", "") for key in found}
        assert set(places.values()) <= self.bereft, f"{found} without ownership\n{self.zone}"
        return set(found)

    def _recognised(self, owner: Owner) -> Iterator[Key]:
        """What an owner asks for, finds standing and has been told to be his."""
        for wish in (wanted.endpoint for wanted in owner.wishes.values()):
            standing = self.zone.get(*wish.key)
            if standing is None or wish.key not in owner.told:
                continue
            as_low = wish.ttl is None or (standing.ttl is not None and standing.ttl <= wish.ttl)
            if as_low and {*wish.targets} <= {*standing.targets}:
                yield wish.key

    def _round(self, owner: Owner) -> bool:
        self._read(owner)
        plans = owner.plans()
        units = [unit for plan in plans for unit in plan.units]
        owner.tell(plans, [unit for unit in units if self._land(owner, unit)])
        return bool(units)

    def _land(self, owner: Owner, unit: Unit) -> bool:
        """Whether it has been accepted."""
        stale = [c for c in unit.changes if not _is_as_read(c.old, self.zone.get(*c.key))]
        if stale and self.conditional:
            self._read(owner)
            return False
        touched = {c.key for c in unit.changes if owner.versions.get(c.key, 0) != self.versions[c.key]}
        self.bereft |= {key for key in touched if key.rtype == "TXT"}
        for change in unit.changes:
            rest = [e for e in self.zone if e.key != change.key]
            self.zone = MemoryZone([*rest, change.new] if change.new else rest)
            known = [e for e in owner.snapshot if e.key != change.key]
            owner.snapshot = MemoryZone([*known, change.new] if change.new else known)
            self.versions[change.key] += 1
            owner.versions[change.key] = self.versions[change.key]
        return True

    def _read(self, owner: Owner) -> None:
        owner.snapshot, owner.versions = self.zone, dict(self.versions)


class LastOneHasIt(SharedOwners):
    conditional = False


def _is_as_read(read: Endpoint | None, standing: Endpoint | None) -> bool:
    if read is None or standing is None:
        return read is standing
    return (read.targets, read.ttl) == (standing.targets, standing.ttl)


@pytest.mark.parametrize("machine", [SharedOwners, LastOneHasIt])
def test_each_name_comes_to_have_what_its_owners_ask_for(machine: type[SharedOwners]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


class InOrder:
    """Units as the plan has them, or those from one on first."""

    def __init__(self, first: int = 0) -> None:
        self._first = first

    def shuffle(self, units: list[Unit]) -> None:
        units[:] = [*units[self._first :], *units[: self._first]]


def _take_the_ownership_of_another(*, cut_off: bool = False) -> LastOneHasIt:
    """The owner one is stopped before its record comes, and takes its ownership back without having read that three
    has written both since. cut_off: three is stopped before it is told.
    """
    state = LastOneHasIt()
    state.begin(names="plain", texts="plain")
    state.wish(who=0, name=API, rtype="AAAA", picked={0}, ttl=None)
    state.work(who=0, order=InOrder(), cut=0, torn=1)
    state.leave(who=0, name=API)
    state.wish(who=2, name=API, rtype="AAAA", picked={0}, ttl=None)
    state.work(who=2, order=InOrder(), cut=0 if cut_off else 1, torn=2 if cut_off else None)
    state.work(who=0, order=InOrder(), cut=1, torn=None)
    assert [(e.name, e.rtype) for e in state.zone] == [(API, "AAAA")]
    return state


def test_who_has_been_told_has_a_record_again_whose_ownership_another_took_away() -> None:
    state = _take_the_ownership_of_another()
    state.wish(who=1, name=API, rtype="A", picked={0}, ttl=None)
    state.teardown()
    assert {(e.name, e.rtype) for e in state.zone if e.rtype != "TXT"} == {(API, "AAAA"), (API, "A")}
    assert state.zone.get(f"aaaa-{API}", "TXT")


@pytest.mark.parametrize("gone", [False, True])
def test_where_nobody_has_been_told_such_a_record_stays_as_nobodys(gone: bool) -> None:
    """As if a person had made it: it stands in the way until one takes it over, or deletes it."""
    state = _take_the_ownership_of_another(cut_off=not gone)
    if gone:
        state.leave(who=2, name=API)
    state.wish(who=1, name=API, rtype="A", picked={0}, ttl=None)
    state.teardown()
    assert [(e.name, e.rtype) for e in state.zone] == [(API, "AAAA")]
    (plan,) = state.owners[1].plans()
    assert [verdict.reason for verdict in plan.verdicts] == [Reason.NOT_OWNED]


def test_an_ownership_taken_away_as_hypothesis_found_it() -> None:
    """By chance among other names: in the end the A record of `api` did not come, as its AAAA record was nobody's."""
    state = LastOneHasIt()
    state.begin(names="plain", texts="plain")
    state.wish(who=1, name=API, rtype="A", picked={0}, ttl=None)
    state.wish(who=0, name=API, rtype="AAAA", picked={0}, ttl=None)
    state.wish(who=0, name=f"a-www.{ZONE}", rtype="A", picked={0}, ttl=None)
    state.wish(who=2, name=f"www.{ZONE}", rtype="A", picked={0}, ttl=None)
    state.work(who=0, order=InOrder(1), cut=0, torn=1)
    state.leave(who=0, name=API)
    state.wish(who=2, name=API, rtype="AAAA", picked={0}, ttl=None)
    state.work(who=2, order=InOrder(), cut=1, torn=None)
    state.leave(who=0, name=f"a-www.{ZONE}")
    state.work(who=0, order=InOrder(), cut=1, torn=None)
    assert [(e.name, e.rtype) for e in state.zone] == [(API, "AAAA")]
    state.teardown()
    assert {(e.name, e.rtype) for e in state.zone if e.rtype != "TXT"} == {
        (API, "A"),
        (API, "AAAA"),
        (f"www.{ZONE}", "A"),
    }


def test_what_came_back_as_it_was_read_is_taken_for_unchanged() -> None:
    """Also with conditional writes, where they compare values: another owner has joined and left in between."""
    state = SharedOwners()
    state.begin(names="plain", texts="plain")
    state.wish(who=2, name=API, rtype="A", picked={3}, ttl=None)
    state.work(who=2, order=InOrder(), cut=1, torn=None)
    state.delete_by_hand(number=0)
    state.read(who=2)
    state.leave(who=2, name=API)
    state.wish(who=1, name=API, rtype="A", picked={0}, ttl=None)
    state.read(who=1)
    state.work(who=1, order=InOrder(), cut=1, torn=None)
    state.leave(who=1, name=API)
    state.work(who=1, order=InOrder(), cut=1, torn=None)
    state.work(who=2, order=InOrder(), cut=1, torn=None)
    state.teardown()
    assert [(e.name, e.rtype) for e in state.zone] == [(API, "A")]


def test_a_dead_owner_is_purged_and_the_living_keep_what_is_theirs() -> None:
    zone = MemoryZone([])
    alive, dead = Owner("alive", NAMES["plain"], TEXTS["plain"]), Owner("dead", NAMES["plain"], TEXTS["plain"])
    for owner, address in ((alive, "192.0.2.1"), (dead, "192.0.2.2")):
        wanted = want("A", address, name=f"www.{ZONE}")
        labels = {**dict(wanted.endpoint.labels), "shared": "true"}
        wanted = replace(wanted, endpoint=wanted.endpoint.with_labels(labels))
        zone = zone.carry_out(plan_name(f"www.{ZONE}", [wanted], owner.registry, zone, RULES_HERE).units)
    (name,) = dead.registry.owned_names(zone)
    zone = zone.carry_out(plan_name(name, [], dead.registry, zone, RULES_HERE).units)
    assert (standing := zone.get(f"www.{ZONE}", "A"))
    assert standing.targets == ("192.0.2.1",)
    assert not list(dead.registry.owned_names(zone))
