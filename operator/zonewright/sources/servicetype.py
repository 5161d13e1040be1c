"""What stands behind a Service, by its type (ExternalDNS, source/service.go)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zonewright.model.reason import Problem
from zonewright.sources import clusterip, headless, loadbalancer, nodeport, records
from zonewright.sources.behind import Asked, Behind
from zonewright.sources.fields import Object, text, texts
from zonewright.sources.lookups import HOST, Ref


def type_of(obj: Object) -> str:
    """One of LoadBalancer, ClusterIP, NodePort, ExternalName."""
    return text(obj, "spec", "type") or "ClusterIP"


def behind(asked: Asked, internal: bool = False) -> Behind:
    """What a name of the Service leads to: the annotation `target` wins over all else.

    internal  whether it is a name of the annotation internal-hostname
    """
    if asked.terms.targets or asked.terms.ignored:
        return Behind(asked.terms.targets, asked.none("is left out"))
    return _BY_TYPE.get(type_of(asked.obj), _unknown)(asked, internal)


def tells_internal(obj: Object) -> bool:
    """Whether names of internal-hostname lead elsewhere than those of hostname."""
    return type_of(obj) in ("LoadBalancer", "ClusterIP") and not clusterip.headless(obj)


def unpublished(asked: Asked) -> bool:
    """Whether names of the Service have no targets for this alone, that its cluster addresses are not published."""
    internal = type_of(asked.obj) == "ClusterIP" and not clusterip.headless(asked.obj)
    return internal and not asked.terms.targets and not asked.settings.publish_internal_services


def follows(asked: Asked) -> frozenset[Ref]:
    """The objects on which `behind` rests."""
    obj = asked.obj
    if asked.terms.targets or asked.terms.ignored:
        return frozenset()
    match type_of(obj):
        case "NodePort":
            return nodeport.follows(obj)
        case "ClusterIP" if clusterip.headless(obj):
            return headless.follows(asked)
        case "LoadBalancer" if _resolves(asked):
            return frozenset(Ref(HOST, "", host) for host in loadbalancer.hosts(obj))
    return frozenset()


def _resolves(asked: Asked) -> bool:
    return asked.settings.resolve_service_load_balancer_hostname and not texts(asked.obj, "spec", "externalIPs")


def _load_balancer(asked: Asked, internal: bool) -> Behind:
    """Addresses that were set by hand win over those that the cloud has reported."""
    obj = asked.obj
    if internal:
        return Behind(clusterip.addresses(obj), asked.none("has no cluster address"))
    if _resolves(asked):
        return _resolved(asked)
    return Behind(tuple(texts(obj, "spec", "externalIPs") or loadbalancer.addresses(obj)), _no_address_yet(asked))


def _resolved(asked: Asked) -> Behind:
    found, unresolved = loadbalancer.resolved(asked.obj, asked.lookups)
    if found or not unresolved:
        return Behind(tuple(found), _no_address_yet(asked), problems=unresolved)
    first, *others = unresolved
    return Behind((), first, problems=tuple(others))


def _no_address_yet(asked: Asked) -> Problem:
    return records.no_targets(f"the load balancer of {asked.terms.resource} has no address yet")


def _cluster_ip(asked: Asked, internal: bool) -> Behind:
    if clusterip.headless(asked.obj):
        return headless.behind(asked)
    return clusterip.behind(asked, publish=internal or asked.settings.publish_internal_services)


def _external_name(asked: Asked, _: bool) -> Behind:
    found = texts(asked.obj, "spec", "externalIPs") or [text(asked.obj, "spec", "externalName")]
    return Behind(
        tuple(filter(None, found)), asked.none("has neither spec.externalName nor spec.externalIPs", lasting=True)
    )


def _unknown(asked: Asked, _: bool) -> Behind:
    return Behind((), asked.none("is of a type that has no known address; set the annotation target", lasting=True))


_BY_TYPE: Mapping[str, Callable[[Asked, bool], Behind]] = {
    "LoadBalancer": _load_balancer,
    "ClusterIP": _cluster_ip,
    "NodePort": lambda asked, _: nodeport.behind(asked),
    "ExternalName": _external_name,
}
