"""Routes of the Gateway API, of any kind: a route names hosts, its Gateways say which of them they serve, and where.

Each Gateway gives an answer: pairs of the name that was asked for and the name that comes of it, and targets, or else
a problem. A name is published with the targets of all Gateways that serve it, and unpublished with all their problems.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zonewright.model.claim import Claim
from zonewright.model.hostname import InvalidName
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
from zonewright.sources import gateway, records
from zonewright.sources.annotations import Annotations, HostnameSource
from zonewright.sources.fields import Object, conditions, every, items, metadata, only, part, resource, text, texts
from zonewright.sources.lookups import Lookups, Ref
from zonewright.sources.parents import Parent, gateways, parents
from zonewright.sources.scope import other_controller
from zonewright.sources.terms import Terms, terms

LISTENERS_NAME = ""  # asked for by a route without hostnames: whatever name the listener has
_MOST_REFUSALS = 3  # as many listeners are told why, lest a message outgrow its field


@dataclass(frozen=True, slots=True)
class RouteType:
    """A kind of route, and the protocols of listeners that it can be attached to."""

    kind: Kind
    protocols: frozenset[str]

    def claims(self, obj: Object, lookups: Lookups, settings: Settings) -> tuple[Claim, ...]:
        """What a route in scope asks for."""
        return claims(self, obj, lookups, settings)


HTTP = RouteType(HTTPROUTE, frozenset({"HTTP", "HTTPS"}))
GRPC = RouteType(GRPCROUTE, frozenset({"HTTP", "HTTPS"}))
TLS = RouteType(TLSROUTE, frozenset({"TLS"}))
TCP = RouteType(TCPROUTE, frozenset({"TCP", "TLS"}))  # TLS too, as ExternalDNS has it
UDP = RouteType(UDPROUTE, frozenset({"UDP"}))


@dataclass(frozen=True, slots=True)
class Answer:
    """What one Gateway says: (asked, served) names, and targets or the problem for want of which there are none."""

    gateway: tuple[str, str]
    served: frozenset[tuple[str, str]] = frozenset()
    targets: tuple[str, ...] = ()
    problem: Problem | None = None


def claims(kind: RouteType, obj: Object, lookups: Lookups, settings: Settings) -> tuple[Claim, ...]:
    """What a route in scope asks for."""
    annotations = Annotations.of(obj, settings.annotation_prefix)
    source, doubts = annotations.hostname_source("gateway-hostname-source")
    agreed = terms(annotations, resource(kind.kind, obj), doubts)
    asked, invalid = _checked(_hostnames(obj, annotations, source), agreed)
    answers = [_answer(parent, kind, asked, agreed, lookups, settings) for parent in parents(obj)]
    return (*_served(answers, agreed), *_unserved(asked, answers, agreed), *invalid)


def _hostnames(obj: Object, annotations: Annotations, source: HostnameSource) -> list[str]:
    """ExternalDNS, source/gateway.go: without hostnames of its own a route stands for those of the listeners, unless
    the annotation on the source of hostnames asks for one side alone."""
    defined = texts(obj, "spec", "hostnames")
    match source:
        case HostnameSource.ANNOTATION:
            return annotations.hostnames()
        case HostnameSource.DEFINED:
            return defined
    return [*(defined or [LISTENERS_NAME]), *annotations.hostnames()]


def _checked(hostnames: Iterable[str], terms: Terms) -> tuple[list[str], list[Claim]]:
    """Canonical names, each once, and claims that say why the others are none."""
    asked: dict[str, None] = {}
    invalid: dict[str, Claim] = {}
    for hostname in hostnames:
        try:
            asked[records.hostname_of(hostname) if hostname else LISTENERS_NAME] = None
        except InvalidName as e:
            claim = records.invalid(hostname, terms, e)
            invalid.setdefault(claim.hostname, claim)
    return list(asked), list(invalid.values())


def _answer(
    parent: Parent, kind: RouteType, asked: Sequence[str], terms: Terms, lookups: Lookups, settings: Settings
) -> Answer:
    ref = parent.ref
    found = lookups.get(GATEWAY, *ref.gateway)
    if found is None:
        return Answer(ref.gateway, problem=Problem(Reason.SOURCE_NOT_READY, f"{ref} does not exist"))
    if foreign := other_controller(found, settings):
        return Answer(ref.gateway, problem=Problem(Reason.FILTERED, f"{ref} is left out: {foreign}"))
    knock = gateway.Knock(kind.kind, terms.resource.namespace, kind.protocols, ref.section, ref.port)
    doors, refusals = gateway.doors(found, knock, lookups)
    if not doors:
        return Answer(ref.gateway, problem=_refused(f"{ref} does not take the route", refusals))
    served = frozenset((name, match) for name in asked for door in doors if (match := gateway.intersection(door, name)))
    targets = terms.targets or Annotations.of(found, settings.annotation_prefix).targets() or gateway.addresses(found)
    problem = parent.refusal or (None if targets else records.no_targets(f"{ref} has no address yet"))
    return Answer(ref.gateway, served, () if problem else tuple(targets), problem)


def _refused(sentence: str, refusals: Sequence[str]) -> Problem:
    more = ["…"] if len(refusals) > _MOST_REFUSALS else []
    return Problem(Reason.SOURCE_NOT_READY, f"{sentence}: {'; '.join([*refusals[:_MOST_REFUSALS], *more])}")


def _served(answers: Sequence[Answer], terms: Terms) -> list[Claim]:
    """A claim for each name that a listener serves, in a fixed order."""
    servers: dict[str, dict[int, Answer]] = {}
    for number, answer in enumerate(answers):
        for _, served in answer.served:
            servers.setdefault(served, {})[number] = answer
    return [_claim(name, list(by_number.values()), terms) for name, by_number in sorted(servers.items())]


def _claim(hostname: str, answers: Sequence[Answer], terms: Terms) -> Claim:
    """Two answers of one Gateway (two listeners, two controllers): one that is good is good enough."""
    good = {answer.gateway for answer in answers if not answer.problem}
    doubts = dict.fromkeys(a.problem for a in answers if a.problem and a.gateway not in good)
    targets = records.targets_of(target for answer in answers for target in answer.targets)
    if not targets and not targets.problems and not terms.ignored:
        return records.unpublished(hostname, terms, *doubts)
    return records.claim(hostname, targets, replace(terms, problems=(*terms.problems, *doubts)), _outside(hostname))


def _unserved(asked: Sequence[str], answers: Sequence[Answer], terms: Terms) -> list[Claim]:
    """A claim for each name that was asked for and that no listener serves, under whatever name."""
    heard = {name for answer in answers for name, _ in answer.served}
    names = [name for name in asked if name != LISTENERS_NAME and name not in heard]
    problems = tuple(dict.fromkeys(answer.problem for answer in answers if answer.problem and not answer.served))
    return [_unserved_claim(name, problems, answers, terms) for name in names]


def _unserved_claim(name: str, problems: Sequence[Problem], answers: Sequence[Answer], terms: Terms) -> Claim:
    if terms.ignored:
        return records.claim(name, records.targets_of(()), terms, _outside(name))
    if not answers:
        nobody = Problem(Reason.SOURCE_NOT_READY, f"{terms.resource} has no Gateway among its parents")
        return records.unpublished(name, terms, nobody)
    return records.unpublished(name, terms, *(problems or (_outside(name),)))


def _outside(hostname: str) -> Problem:
    return Problem(
        Reason.SOURCE_NOT_READY, f"no listener of the route's Gateways has a hostname that covers {hostname}"
    )


def lookups(settings: Settings) -> tuple[Kind, ...]:
    """What stands between a route and its addresses."""
    return (GATEWAY, NAMESPACE, LISTENERSET) if settings.gateway_listener_sets else (GATEWAY, NAMESPACE)


def follows(obj: Object, _: Lookups, __: Settings) -> frozenset[Ref]:
    """Its Gateways, and the labels of its namespace."""
    home = text(obj, "metadata", "namespace")
    return frozenset([Ref(NAMESPACE, "", home), *(Ref(GATEWAY, *parent) for parent in gateways(obj))])


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
