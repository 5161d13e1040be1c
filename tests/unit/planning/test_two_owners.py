"""Two installations on one zone, and people who edit it: no record of the one is ever written by the other, and in the
end each has what it wants."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from unit.planning.builders import ADDRESS, record, want
from unit.planning.sharedzone import NAMES, SPF, TEXTS, ZONE, Owner, SharedZone
from zonewright.model.endpoint import Endpoint, Key

EXAMPLES, STEPS = 100, 40
ENOUGH = 1000  # operations
TYPES = ("A", "AAAA", "CNAME", "TXT")
TARGETS = {
    "A": ("192.0.2.1", "192.0.2.2"),
    "AAAA": ("2001:db8::1", "2001:db8::2"),
    "CNAME": ("lb.example.net", "x.example.net"),
    "TXT": ("hello", "good day"),
}
# The later ones are where ownership of others stands, or look like it.
PLAIN = ("www", "api", "shop", "blog", "mail", "db", "*")
ODD = ("any", "a-www", "cname-api", "a-any", "own.a-www", "www-own", "a.own.www")
HOSTNAMES = (ZONE, *(f"{label}.{ZONE}" for label in (*PLAIN, *ODD)))
WHO = st.integers(0, 1)
NUMBERS = st.integers(0, 10**6)


class TwoOwners(RuleBasedStateMachine):
    operations = 0
    granted = 0

    @initialize(
        names=st.lists(st.sampled_from(sorted(NAMES)), min_size=2, max_size=2),
        alike=st.booleans(),
        texts=st.lists(st.sampled_from(sorted(TEXTS)), min_size=2, max_size=2),
    )
    def begin(self, names: list[str], alike: bool, texts: list[str]) -> None:
        self.world = SharedZone()
        # Whether each sees where the other writes whose a record is.
        self.alike = alike or names[0] == names[1]
        second = names[0] if self.alike else names[1]
        self.owners = (
            Owner("one", NAMES[names[0]], TEXTS[texts[0]]),
            Owner("two", NAMES[second], TEXTS[texts[1]]),
        )

    # -- what installations do

    @rule(who=WHO, name=st.sampled_from(HOSTNAMES), rtype=st.sampled_from(TYPES), number=NUMBERS)
    def wish(self, who: int, name: str, rtype: str, number: int) -> None:
        """A name, or another type or target for it."""
        self._count()
        target = TARGETS[rtype][number % 2]
        self.owners[who].wishes[name] = want(rtype, target, name=name, ttl=(None, 60, 300)[number % 3])

    @rule(who=WHO, labels=st.lists(st.sampled_from(PLAIN), max_size=4, unique=True), number=NUMBERS)
    def wish_for_several(self, who: int, labels: list[str], number: int) -> None:
        for index, label in enumerate(labels):
            self.wish(who, f"{label}.{ZONE}", TYPES[(number + index) % 3], number + index)

    @rule(who=WHO, number=NUMBERS)
    def wish_no_more(self, who: int, number: int) -> None:
        self._count()
        wishes = self.owners[who].wishes
        if wishes:
            del wishes[sorted(wishes)[number % len(wishes)]]

    @rule(who=WHO)
    def read(self, who: int) -> None:
        self._count()
        self.world.read(self.owners[who])

    @rule(who=WHO, order=st.randoms(use_true_random=False), cut=st.integers(0, 8))
    def work(self, who: int, order: object, cut: int) -> None:
        """Units in any order, cut after any of them. What was refused shows that the zone has to be read again."""
        self._count()
        owner = self.owners[who]
        units = owner.units()
        order.shuffle(units)  # type: ignore[attr-defined]
        landed = [self.world.land(owner, unit) for unit in units[:cut]]
        if not all(landed):
            self.world.read(owner)

    @precondition(lambda self: self.alike)
    @rule(who=WHO, number=NUMBERS, after=st.integers(1, 3))
    def tear(self, who: int, number: int, after: int) -> None:
        """A unit that is cut within, as with a provider that takes its changes one by one."""
        self._count()
        owner = self.owners[who]
        units = owner.units()
        if units:
            self.world.land(owner, units[number % len(units)], torn=after)
            self.world.read(owner)

    # -- what people do

    @rule(name=st.sampled_from(HOSTNAMES), rtype=st.sampled_from(TYPES))
    def make_by_hand(self, name: str, rtype: str) -> None:
        """Not where a leftover would say that it belongs to an installation: that is how records are handed over."""
        self._count()
        taken = {record.rtype for record in self.world.zone.at(name)}
        if taken and (rtype in taken or "CNAME" in (rtype, *taken)):
            return
        places = {place for owner in self.owners for t in TYPES for place in owner.places(name, t)}
        if not any(text.rtype == "TXT" for place in places for text in self.world.zone.at(place)):
            self.world.put(record(rtype, ADDRESS[rtype], name=name))

    @rule(number=NUMBERS)
    def edit_by_hand(self, number: int) -> None:
        """Another target, whoever has made the record."""
        self._count()
        if (standing := self._any(number)) and not self._is_ownership(standing):
            self.world.put(record(standing.rtype, TARGETS[standing.rtype][number % 2], name=standing.name, ttl=77))

    @rule(number=NUMBERS)
    def delete_by_hand(self, number: int) -> None:
        """A record, or an ownership record.

        Where the other does not see our ownership records, the two go together: of a record that is gone, it would not
        know that the name is spoken for.
        """
        self._count()
        standing = self._any(number)
        if standing is None:
            return
        if not self.alike and not self._is_ownership(standing):
            for place in self._proofs(standing):
                self.world.remove(Key(place, "TXT", ""))
        self.world.remove(standing.key)

    @rule(number=NUMBERS)
    def write_beside_ownership(self, number: int) -> None:
        self._count()
        if (standing := self._any(number)) and self._is_ownership(standing):
            self.world.put(record("TXT", *standing.targets, SPF, name=standing.name))

    # -- the end

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self._tidy_up()
        for _ in range(8):
            busy = [self._round(owner) for owner in self.owners]
            if not any(busy):
                break
        else:
            pytest.fail(f"no end of changes in\n{self.world.zone}")
        for owner, other in (self.owners, self.owners[::-1]):
            self._check_wishes(owner, other)

    def _round(self, owner: Owner) -> bool:
        """Whether there was anything to do."""
        self.world.read(owner)
        units = owner.units()
        for unit in units:
            self.world.land(owner, unit)
        return bool(units)

    def _tidy_up(self) -> None:
        """People take away what they have made, and what has lost its ownership record by their doing."""
        for text in [e for e in self.world.zone if e.rtype == "TXT" and SPF in e.targets]:
            rest = [target for target in text.targets if target != SPF]
            self.world.put(record("TXT", *rest, name=text.name)) if rest else self.world.remove(text.key)
        for standing in list(self.world.zone):
            author = self.world.authors[standing.key]
            if not author or not (self._is_ownership(standing) or list(self._proofs(standing))):
                self.world.remove(standing.key)

    def _check_wishes(self, owner: Owner, other: Owner) -> None:
        zone, authors = self.world.zone, self.world.authors
        for standing in zone:
            if (
                authors[standing.key] == owner.id
                and not self._is_ownership(standing)
                and self._is_told(owner, standing)
            ):
                assert standing.name in owner.wishes, f"{owner.id} has left {standing.key}"
        for name, wanted in owner.wishes.items():
            if name in other.wishes or self._is_obstructed(owner, wanted.endpoint):
                continue
            stands = zone.get(*wanted.endpoint.key)
            assert stands, f"{owner.id} wants {wanted.endpoint.key}\n{zone}"
            assert (stands.targets, authors[stands.key]) == (wanted.endpoint.targets, owner.id), f"{stands.key}\n{zone}"
            type(self).granted += 1

    def _is_obstructed(self, owner: Owner, wanted: Endpoint) -> bool:
        """Whether something stands at the name, or where its ownership would, that is not the owner's to move."""
        place = owner.places(wanted.name, wanted.rtype)[0]
        if not place.endswith(f".{ZONE}") or (wanted.name, wanted.rtype) == (ZONE, "CNAME"):
            return True
        at_name = [e for e in self.world.zone.at(wanted.name) if e.key != wanted.key]
        at_place = [e for e in self.world.zone.at(place) if e.rtype in ("TXT", "CNAME")]
        standing = self.world.zone.get(*wanted.key)

        def told(one: Owner) -> bool:
            return standing is None or self.world.authors[standing.key] != one.id or self._is_told(one, standing)

        if standing is not None and (self._is_ownership(standing) or not all(map(told, self.owners))):
            return True
        ours = standing is not None and self.world.authors[standing.key] == owner.id
        return bool(at_name) or (bool(at_place) and not ours)

    # -- looking

    def _is_told(self, owner: Owner, standing: Endpoint) -> bool:
        """Whether a record is the only one that its ownership record can be about: "*" and what replaces it are two."""
        place = owner.names.typed(standing.name, standing.rtype)
        alike = [name for name in HOSTNAMES if owner.names.typed(name, standing.rtype) == place]
        return sum(self.world.zone.get(name, standing.rtype) is not None for name in alike) == 1

    def _any(self, number: int) -> Endpoint | None:
        standing = list(self.world.zone)
        return standing[number % len(standing)] if standing else None

    def _is_ownership(self, standing: Endpoint) -> bool:
        return any(owner.registry.is_ownership(standing) for owner in self.owners)

    def _proofs(self, standing: Endpoint) -> Iterator[str]:
        """Where the ownership records of a record of an installation stand."""
        for owner in self.owners:
            if self.world.authors[standing.key] == owner.id:
                for place in dict.fromkeys(owner.places(standing.name, standing.rtype)):
                    text = self.world.zone.get(place, "TXT")
                    if text and text.key != standing.key and self._is_ownership(text):
                        yield place

    def _count(self) -> None:
        type(self).operations += 1


def test_two_owners_never_write_each_others_records_and_have_what_they_want() -> None:
    TwoOwners.operations = TwoOwners.granted = 0
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        TwoOwners,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],  # to explain takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{TwoOwners.operations} operations, {TwoOwners.granted} wishes granted")
    assert TwoOwners.operations >= ENOUGH
    assert TwoOwners.granted >= ENOUGH // 20
