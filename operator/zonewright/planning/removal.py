"""What goes: record sets of ours that nobody wants, and ownership records whose record is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.ownership import Held
from zonewright.model.reason import Reason
from zonewright.planning.contest import Contest
from zonewright.planning.situation import Situation, exclude_each_other
from zonewright.planning.steps import Step, cleared, removed


def going(situation: Situation, result: Contest) -> list[Held]:
    """The record sets that are to be deleted."""
    if not situation.rules.may_delete:
        return []
    unwanted = [held for key, held in situation.held.items() if key not in result.winners]
    return [held for held in unwanted if situation.is_removable(held) and not _waits(held.endpoint, result)]


def removals(
    situation: Situation, leaving: Sequence[Held], wanted: Iterable[Key], proofs: Iterable[Endpoint | None]
) -> Iterator[Step]:
    """Steps for record sets that leave, and for orphans.

    An ownership record goes with the last that leans on it: not while a record set that stays has it, nor one of
    `proofs`, which are those of record sets that come. It also stays where somebody wants a record in its very place:
    that one was refused, and would come in the next round, as if by accident.
    """
    if not situation.rules.may_delete:
        return
    staying = {proof.key for held in situation.held.values() if held not in leaving for proof in held.proofs}
    staying |= {proof.key for proof in proofs if proof is not None} | set(wanted)
    for held in leaving:
        key = held.endpoint.key
        changes = situation.registry.delete(held)
        yield removed(key, [change for change in changes if change.key == key or change.key not in staying])
    for orphan in situation.own_orphans():
        changes = situation.registry.delete(orphan)
        yield cleared(orphan.endpoint.key, [change for change in changes if change.key not in staying])


def _waits(endpoint: Endpoint, result: Contest) -> bool:
    """Whether a record set would make room for one that cannot come, and so stays."""
    if any(exclude_each_other(key.rtype, endpoint.rtype) for key in result.winners):
        return False
    return any(
        exclude_each_other(candidate.endpoint.rtype, endpoint.rtype)
        for candidate, refusal in result.refused
        if refusal.reason is not Reason.UNSUPPORTED_TYPE  # a type that does not count is as good as not wanted
    )
