"""The plan of one name: what is wanted against what stands, to units of changes and a verdict for everyone who asked.

Every decision is local to a name, so a plan costs the same in a zone of ten and of ten thousand names. The table, from
ExternalDNS's (plan/plan.go), with its holes closed:

    wanted      stands      then
    no          ours        delete, under policy sync and once everything that is wanted is known; or release,
                            where it is to outlast its object (see `retention`)
    no          not ours    nothing
    yes         no          create, unless something objects (see `refusals`)
    yes         ours        update, if targets, a ttl that is asked for, or properties differ
    yes         not ours    nothing; a record of nobody is taken over where that is asked for (see `adoption`)

Where a CNAME and another type are wanted, the CNAME gives way. A change of type is made as a whole or not at all: a
record does not make room for one that cannot come.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import OwnershipRecord
from zonewright.model.ownership import Held, Ownership
from zonewright.model.reason import Reason
from zonewright.model.row import shown
from zonewright.planning.adoption import contest_with_adoption
from zonewright.planning.candidates import Candidate, Wanted, agrees, joined
from zonewright.planning.contest import Contest
from zonewright.planning.refusals import Refusal
from zonewright.planning.removal import going, removals, retirements
from zonewright.planning.retention import letting_go
from zonewright.planning.rules import Policy, Rules
from zonewright.planning.sharing import agreed, joining, owners
from zonewright.planning.situation import Situation
from zonewright.planning.steps import units
from zonewright.planning.succession import succeeded
from zonewright.planning.writing import Writing, create, update
from zonewright.registry.base import Registry, ZoneRecords

__all__ = ["NamePlan", "Policy", "Rules", "Verdict", "Wanted", "plan_name"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds for one who asked, once the units of the plan have landed.

    reason     SYNCED, or why DNS does not have what is asked for
    endpoint   the record set as DNS then has it; None when it is not SYNCED
    ownership  whose it is, and where DNS says so; with OWNED_BY_OTHER: whose record is in the way
    """

    origin: Hashable
    reason: Reason
    message: str = ""
    endpoint: Endpoint | None = None
    ownership: OwnershipRecord | None = None


