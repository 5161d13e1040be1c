"""The sources, by the name that --source gives them. A new kind of object to publish names for is one entry here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from zonewright.model.claim import Claim
from zonewright.model.kind import (
    ENDPOINTSLICE,
    GATEWAY,
    GRPCROUTE,
    HTTPROUTE,
    INGRESS,
    INGRESSCLASS,
    LISTENERSET,
    NAMESPACE,
    NODE,
    POD,
    SERVICE,
    TCPROUTE,
    TLSROUTE,
    UDPROUTE,
    Kind,
)
from zonewright.model.marks import is_generated, is_generated_by, shows_held_deletes
from zonewright.settings import Settings
from zonewright.sources import (
    dnsendpoint,
    gateway,
    grants,
    ingress,
    node,
    pod,
    route,
    scope,
    service,
    slices,
    transforms,
)
from zonewright.sources.fields import Object, whole
from zonewright.sources.lookups import Lookups, Ref

Claims = Callable[[Object, Lookups, Settings], tuple[Claim, ...]]
Project = Callable[[Object], dict[str, Any]]


def _nothing(_: Settings) -> tuple[Kind, ...]:
    return ()


def _no_refs(_: Object, __: Lookups, ___: Settings) -> frozenset[Ref]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """How objects of one kind ask for hostnames.

    name     the value of --source
    claims   what an object in scope asks for: pure, and never raises
    refuses  why the source leaves an object out, over and above `scope.outside`
    lookups  other kinds that `claims` asks about under these settings
    follows  those of their objects on which the claims of an object rest
    """

    name: str
    kind: Kind
    claims: Claims
    refuses: Callable[[Object, Lookups, Settings], str | None] | None = None
    lookups: Callable[[Settings], tuple[Kind, ...]] = _nothing
    follows: Callable[[Object, Lookups, Settings], frozenset[Ref]] = _no_refs


# An object without the fields that are not in use; two objects with equal projections ask for the same.
PROJECTIONS: Mapping[Kind, Project] = {
    INGRESS: ingress.project,
    INGRESSCLASS: ingress.project_class,
    SERVICE: service.project,
    POD: pod.project,
    NODE: node.project,
    ENDPOINTSLICE: slices.project,
    GATEWAY: gateway.project,
    LISTENERSET: gateway.project,
    NAMESPACE: gateway.project_namespace,
    **dict.fromkeys((HTTPROUTE, GRPCROUTE, TLSROUTE, TCPROUTE, UDPROUTE), route.project),
}
_BY_RESOURCE = {kind.resource: project for kind, project in PROJECTIONS.items()}
# Kinds that are good to know and not worth stopping for: where the right to list them is missing, they are left out.
OPTIONAL = frozenset({INGRESSCLASS})


def _route(name: str, kind: route.RouteType) -> Source:
    return Source(name, kind.kind, kind.claims, kind.nameless, route.lookups, route.follows)


# In the order of ExternalDNS's documentation, which is also the order in which equal claims of several kinds stand.
SOURCES = (
    Source("ingress", INGRESS, ingress.claims, ingress.other_class, ingress.lookups, ingress.follows),
    Source("service", SERVICE, service.claims, service.left_out, service.lookups, service.follows),
    _route("gateway-httproute", route.HTTP),
    _route("gateway-grpcroute", route.GRPC),
    _route("gateway-tlsroute", route.TLS),
    _route("gateway-tcproute", route.TCP),
    _route("gateway-udproute", route.UDP),
    Source("node", NODE, node.claims, node.unschedulable),
    Source("pod", POD, pod.claims, pod.other_network, pod.lookups, pod.follows),
)


def enabled(settings: Settings, served: Mapping[Kind, Kind] | None = None) -> tuple[Source, ...]:
    """The sources that --source names, each once, in the order of the catalog; DNSEndpoints are read as they stand.

    served  kinds that the cluster has in an older version only, with that one
    """
    wanted = (source for source in SOURCES if source.name in settings.source)
    return tuple(replace(source, kind=(served or {}).get(source.kind, source.kind)) for source in wanted)


def kinds_of(settings: Settings) -> frozenset[Kind]:
    """All kinds that the enabled sources read."""
    sources = enabled(settings)
    return frozenset(s.kind for s in sources) | {kind for s in sources for kind in s.lookups(settings)}


def namespace_of(kind: Kind, settings: Settings) -> str:
    """The namespace in which a kind is read; "" is all. What routes refer to may be elsewhere than the routes."""
    if kind.resource == GATEWAY.resource:
        return settings.gateway_namespace
    return settings.namespace if kind.namespaced and kind.resource != LISTENERSET.resource else ""


def projection(kind: Kind, settings: Settings) -> Project:
    """What is kept of objects of a kind: of those that a template names all, since it may ask for any field."""
    templated = settings.fqdn_template or settings.fqdn_target_template
    if templated and any(source.kind.resource == kind.resource for source in enabled(settings)):
        return whole
    return _BY_RESOURCE[kind.resource]


@dataclass(frozen=True, slots=True)
class Heard:
    """What an object asks for. silence: why it asks for nothing; None where there are claims.

    A claim without record sets has its reasons in its problems: so nothing is left out without one.
    """

    claims: tuple[Claim, ...] = ()
    silence: str | None = None


def heard(obj: Object, source: Source, lookups: Lookups, settings: Settings) -> Heard:
    """The claims of an object, with all that the settings make of them, or why there are none."""
    if (why := out_of_scope(obj, source, lookups, settings)) is not None:
        return Heard(silence=why)
    claims = grants.limited(transforms.applied(source.claims(obj, lookups, settings), settings), settings)
    return Heard(claims) if claims else Heard(silence="it asks for no hostname, in spec or annotations")


def out_of_scope(obj: Object, source: Source, lookups: Lookups, settings: Settings) -> str | None:
    """Why an object asks for nothing, for a debug line; None when its claims count."""
    return scope.outside(obj, settings) or (source.refuses(obj, lookups, settings) if source.refuses else None)


def reads_dnsendpoint(obj: Object, settings: Settings) -> str | None:
    """Why a DNSEndpoint is left out; None when it is read.

    What this installation has generated is always read: its sources have been through the filters. The annotation
    `controller` is not looked at (ExternalDNS likewise).
    """
    if shows_held_deletes(obj):
        return "it shows deletes that wait for a person, and asks for nothing"
    if is_generated_by(obj, settings.txt_owner_id):
        return scope.elsewhere(obj, settings)
    if is_generated(obj):
        return f"a Zonewright with another owner id than {settings.txt_owner_id!r} has generated it"
    if dnsendpoint.SOURCE not in settings.source:
        return f"{dnsendpoint.SOURCE} is not among the values of --source"
    return scope.elsewhere(obj, settings) or scope.filtered(obj, settings)
