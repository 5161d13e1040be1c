"""Creating and updating one record set: the step, and what stands when it has landed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from zonewright.model.change import Action, Change
from zonewright.model.endpoint import Endpoint
from zonewright.model.hostname import is_under
from zonewright.model.ownership import Held, Ownership, Share
from zonewright.model.reason import Reason
from zonewright.planning.refusals import Refusal, no_place_for_ownership, ownership_outside_zone
from zonewright.planning.sharing import union
from zonewright.planning.situation import Situation
from zonewright.planning.steps import Step, written


@dataclass(frozen=True, slots=True)
class Writing:
    """endpoint, ownership and proof as they stand afterwards; with a refusal the step is empty and all stays.

    today  whether ownership then stands in today's form
    sharers  the other owners of the record set, with what they have in it
    """

    step: Step
    endpoint: Endpoint
    ownership: Ownership | None
    proof: Endpoint | None
    refusal: Refusal | None = None
    today: bool = True
    sharers: tuple[Share, ...] = ()


def create(situation: Situation, endpoint: Endpoint) -> Writing:
    """Create a record set, with what is there of its ownership already."""
    ownership = situation.ownership(endpoint)
    endpoint = union(endpoint, situation.sharers(endpoint.key))
    afresh = situation.registry.create(endpoint, ownership, ())[:-1]
    standing = {proof.key: proof for proof in situation.own_proofs()}
    changes = situation.registry.create(endpoint, ownership, tuple(standing.values()))
    if not situation.rules.may_update:  # an ownership record of ours with an old resource serves as well
        changes = tuple(change for change in changes if change.action is Action.CREATE)
    written_now = {change.key: change.endpoint for change in changes}
    proof = next((written_now.get(change.key) or standing[change.key] for change in afresh), None)
    return Writing(written(endpoint.key, changes), changes[-1].endpoint, ownership, proof)


def update(situation: Situation, held: Held, endpoint: Endpoint) -> Writing:
    """Bring a record set of ours to what is asked for; nothing to do where it is that already."""
    ownership = situation.ownership(endpoint)
    endpoint = union(endpoint, held.sharers, held.endpoint)
    new = brought_to(held.endpoint, endpoint)
    changes = situation.registry.update(held, new, ownership)
    # Today's form may have no place in the zone, as with a record at its apex: then the older form goes on serving.
    changes = tuple(change for change in changes if is_under(change.key.name, situation.rules.zone_name))
    if not situation.rules.may_update:
        if held.complete and not any(change.key == endpoint.key for change in changes):
            changes = ()  # the record set is as it should be: the form of its ownership can wait
        if any(change.action is not Action.CREATE for change in changes):
            kept = _kept(held, _held_by_policy(situation, held))
            return _adopted_as_it_is(kept, changes, ownership) if endpoint.key in situation.adopted else kept
    step = written(endpoint.key, changes)
    if objection := _loses_ownership(situation, held, new, step):
        return _kept(held, objection)
    told = next((change.new for change in step.prepare if change.new is not None), None)
    proof = told or next(iter(held.proofs), None)
    record = step.write[0].endpoint if step.write else held.endpoint
    return Writing(step, record, ownership if told else held.ownership, proof)


def brought_to(held: Endpoint, wanted: Endpoint) -> Endpoint:
    """What a standing record set has to become; `held` itself where DNS would answer the same.

    Without a ttl asked for, that of the record stays, whoever has set it: so the first plan after ExternalDNS is empty.
    """
    ttl = held.ttl if wanted.ttl is None else wanted.ttl
    if held.same_targets(wanted) and held.ttl == ttl and held.properties == wanted.properties:
        return held
    return replace(wanted, ttl=ttl)


def _loses_ownership(situation: Situation, held: Held, new: Endpoint, step: Step) -> Refusal | None:
    """An older form of ownership may count for a record with certain properties only, such as an alias.

    Without them, and with no place for today's form, the record would be nobody's from then on.
    """
    if step.prepare or not held.proofs or new.properties == held.endpoint.properties:
        return None
    today = situation.registry.create(new, situation.ownership(new), ())[:-1]
    if held.proofs[0].key in {change.key for change in today}:
        return None
    return no_place_for_ownership(situation, new) or ownership_outside_zone(situation, new)


def _adopted_as_it_is(kept: Writing, changes: Iterable[Change], ownership: Ownership) -> Writing:
    """Ownership of a record set that may not be changed; it is new, and so may be written."""
    step = written(kept.step.key, [change for change in changes if change.action is Action.CREATE])
    proof = next((change.new for change in step.prepare), None)
    return replace(kept, step=step, ownership=ownership, proof=proof)


def _held_by_policy(situation: Situation, held: Held) -> Refusal:
    why = f"--policy={situation.rules.policy} changes nothing: the record stays at {', '.join(held.endpoint.targets)}"
    return Refusal(Reason.POLICY, why)


def _kept(held: Held, refusal: Refusal) -> Writing:
    proof = next(iter(held.proofs), None)
    return Writing(Step(held.endpoint.key), held.endpoint, held.ownership, proof, refusal, today=False)
