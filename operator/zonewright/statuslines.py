"""What is to be said of a DNSEndpoint: a line for each of its entries, and for what its objects got wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from zonewright.claims.book import Book, Slot
from zonewright.model.claim import Claim
from zonewright.model.endpoint import RESOURCE_LABEL, Endpoint, Key
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Problem
from zonewright.model.timestamp import timestamp
from zonewright.sources.dnsendpoint import Reading
from zonewright.zones.status import Line

NOBODY: Mapping[str, float] = MappingProxyType({})


def entry_lines(
    reading: Reading, outcomes: Mapping[int, Outcome], claims: Iterable[Claim] = (), held: Mapping[str, float] = NOBODY
) -> Iterable[Line]:
    """The entries of spec.endpoints, in their order.

    claims  those that the object was generated for
    held    objects whose targets are missing, and until when they are waited for, in seconds since the epoch
    """
    notes = _notes(reading, claims)
    for entry in sorted(reading.endpoints.keys() | reading.problems.keys()):
        endpoint, fault = reading.endpoints.get(entry), reading.problems.get(entry)
        problems = (fault.problem,) if fault else ()
        if endpoint is not None:
            who, outcome = endpoint.label(RESOURCE_LABEL) or "", outcomes[entry]
            said = (*notes.get(entry, ()), *_held(who, held))
            yield Line(*endpoint.key, who, outcome, problems, said, held=who in held)
            yield from (Line(*_key(other, endpoint), who, other) for other in outcome.elsewhere)
        elif fault is not None:
            yield Line(fault.name, fault.rtype, fault.set_identifier, str(reading.resource), None, problems)


def _key(outcome: Outcome, asked: Endpoint) -> Key:
    """Of what came beside the record set that was asked for, its own."""
    return outcome.endpoint.key if outcome.endpoint else asked.key


def _notes(reading: Reading, claims: Iterable[Claim]) -> Mapping[int, tuple[str, ...]]:
    """By entry. What is said of a record set that is not there, since nothing of it is left, goes to the first one."""
    places = {endpoint.key: entry for entry, endpoint in reading.endpoints.items()}
    first = min(reading.endpoints, default=0)
    found = {entry: dict.fromkeys(texts) for entry, texts in reading.notes.items()}
    for note in (note for claim in claims for note in claim.notes):
        found.setdefault(places.get(note.about, first), {})[note.text] = None
    return {entry: tuple(texts) for entry, texts in found.items()}


def claim_lines(slot: Slot, book: Book, held: Mapping[str, float] = NOBODY) -> list[Line]:
    """What the objects that ask for a hostname got wrong, each with the object that it is about."""
    problems: dict[str, dict[Problem, None]] = {}
    for claim in book.at(slot):
        problems.setdefault(str(claim.resource), {}).update(dict.fromkeys(claim.problems))
    return [
        Line(slot.hostname, "", "", resource, None, tuple(found), _held(resource, held))
        for resource, found in problems.items()
        if found
    ]


def _held(resource: str, held: Mapping[str, float]) -> tuple[str, ...]:
    """What is published in the stead of targets that are missing."""
    if resource not in held:
        return ()
    return (f"the last targets of {resource} stay until {timestamp(held[resource])} (--hold-missing-targets)",)
