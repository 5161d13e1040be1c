"""Pods: hostnames of their annotations; their own addresses, or those of their node."""

from __future__ import annotations

from typing import Any

from zonewright.model.claim import Claim
from zonewright.model.kind import NODE, Kind
from zonewright.settings import Settings
from zonewright.sources.fields import Object, every, items, metadata, only, part
from zonewright.sources.lookups import Lookups, Ref


def claims(obj: Object, lookups: Lookups, settings: Settings) -> tuple[Claim, ...]:
    """What a Pod in scope asks for."""
    return ()


def other_network(obj: Object, _: Lookups, settings: Settings) -> str | None:
    """Why --ignore-non-host-network-pods leaves a pod out."""
    if settings.ignore_non_host_network_pods and part(obj, "spec").get("hostNetwork") is not True:
        return "it is not in the network of its host, see --ignore-non-host-network-pods"
    return None


def lookups(_: Settings) -> tuple[Kind, ...]:
    """A pod is reached at its node."""
    return (NODE,)


def follows(obj: Object, _: Lookups, __: Settings) -> frozenset[Ref]:
    """Its node."""
    node = part(obj, "spec").get("nodeName")
    return frozenset([Ref(NODE, "", node)]) if isinstance(node, str) and node else frozenset()


def project(obj: Object) -> dict[str, Any]:
    """The fields that are read here and by headless Services and those of type NodePort."""
    status = part(obj, "status")
    return {
        "metadata": metadata(obj, "deletionTimestamp"),
        "spec": only(part(obj, "spec"), "nodeName", "hostname", "hostNetwork"),
        "status": only(status, "phase", "podIP", "podIPs", "hostIP")
        | {"conditions": [c for c in every(items(status, "conditions"), "type", "status") if c.get("type") == "Ready"]},
    }
