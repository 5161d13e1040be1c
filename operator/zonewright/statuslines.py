"""What is to be said of a DNSEndpoint: a line for each of its entries, and for what its objects got wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zonewright.claims.book import Book, Slot
from zonewright.model.endpoint import RESOURCE_LABEL
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Problem
from zonewright.sources.dnsendpoint import Reading
from zonewright.zones.status import Line


def entry_lines(reading: Reading, outcomes: Mapping[int, Outcome]) -> Iterable[Line]:
    """The entries of spec.endpoints, in their order."""
    for entry in sorted(reading.endpoints.keys() | reading.problems.keys()):
        endpoint, fault = reading.endpoints.get(entry), reading.problems.get(entry)
        problems = (fault.problem,) if fault else ()
        if endpoint is not None:
            yield Line(*endpoint.key, endpoint.label(RESOURCE_LABEL) or "", outcomes[entry], problems)
        elif fault is not None:
            yield Line(fault.name, fault.rtype, fault.set_identifier, str(reading.resource), None, problems)


def claim_lines(slot: Slot, book: Book) -> list[Line]:
    """What the objects that ask for a hostname got wrong, each with the object that it is about."""
    problems: dict[str, dict[Problem, None]] = {}
    for claim in book.at(slot):
        problems.setdefault(str(claim.resource), {}).update(dict.fromkeys(claim.problems))
    return [Line(slot.hostname, "", "", resource, None, tuple(found)) for resource, found in problems.items() if found]
