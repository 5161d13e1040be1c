"""What annotations of Gateways and ListenerSets say about the routes below them.

One order for all: the route's own annotation wins, then the one of the ListenerSet, then the one of the Gateway; each
setting by itself. The table for users is in docs/sources/gateway.md, and the tests read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from zonewright.model.reason import Problem
from zonewright.sources.annotations import Annotations
from zonewright.sources.terms import Terms, terms

# What an object says of itself alone; everything else is about records, and holds for all that is below it.
PERSONAL = frozenset(
    {"adopt", "controller", "gateway-hostname-source", "hostname", "ignore", "internal-hostname", "retain", "shared"}
)


@dataclass(frozen=True, slots=True)
class Layer:
    """The annotations of one object above a route; owner: the object, as messages name it."""

    owner: str
    annotations: Annotations


def targets(layers: Iterable[Layer]) -> list[str]:
    """The nearest `target` annotation, as it is written; empty where there is none."""
    written = (layer.annotations.targets() for layer in layers)
    return next((found for found in written if found), [])


def below(layers: Iterable[Layer], annotations: Annotations, own: Terms) -> Terms:
    """The terms of a route below these layers, the nearest first; own: those of its annotations alone."""
    inherited = _inherited(layers, annotations)
    if not inherited:
        return own
    values = dict(annotations.values)
    problems = list(own.problems)
    for owner, given in inherited.items():
        values |= given
        alone = terms(Annotations(given), own.resource)
        problems += [Problem(problem.reason, f"{owner}: {problem.message}") for problem in alone.problems]
    return replace(terms(Annotations(values, annotations.prefix), own.resource), problems=tuple(problems))


def _inherited(layers: Iterable[Layer], annotations: Annotations) -> dict[str, dict[str, str]]:
    """What counts of each layer, by its owner. An empty annotation is what templates leave behind: as none."""
    known = {name for name, value in annotations.values.items() if value}
    found: dict[str, dict[str, str]] = {}
    for layer in layers:
        fresh = layer.annotations.values.keys() - known - PERSONAL
        given = {name: layer.annotations.values[name] for name in sorted(fresh) if layer.annotations.values[name]}
        known |= given.keys()
        if given:
            found.setdefault(layer.owner, {}).update(given)
    return found
