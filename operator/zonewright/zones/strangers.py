"""Whether somebody else writes under our owner id.

Two live installations of one id take each other's names for left-overs of their own, and delete them in turns. The sign
of it: a name has come under our id between two readings of the zone, that nobody here asks for and that we have not
written. Then nothing is deleted any more, by each of the two: the other one sees our writes likewise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

QUIET = 10.0  # intervals without another sign, after which the other one is taken for gone


class Strangers:
    """What is known of names under our id in one zone. Times are of the monotonic clock, in seconds.

    interval  seconds between two readings of the zone
    """

    def __init__(self, interval: float) -> None:
        self._quiet = QUIET * interval
        self._known: frozenset[str] | None = None
        self._ours: set[str] = set()  # written, or tried, since the zone was last read
        self._until = float("-inf")

    def wrote(self, names: Iterable[str]) -> None:
        """We have changed these names, or have tried to and do not know."""
        self._ours.update(names)

    def read(self, owned: Iterable[str], wanted: Callable[[str], bool], now: float) -> frozenset[str]:
        """The zone was read; returns the names by which another writer has given itself away.

        owned  names that stand under our id
        """
        names = frozenset(owned)
        come = names - self._known - self._ours if self._known is not None else frozenset[str]()
        strange = frozenset(name for name in come if not wanted(name))
        self._known = names
        self._ours.clear()
        if strange:
            self._until = now + self._quiet
        return strange

    def about(self, now: float) -> bool:
        """Whether another writer is to be reckoned with."""
        return now < self._until
