"""What goes: record sets of ours that nobody wants, and ownership records whose record is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from zonewright.model.change import Change
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
    situation: Situation,
    leaving: Sequence[Held],
    result: Contest,
    proofs: Iterable[Endpoint | None],
    retiring: Iterable[Step],
) -> Iterator[Step]:
    """Steps for record sets that leave or are released, and for orphans.

    An ownership record goes with the last that leans on it: not while a record set that stays has it, nor one of
    `proofs`, which are those of record sets that come. It also stays where somebody wants a record in its very place:
    that one was refused, and would come in the next round, as if by accident. And it stays where its own record set is
    wanted and nothing can come at the name: text of others that it hides would be another obstacle.
    """
    if not situation.rules.may_delete:
        return
    staying = {proof.key for held in situation.held.values() if held not in leaving for proof in held.proofs}
    staying -= {change.key for step in retiring for change in step.changes}  # what leans on them and leaves goes first
    staying |= {proof.key for proof in proofs if proof is not None} | result.wanted_keys
    for held in leaving:
        key = held.endpoint.key
        changes = situation.registry.delete(held)
        yield removed(key, [change for change in changes if change.key == key or change.key not in staying])
    yield from releases(situation, staying)
    for orphan in situation.own_orphans():
        if _awaited(orphan.endpoint.key, result):
            continue
        changes = situation.registry.delete(orphan)
        yield _cleared(orphan, [change for change in changes if change.key not in staying], result)


def _awaited(orphan: Key, result: Contest) -> bool:
    """Whether an ownership record is one of what is wanted and cannot come; nor can anything else at the name."""
    if result.winners:
        return False
    keys = (key for key in result.wanted_keys if key.set_identifier == orphan.set_identifier)
    return any(orphan.rtype in ("", key.rtype) for key in keys)


def _cleared(orphan: Held, changes: Sequence[Change], result: Contest) -> Step:
    """The orphan of a CNAME would count for an alias A record: before one comes, it goes, in the same unit."""
    key = orphan.endpoint.key
    alias = key._replace(rtype=RecordType.A)
    if key.rtype == RecordType.CNAME and alias in result.winners:
        return Step(alias, remove=tuple(changes))  # once ownership of the A record stands: who has the name is kept
    return cleared(key, changes)


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
    """Whether a record set would make room for one that cannot come, and so stays.

    Not where the name has another record set all the same: there it would only be left over.
    """
    identifier = endpoint.set_identifier
    if any(exclude_each_other(key.rtype, endpoint.rtype) or key.set_identifier == identifier for key in result.winners):
        return False
    return any(
        exclude_each_other(candidate.endpoint.rtype, endpoint.rtype)
        for candidate, refusal in result.refused
        if refusal.reason is not Reason.UNSUPPORTED_TYPE  # a type that does not count is as good as not wanted
    )
