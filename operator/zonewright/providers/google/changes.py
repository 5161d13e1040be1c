"""Units → changes of the API, which are atomic. A unit is in one change.

A change takes 1,000 additions and 1,000 deletions, and 100,000 octets of data (Cloud DNS, "Quotas and limits").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zonewright.model.change import Unit
from zonewright.model.endpoint import Key
from zonewright.providers.base import Changed, Rejected
from zonewright.providers.google.records import octets, parse, written

Json = dict[str, Any]
Standing = dict[Key, Json]

MOST_OCTETS = 100_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A unit as deletions and additions, and what then stands: by key, None for what has gone."""

    unit: Unit
    deletions: list[Json]
    additions: list[Json]
    becomes: Mapping[Key, Json | None]

    @property
    def octets(self) -> int:
        return sum(octets(one) for one in (*self.deletions, *self.additions))


def draft(unit: Unit, standing: Mapping[Key, Json]) -> Draft:
    """Raises Changed where the unit does not fit what stands.

    standing  ResourceRecordSets as they were listed, or written since
    """
    deletions: list[Json] = []
    additions: list[Json] = []
    becomes: dict[Key, Json | None] = {}
    for change in unit.changes:
        before = becomes[change.key] if change.key in becomes else standing.get(change.key)
        if (change.old is None) != (before is None):
            raise Changed(f"{change.key.rtype} {change.key.name} is {'gone' if before is None else 'there already'}")
        if change.old is not None and before is not None:
            if not parse(before).same_targets(change.old):
                raise Changed(f"{change.key.rtype} {change.key.name} is not what it was")
            deletions.append(before)
            becomes[change.key] = None
        if change.new is not None:
            additions.append(written(change.new))
            becomes[change.new.key] = additions[-1]
    return Draft(unit, deletions, additions, becomes)


def grouped(drafts: Iterable[Draft], most: int) -> list[list[Draft]]:
    """Changes in the order of the units, of at most so many deletions and additions. Raises Rejected for a unit that is
    larger than a change can be.
    """
    groups: list[list[Draft]] = []
    for one in drafts:
        if not _fits([one], most):
            raise Rejected(f"{one.unit.name}: {one.octets} octets are more than Cloud DNS takes in one change")
        if groups and _fits([*groups[-1], one], most):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def body(group: Iterable[Draft]) -> Json:
    """The change to create."""
    drafts = list(group)
    found = {
        "deletions": [one for each in drafts for one in each.deletions],
        "additions": [one for each in drafts for one in each.additions],
    }
    return {"kind": "dns#change"} | {name: listed for name, listed in found.items() if listed}


def _fits(group: list[Draft], most: int) -> bool:
    deletions, additions = (sum(map(len, parts)) for parts in _parts(group))
    return max(deletions, additions) <= most and sum(one.octets for one in group) <= MOST_OCTETS


def _parts(group: list[Draft]) -> tuple[list[list[Json]], list[list[Json]]]:
    return [one.deletions for one in group], [one.additions for one in group]
