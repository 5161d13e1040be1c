"""Wishes that several zones have, as public and private ones of a name: what became of them in each, put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from zonewright.model.outcome import Outcome
from zonewright.model.reason import Reason
from zonewright.model.zone import Zone
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.routing import Routes


class Several:
    """Parts of outcomes, kept until all zones of a wish have told theirs."""

    def __init__(self, desired: Desired) -> None:
        self._desired = desired
        self._parts: dict[Origin, dict[Zone, Outcome]] = {}

    def forget(self, names: Iterable[str]) -> None:
        """Something else is wanted at these names: what was told before is void."""
        if self._parts:
            for origin in [wish.origin for name in names for wish in self._desired.at(name)]:
                self._parts.pop(origin, None)

    def prune(self) -> None:
        """Drop what is wanted no more."""
        self._parts = {origin: parts for origin, parts in self._parts.items() if self._desired.wish(origin)}

    def put_together(self, zone: Zone, outcomes: Mapping[Origin, Outcome], routes: Routes) -> Mapping[Origin, Outcome]:
        """Of the outcomes of a round of a zone, those of which now all is known."""
        if not routes.plural:
            return outcomes
        known: dict[Origin, Outcome] = {}
        for origin, outcome in outcomes.items():
            if (wish := self._desired.wish(origin)) is None:
                continue
            zones = [one for one in routes.of(wish.endpoint.name) if routes.share(one, wish.endpoint) is not None]
            parts = self._parts.setdefault(origin, {})
            parts[zone] = outcome
            if all(one in parts for one in zones):
                known[origin] = together([parts[one] for one in zones] or [outcome])
        return known


def together(outcomes: Iterable[Outcome]) -> Outcome:
    """One account of at least one: what went wrong first, and all others beside it."""
    every = [one for outcome in outcomes for one in (replace(outcome, elsewhere=()), *outcome.elsewhere)]
    first = next((outcome for outcome in every if outcome.reason is not Reason.SYNCED), every[0])
    return replace(first, elsewhere=tuple(outcome for outcome in every if outcome is not first))
