"""Letting go: record sets that are to outlast the object that asks for them (the annotation `retain`).

The object may go while nobody looks, so the wish stands in DNS, as a label of the ownership record. A record set that
nobody asks for any more, and whose object is gone, is released: its ownership records are deleted, and it stays, as a
record of nobody. While the object is there all goes as always: it asks for something else, so the record is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence, Set

from zonewright.model.change import Change
from zonewright.model.endpoint import Key
from zonewright.model.ownership import Held
from zonewright.planning.afterwards import Afterwards
from zonewright.planning.situation import Situation
from zonewright.planning.steps import Step, released


def letting_go(situation: Situation, asked: Collection[Key], exists: Callable[[str], bool]) -> Situation:
    """The situation in which what is to be released is nobody's already.

    asked   keys that somebody asks for, whether he gets them or not
    exists  whether the object of an ownership record ("kind/namespace/name") is there; False where that is not known
    """
    if not situation.rules.may_delete:
        return situation
    return situation.releasing(
        held
        for key, held in situation.held.items()
        if key not in asked and held.ownership and held.ownership.retains and not held.sharers
        if situation.is_removable(held) and not exists(held.ownership.resource)
    )


def releases(situation: Situation, staying: Set[Key]) -> Iterator[Step]:
    """Steps for the record sets that are released; `staying`: ownership records that others lean on.

    One that would be ours all the same, by an ownership record that must stay, waits: it would look as if it were left
    over, and be deleted.
    """
    for held in situation.released:
        changes = [change for change in situation.registry.delete(held) if change.key != held.endpoint.key]
        if staying.isdisjoint(change.key for change in changes) and _is_nobodys_after(situation, held, changes):
            yield released(held.endpoint.key, changes, held.proofs[0].key)


def _is_nobodys_after(situation: Situation, held: Held, changes: Sequence[Change]) -> bool:
    after = situation.registry.held(situation.name, Afterwards(situation.records, changes))
    return all(other.ownership is None for other in after if other.endpoint.key == held.endpoint.key)
