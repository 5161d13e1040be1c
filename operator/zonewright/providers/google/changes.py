"""Units → changes of the API, which are atomic. A unit is in one change.

A change takes 1,000 additions and 1,000 deletions, and 100,000 octets of data (Cloud DNS, "Quotas and limits").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Key
from zonewright.providers.base import Changed, ProviderError, Rejected
from zonewright.providers.google.errors import Fault
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

    def concerns(self, part: str, name: str, rtype: str) -> bool:
        """Whether a record set of it is called so. rtype: "" for any."""
        listed = self.additions if part == "additions" else self.deletions
        return any(one["name"] == name and rtype in ("", one["type"]) for one in listed)


def draft(unit: Unit, standing: Mapping[Key, Json]) -> Draft:
    """Raises Changed where the unit does not fit what stands, and Rejected where what stands is not for us to change.

    standing  ResourceRecordSets as they were listed, or written since
    """
    deletions: list[Json] = []
    additions: list[Json] = []
    becomes: dict[Key, Json | None] = {}
    for change in unit.changes:
        before = becomes[change.key] if change.key in becomes else standing.get(change.key)
        _check(change, before)
        if before is not None:
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


def body(group: Sequence[Draft]) -> Json:
    """The change to create."""
    found = {
        "deletions": [one for each in group for one in each.deletions],
        "additions": [one for each in group for one in each.additions],
    }
    return {"kind": "dns#change"} | {name: listed for name, listed in found.items() if listed}


def blamed(group: Sequence[Draft], faults: Iterable[Fault]) -> dict[int, ProviderError]:
    """The places in the group of those units that are to blame, each with the first thing that is wrong with it."""
    owners = {
        "deletions": [place for place, one in enumerate(group) for _ in one.deletions],
        "additions": [place for place, one in enumerate(group) for _ in one.additions],
    }
    found: dict[int, ProviderError] = {}
    for fault in faults:
        if not fault.which.isdecimal():
            places = [n for n, one in enumerate(group) if one.concerns(fault.part, fault.which, fault.rtype)]
        else:
            places = owners[fault.part][int(fault.which) :][:1]
        for place in places:
            found.setdefault(place, fault.error)
    return found


def _check(change: Change, before: Json | None) -> None:
    """Raises Changed or Rejected."""
    what = f"{change.key.rtype} {change.key.name}"
    if (change.old is None) != (before is None):
        raise Changed(f"{what} is {'gone' if before is None else 'there already'}")
    if before is None or change.old is None:
        return
    if before.get("routingPolicy"):
        raise Rejected(f"{what} has a routing policy, and is left alone: take it away by hand")
    if not parse(before).same_targets(change.old):
        raise Changed(f"{what} is not what it was")


def _fits(group: list[Draft], most: int) -> bool:
    deletions = sum(len(one.deletions) for one in group)
    additions = sum(len(one.additions) for one in group)
    return max(deletions, additions) <= most and sum(one.octets for one in group) <= MOST_OCTETS
