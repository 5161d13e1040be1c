"""Three installations that share names, at random: in the end each name has what its owners ask for, and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from unit.planning.builders import want
from unit.planning.memoryzone import MemoryZone
from unit.planning.sharedzone import NAMES, RULES_HERE, TEXTS, ZONE, Owner
from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint
from zonewright.planning.plan import plan_name

OWNERS = ("one", "two", "three")
HOSTNAMES = tuple(f"{label}.{ZONE}" for label in ("www", "api", "a-www"))
ADDRESSES = {
    "A": tuple(f"192.0.2.{number}" for number in range(1, 5)),
    "AAAA": tuple(f"2001:db8::{number}" for number in range(1, 5)),
}
WHO = st.integers(0, len(OWNERS) - 1)
AT = st.sampled_from(HOSTNAMES)
TYPES = st.sampled_from(sorted(ADDRESSES))
EXAMPLES, STEPS = 100, 40


class SharedOwners(RuleBasedStateMachine):
    """conditional: whether the provider refuses what is not as it was read, or the last one to write has it."""

    conditional = True

    @initialize(names=st.sampled_from(["plain", "prefix", "template"]), texts=st.sampled_from(["plain", "encrypted"]))
    def begin(self, names: str, texts: str) -> None:
        self.zone = MemoryZone([])
        self.owners = [Owner(owner, NAMES[names], TEXTS[texts]) for owner in OWNERS]

    @rule(who=WHO, name=AT, rtype=TYPES, picked=st.sets(st.integers(0, 3), min_size=1), ttl=st.sampled_from([None, 60]))
    def wish(self, who: int, name: str, rtype: str, picked: set[int], ttl: int | None) -> None:
        wanted = want(rtype, *(ADDRESSES[rtype][number] for number in picked), name=name, ttl=ttl)
        labels = {**dict(wanted.endpoint.labels), "shared": "true"}
        self.owners[who].wishes[name] = replace(wanted, endpoint=wanted.endpoint.with_labels(labels))

    @rule(who=WHO, name=AT)
    def leave(self, who: int, name: str) -> None:
        self.owners[who].wishes.pop(name, None)

    @rule(who=WHO)
    def read(self, who: int) -> None:
        self.owners[who].snapshot = self.zone

    @rule(who=WHO, order=st.randoms(use_true_random=False), cut=st.integers(0, 6), torn=st.none() | st.integers(1, 2))
    def work(self, who: int, order: object, cut: int, torn: int | None) -> None:
        """Units in any order, cut after any of them or within the last."""
        owner = self.owners[who]
        units = owner.units()
        order.shuffle(units)  # type: ignore[attr-defined]
        for unit in units[:cut]:
            self._land(owner, unit)
        if torn and units[cut:]:
            self._land(owner, Unit(units[cut].name, units[cut].changes[:torn]))

    @rule(number=st.integers(0, 100))
    def delete_by_hand(self, number: int) -> None:
        standing = [e for e in self.zone if e.rtype != "TXT"]
        if standing:
            gone = standing[number % len(standing)]
            self.zone = MemoryZone(e for e in self.zone if e.key != gone.key)

    def teardown(self) -> None:
        if not hasattr(self, "zone"):
            return
        for _ in range(8):
            if not sum(self._round(owner) for owner in self.owners):
                break
        else:
            pytest.fail(f"no end of changes in\n{self.zone}")
        for name in HOSTNAMES:
            for rtype in ADDRESSES:
                self._check(name, rtype)

    def _check(self, name: str, rtype: str) -> None:
        wishes = [w.endpoint for o in self.owners if (w := o.wishes.get(name)) and w.endpoint.rtype == rtype]
        standing = self.zone.get(name, rtype)
        wanted = {target for wish in wishes for target in wish.targets}
        assert set(standing.targets if standing else ()) == wanted, f"{name} {rtype}\n{self.zone}"

    def _round(self, owner: Owner) -> bool:
        owner.snapshot = self.zone
        units = owner.units()
        for unit in units:
            self._land(owner, unit)
        return bool(units)

    def _land(self, owner: Owner, unit: Unit) -> None:
        stale = [c for c in unit.changes if not _is_as_read(c.old, self.zone.get(*c.key))]
        if stale and self.conditional:
            owner.snapshot = self.zone
            return
        for change in unit.changes:
            rest = [e for e in self.zone if e.key != change.key]
            self.zone = MemoryZone([*rest, change.new] if change.new else rest)
            known = [e for e in owner.snapshot if e.key != change.key]
            owner.snapshot = MemoryZone([*known, change.new] if change.new else known)


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
