"""Objects of Kubernetes as templates see them: by the names that Go gives their fields, or by those of JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zonewright.gotemplate.kubernetes.core import INGRESS, META, NODE, SERVICE
from zonewright.gotemplate.kubernetes.gateway import ROUTES
from zonewright.gotemplate.kubernetes.pods import POD
from zonewright.gotemplate.kubernetes.scalars import SCALARS
from zonewright.gotemplate.schema import Schema
from zonewright.gotemplate.values import Struct, Value, typed

# What ExternalDNS calls the unstructured view (source/template/engine.go).
_BY_JSON = {
    "Object by JSON's names": "Name, Namespace, Kind=kind, APIVersion=apiVersion, Labels map, Annotations map,"
    " Metadata object, Spec object, Status object, Object=Object object",
}
SCHEMA = Schema({**META, **SERVICE, **INGRESS, **NODE, **POD, **ROUTES, **_BY_JSON}, SCALARS)


def by_go(kind: str, obj: Mapping[str, Any]) -> Value:
    """.Spec.ExternalName, .Status.LoadBalancer.Ingress, .ObjectMeta.Labels; what is absent has its zero value.

    kind: of the object, such as "Service"; one of which nothing is known has its metadata and what is there.
    """
    return typed(SCHEMA.struct(kind), obj)


def by_json(obj: Mapping[str, Any]) -> Value:
    """.Spec.externalName, .Object.spec.externalName; and Name, Namespace, Labels and Annotations as they are in Go."""
    meta = obj.get("metadata")
    shortcuts = dict.fromkeys(("name", "namespace", "labels", "annotations"))
    if isinstance(meta, Mapping):
        shortcuts = {key: meta.get(key) for key in shortcuts}
    return Struct(SCHEMA.struct("Object by JSON's names"), {**obj, **shortcuts, "Object": dict(obj)})
