"""--compatibility: names that annotations of older tools ask for (ExternalDNS, source/compatibility.go).

Their records have the provider's time to live and no properties: the annotations of today say nothing about them.
"""

from __future__ import annotations

from collections.abc import Iterator

from zonewright.model.kind import NODE
from zonewright.settings import Settings
from zonewright.sources import loadbalancer, node, nodeport
from zonewright.sources.behind import Asked, Behind
from zonewright.sources.fields import Object, pairs, text
from zonewright.sources.lookups import Ref

MATE = "zalando.org/dnsname"
MOLECULE = "domainName"
MOLECULE_LABEL = ("dns", "route53")
KOPS_EXTERNAL = "dns.alpha.kubernetes.io/external"
KOPS_INTERNAL = "dns.alpha.kubernetes.io/internal"
KOPS_NODE = "node-role.kubernetes.io/node"  # label of the nodes that are no control plane
KOPS = "kops-dns-controller"


def hostnames(obj: Object, settings: Settings) -> tuple[str, ...]:
    """The names that a Service asks for in the older way."""
    notes = pairs(obj, "metadata", "annotations")
    match settings.compatibility:
        case "mate":
            return tuple(filter(None, [notes.get(MATE)]))
        case "molecule" if pairs(obj, "metadata", "labels").get(MOLECULE_LABEL[0]) == MOLECULE_LABEL[1]:
            return listed(notes.get(MOLECULE))
        case "kops-dns-controller":
            return (*listed(notes.get(KOPS_EXTERNAL)), *listed(notes.get(KOPS_INTERNAL)))
    return ()


def listed(value: str | None) -> tuple[str, ...]:
    """A comma list without its blanks and empty items."""
    return tuple(item for item in (value or "").replace(" ", "").split(",") if item)


def behind(asked: Asked) -> Behind:
    """What these names lead to: the load balancer, and with kops the nodes of a Service of type NodePort."""
    obj, settings = asked.obj, asked.settings
    if settings.compatibility != KOPS or text(obj, "spec", "type") == "LoadBalancer":
        return Behind(tuple(loadbalancer.addresses(obj)), asked.none("has no load balancer, or one without address"))
    if not _at_nodes(obj, settings):
        return Behind(
            (), asked.none(f"is of another type than {KOPS} publishes: LoadBalancer or NodePort", lasting=True)
        )
    notes = pairs(obj, "metadata", "annotations")
    if KOPS_EXTERNAL in notes and KOPS_INTERNAL in notes:
        both = f"both {KOPS_EXTERNAL} and {KOPS_INTERNAL}"
        return Behind(
            (),
            asked.none(f"is of type NodePort and has {both}, of which one alone counts; take one away", lasting=True),
        )
    kind = "external" if KOPS_EXTERNAL in notes else "internal"
    absent = asked.none(f"is of type NodePort, and no node with the label {KOPS_NODE} has an {kind} address")
    return Behind(tuple(_node_addresses(kind == "external", asked)), absent)


def follows(obj: Object, settings: Settings) -> frozenset[Ref]:
    """The nodes, where these names lead to them."""
    return frozenset([Ref(NODE)]) if _at_nodes(obj, settings) and hostnames(obj, settings) else frozenset()


def _at_nodes(obj: Object, settings: Settings) -> bool:
    return settings.compatibility == KOPS and text(obj, "spec", "type") == "NodePort"


def _node_addresses(external: bool, asked: Asked) -> Iterator[str]:
    for found in asked.lookups.every(NODE):
        if KOPS_NODE in pairs(found, "metadata", "labels"):
            yield from nodeport.external(found, asked.settings) if external else node.addresses(found, "InternalIP")
