"""From changes to one PATCH. What a change expects to find is compared with what was read right before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Key
from zonewright.model.recordtype import ALIAS_TYPES
from zonewright.providers.base import Changed, Rejected
from zonewright.providers.pdns.rrsets import (
    Json,
    Place,
    RRset,
    of_record_set,
    places,
    record_set,
    replacement,
)

_ONLY_ONE = ALIAS_TYPES  # types of which the server takes no second record for a name


class Draft:
    """Units that will be sent together.

    standing  RRsets that the zone holds, at least those at the names of the units
    """

    def __init__(self, standing: Iterable[RRset]) -> None:
        self._rrsets = {rrset.place: rrset for rrset in standing}
        self._touched: set[Place] = set()

    def add(self, unit: Unit) -> None:
        """Take in a unit as a whole. Raises Changed or Rejected, and then the draft is what it was."""
        changed: dict[Place, RRset] = {}
        for change in unit.changes:
            changed |= self._carried_out(change, changed)
        self._rrsets |= changed
        self._touched |= changed.keys()

    def body(self) -> Json:
        """The body of the PATCH; {} when there is nothing to send.

        What goes comes first: in the order of the list the server looks whether a CNAME would stand beside others.
        """
        touched = [self._rrsets[place] for place in sorted(self._touched)]
        touched.sort(key=lambda rrset: bool(rrset.served))
        return {"rrsets": [replacement(rrset) for rrset in touched]} if touched else {}

    def _carried_out(self, change: Change, changed: dict[Place, RRset]) -> dict[Place, RRset]:
        """The RRsets that a change makes others of, by place."""
        standing = self._standing(change.key, changed)
        _check(change, standing)
        result: dict[Place, RRset] = {}
        if standing is not None:
            result[standing.place] = replace(standing, served=())
        if change.new is not None:
            place = of_record_set(change.new, ()).place
            before = result.get(place) or changed.get(place) or self._rrsets.get(place)
            result[place] = of_record_set(change.new, before.disabled if before else ())
            _check_room(result[place])
        return result

    def _standing(self, key: Key, changed: dict[Place, RRset]) -> RRset | None:
        """The RRset that serves a record set; None where none does."""
        at = [changed.get(place) or self._rrsets.get(place) for place in places(key.name, key.rtype)]
        return next((rrset for rrset in at if rrset is not None and rrset.served), None)


def _check_room(rrset: RRset) -> None:
    """The server counts what is disabled as well. Somebody has parked it there: it is not ours to throw away."""
    name, rtype = rrset.place
    if rtype in _ONLY_ONE and rrset.disabled:
        why = f"a disabled {rtype} record of {name} is in the way ({rrset.disabled[0]}): delete it, or enable it"
        raise Rejected(f"PowerDNS keeps one {rtype} record for a name, and {why}")


def _check(change: Change, standing: RRset | None) -> None:
    key, found = change.key, record_set(standing) if standing is not None else None
    if change.old is None and found is not None:
        raise Changed(f"{key.rtype} {key.name} is there already")
    if change.old is not None and found is None:
        raise Changed(f"{key.rtype} {key.name} is gone")
    if change.old is not None and found is not None and not found.same_targets(change.old):
        raise Changed(f"{key.rtype} {key.name} is not what it was")
