"""Headless Services: the addresses of their pods, together and each pod by its own name.

An endpoint of an EndpointSlice counts when a pod is behind it that the selector of the Service matches, and when it is
ready, or need not be. It leads to the targets that the pod names itself, or else to the addresses of its node, its host
or its own (ExternalDNS, source/service.go).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from zonewright.model.kind import ENDPOINTSLICE, NODE, POD
from zonewright.model.reason import Problem
from zonewright.sources import nodeport, slices
from zonewright.sources.annotations import Annotations
from zonewright.sources.behind import Asked, Behind
from zonewright.sources.fields import Object, part, text
from zonewright.sources.lookups import Ref
from zonewright.sources.slices import Endpoint


class Place(StrEnum):
    """Whose addresses are published. The values are those of the annotation endpoints-type."""

    POD = ""
    NODE = "NodeExternalIP"
    HOST = "HostIP"


@dataclass(frozen=True, slots=True)
class _Member:
    """What one endpoint adds: targets, and the hostname of its pod; `lacks`: what it lacks where it has no targets."""

    targets: tuple[str, ...] = ()
    hostname: str = ""
    lacks: str = ""


def behind(asked: Asked) -> Behind:
    """The targets of all endpoints, and those of single pods by their hostnames."""
    place, doubts = _place(asked)
    members = [_member(endpoint, place, asked) for endpoint in _endpoints(asked)]
    targets = tuple(target for member in members for target in member.targets)
    pods: dict[str, tuple[str, ...]] = {}
    for member in members:
        if member.hostname and member.targets:
            pods[member.hostname] = (*pods.get(member.hostname, ()), *member.targets)
    return Behind(targets, asked.none(_why_none(members)), dict(sorted(pods.items())), problems=doubts)


def follows(asked: Asked) -> frozenset[Ref]:
    """Its slices, the pods that they name, and the nodes of these where node addresses are published."""
    pods = {endpoint.pod for endpoint in _endpoints(asked) if endpoint.pod}
    refs = {Ref(ENDPOINTSLICE, asked.home, asked.terms.resource.name), *(Ref(POD, asked.home, pod) for pod in pods)}
    if _place(asked)[0] is Place.NODE:
        found = (asked.lookups.get(POD, asked.home, pod) for pod in pods)
        refs |= {Ref(NODE, "", name) for pod in found if (name := text(pod, "spec", "nodeName"))}
    return frozenset(refs)


def _place(asked: Asked) -> tuple[Place, tuple[Problem, ...]]:
    value, doubts = asked.word("endpoints-type", (Place.NODE, Place.HOST))
    flagged = Place.HOST if asked.settings.publish_host_ip else Place.POD
    return Place(value) or flagged, doubts


def _endpoints(asked: Asked) -> Iterator[Endpoint]:
    for found in asked.lookups.slices(asked.home, asked.terms.resource.name):
        yield from slices.endpoints(found)


def _member(endpoint: Endpoint, place: Place, asked: Asked) -> _Member:
    pod = asked.lookups.get(POD, asked.home, endpoint.pod) if endpoint.pod else None
    if not (endpoint.ready or _takes_unready(asked)):
        return _Member(lacks="not ready (spec.publishNotReadyAddresses publishes them all the same)")
    if place is Place.POD and not endpoint.is_address:
        return _Member(lacks="names, not addresses")
    if pod is None or not nodeport.selects(asked.obj, pod):
        return _Member(lacks="of no pod that the selector matches")
    named = Annotations.of(pod, asked.settings.annotation_prefix).targets()
    targets, lacks = (named, "") if named else _addresses(pod, endpoint, place, asked)
    return _Member(tuple(targets), text(pod, "spec", "hostname"), lacks)


def _takes_unready(asked: Asked) -> bool:
    always = asked.settings.always_publish_not_ready_addresses
    return always or part(asked.obj, "spec").get("publishNotReadyAddresses") is True


def _addresses(pod: Object, endpoint: Endpoint, place: Place, asked: Asked) -> tuple[list[str], str]:
    """And what is missing where there are none."""
    match place:
        case Place.NODE:
            return _node_addresses(text(pod, "spec", "nodeName"), asked)
        case Place.HOST:
            return list(filter(None, [text(pod, "status", "hostIP")])), "of pods that have no host yet"
    return list(endpoint.addresses[:1]), "without an address"


def _node_addresses(name: str, asked: Asked) -> tuple[list[str], str]:
    found = asked.lookups.get(NODE, "", name)
    if found is None:
        return [], "on nodes that are not known (nodes are watched where --service-type-filter admits NodePort)"
    return nodeport.external(found, asked.settings), "on nodes without an external address"


def _why_none(members: Iterable[_Member]) -> str:
    """Without numbers: they would change with every pod, and the status with them."""
    lacks = sorted({member.lacks for member in members})
    if not lacks:
        return "is headless, and no pod is behind it: it has no endpoints yet"
    who = "they are" if len(lacks) == 1 else "some are"
    reasons = "; ".join(f"{who} {why}" for why in lacks)
    return f"is headless, and none of its endpoints has an address to publish: {reasons}"
