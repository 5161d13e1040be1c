"""Reading objects that the API server has decoded: what is absent, or of another type, is the harmless empty value.

What JSON calls an object is a dict here, always: to ask whether it is any Mapping takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zonewright.model.claim import Resource
from zonewright.model.kind import Kind

Object = Mapping[str, Any]

_NOTHING: Object = {}
_METADATA = ("name", "namespace", "uid", "creationTimestamp", "labels", "annotations")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"  # a copy of the whole object


def part(obj: Any, *path: str) -> Object:
    """The mapping at a path; empty where there is none."""
    for step in path:
        obj = obj.get(step) if isinstance(obj, dict) else None
    return obj if isinstance(obj, dict) else _NOTHING


def text(obj: Any, *path: str) -> str:
    """The text at a path; "" where there is none."""
    value = part(obj, *path[:-1]).get(path[-1])
    return value if isinstance(value, str) else ""


def items(obj: Any, *path: str) -> list[Any]:
    """The list at a path; empty where there is none."""
    value = part(obj, *path[:-1]).get(path[-1])
    return value if isinstance(value, list) else []


def texts(obj: Any, *path: str) -> list[str]:
    """The entries of a list that are text and not empty."""
    return [entry for entry in items(obj, *path) if isinstance(entry, str) and entry]


def pairs(obj: Any, *path: str) -> dict[str, str]:
    """The entries of a mapping that are text: labels, annotations."""
    return {key: value for key, value in part(obj, *path).items() if isinstance(value, str)}


def whole(obj: Object) -> dict[str, Any]:
    """An object with all that a person may want to read of it."""
    return {**obj, "metadata": _without_noise(part(obj, "metadata"))}


def _without_noise(meta: Object) -> dict[str, Any]:
    kept = {key: value for key, value in meta.items() if key not in ("managedFields", "resourceVersion")}
    if _LAST_APPLIED in part(meta, "annotations"):
        kept["annotations"] = {key: value for key, value in meta["annotations"].items() if key != _LAST_APPLIED}
    return kept


def resource(kind: Kind, obj: Object) -> Resource:
    """The object as the one who asks, in the version in which it was read."""
    meta = part(obj, "metadata")
    return Resource(
        kind=kind.kind,
        namespace=text(meta, "namespace"),
        name=text(meta, "name"),
        api_version=text(obj, "apiVersion") or kind.api_version,
        uid=text(meta, "uid"),
        created=text(meta, "creationTimestamp"),
    )


def metadata(obj: Object, *more: str) -> dict[str, Any]:
    """The metadata in use. resourceVersion is none of it: it changes when nothing that counts has changed."""
    return _without_noise(only(part(obj, "metadata"), *_METADATA, *more))


def only(obj: Object, *names: str) -> dict[str, Any]:
    """The fields of these names that are there."""
    return {name: obj[name] for name in names if name in obj}


def every(entries: Iterable[Any], *names: str) -> list[dict[str, Any]]:
    """The same of each entry of a list."""
    return [only(entry, *names) for entry in entries if isinstance(entry, Mapping)]


def conditions(entry: Any, kind: str) -> list[Object]:
    """The conditions of one type; the API allows one at most."""
    return [condition for condition in items(entry, "conditions") if text(condition, "type") == kind]
