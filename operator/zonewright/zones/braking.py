"""The brake of one zone: what a plan deletes is held when it is too much, until it is approved or not so much any more.

Rounds are small, and what goes together comes in several of them. So deletes wait a moment for those that come with
them, and what has gone lately counts as well. What a person has approved does not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint
from zonewright.planning.brake import Brake, HeldPlan
from zonewright.planning.plan import NamePlan
from zonewright.registry.base import Registry

WINDOW = 600.0  # seconds within which deletes are added up, and after which what is left of a flood is let go
PATIENCE = 5.0  # times as long as it is to be quiet, deletes wait for others at most

_Records = tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """plans: what may be done; again: names whose deletes were held and are not any more, to be planned once more."""

    plans: list[NamePlan]
    again: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Gathering:
    """Names whose deletes wait for those that come with them; the first and the last time that one came."""

    names: set[str]
    first: float
    last: float


class Braking:
    """`judge` before plans are carried out, `landed` after it. Times are of the monotonic clock, in seconds."""

    def __init__(self, zone_id: str, registry: Registry, brake: Brake) -> None:
        self._zone_id = zone_id
        self._registry = registry
        self._brake = brake
        self._gone: deque[tuple[float, int]] = deque()  # record sets deleted within the window, without approval
        self._owned = 0  # of ours, when the window began
        self._held: dict[str, _Records] = {}  # by name, what would go
        self._eased = False  # whether it is not too much any more
        self._changed_at = float("-inf")  # when it was other names last
        self._gathering: _Gathering | None = None
        self._approved: frozenset[Endpoint] = frozenset()
        self.plan: HeldPlan | None = None  # what waits for a person

    def approve(self, plan_id: str) -> frozenset[str]:
        """Let go of what is held, if it is this very plan; returns the names that may go now."""
        if self.plan is None or self.plan.id != plan_id:
            return frozenset()
        self._approved |= frozenset(self.plan.records)
        return frozenset(self._held)

    def judge(self, plans: Sequence[NamePlan], owned: Callable[[], int], now: float, *, whole: bool = True) -> Judged:
        """Take deletes out of plans that must wait.

        owned  counts our record sets in the zone as it stands
        whole  whether these are the plans of all names: then nothing else can come with them
        """
        names = {plan.name for plan in plans}
        going = {plan.name: taken for plan in plans if (taken := self._taken(plan.units))}
        if self._brake.percent >= 100 or not (going or self._concerns(names)):
            return Judged(list(plans))
        self._forget_approvals(names, going)
        self._open_window(owned, now)
        alone = whole or not self._brake.quiet or self._owned < self._brake.least
        if alone or self.plan is not None:
            self._gathering = None
        elif (gathered := self._gather(names, going, now)) is not None:
            return Judged([self._without(plan) if plan.name in gathered else plan for plan in plans])
        return self._judge(plans, going, owned, now)

    def _judge(
        self, plans: Sequence[NamePlan], going: Mapping[str, _Records], owned: Callable[[], int], now: float
    ) -> Judged:
        names = {plan.name for plan in plans}
        others = {name: records for name, records in self._held.items() if name not in names}
        pending = {name: records for name, records in {**others, **going}.items() if not self._may_go(records)}
        self._eased = not self._is_too_much(sum(map(len, pending.values())), owned)
        if self._eased:
            pending = self._waits_on(pending, now)
        if pending != self._held:
            self._changed_at = now
        self._held = pending
        records = (one for records in pending.values() for one in records)
        self.plan = HeldPlan.of(self._zone_id, records, self._owned, self._lately) if pending else None
        judged = [self._without(plan) if plan.name in pending else plan for plan in plans]
        return Judged(judged, frozenset(others.keys() - pending.keys()))

    def _waits_on(self, pending: Mapping[str, _Records], now: float) -> dict[str, _Records]:
        """Of what was held and is not too much any more: somebody may be putting one after the other back."""
        left = {name: records for name, records in pending.items() if name in self._held}
        return left if left.keys() != self._held.keys() or now < self._changed_at + WINDOW else {}

    def landed(self, units: Iterable[Unit], now: float) -> None:
        """These have been carried out."""
        gone = frozenset(self._taken(units))
        if counted := len(gone - self._approved):
            self._gone.append((now, counted))
        self._approved -= gone

    # -- waiting for what comes with it

    def due(self) -> float | None:
        """When deletes that wait for others, or for a person no more, are to be looked at; None where none waits."""
        let_go = self._changed_at + WINDOW if self._held and self._eased else inf
        due = min(let_go, self._gathered_at())
        return None if due == inf else due

    def ripe(self, now: float) -> frozenset[str]:
        """Names whose deletes have waited long enough: plan them again."""
        ripe = frozenset(self._gathering.names) if self._gathering and self._gathered_at() <= now else frozenset[str]()
        if self._held and self._eased and self._changed_at + WINDOW <= now:
            ripe |= self._held.keys()
        return ripe

    def _gathered_at(self) -> float:
        found, quiet = self._gathering, self._brake.quiet
        return min(found.last + quiet, found.first + PATIENCE * quiet) if found else inf

    def _gather(self, names: set[str], going: Mapping[str, _Records], now: float) -> frozenset[str] | None:
        """The names of these that wait; None where all that has been gathered is to be judged now."""
        fresh = {name for name, records in going.items() if not self._may_go(records)}
        found = self._gathering
        if found is not None and found.names <= names and self._gathered_at() <= now:
            self._gathering = None
            return None
        if found is None:
            if not fresh:
                return frozenset()
            found = self._gathering = _Gathering(set(), now, now)
        if fresh - found.names:
            found.last = now
        found.names = (found.names - names) | fresh
        if not found.names:
            self._gathering = None
        return frozenset(fresh)

    def _concerns(self, names: set[str]) -> bool:
        gathered = self._gathering.names if self._gathering else frozenset[str]()
        return not (self._held.keys().isdisjoint(names) and gathered.isdisjoint(names))

    # -- how much

    @property
    def _lately(self) -> int:
        return sum(count for _, count in self._gone)

    def _open_window(self, owned: Callable[[], int], now: float) -> None:
        while self._gone and self._gone[0][0] < now - WINDOW:
            self._gone.popleft()
        if not self._gone:
            self._owned = owned()

    def _is_too_much(self, going: int, owned: Callable[[], int]) -> bool:
        gone = self._lately
        if going and gone and self._brake.holds(self._owned, going, gone):
            self._owned = max(self._owned, gone + owned())  # others have come meanwhile
        return going > 0 and self._brake.holds(self._owned, going, gone)

    def _may_go(self, records: _Records) -> bool:
        return self._approved.issuperset(records)

    def _forget_approvals(self, names: Iterable[str], going: Mapping[str, _Records]) -> None:
        """Of what is not to go any more: when it is another time, a person has to be asked again."""
        kept = {one for name in names for one in going.get(name, ())}
        looked_at = set(names)
        self._approved = frozenset(one for one in self._approved if one.name not in looked_at or one in kept)

    def _taken(self, units: Iterable[Unit]) -> _Records:
        """The record sets that go for good: not those that make room for others, nor ownership records alone."""
        taken = (change.old for unit in units if unit.deletes for change in unit.changes if change.old)
        return tuple(one for one in taken if not self._registry.is_ownership(one))

    def _without(self, plan: NamePlan) -> NamePlan:
        return replace(plan, units=tuple(unit for unit in plan.units if not self._taken([unit])))
