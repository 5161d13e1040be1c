"""EndpointSlices: which Service they belong to, and the pods behind it."""

from __future__ import annotations

from typing import Any

from zonewright.sources.fields import Object, every, items, only, pairs, part

SERVICE_LABEL = "kubernetes.io/service-name"


def service_of(obj: Object) -> str:
    """The name of the Service that a slice belongs to, in the slice's namespace; "" for a slice of nobody."""
    return pairs(obj, "metadata", "labels").get(SERVICE_LABEL, "")


def project(obj: Object) -> dict[str, Any]:
    """The fields that are read of a slice."""
    meta = only(part(obj, "metadata"), "name", "namespace")
    endpoints = every(items(obj, "endpoints"), "addresses", "conditions", "targetRef")
    return {
        "metadata": meta | {"labels": {SERVICE_LABEL: service_of(obj)}},
        "addressType": obj.get("addressType"),
        "endpoints": endpoints,
    }
