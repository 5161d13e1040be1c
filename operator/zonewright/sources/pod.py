"""Pods: hostnames of their annotations; their own addresses, or those of their node (ExternalDNS, source/pod.go)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from zonewright.model.claim import Claim
from zonewright.model.hostname import printable, spelled
from zonewright.model.kind import NODE, POD, Kind
from zonewright.settings import Settings
from zonewright.sources import compatibility, node, records, templated, templates
from zonewright.sources.annotations import Annotations
from zonewright.sources.fields import Object, every, items, metadata, only, pairs, part, resource, text
from zonewright.sources.lookups import Lookups, Ref
from zonewright.sources.terms import Terms, terms

NAME = "pod"


@dataclass(frozen=True, slots=True)
class _Way:
    """What a name leads to, and the reason where that is nothing."""

    targets: tuple[str, ...]
    absent: str


def claims(obj: Object, lookups: Lookups, settings: Settings) -> tuple[Claim, ...]:
    """What a Pod in scope asks for. Its phase does not count: what has an address is published."""
    annotations = Annotations.of(obj, settings.annotation_prefix)
    # Annotations of routing policies and of providers do not count on pods.
    agreed = replace(terms(annotations, resource(POD, obj)), set_identifier="", properties={})
    combine = settings.combine_fqdn_annotation
    found = _claims(_names(obj, annotations, agreed, lookups, settings), agreed)
    found = templated.otherwise(found, lambda: templated.pairs(obj, NAME, agreed, settings), combine=combine)
    return templated.otherwise(found, lambda: _of_template(obj, agreed, settings), combine=combine)


def _claims(names: Iterator[tuple[str, _Way]], agreed: Terms) -> tuple[Claim, ...]:
    """A name that is asked for in several ways leads to the targets of all of them."""
    ways: dict[str, list[_Way]] = {}
    for name, way in names:
        ways.setdefault(spelled(name), []).append(way)
    found: list[Claim] = []
    for name, several in ways.items():
        targets = records.targets_of(target for way in several for target in way.targets)
        found += records.claims([name], targets, agreed, records.no_targets(several[0].absent))
    return tuple(found)


def _names(
    obj: Object, annotations: Annotations, agreed: Terms, lookups: Lookups, settings: Settings
) -> Iterator[tuple[str, _Way]]:
    """Every name of a pod. The annotation `target` wins, but not over the annotations of kops."""
    itself, host = _itself(obj, agreed), _host(obj, agreed, lookups)
    for name in annotations.listed("internal-hostname"):
        yield name, _redirected(itself, agreed)
    for name in annotations.hostnames():
        yield name, _redirected(host, agreed)
    if settings.compatibility == compatibility.KOPS:
        notes = pairs(obj, "metadata", "annotations")
        yield from ((name, itself) for name in compatibility.listed(notes.get(compatibility.KOPS_INTERNAL)))
        yield from ((name, host) for name in compatibility.listed(notes.get(compatibility.KOPS_EXTERNAL)))
    if settings.pod_source_domain:
        yield f"{text(obj, 'metadata', 'name')}.{settings.pod_source_domain}", _redirected(itself, agreed)


def _redirected(way: _Way, agreed: Terms) -> _Way:
    return replace(way, targets=agreed.targets) if agreed.targets else way


def _itself(obj: Object, agreed: Terms) -> _Way:
    address = text(obj, "status", "podIP")
    return _Way((address,) if address else (), f"{agreed.resource} has no address yet")


def _host(obj: Object, agreed: Terms, lookups: Lookups) -> _Way:
    """The node's addresses that can be reached from outside: those of IPv6 are taken for such, whatever they are
    called, and whether the pod is in the network of its node does not count."""
    name = text(obj, "spec", "nodeName")
    found = lookups.get(NODE, "", name) if name else None
    if found is None:
        where = f"its node {printable(name)} does not exist" if name else "it is on no node yet"
        return _Way((), f"{agreed.resource} cannot be reached from outside: {where}")
    written = (*node.addresses(found, "ExternalIP"), *node.internal_ipv6(found))
    return _Way(written, f"node/{printable(name)}, on which {agreed.resource} runs, has no external address")


def _of_template(obj: Object, agreed: Terms, settings: Settings) -> tuple[Claim, ...]:
    """Names of the template lead to all addresses of the pod, and to nothing else."""
    rendered = templates.hostnames(obj, NAME, settings)
    addresses = tuple(filter(None, (text(entry, "ip") for entry in items(obj, "status", "podIPs"))))
    way = _Way(addresses, f"{agreed.resource} has no address yet")
    failed = templated.failed(settings.fqdn_template, agreed, rendered.problems)
    return (*_claims(((name, way) for name in rendered.names), agreed), *failed)


def other_network(obj: Object, _: Lookups, settings: Settings) -> str | None:
    """Why --ignore-non-host-network-pods leaves a pod out."""
    if settings.ignore_non_host_network_pods and part(obj, "spec").get("hostNetwork") is not True:
        return "it is not in the network of its host, see --ignore-non-host-network-pods"
    return None


def lookups(_: Settings) -> tuple[Kind, ...]:
    """A pod is reached at its node."""
    return (NODE,)


def follows(obj: Object, _: Lookups, settings: Settings) -> frozenset[Ref]:
    """Its node, where a name of it leads there."""
    name = text(obj, "spec", "nodeName")
    return frozenset([Ref(NODE, "", name)]) if name and _leads_to_node(obj, settings) else frozenset()


def _leads_to_node(obj: Object, settings: Settings) -> bool:
    annotations = Annotations.of(obj, settings.annotation_prefix)
    if annotations.hostnames() and not annotations.targets():
        return True
    older = pairs(obj, "metadata", "annotations").get(compatibility.KOPS_EXTERNAL)
    return settings.compatibility == compatibility.KOPS and bool(compatibility.listed(older))


def project(obj: Object) -> dict[str, Any]:
    """The fields that are read here and by headless Services and those of type NodePort."""
    status = part(obj, "status")
    return {
        "metadata": metadata(obj, "deletionTimestamp"),
        "spec": only(part(obj, "spec"), "nodeName", "hostname", "hostNetwork"),
        "status": only(status, "phase", "podIP", "podIPs", "hostIP")
        | {"conditions": [c for c in every(items(status, "conditions"), "type", "status") if c.get("type") == "Ready"]},
    }
