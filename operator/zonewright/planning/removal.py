"""What goes: record sets of ours that nobody wants, and ownership records whose record is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from zonewright.model.endpoint import Endpoint, Key, RecordType
from zonewright.model.ownership import Held
from zonewright.model.reason import Reason
from zonewright.planning.contest import Contest
from zonewright.planning.retention import releases
from zonewright.planning.situation import Situation, exclude_each_other
from zonewright.planning.steps import Step, cleared, removed, retired
from zonewright.planning.writing import Writing


def going(situation: Situation, result: Contest) -> list[Held]:
    """The record sets that are to be deleted."""
    if not situation.rules.may_delete:
        return []
    unwanted = [held for key, held in situation.held.items() if key not in result.winners]
    return [held for held in unwanted if situation.is_removable(held) and not _waits(held.endpoint, result)]


def removals(
    situation: Situation, leaving: Sequence[Held], result: Contest, proofs: Iterable[Endpoint | None]
) -> Iterator[Step]:
    """Steps for record sets that leave or are released, and for orphans.

    An ownership record goes with the last that leans on it: not while a record set that stays has it, nor one of
    `proofs`, which are those of record sets that come. It also stays where somebody wants a record in its very place:
    that one was refused, and would come in the next round, as if by accident. And it stays where its own record set is
    wanted and refused: should that come one day, it is owned from the first.
    """
    if not situation.rules.may_delete:
        return
    staying = {proof.key for held in situation.held.values() if held not in leaving for proof in held.proofs}
    staying |= {proof.key for proof in proofs if proof is not None} | result.wanted_keys
    for held in leaving:
        key = held.endpoint.key
        changes = situation.registry.delete(held)
        yield removed(key, [change for change in changes if change.key == key or change.key not in staying])
    yield from releases(situation, staying)
    refused = result.wanted_keys - result.winners.keys()
    for orphan in situation.own_orphans():
        if orphan.endpoint.key in refused:
            continue
        changes = situation.registry.delete(orphan)
        yield cleared(_together(orphan, result), [change for change in changes if change.key not in staying])


def _together(orphan: Held, result: Contest) -> Key:
    """The record set whose unit an orphan goes with: that of a CNAME would count for an alias A record that comes."""
    key = orphan.endpoint.key
    alias = key._replace(rtype=RecordType.A)
    return alias if key.rtype == RecordType.CNAME and alias in result.winners else key


def retirements(situation: Situation, leaving: Sequence[Held], writings: Iterable[Writing]) -> Iterator[Step]:
    """Steps for older forms of ownership records, of record sets that have today's form beside them.

    They go with the next change of the record set, so that a zone in which ExternalDNS has left them is not written to
    without need; at once where a migration is asked for. Not while another record set that stays leans on them.
    """
    if not situation.rules.may_delete:
        return
    renewed = [writing for writing in writings if _is_renewed(situation, writing)]
    keys = {writing.endpoint.key for writing in renewed}
    others = [held for key, held in situation.held.items() if key not in keys and held not in leaving]
    staying = {proof.key for held in others for proof in held.proofs}
    staying |= {writing.proof.key for writing in renewed if writing.proof}
    for writing in renewed:
        held = situation.held[writing.endpoint.key]
        old = tuple(proof for proof in held.proofs if proof.key not in staying)
        if old:
            orphan = replace(held, endpoint=replace(held.endpoint, targets=()), proofs=old)
            yield retired(held.endpoint.key, situation.registry.delete(orphan))


def _is_renewed(situation: Situation, writing: Writing) -> bool:
    """Whether a record set that stands, with ownership in today's form, may lose what is there of older forms."""
    if not writing.today or writing.endpoint.key not in situation.held:
        return False
    return bool(writing.step.write) or situation.registry.migrates


def _waits(endpoint: Endpoint, result: Contest) -> bool:
    """Whether a record set would make room for one that cannot come, and so stays."""
    if any(exclude_each_other(key.rtype, endpoint.rtype) for key in result.winners):
        return False
    return any(
        exclude_each_other(candidate.endpoint.rtype, endpoint.rtype)
        for candidate, refusal in result.refused
        if refusal.reason is not Reason.UNSUPPORTED_TYPE  # a type that does not count is as good as not wanted
    )
