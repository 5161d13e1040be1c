"""Who gets what at a name: refused ones are out, one namespace has the name, CNAMEs give way, and of the rest each
record set has one winner.

A name belongs to one namespace: to the one that holds it already, else to the one that asked first. Otherwise anybody
could take over, or add to, a name of somebody else (ExternalDNS joins them all; --allow-cross-namespace-merge).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from zonewright.model.endpoint import ADDRESS_TYPES, Key, RecordType
from zonewright.model.reason import Reason
from zonewright.planning.candidates import Candidate, choose
from zonewright.planning.refusals import Refusal, lasting, refusal
from zonewright.planning.situation import Situation


@dataclass(frozen=True, slots=True)
class Contest:
    """winners by key; losers want a record set that a winner has; refused get none, each with the reason; outsiders
    are of another namespace than the one that has the name, each with who has it.
    """

    winners: Mapping[Key, Candidate]
    losers: tuple[Candidate, ...]
    refused: tuple[tuple[Candidate, Refusal], ...]
    outsiders: tuple[tuple[Candidate, str], ...] = ()

    @property
    def wanted_keys(self) -> frozenset[Key]:
        """Everything that somebody asks for, whether he gets it or not."""
        return frozenset(self.winners) | {candidate.endpoint.key for candidate, _ in self.refused}


Takings = Mapping[Candidate, frozenset[Key]]
_NONE: Takings = MappingProxyType({})


def contest(situation: Situation, candidates: Iterable[Candidate], takings: Takings = _NONE) -> Contest:
    """Refused ones are out before the rest is compared: what cannot come must not keep out what can.

    takings  who takes over which record sets of nobody (see `adoption`), and so holds them already
    """
    objections = [(candidate, _objection(situation, candidate)) for candidate in candidates]
    outsiders = _outsiders(situation, objections, takings)
    objections = [(c, objection) for c, objection in objections if id(c) not in {id(out) for out, _ in outsiders}]
    others = [c for c, objection in objections if objection is None and c.endpoint.rtype != RecordType.CNAME]
    refused = []
    by_key: dict[Key, list[Candidate]] = {}
    for candidate, objection in objections:
        rivals = _rivals(situation, candidate, others)
        if rivals and _could_come(objection):
            refused.append((candidate, _must_yield(rivals)))
        elif objection is not None:
            refused.append((candidate, objection))
        else:
            by_key.setdefault(candidate.endpoint.key, []).append(candidate)
    winners = {key: choose(_takers(rivals, takings), situation.incumbent(key)) for key, rivals in by_key.items()}
    losers = tuple(c for key, rivals in by_key.items() for c in rivals if c is not winners[key])
    return Contest(winners, losers, tuple(refused), outsiders)


def _takers(rivals: list[Candidate], takings: Takings) -> list[Candidate]:
    """Of the rivals for a record set those who take it over, if any do."""
    return [candidate for candidate in rivals if candidate.endpoint.key in takings.get(candidate, ())] or rivals


def _rivals(situation: Situation, candidate: Candidate, others: Sequence[Candidate]) -> Sequence[Candidate]:
    """Those of other types that a CNAME gives way to. To an alias only addresses are: it would have others there."""
    if situation.rules.is_alias(candidate.endpoint):
        return [other for other in others if other.endpoint.rtype in ADDRESS_TYPES]
    return others if candidate.endpoint.rtype == RecordType.CNAME else ()


def _outsiders(
    situation: Situation, objections: Iterable[tuple[Candidate, Refusal | None]], takings: Takings
) -> tuple[tuple[Candidate, str], ...]:
    """Those for whom only the name is wrong: it is another namespace's. Record sets that a set identifier tells apart
    are as good as names of their own."""
    if situation.rules.across_namespaces:
        return ()
    claimed: dict[str, list[tuple[Candidate, Refusal | None]]] = {}
    for candidate, objection in objections:
        if not (candidate.wanted[0].derived or candidate.wanted[0].problem):
            claimed.setdefault(candidate.endpoint.set_identifier, []).append((candidate, objection))
    found: list[tuple[Candidate, str]] = []
    for set_identifier, rivals in claimed.items():
        if not (viable := [candidate for candidate, objection in rivals if _could_come(objection)]):
            continue
        holder = _holder(viable, situation.incumbents(set_identifier), takings)
        who = ", ".join(sorted({w.resource for c in viable if c.namespace == holder for w in c.wanted if w.resource}))
        others = (c for c, _ in rivals if c.namespace != holder and not lasting(situation, c.endpoint))
        found += [(candidate, who or f"namespace {holder}") for candidate in others]
    return tuple(found)


def _holder(candidates: Sequence[Candidate], incumbents: frozenset[str], takings: Takings) -> str:
    """The namespace that has a name: that of an object that holds it and still asks for it, else of one that takes it
    over, else of the first to ask."""
    holding = [c for c in candidates if any(c.asked_by(resource) for resource in incumbents)]
    holding = holding or [c for c in candidates if c in takings]
    return min(holding or candidates, key=lambda c: (c.since, c.namespace)).namespace


def _objection(situation: Situation, candidate: Candidate) -> Refusal | None:
    problem = candidate.wanted[0].problem  # one with a problem is alone in its candidate
    return Refusal(problem.reason, problem.message) if problem else refusal(situation, candidate.endpoint)


def _could_come(objection: Refusal | None) -> bool:
    """Whether nothing but time or policy stands against a candidate."""
    return objection is None or objection.reason in (Reason.PENDING, Reason.POLICY)


def _must_yield(others: Sequence[Candidate]) -> Refusal:
    """What a CNAME is told where others are wanted (ExternalDNS, plan/conflict.go; there by set identifier)."""
    types = " and ".join(sorted({other.endpoint.rtype for other in others}))
    who = ", ".join(sorted({w.resource for other in others for w in other.wanted if w.resource})) or "another object"
    why = f"{who} asks for {types} records of this name, and a CNAME cannot stand beside them: it gives way"
    return Refusal(Reason.CNAME_CONFLICT, why)
