"""Nodes: their own name or that of a template, and their addresses (ExternalDNS, source/node.go)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from zonewright.model.claim import Claim
from zonewright.model.endpoint import RecordType, type_of
from zonewright.model.kind import NODE
from zonewright.settings import Settings
from zonewright.sources import records, templated, templates
from zonewright.sources.annotations import Annotations
from zonewright.sources.fields import Object, every, items, metadata, part, resource, text
from zonewright.sources.lookups import Lookups
from zonewright.sources.terms import Terms, terms

NAME = "node"


def claims(obj: Object, lookups: Lookups, settings: Settings) -> tuple[Claim, ...]:
    """What a Node in scope asks for. Its own name is none of it where a template makes names."""
    agreed = _terms(obj, settings)
    combine = settings.combine_fqdn_annotation
    made_up = settings.fqdn_template or settings.fqdn_target_template
    own = [text(obj, "metadata", "name")] if combine or not made_up else []
    found = _named(own, obj, agreed, settings)
    found = templated.otherwise(found, lambda: templated.pairs(obj, NAME, agreed, settings), combine=combine)
    return templated.otherwise(found, lambda: _of_template(obj, agreed, settings), combine=combine)


def _terms(obj: Object, settings: Settings) -> Terms:
    """Annotations of routing policies and of providers do not count on nodes."""
    found = terms(Annotations.of(obj, settings.annotation_prefix), resource(NODE, obj))
    return replace(found, set_identifier="", properties={})


def _named(hostnames: Iterable[str], obj: Object, agreed: Terms, settings: Settings) -> tuple[Claim, ...]:
    written = agreed.targets or _own_addresses(obj, settings)
    absent = records.no_targets(f"{agreed.resource} has no address, neither an ExternalIP nor an InternalIP")
    return records.claims(hostnames, records.targets_of(written), agreed, absent)


def _of_template(obj: Object, agreed: Terms, settings: Settings) -> tuple[Claim, ...]:
    rendered = templates.hostnames(obj, NAME, settings)
    failed = templated.failed(settings.fqdn_template, agreed, rendered.problems)
    return (*_named(rendered.names, obj, agreed, settings), *failed)


def _own_addresses(obj: Object, settings: Settings) -> list[str]:
    """Those at which it is reached from outside, else the internal ones. Internal ones of IPv6 often are reached from
    outside, too: a flag tells."""
    outside = addresses(obj, "ExternalIP")
    if not outside:
        return addresses(obj, "InternalIP")
    return outside + internal_ipv6(obj) if settings.expose_internal_ipv6 else outside


def internal_ipv6(obj: Object) -> list[str]:
    """The IPv6 addresses among those of type InternalIP."""
    return [address for address in addresses(obj, "InternalIP") if type_of(address) is RecordType.AAAA]


def addresses(obj: Object, kind: str) -> list[str]:
    """status.addresses of one type, such as ExternalIP."""
    found = (text(entry, "address") for entry in items(obj, "status", "addresses") if text(entry, "type") == kind)
    return [address for address in found if address]


def unschedulable(obj: Object, _: Lookups, settings: Settings) -> str | None:
    """Why a cordoned node is left out."""
    if settings.exclude_unschedulable and part(obj, "spec").get("unschedulable") is True:
        return "it is unschedulable; --no-exclude-unschedulable publishes it all the same"
    return None


def project(obj: Object) -> dict[str, Any]:
    """The fields that are read here and by Services of type NodePort."""
    return {
        "metadata": metadata(obj),
        "spec": {"unschedulable": part(obj, "spec").get("unschedulable") is True},
        "status": {"addresses": every(items(obj, "status", "addresses"), "type", "address")},
    }
