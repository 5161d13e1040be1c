"""Services of type NodePort: the addresses of nodes, and SRV records with the ports.

With externalTrafficPolicy Local a node answers only where a pod of the Service runs. Of such nodes those count that
have the best pods: ready ones, or else ready ones that are being stopped, or else any that run (ExternalDNS,
source/service.go).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum

from zonewright.model.endpoint import RecordType
from zonewright.model.kind import NODE, POD
from zonewright.settings import Settings
from zonewright.sources import node
from zonewright.sources.behind import Asked, Behind
from zonewright.sources.fields import Object, conditions, items, pairs, part, text
from zonewright.sources.lookups import Ref

PUBLIC, PRIVATE = "public", "private"  # values of the annotation `access`


class _Tier(IntEnum):
    """How good a pod is at answering; the higher, the better."""

    RUNNING = 1
    STOPPING = 2
    READY = 3


def behind(asked: Asked) -> Behind:
    """Addresses of the nodes at which the Service can be reached, and its ports there."""
    obj, settings = asked.obj, asked.settings
    access, doubts = asked.word("access", (PUBLIC, PRIVATE))
    candidates = [found for found in _nodes(asked) if not node.unschedulable(found, asked.lookups, settings)]
    targets = _addresses(candidates, access, settings)
    absent = asked.none(_why_none(obj, candidates, access))
    return Behind(tuple(targets), absent, ports=_ports(obj, settings), problems=doubts)


def follows(obj: Object) -> frozenset[Ref]:
    """All nodes; where only those with pods count, all pods of the namespace: the selector may match any."""
    home = text(obj, "metadata", "namespace")
    return frozenset([Ref(NODE), Ref(POD, home)] if _local(obj) else [Ref(NODE)])


def selects(service: Object, pod: Object) -> bool:
    """Whether the selector of a Service matches a pod; none at all matches every pod of the namespace."""
    labels = pairs(pod, "metadata", "labels")
    return all(labels.get(key) == value for key, value in pairs(service, "spec", "selector").items())


def external(found: Object, settings: Settings) -> list[str]:
    """The addresses at which a node is reached from outside. Internal ones of IPv6 often are: a flag tells."""
    return node.addresses(found, "ExternalIP") + (node.internal_ipv6(found) if settings.expose_internal_ipv6 else [])


def _local(obj: Object) -> bool:
    return text(obj, "spec", "externalTrafficPolicy") == "Local"


def _nodes(asked: Asked) -> Iterable[Object]:
    if not _local(asked.obj):
        return asked.lookups.every(NODE)
    tiers = _tiers(asked)
    found = {name: known for name in tiers if (known := asked.lookups.get(NODE, "", name)) is not None}
    best = max((tiers[name] for name in found), default=None)
    return [known for name, known in found.items() if tiers[name] == best]


def _tiers(asked: Asked) -> dict[str, _Tier]:
    """How good the best pod is that runs on each node, by the name of the node."""
    tiers: dict[str, _Tier] = {}
    for pod in asked.lookups.every(POD, asked.home):
        name = text(pod, "spec", "nodeName")
        if text(pod, "status", "phase") == "Running" and selects(asked.obj, pod):
            tiers[name] = max(_tier(pod), tiers.get(name, _Tier.RUNNING))
    return tiers


def _tier(pod: Object) -> _Tier:
    if not any(text(condition, "status") == "True" for condition in conditions(part(pod, "status"), "Ready")):
        return _Tier.RUNNING
    return _Tier.STOPPING if part(pod, "metadata").get("deletionTimestamp") else _Tier.READY


def _addresses(nodes: Sequence[Object], access: str, settings: Settings) -> list[str]:
    """Without a word on access the external ones, where any node has one."""
    public = [address for found in nodes for address in node.addresses(found, "ExternalIP")]
    if access == PRIVATE or (not access and not public):
        return [address for found in nodes for address in node.addresses(found, "InternalIP")]
    return [address for found in nodes for address in external(found, settings)]


def _why_none(obj: Object, nodes: Sequence[Object], access: str) -> str:
    if nodes:
        kind = {PUBLIC: "external", PRIVATE: "internal"}.get(access, "external or internal")
        return f"is of type NodePort, and none of its nodes has an {kind} address; see the annotation access"
    place = "where a pod of it runs, as externalTrafficPolicy Local demands" if _local(obj) else "in the cluster"
    return f"is of type NodePort, and there is no node {place}; nodes that are cordoned do not count"


def _ports(obj: Object, settings: Settings) -> dict[str, tuple[int, ...]]:
    """Ports of the nodes by the labels of their SRV records; none where such records are not to be written."""
    if RecordType.SRV in settings.exclude_record_types or RecordType.SRV not in settings.managed_record_types:
        return {}
    found: dict[str, tuple[int, ...]] = {}
    for entry in items(obj, "spec", "ports"):
        port = part(entry).get("nodePort")
        if isinstance(port, int) and 0 < port < 65_536:
            label = f"_{text(obj, 'metadata', 'name')}._{(text(entry, 'protocol') or 'TCP').lower()}"
            found[label] = (*found.get(label, ()), port)
    return found
