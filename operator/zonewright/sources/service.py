"""Services: hostnames of the annotation; targets by the type of the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zonewright.model.claim import Claim, Resource
from zonewright.model.hostname import printable
from zonewright.model.kind import ENDPOINTSLICE, NODE, POD, SERVICE, Kind
from zonewright.model.reason import Problem
from zonewright.settings import Settings
from zonewright.sources import loadbalancer, records
from zonewright.sources.annotations import Annotations
from zonewright.sources.fields import Object, metadata, only, part, resource, text, texts
from zonewright.sources.lookups import Lookups, Ref
from zonewright.sources.terms import terms


def claims(obj: Object, lookups: Lookups, settings: Settings) -> tuple[Claim, ...]:
    """What a Service in scope asks for. It has no hostname but those of its annotation."""
    annotations = Annotations.of(obj, settings.annotation_prefix)
    hostnames = annotations.hostnames()
    if not hostnames:
        return ()
    agreed = terms(annotations, resource(SERVICE, obj))
    targets = records.targets_of(agreed.targets or _own_targets(obj))
    return records.claims(hostnames, targets, agreed, _absent(obj, agreed.resource))


def _load_balancer(obj: Object) -> list[str]:
    """Addresses that were set by hand win over those that the cloud has reported."""
    return texts(obj, "spec", "externalIPs") or loadbalancer.addresses(obj)


_BY_TYPE: dict[str, Callable[[Object], list[str]]] = {"LoadBalancer": _load_balancer}


def _own_targets(obj: Object) -> list[str]:
    read = _BY_TYPE.get(_type(obj))
    return read(obj) if read else []


def _type(obj: Object) -> str:
    return text(obj, "spec", "type") or "ClusterIP"


def _absent(obj: Object, resource: Resource) -> Problem:
    if _type(obj) in _BY_TYPE:
        return records.no_targets(f"the load balancer of {resource} has no address yet")
    return records.no_targets(
        f"{resource} is of type {printable(_type(obj))}, of which no address is published; "
        "set the annotation target, or use the type LoadBalancer"
    )


def other_type(obj: Object, _: Lookups, settings: Settings) -> str | None:
    """Why --service-type-filter leaves the object out."""
    wanted = [kind for kind in settings.service_type_filter if kind]
    if not wanted or _type(obj) in wanted:
        return None
    return f"its type is {printable(_type(obj))}, not one of --service-type-filter={','.join(wanted)}"


def lookups(settings: Settings) -> tuple[Kind, ...]:
    """What Services of the types in question are made of (ExternalDNS, source/service.go)."""
    wanted = frozenset(settings.service_type_filter) - {""}
    pods = (POD, ENDPOINTSLICE) if not wanted or wanted & {"NodePort", "ClusterIP"} else ()
    return (*pods, NODE) if not wanted or "NodePort" in wanted else pods


def follows(obj: Object, _: Lookups, settings: Settings) -> frozenset[Ref]:
    """What the claims of a Service rest on."""
    return frozenset()


def project(obj: Object) -> dict[str, Any]:
    """The fields that are read here."""
    return {
        "metadata": metadata(obj),
        "spec": only(part(obj, "spec"), "type", "externalIPs"),
        "status": loadbalancer.project(obj),
    }
