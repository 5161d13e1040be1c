"""EndpointSlices: which Service they belong to, and the pods behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zonewright.sources.fields import Object, items, only, pairs, part, text, texts

SERVICE_LABEL = "kubernetes.io/service-name"
_ADDRESS_TYPES = ("IPv4", "IPv6")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint of a slice.

    addresses   of one kind; more than one stand for one and the same, so the first will do
    is_address  whether they are addresses, not names
    ready       also where nothing is said (discovery.k8s.io/v1, EndpointConditions)
    pod         the name of the pod in the slice's namespace; "" where something else, or nothing, is behind it
    """

    addresses: tuple[str, ...]
    is_address: bool
    ready: bool
    pod: str


def service_of(obj: Object) -> str:
    """The name of the Service that a slice belongs to, in the slice's namespace; "" for a slice of nobody."""
    return pairs(obj, "metadata", "labels").get(SERVICE_LABEL, "")


def endpoints(obj: Object) -> Iterator[Endpoint]:
    """The endpoints of a slice, in their order."""
    is_address = text(obj, "addressType") in _ADDRESS_TYPES
    for entry in items(obj, "endpoints"):
        ready = part(entry, "conditions").get("ready") is not False
        yield Endpoint(tuple(texts(entry, "addresses")), is_address, ready, _pod(part(entry, "targetRef")))


def _pod(ref: Object) -> str:
    """The core API has no group, and its objects are referred to without apiVersion (ExternalDNS likewise)."""
    return text(ref, "name") if text(ref, "kind") == "Pod" and not text(ref, "apiVersion") else ""


def project(obj: Object) -> dict[str, Any]:
    """The fields that are read here; what becomes of serving and terminating changes nothing."""
    meta = only(part(obj, "metadata"), "name", "namespace")
    return {
        "metadata": meta | {"labels": {SERVICE_LABEL: service_of(obj)}},
        "addressType": obj.get("addressType"),
        "endpoints": [_projected(entry) for entry in items(obj, "endpoints")],
    }


def _projected(entry: Any) -> dict[str, Any]:
    return {
        "addresses": texts(entry, "addresses")[:1],
        "conditions": only(part(entry, "conditions"), "ready"),
        "targetRef": only(part(entry, "targetRef"), "apiVersion", "kind", "name"),
    }
