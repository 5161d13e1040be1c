"""Nodes: their own name or that of a template, and their addresses."""

from __future__ import annotations

from typing import Any

from zonewright.model.claim import Claim
from zonewright.model.kind import NODE
from zonewright.settings import Settings
from zonewright.sources import records
from zonewright.sources.annotations import Annotations
from zonewright.sources.fields import Object, every, items, metadata, part, resource, text
from zonewright.sources.lookups import Lookups
from zonewright.sources.terms import terms


def claims(obj: Object, lookups: Lookups, settings: Settings) -> tuple[Claim, ...]:
    """What a Node in scope asks for."""
    agreed = terms(Annotations.of(obj, settings.annotation_prefix), resource(NODE, obj))
    targets = records.targets_of(agreed.targets or addresses(obj, "ExternalIP"))
    absent = records.no_targets(f"{agreed.resource} has no address")
    return records.claims([text(obj, "metadata", "name")], targets, agreed, absent)


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
