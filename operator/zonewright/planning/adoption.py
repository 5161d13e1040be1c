"""Taking over what nobody owns, on purpose: the annotation `adopt`.

Adopted means: ownership is written, and from then on the record set is ours like any other. So it is planned as if it
were ours already, with its ownership record missing. That holds for everyone who asks for something at the name, not
only for the one who adopts; but it holds only if this one gets what he asks for. Where he does not, because somebody
else has the name or since his CNAME must give way, nothing is adopted for him, and nobody else profits by it.

    EQUAL   takes over the record set that is asked for, where it need not change
    ALWAYS  takes it over in any case; where there is none, what cannot stand beside it: a CNAME for an A record

A record set of another type that could stand beside it is never taken: nobody here asks for it. And a record set that
has an owner, whoever that is, is never adopted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from zonewright.model.adopt import Adopt
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.reason import Reason
from zonewright.planning.candidates import Candidate
from zonewright.planning.contest import Contest, Takings, contest
from zonewright.planning.refusals import Refusal
from zonewright.planning.situation import Situation
from zonewright.planning.writing import brought_to


def contest_with_adoption(situation: Situation, candidates: tuple[Candidate, ...]) -> tuple[Situation, Contest]:
    """Who gets what, and the situation in which he does: with the record sets that are taken over as ours.

    All who may take something over are believed to, at first. Those who then lose are left out, and it is looked at
    again: at the end each record set that counts as ours has somebody who takes it.
    """
    takings: Takings = {c: keys for c in candidates if (keys := _may_take(situation, c))}
    told: dict[Candidate, Refusal | str] = {}  # why they lost before they were left out; a text: who has the name
    while True:
        view = situation.adopting(frozenset().union(*takings.values()))
        result = contest(view, candidates, takings)
        taken = frozenset[Key]().union(*(takings.get(winner, ()) for winner in result.winners.values()))
        if view.adopted == taken:
            return view, _explained(result, told)
        lost: list[tuple[Candidate, Refusal | str]] = [*result.refused, *result.outsiders]
        told = {c: why for c, why in lost if c in takings} | told
        takings = {c: keys for c, keys in takings.items() if keys <= taken}


def _may_take(situation: Situation, candidate: Candidate) -> frozenset[Key]:
    """The record sets of nobody that a candidate takes over if it gets what it asks for."""
    endpoint, managed = candidate.endpoint, situation.rules.managed
    if candidate.adopt is Adopt.NONE or candidate.wanted[0].problem or not endpoint.targets:
        return frozenset()
    if (held := situation.held.get(endpoint.key)) is not None:
        fits = candidate.adopt is Adopt.ALWAYS or brought_to(held.endpoint, endpoint) is held.endpoint
        return frozenset({endpoint.key}) if situation.is_nobodys(held) and fits else frozenset()
    if candidate.adopt is not Adopt.ALWAYS:
        return frozenset()
    alone = situation.rules.stands_alone
    return frozenset(
        key
        for key, held in situation.held.items()
        if key.rtype in managed and key.set_identifier == endpoint.set_identifier
        if situation.is_nobodys(held) and alone(held.endpoint) != alone(endpoint)
    )


def _explained(result: Contest, told: Mapping[Candidate, Refusal | str]) -> Contest:
    """Who asked for adoption in vain hears why, instead of how to ask for it."""
    if not result.refused and not told:
        return result
    outside = {c: why for c, _ in result.refused if isinstance(why := told.get(c), str)}
    refused = tuple((c, _why_not(c, refusal, told.get(c))) for c, refusal in result.refused if c not in outside)
    return replace(result, refused=refused, outsiders=(*result.outsiders, *outside.items()))


def _why_not(candidate: Candidate, refusal: Refusal, before: Refusal | str | None) -> Refusal:
    if isinstance(before, Refusal):
        return before
    if refusal.reason is not Reason.NOT_OWNED or refusal.holder is None or candidate.adopt is Adopt.NONE:
        return refusal
    standing, wanted = refusal.holder.endpoint, candidate.endpoint
    why = f"the {standing.rtype} record of this name has no owner"
    if standing.key != wanted.key:
        why += f", and adopt={candidate.adopt} does not take it over"
        more = "with adopt=always a record gives way to one that cannot stand beside it; any other, delete by hand"
    elif candidate.adopt is Adopt.EQUAL and brought_to(standing, wanted) is not standing:
        why += f" and is not what is asked for ({_shown(standing)})"
        more = "adopt=equal leaves it alone; adopt=always takes it over and changes it"
    else:
        more = "it is not taken over, since another object asks for something else at this name"
    return replace(refusal, message=f"{why}: {more}")


def _shown(endpoint: Endpoint) -> str:
    parts = [", ".join(endpoint.targets), f"ttl {endpoint.ttl}" if endpoint.ttl else ""]
    parts += [f"{name}={value}" for name, value in endpoint.properties]
    return "; ".join(filter(None, parts))
