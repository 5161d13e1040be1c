"""Whose turn it is: an object that asks for thousands of names must not keep the one name of another waiting.

A round carries out a portion. What is left comes in the next rounds, behind all that has come meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import islice

from zonewright.planning.plan import NamePlan

PORTION = 500  # units of a round, about: well below a second's work for most providers, and still batches of good size


class Turns:
    """`len` is the number of names that wait. portion: None is everything."""

    def __init__(self) -> None:
        self._left: dict[str, None] = {}  # in their order

    def __len__(self) -> int:
        return len(self._left)

    def come(self, marked: Set[str], portion: int | None) -> set[str]:
        """Names that have just been marked, as many as are worth planning now; the others wait."""
        fresh = set(islice(marked, portion))
        self._left |= dict.fromkeys(sorted(marked - fresh))
        return fresh

    def next(self, portion: int | None) -> list[str]:
        """The names that have waited longest, as many as are worth planning now."""
        return list(islice(self._left, portion))

    def first(self, plans: Sequence[NamePlan], portion: int | None) -> list[NamePlan]:
        """Plans to be carried out now: names that have not waited before those that have. The others wait from now on.

        Plans that change nothing cost nothing.
        """
        waited = self._left.keys() & {plan.name for plan in plans}
        for name in waited:
            del self._left[name]
        now: list[NamePlan] = []
        units = 0
        for plan in sorted(plans, key=lambda plan: plan.name in waited):
            if portion is not None and units >= portion and plan.units:
                self._left[plan.name] = None
                continue
            now.append(plan)
            units += len(plan.units)
        return now
