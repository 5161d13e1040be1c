"""What one parent says to a route: which names it serves, with which targets, or why none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zonewright.model.hostname import printable
from zonewright.model.kind import Kind
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings
from zonewright.sources import gateway, places, precedence, records
from zonewright.sources.hostnames import intersection
from zonewright.sources.listeners import Knock, doors
from zonewright.sources.lookups import Lookups, Ref
from zonewright.sources.parents import Parent, label
from zonewright.sources.places import Place
from zonewright.sources.precedence import Layer

_MOST = 3  # as many listeners are told of, lest a message outgrow its field


@dataclass(frozen=True, slots=True)
class Caller:
    """The route that asks, as its parents see it.

    names    what it asks for, as `hostnames.asked` has it
    targets  those of its own annotation
    """

    kind: Kind
    protocols: frozenset[str]
    namespace: str
    names: Sequence[str]
    targets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What one parent says.

    open     hostnames of the listeners that take the route
    served   (asked, served) names
    targets  empty where there is a problem
    """

    parent: Ref
    problem: Problem | None = None
    open: tuple[str, ...] = ()
    served: frozenset[tuple[str, str]] = frozenset()
    targets: tuple[str, ...] = ()
    layers: tuple[Layer, ...] = ()

    def why_not(self, name: str) -> Problem:
        """Why a name that it does not serve is not served: an address would not help."""
        if self.problem and self.problem.reason is not Reason.NO_TARGETS:
            return self.problem
        hostnames = _listed([printable(hostname) for hostname in dict.fromkeys(self.open)], ", ")
        who = f"no listener of {label(self.parent)} that takes the route"
        return Problem(Reason.SOURCE_NOT_READY, f"{who} has a hostname that covers {name}: there are {hostnames}", True)


def answer(parent: Parent, caller: Caller, lookups: Lookups, settings: Settings) -> Answer:
    """What one parent says."""
    ref = parent.ref
    place = places.find(ref.object, lookups, settings)
    if isinstance(place, Problem):
        return Answer(ref.object, place)
    knock = Knock(caller.kind, caller.namespace, caller.protocols, ref.section, ref.port)
    found = doors(place.owner, knock, lookups, place.closed)
    if not found.hostnames:
        return Answer(ref.object, place.refusal or _refused(ref.object, found.refusals))
    targets = caller.targets or precedence.targets(place.layers) or gateway.addresses(place.gateway)
    problem = place.refusal or parent.refusal or (None if targets else _no_address(place))
    served = frozenset(_matches(caller.names, found.hostnames))
    return Answer(ref.object, problem, tuple(found.hostnames), served, () if problem else tuple(targets), place.layers)


def _matches(names: Sequence[str], hostnames: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        for hostname in hostnames:
            if match := intersection(hostname, name):
                yield name, match


def _refused(who: Ref, refusals: Sequence[str]) -> Problem:
    return Problem(Reason.SOURCE_NOT_READY, f"{label(who)} does not take the route: {_listed(refusals, '; ')}")


def _no_address(place: Place) -> Problem:
    return records.no_targets(f"{place.address} has no address yet")


def _listed(texts: Sequence[str], separator: str) -> str:
    return separator.join([*texts[:_MOST], *(["…"] if len(texts) > _MOST else [])])
