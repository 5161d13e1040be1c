"""The sources, by the name that --source gives them. A new kind of object to publish names for is one entry here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zonewright.model.claim import Claim
from zonewright.model.kind import DNSENDPOINT, GATEWAY, HTTPROUTE, INGRESS, NAMESPACE, SERVICE, Kind
from zonewright.model.marks import is_generated, is_generated_by
from zonewright.settings import Settings
from zonewright.sources import dnsendpoint, gateway, httproute, ingress, parents, route, scope, service
from zonewright.sources.fields import Object
from zonewright.sources.lookups import Lookups

Project = Callable[[Object], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Source:
    """How objects of one kind ask for hostnames.

    name     the value of --source
    claims   what an object in scope asks for: pure, and never raises; None for DNSEndpoints, which are read as they
             stand (`dnsendpoint.read`)
    project  an object without the fields that are not in use; two objects with equal projections ask for the same
    refuses  why the source leaves an object out, over and above `scope.outside`
    lookups  other kinds that `claims` asks about, with their projections
    parents  (namespace, name) of the Gateways on which the claims of an object depend
    """

    name: str
    kind: Kind
    claims: Callable[[Object, Lookups, Settings], tuple[Claim, ...]] | None
    project: Project
    refuses: Callable[[Object, Settings], str | None] | None = None
    lookups: Mapping[Kind, Project] = field(default_factory=dict)
    parents: Callable[[Object], frozenset[tuple[str, str]]] | None = None


_GATEWAYS: Mapping[Kind, Project] = {GATEWAY: gateway.project, NAMESPACE: gateway.project_namespace}

# In the order of ExternalDNS's documentation, which is also the order in which equal claims of several kinds stand.
SOURCES = (
    Source("ingress", INGRESS, ingress.claims, ingress.project, refuses=ingress.other_class),
    Source("service", SERVICE, service.claims, service.project),
    Source(
        "gateway-httproute",
        HTTPROUTE,
        httproute.claims,
        route.project,
        lookups=_GATEWAYS,
        parents=parents.gateways,
    ),
    Source(dnsendpoint.SOURCE, DNSENDPOINT, None, dict),
)
DEFAULT_SOURCES = tuple(source.name for source in SOURCES)


def enabled(settings: Settings) -> tuple[Source, ...]:
    """The sources that --source names, each once, in the order of the catalog."""
    return tuple(source for source in SOURCES if source.name in settings.source)


def out_of_scope(obj: Object, source: Source, settings: Settings) -> str | None:
    """Why an object asks for nothing, for a debug line; None when its claims count."""
    if source.claims is None:
        return reads_dnsendpoint(obj, settings)
    return scope.outside(obj, settings) or (source.refuses(obj, settings) if source.refuses else None)


def reads_dnsendpoint(obj: Object, settings: Settings) -> str | None:
    """Why a DNSEndpoint is left out; None when it is read.

    What this installation has generated is always read: its sources have been through the filters. The annotation
    `controller` is not looked at (ExternalDNS likewise).
    """
    if is_generated_by(obj, settings.txt_owner_id):
        return scope.elsewhere(obj, settings)
    if is_generated(obj):
        return f"a Zonewright with another owner id than {settings.txt_owner_id!r} has generated it"
    if dnsendpoint.SOURCE not in settings.source:
        return f"{dnsendpoint.SOURCE} is not among the values of --source"
    return scope.elsewhere(obj, settings) or scope.filtered(obj, settings)