@dataclass(frozen=True, slots=True)
class NamePlan:
    """What to do at one name.

    units     independent of each other, in the order in which they are to be sent
    verdicts  one per wanted record set, in the order in which they were given
    retained  record sets of ours that nobody wants, and that stay: by policy, or since deletes must wait
    released  record sets of ours that stay without us, since they are to outlast the object that asked for them
    shared    whether other owners may write at the name at any time
    """

    name: str
    units: tuple[Unit, ...]
    verdicts: tuple[Verdict, ...]
    retained: tuple[Held, ...] = ()
    released: tuple[Held, ...] = ()
    shared: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether DNS is as it is wanted, and nothing waits: the same plan comes of it until something changes."""
        if self.units or self.retained or self.released or self.shared:
            return False
        return all(verdict.reason is Reason.SYNCED for verdict in self.verdicts)


def plan_name(
    name: str,
    wanted: Sequence[Wanted],
    registry: Registry,
    records: ZoneRecords,
    rules: Rules,
    exists: Callable[[str], bool] = lambda _: False,
) -> NamePlan:
    """The plan for `name`, spelled. All of `wanted` is of that name, in the provider's form, each of its own origin.

    exists  whether the object of an ownership record is there, see `retention`
    """
    situation = Situation.of(name, registry, records, rules)
    standing = (*situation.held.values(), *situation.orphans)
    wanted = agreed(situation, wanted)
    unwritable = (w.endpoint.key for w in wanted if w.problem or not w.endpoint.targets)
    situation = joining(succeeded(situation, wanted), wanted).keeping(unwritable)
    situation = letting_go(situation, {w.endpoint.key for w in wanted}, exists)
    candidates = joined(wanted, across_namespaces=rules.across_namespaces)
    situation, result = contest_with_adoption(situation, candidates)
    writings = [_writing(situation, winner) for winner in result.winners.values()]
    leaving = going(situation, result)
    steps = [writing.step for writing in writings]
    steps += (retiring := list(retirements(situation, leaving, writings)))
    steps += removals(situation, leaving, result, [writing.proof for writing in writings], retiring)
    verdicts = {verdict.origin: verdict for verdict in _verdicts(result, writings)}
    unwanted = [h for key, h in situation.held.items() if key not in result.wanted_keys and situation.is_removable(h)]
    retained = tuple(held for held in unwanted if held not in leaving)
    gone = {step.key for step in steps if step.release}
    released = tuple(held for held in situation.released if held.endpoint.key in gone)
    shared = any(w.endpoint.shared for w in wanted) or any(held.shared for held in standing)
    return NamePlan(name, units(name, steps), tuple(verdicts[w.origin] for w in wanted), retained, released, shared)


def _writing(situation: Situation, winner: Candidate) -> Writing:
    key = winner.endpoint.key
    endpoint = winner.attributed(situation.incumbent(key), adopting=key in situation.adopted)
    held = situation.held.get(key)
    writing = create(situation, endpoint) if held is None else update(situation, held, endpoint)
    sharers = situation.sharers(key)
    return replace(writing, sharers=sharers) if sharers != writing.sharers else writing


def _verdicts(result: Contest, writings: Iterable[Writing]) -> Iterator[Verdict]:
    for candidate, refusal in result.refused:
        yield from (_refused(w, refusal) for w in candidate.wanted)
    by_key = {writing.endpoint.key: writing for writing in writings}
    for key, winner in result.winners.items():
        yield from (_of_winner(w, by_key[key]) for w in winner.wanted)
    for candidate, holder in result.outsiders:
        writing = by_key.get(candidate.endpoint.key)
        yield from (_of_outsider(w, candidate, holder, result, writing) for w in candidate.wanted)
    for candidate in result.losers:
        winner = result.winners[candidate.endpoint.key]
        yield from (_of_loser(w, candidate, winner, by_key[candidate.endpoint.key]) for w in candidate.wanted)


def _refused(wanted: Wanted, refusal: Refusal) -> Verdict:
    holder = refusal.holder
    proof = holder.proofs[0] if holder and holder.proofs else None
    ownership = _record(holder.ownership, proof) if holder else None
    return Verdict(wanted.origin, refusal.reason, refusal.message, None, ownership)


def _of_winner(wanted: Wanted, writing: Writing) -> Verdict:
    ownership = _record(writing.ownership, writing.proof)
    if writing.refusal is not None:
        return Verdict(wanted.origin, writing.refusal.reason, writing.refusal.message, None, ownership)
    note = f"shared with the owner {owners(writing.sharers)}" if writing.sharers else ""
    return Verdict(wanted.origin, Reason.SYNCED, note, writing.endpoint, ownership)


def _of_outsider(
    wanted: Wanted, candidate: Candidate, holder: str, result: Contest, writing: Writing | None
) -> Verdict:
    """One who gets what he asks for all the same has nothing to complain of."""
    if writing is not None and agrees(candidate, result.winners[candidate.endpoint.key]):
        return _shared(_of_winner(wanted, writing), holder)
    why = (
        f"{holder} has this name, in another namespace; take it away from one of the two objects, or let them share it"
        " with --allow-cross-namespace-merge"
    )
    ownership = _record(writing.ownership, writing.proof) if writing else None
    return Verdict(wanted.origin, Reason.HOSTNAME_CONFLICT, why, None, ownership)


def _shared(verdict: Verdict, resource: str) -> Verdict:
    said = f"{verdict.message}; " if verdict.message else ""
    return replace(verdict, message=f"{said}shared with {resource}")


def _of_loser(wanted: Wanted, candidate: Candidate, winner: Candidate, writing: Writing) -> Verdict:
    resource = dict(writing.endpoint.labels).get("resource") or "another object"
    if agrees(candidate, winner):
        return _shared(_of_winner(wanted, writing), resource)
    if resource == wanted.resource:
        why = "the same object asks for this record twice, with other targets, ttl or properties; one had to be taken"
    else:
        why = f"{resource} has this name; take it away from one of the two objects, or let them agree"
    return Verdict(wanted.origin, Reason.HOSTNAME_CONFLICT, why, None, _record(writing.ownership, writing.proof))


def _record(ownership: Ownership | None, proof: Endpoint | None) -> OwnershipRecord | None:
    """None where there is no registry, or nobody has said anything."""
    if ownership is None or proof is None:
        return None
    return OwnershipRecord(ownership.owner, ownership.resource, shown(proof.key), " ".join(proof.targets))
