"""The brake of one zone: what a plan deletes is held when it is too much, until it is approved or not so much any more.

Rounds are small, and what goes together comes in several of them: so what has gone lately counts as well. What a
person has approved does not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint
from zonewright.planning.brake import Brake, HeldPlan
from zonewright.planning.plan import NamePlan
from zonewright.registry.base import Registry

WINDOW = 600.0  # seconds within which deletes are added up

_Records = tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """plans: what may be done; again: names whose deletes were held and are not any more, to be planned once more."""

    plans: list[NamePlan]
    again: frozenset[str] = frozenset()


class Braking:
    """`judge` before plans are carried out, `landed` after it. Times are of the monotonic clock, in seconds."""

    def __init__(self, zone_id: str, registry: Registry, brake: Brake) -> None:
        self._zone_id = zone_id
        self._registry = registry
        self._brake = brake
        self._gone: deque[tuple[float, int]] = deque()  # record sets deleted within the window, without approval
        self._owned = 0  # of ours, when the window began
        self._held: dict[str, _Records] = {}  # by name, what would go
        self._approved: frozenset[Endpoint] = frozenset()
        self.plan: HeldPlan | None = None  # what waits for a person

    def approve(self, plan_id: str) -> frozenset[str]:
        """Let go of what is held, if it is this very plan; returns the names that may go now."""
        if self.plan is None or self.plan.id != plan_id:
            return frozenset()
        self._approved |= frozenset(self.plan.records)
        return frozenset(self._held)

    def judge(self, plans: Sequence[NamePlan], owned: Callable[[], int], now: float) -> Judged:
        """Take deletes out of plans that must wait. owned: counts our record sets in the zone as it stands."""
        names = {plan.name for plan in plans}
        going = {plan.name: taken for plan in plans if (taken := self._taken(plan.units))}
        if self._brake.percent >= 100 or (not going and self._held.keys().isdisjoint(names)):
            return Judged(list(plans))
        self._forget_approvals(names, going)
        others = {name: records for name, records in self._held.items() if name not in names}
        pending = {name: records for name, records in {**others, **going}.items() if not self._may_go(records)}
        if not self._is_too_much(sum(map(len, pending.values())), owned, now):
            pending = {}
        self._held = pending
        records = (one for records in pending.values() for one in records)
        self.plan = HeldPlan.of(self._zone_id, records, self._owned) if pending else None
        judged = [self._without(plan) if plan.name in pending else plan for plan in plans]
        return Judged(judged, frozenset(others.keys() - pending.keys()))

    def landed(self, units: Iterable[Unit], now: float) -> None:
        """These have been carried out."""
        gone = frozenset(self._taken(units))
        if counted := len(gone - self._approved):
            self._gone.append((now, counted))
        self._approved -= gone

    def _is_too_much(self, going: int, owned: Callable[[], int], now: float) -> bool:
        while self._gone and self._gone[0][0] < now - WINDOW:
            self._gone.popleft()
        gone = sum(count for _, count in self._gone)
        if not self._gone:
            self._owned = owned()
        elif going and self._brake.holds(self._owned, gone + going):
            self._owned = max(self._owned, gone + owned())  # others have come meanwhile
        return going > 0 and self._brake.holds(self._owned, gone + going)

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
