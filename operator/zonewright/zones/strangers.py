"""Whether somebody else lives under our owner id, and what must not be deleted for that.

Two live installations of one id take each other's names for left-overs of their own. There are two signs of it.

- A name comes under our id between two readings of the zone, that nobody here asks for and that we have not written.
  Then nothing is deleted any more, by each of the two: the other one sees our writes likewise. One that we have
  deleted, and that stands again, is in doubt alone: it may as well be that the provider does not do what it says.
- At the start there stands under our id what nobody here asks for, and of nothing there a status in this cluster says
  that it was ours. That may be left over (from ExternalDNS, from objects that are all gone); or this cluster has been
  given the id of another. Then what is in doubt waits; all that we have written ourselves goes as always. Until the
  doubt is over no status says that a record is ours, or it would be none any more after a restart.

What is in doubt goes when for `QUIET` intervals there was no sign of another writer: first one name alone. Who lives
under this id writes it again. When it stays away for as long, the rest goes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Set
from dataclasses import dataclass

QUIET = 10.0  # intervals without another sign, after which the other one is taken for gone


@dataclass(frozen=True, slots=True)
class Alarm:
    """What people have to know. False: all is well, and deletes go on.

    seen      another writer has given itself away, not long ago: no delete at all
    come      the names by which it has, just now
    doubtful  names that may be another installation's: they stay
    """

    seen: bool = False
    come: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.seen or bool(self.doubtful)

    def is_news(self, told: Alarm) -> bool:
        """Whether it is to be told, after what was told last."""
        return bool(self.come) or (self.seen, bool(self.doubtful)) != (told.seen, bool(told.doubtful))


class Strangers:
    """What is known of names under our id in one zone. Times are of the monotonic clock, in seconds.

    interval  seconds between two readings of the zone
    wary      whether what stands at the start may be another installation's; else it is taken for left over
    """

    def __init__(self, interval: float, *, wary: bool = False) -> None:
        self._quiet = QUIET * interval
        self._known: frozenset[str] = frozenset()  # as the zone was last read
        self._tried: set[str] = set()  # since then
        self._until = float("-inf")
        self._wary = wary
        self._at_start: frozenset[str] | None = None
        self._unjudged: set[str] = set()
        self._uneasy = False  # whether what stood at the start is in doubt
        self._doubtful: set[str] = set()
        self._calm_since = float("-inf")
        self._tester: str | None = None  # the one that goes alone
        self._tested = False  # whether it has gone

    def tries(self, names: Iterable[str]) -> None:
        """We are about to change these names, and it is not known what will come of it."""
        self._tried.update(names)

    def landed(self, names: Iterable[str]) -> None:
        """It is known: these stand as we wanted them."""
        self._tried.difference_update(names)

    def read(
        self, owned: Iterable[str], expected: Collection[str] | None, wanted: Callable[[str], bool], now: float
    ) -> frozenset[str]:
        """The zone was read; returns the names by which another writer has given itself away.

        owned     names that stand under our id
        expected  those that should: by the reading before, and what we have written since; None at the start
        """
        names = frozenset(owned)
        come = names.difference(expected, self._tried) if expected is not None else frozenset[str]()
        strange = frozenset(name for name in come if not wanted(name))
        self._watch(strange, names, now)
        self._known = names
        self._tried.clear()
        if self._at_start is None:
            self._at_start = names if self._wary else frozenset()
            self._unjudged = set(self._at_start)
        self._unjudged &= names
        self._doubtful &= names
        return strange

    def _watch(self, strange: Set[str], names: Set[str], now: float) -> None:
        if strange:
            self._until = now + self._quiet if strange - self._known else self._until
            self._calm_since, self._tester, self._tested = now, None, False
            self._doubtful |= strange
        elif self._tester is not None and self._tester not in names and not self._tested:
            self._calm_since, self._tested = now, True

    def judge(
        self,
        proven: Callable[[str], bool],
        stands: Callable[[str], bool],
        published: Callable[[str], bool],
        held: Callable[[str], bool],
        now: float,
    ) -> None:
        """Everything is looked at: what of that which nobody asks for is in doubt?

        proven     whether somebody here asks for a name, or has, since the start
        stands     whether there is something of ours at a name: an ownership record may have two readings
        published  whether a status says that it was ours, before the start
        held       whether that is not to be known yet
        """
        if self._unjudged:
            self._unjudged = {name for name in self._unjudged if not proven(name)}
        due = {name for name in self._unjudged if not held(name)}
        self._unjudged -= due
        left = {name for name in due if stands(name)}
        if left and self._is_known_by(published):
            self._unjudged.clear()
        elif left:
            self._doubtful |= left
            self._uneasy, self._calm_since = True, now
        self._proceed(now)
        self._uneasy = self._uneasy and bool(self._doubtful)

    def _proceed(self, now: float) -> None:
        """When all was calm for long enough, one goes, and then the others."""
        if not self._doubtful or now < self._calm_since + self._quiet:
            return
        if self._tested:
            self._doubtful.clear()
            self._tester, self._tested = None, False
        elif self._tester not in self._doubtful:
            self._tester = min(self._doubtful)

    def at_ease(self, now: float) -> bool:
        """Whether nothing is in doubt: then no reading of the zone that shows what the last one did says anything."""
        return not (self._uneasy or self._unjudged or self._doubtful or self.about(now))

    def about(self, now: float) -> bool:
        """Whether another writer is to be reckoned with."""
        return now < self._until

    def asked(self, names: Iterable[str]) -> None:
        """Somebody here asks for these names: from now on they are ours."""
        self._unjudged.difference_update(names)
        self._doubtful.difference_update(names)

    def unsure(self, published: Callable[[str], bool]) -> bool:
        """Whether this cluster may be wrong about its own id, as far as the start has shown."""
        return self._uneasy or (bool(self._unjudged) and not self._is_known_by(published))

    def _is_known_by(self, published: Callable[[str], bool]) -> bool:
        return any(published(name) for name in self._at_start or ())

    def doubts(self, name: str) -> bool:
        """Whether a name must not be deleted for now."""
        return (name in self._doubtful and name != self._tester) or name in self._unjudged

    def alarm(self, come: frozenset[str], now: float) -> Alarm:
        """How it stands."""
        return Alarm(self.about(now), come, frozenset(self._doubtful))
