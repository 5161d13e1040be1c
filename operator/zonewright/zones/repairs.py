"""The same repair again and again: somebody else has another mind of a record set, or the provider keeps another form.

ExternalDNS writes it in every interval for ever (#1959, #3977, #4790). Here the writes become rarer, and it is told.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from zonewright.model.change import Unit
from zonewright.model.endpoint import Key
from zonewright.model.reason import Reason
from zonewright.providers.base import ProviderError
from zonewright.workqueue import backoff

MOST = 5  # repairs to the same effect that are made without a word
_BASE, _LIMIT = 60.0, 3600.0  # seconds between those that follow
_FORGOTTEN = 2 * _LIMIT  # seconds after which a write has held


class Repeated(ProviderError):
    """What we write does not stay as we write it."""

    reason = Reason.UNSTABLE


@dataclass(slots=True)
class _Written:
    """What was written last, how often in a row, and when."""

    effect: Hashable
    times: int
    at: float


class Repairs:
    """Times are of the monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._written: dict[tuple[str, frozenset[Key]], _Written] = {}
        self._pruned_at = float("-inf")

    def landed(self, units: Iterable[Unit], now: float) -> dict[str, tuple[Repeated, float]]:
        """These have been written; returns the names that have been too often, and when they may be written again."""
        self._prune(now)
        found = {}
        for unit in units:
            place, effect = (unit.name, unit.keys), _effect(unit)
            known = self._written.get(place)
            times = known.times + 1 if known and known.effect == effect and now - known.at < _FORGOTTEN else 1
            self._written[place] = _Written(effect, times, now)
            if times > MOST:
                wait = backoff(times - MOST, base=_BASE, limit=_LIMIT)
                found[unit.name] = Repeated(_told(unit, times)), now + wait
        return found

    def _prune(self, now: float) -> None:
        if now - self._pruned_at > _LIMIT:
            self._pruned_at = now
            self._written = {place: one for place, one in self._written.items() if now - one.at < _FORGOTTEN}


def _effect(unit: Unit) -> Hashable:
    """What stands afterwards."""
    return frozenset(
        (change.key, change.new and (change.new.targets, change.new.ttl, change.new.properties))
        for change in unit.changes
    )


def _told(unit: Unit, times: int) -> str:
    keys = " and ".join(sorted(f"{key.name} {key.rtype}" for key in unit.keys))
    return f"{keys} was written {times} times to the same effect, and stands otherwise again: who else writes it?"
