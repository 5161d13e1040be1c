"""Routes of the Gateway API, of any kind: a route names hosts, its parents say which of them they serve, and where.

A name is published with the targets of all parents that serve it, and unpublished with all their problems.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zonewright.model.claim import Claim
from zonewright.model.kind import (
    GATEWAY,
    GRPCROUTE,
    HTTPROUTE,
    LISTENERSET,
    NAMESPACE,
    TCPROUTE,
    TLSROUTE,
    UDPROUTE,
    Kind,
)
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings
from zonewright.sources import hostnames, listenerset, precedence, records
from zonewright.sources.annotations import Annotations
from zonewright.sources.answers import Answer, Caller, answer
from zonewright.sources.fields import Object, conditions, every, items, metadata, only, part, resource, text
from zonewright.sources.hostnames import LISTENERS_NAME, Asked
from zonewright.sources.lookups import Lookups, Ref
from zonewright.sources.parents import ParentRef, asked_for, parents
from zonewright.sources.terms import Terms, terms

_HOSTNAME_SOURCE = "gateway-hostname-source"
_MOST_PROBLEMS = 5  # told of one name: a route may have 32 parents


@dataclass(frozen=True, slots=True)
class RouteType:
    """A kind of route, and the protocols of listeners that it can be attached to."""

    kind: Kind
    protocols: frozenset[str]

    @property
    def source(self) -> str:
        """The name that --source gives it."""
        return f"gateway-{self.kind.kind.lower()}"

    def claims(self, obj: Object, lookups: Lookups, settings: Settings) -> tuple[Claim, ...]:
        """What a route in scope asks for."""
        return _Reading.of(self, obj, lookups, settings).claims()

    def nameless(self, obj: Object, lookups: Lookups, settings: Settings) -> str | None:
        """Why a route asks for nothing, where there is no name of which it could be told."""
        annotations = Annotations.of(obj, settings.annotation_prefix)
        counts, _ = annotations.hostname_source(_HOSTNAME_SOURCE)
        asked = hostnames.asked(obj, self.source, annotations, counts, settings)
        if asked.faults or set(asked.names) - {LISTENERS_NAME}:
            return None
        return _Reading.of(self, obj, lookups, settings).nameless()


HTTP = RouteType(HTTPROUTE, frozenset({"HTTP", "HTTPS"}))
GRPC = RouteType(GRPCROUTE, frozenset({"HTTP", "HTTPS"}))
TLS = RouteType(TLSROUTE, frozenset({"TLS"}))
TCP = RouteType(TCPROUTE, frozenset({"TCP", "TLS"}))  # TLS too, as ExternalDNS has it
UDP = RouteType(UDPROUTE, frozenset({"UDP"}))


@dataclass(frozen=True, slots=True)
class _Reading:
    """A route with all that its parents have answered."""

    annotations: Annotations
    terms: Terms
    asked: Asked
    answers: Sequence[Answer]

    @classmethod
    def of(cls, kind: RouteType, obj: Object, lookups: Lookups, settings: Settings) -> _Reading:
        annotations = Annotations.of(obj, settings.annotation_prefix)
        counts, doubts = annotations.hostname_source(_HOSTNAME_SOURCE)
        own = terms(annotations, resource(kind.kind, obj), doubts)
        asked = hostnames.asked(obj, kind.source, annotations, counts, settings)
        caller = Caller(kind.kind, kind.protocols, own.resource.namespace, asked.names, own.targets)
        answers = [answer(parent, caller, lookups, settings) for parent in parents(obj)]
        return cls(annotations, own, asked, answers)

    def claims(self) -> tuple[Claim, ...]:
        faults = (Claim(shown, (), self.terms.resource, why) for shown, why in self.asked.faults.items())
        return (*self._served(), *self._unserved(), *faults)

    def _served(self) -> list[Claim]:
        """A claim for each name that a listener serves, in a fixed order."""
        servers: dict[str, dict[int, Answer]] = {}
        for number, said in enumerate(self.answers):
            for _, served in said.served:
                servers.setdefault(served, {})[number] = said
        return [self._claim(name, list(by_number.values())) for name, by_number in sorted(servers.items())]

    def _claim(self, hostname: str, answers: Sequence[Answer]) -> Claim:
        """Two answers of one parent (two listeners, two controllers): one that is good is good enough."""
        good = {said.parent for said in answers if not said.problem}
        doubts = _told(said.problem for said in answers if said.parent not in good)
        targets = records.targets_of(target for said in answers for target in said.targets)
        if not targets and not targets.problems and not self.terms.ignored:
            return records.unpublished(hostname, self.terms, *doubts)
        layers = [layer for said in answers if not said.problem for layer in said.layers]
        agreed = precedence.below(layers, self.annotations, self.terms)
        return records.claim(hostname, targets, replace(agreed, problems=(*agreed.problems, *doubts)), self._nobody())

    def _unserved(self) -> list[Claim]:
        """A claim for each name that was asked for and that no listener serves, under whatever name."""
        heard = {name for said in self.answers for name, _ in said.served}
        return [self._refused(name) for name in self.asked.names if name != LISTENERS_NAME and name not in heard]

    def _refused(self, name: str) -> Claim:
        if self.terms.ignored:
            return records.claim(name, records.targets_of(()), self.terms, self._nobody())
        problems = _told(said.why_not(name) for said in self.answers)
        return records.unpublished(name, self.terms, *(problems or (self._nobody(),)))

    def _nobody(self) -> Problem:
        nobody = f"{self.terms.resource} has neither a Gateway nor a ListenerSet among its parents"
        return Problem(Reason.SOURCE_NOT_READY, nobody, lasting=True)

    def nameless(self) -> str | None:
        if any(said.served for said in self.answers):
            return None
        if not self.asked.names:
            return f"it has no hostname of those that its annotation {_HOSTNAME_SOURCE} lets count"
        problems = _told(said.problem for said in self.answers) if self.answers else (self._nobody(),)
        why = [problem.message for problem in problems] or ["the listeners that take it have none either"]
        return f"it has no hostname of its own: {'; '.join(why)}"


def _told(problems: Iterable[Problem | None]) -> tuple[Problem, ...]:
    """Each once, and no more than can be read."""
    return tuple(dict.fromkeys(problem for problem in problems if problem))[:_MOST_PROBLEMS]


def lookups(settings: Settings) -> tuple[Kind, ...]:
    """What stands between a route and its addresses."""
    return (GATEWAY, NAMESPACE, LISTENERSET) if settings.gateway_listener_sets else (GATEWAY, NAMESPACE)


def follows(obj: Object, lookups: Lookups, settings: Settings) -> frozenset[Ref]:
    """Its parents, the Gateways of the sets among them, and the namespaces whose labels may count."""
    enabled = [ref for ref in asked_for(obj) if ref.kind == GATEWAY or settings.gateway_listener_sets]
    behind = (ref for parent in enabled if parent.kind == LISTENERSET for ref in _behind(parent, lookups))
    home = text(obj, "metadata", "namespace")
    return frozenset([Ref(NAMESPACE, "", home), *(parent.object for parent in enabled), *behind])


def _behind(parent: ParentRef, lookups: Lookups) -> tuple[Ref, ...]:
    """What a set rests on in its turn."""
    found = lookups.get(LISTENERSET, parent.namespace, parent.name)
    whose = listenerset.gateway_of(found) if found is not None else None
    return (Ref(NAMESPACE, "", parent.namespace), whose) if whose else ()


def project(obj: Object) -> dict[str, Any]:
    """The fields that are read here."""
    return {
        "metadata": metadata(obj),
        "spec": only(part(obj, "spec"), "parentRefs", "hostnames"),
        "status": {"parents": [_projected(entry) for entry in items(obj, "status", "parents")]},
    }


def _projected(status: Any) -> dict[str, Any]:
    accepted = every(conditions(status, "Accepted"), "type", "status", "reason", "message")
    return {"parentRef": part(status, "parentRef"), "conditions": accepted}
