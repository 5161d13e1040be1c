"""The DNSEndpoint of a slot, as it should be in the API server."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from zonewright.claims.book import Slot
from zonewright.claims.merge import merged, rank
from zonewright.claims.naming import fallback_name, object_name
from zonewright.model.adopt import ADOPT_WORDS, Adopt, strongest
from zonewright.model.claim import Claim, Resource
from zonewright.model.endpoint import Endpoint
from zonewright.model.kind import DNSENDPOINT
from zonewright.model.marks import (
    ADOPT_ANNOTATION,
    ADOPT_FROM_ANNOTATION,
    HOSTNAME_ANNOTATION,
    MANAGED_BY,
    MANAGED_BY_LABEL,
    OWNER_ID_LABEL,
    hostname_of,
    is_generated_by,
    owner_label,
)

__all__ = [
    "annotations_to_write",
    "differs",
    "fallback_name",
    "is_generated",
    "manifest",
    "object_name",
    "of_other_kinds",
    "slot_of",
]

_ADOPTION = (ADOPT_ANNOTATION, ADOPT_FROM_ANNOTATION)
_REFERENCE = ("apiVersion", "kind", "name", "uid")


def manifest(slot: Slot, claims: Sequence[Claim], owner_id: str, name: str) -> dict[str, Any]:
    """The object to create, or to bring an existing one in line with. Equal claims give equal manifests."""
    ordered = sorted(claims, key=rank)
    return {
        "apiVersion": DNSENDPOINT.api_version,
        "kind": DNSENDPOINT.kind,
        "metadata": {
            "name": name,
            "namespace": slot.namespace,
            "labels": {MANAGED_BY_LABEL: MANAGED_BY, OWNER_ID_LABEL: owner_label(owner_id)},
            "annotations": {HOSTNAME_ANNOTATION: slot.hostname, **_adoption(ordered)},
            "ownerReferences": _references(claim.resource for claim in ordered),
        },
        "spec": {"endpoints": [_entry(endpoint) for endpoint in merged(ordered)]},
    }


def _references(resources: Iterable[Resource]) -> list[dict[str, Any]]:
    """Every object that asks is an owner, so that the garbage collector removes the object with the last of them.

    None is the controller, since there may be several; none blocks its own deletion, which would take more rights.
    """
    by_uid = {r.uid: r for r in resources if r.uid}
    return [
        {"apiVersion": r.api_version, "kind": r.kind, "name": r.name, "uid": r.uid, "controller": False}
        for r in by_uid.values()
    ]


def _adoption(ordered: Iterable[Claim]) -> dict[str, str]:
    """What the strongest of the claims says, and whose it is."""
    by_wish = {claim.adopt: str(claim.resource) for claim in ordered}
    adopt = strongest(by_wish)
    return {} if adopt is Adopt.NONE else {ADOPT_ANNOTATION: str(adopt), ADOPT_FROM_ANNOTATION: by_wish[adopt]}


def _entry(endpoint: Endpoint) -> dict[str, Any]:
    """An entry of spec.endpoints; fields without a value are left out."""
    entry = {
        "dnsName": endpoint.name,
        "recordType": str(endpoint.rtype),
        "targets": list(endpoint.targets),
        "recordTTL": endpoint.ttl,
        "setIdentifier": endpoint.set_identifier,
        "labels": dict(endpoint.labels),
        "providerSpecific": [{"name": name, "value": value} for name, value in endpoint.properties],
    }
    return {key: value for key, value in entry.items() if value}


def is_generated(obj: Mapping[str, Any], owner_id: str) -> bool:
    """Whether the installation of this owner id has written the object."""
    return is_generated_by(obj, owner_id)


def of_other_kinds(obj: Mapping[str, Any], kinds: Container[tuple[str, str]]) -> bool:
    """Whether an object was generated for kinds, (group, kind), that are not among these: by another installation of
    the same owner id, that reads other sources."""
    references = obj["metadata"].get("ownerReferences") or ()
    groups = (((ref.get("apiVersion") or "").rpartition("/")[0], ref.get("kind") or "") for ref in references)
    return any(group not in kinds for group in groups)


def slot_of(obj: Mapping[str, Any]) -> Slot | None:
    """The slot that an object was generated for; None for an object that says none."""
    hostname = hostname_of(obj)
    return None if hostname is None else Slot(obj["metadata"].get("namespace") or "", hostname)


def differs(existing: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether an object has to be written: by the fields that are ours, so labels of others never cause a write."""
    found, annotations = existing["metadata"].get("annotations"), annotations_to_write(existing, wanted)
    return _chosen(found, annotations) != list(annotations.values()) or _ours(existing, wanted) != _ours(wanted, wanted)


def annotations_to_write(existing: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, str | None]:
    """Those of a merge patch. What an object has asked for goes when it asks no more; what a person has set stays,
    unless an object dares more."""
    found = existing["metadata"].get("annotations") or {}
    marks: dict[str, str | None] = dict(wanted["metadata"]["annotations"])
    if ADOPT_FROM_ANNOTATION in found:
        return {**dict.fromkeys(_ADOPTION), **marks}
    given, asked = found.get(ADOPT_ANNOTATION), Adopt(marks.get(ADOPT_ANNOTATION) or "")
    if given in ADOPT_WORDS and strongest((Adopt(given), asked)) == given:
        return {key: value for key, value in marks.items() if key not in _ADOPTION}
    return marks


def _ours(obj: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[Any, ...]:
    meta, marks = obj["metadata"], wanted["metadata"]
    return (
        _chosen(meta.get("labels"), marks["labels"]),
        sorted(tuple(str(ref.get(key)) for key in _REFERENCE) for ref in meta.get("ownerReferences") or ()),
        (obj.get("spec") or {}).get("endpoints") or [],
    )


def _chosen(found: Mapping[str, Any] | None, keys: Iterable[str]) -> list[Any]:
    return [(found or {}).get(key) for key in keys]
