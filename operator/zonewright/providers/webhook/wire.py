"""The JSON of the protocol, as Go writes and reads it: empty fields are left out, names of fields have no case.

Source: ExternalDNS, endpoint/endpoint.go and plan/plan.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zonewright.model.change import Action, Change
from zonewright.model.endpoint import Endpoint, Key
from zonewright.providers.base import Unavailable

MEDIA_TYPE = "application/external.dns.webhook+json;version=1"

Json = dict[str, Any]


def is_media_type(header: str) -> bool:
    """Whether a Content-Type is the protocol's; blanks and case do not count (RFC 9110, section 8.3.1)."""
    return header.replace(" ", "").lower() == MEDIA_TYPE


def to_wire(endpoint: Endpoint) -> Json:
    """A record set as it is sent."""
    wire: Json = {
        "dnsName": endpoint.name,
        "targets": list(endpoint.targets),
        "recordType": endpoint.rtype,
        "setIdentifier": endpoint.set_identifier,
        "recordTTL": endpoint.ttl,
        "labels": dict(endpoint.labels),
        "providerSpecific": [{"name": name, "value": value} for name, value in endpoint.properties],
    }
    return {name: value for name, value in wire.items() if value}


def from_wire(wire: Json) -> Endpoint | None:
    """A record set as it was sent to us, without labels; None for one without name or type."""
    fields = _folded(wire)
    name, rtype = _text(fields, "dnsname"), _text(fields, "recordtype")
    if not name or not rtype:
        return None
    ttl = fields.get("recordttl")
    return Endpoint.found(
        name,
        rtype,
        [str(target) for target in fields.get("targets") or ()],
        ttl=ttl if isinstance(ttl, int) else None,
        set_identifier=_text(fields, "setidentifier"),
        properties=dict(map(_property, fields.get("providerspecific") or ())),
    )


def labels_of(wire: Json) -> dict[str, str]:
    """What the provider has noted on a record set, for itself."""
    return {str(name): str(value) for name, value in (_folded(wire).get("labels") or {}).items()}


def read_endpoints(answer: object) -> list[tuple[Endpoint, Json]]:
    """Record sets, each with its JSON. Raises Unavailable for what is no list of them."""
    if answer is None:  # Go writes an empty list so
        return []
    if not isinstance(answer, list):
        raise Unavailable("the webhook answered what is no list of records")
    try:
        read = [(from_wire(wire), wire) for wire in answer]
    except (AttributeError, TypeError, ValueError) as e:
        raise Unavailable("the webhook answered with a record of another shape than the protocol's") from e
    return [(endpoint, wire) for endpoint, wire in read if endpoint is not None]


def changes_to_wire(changes: Iterable[Change], seen: Mapping[Key, Json]) -> Json:
    """The body of POST /records. seen: record sets that the provider spells in its own way; it gets those back."""
    body: dict[str, list[Json]] = {"create": [], "updateOld": [], "updateNew": [], "delete": []}
    for change in changes:
        old = _as_seen(change.old, seen) if change.old else {}
        match change.action:
            case Action.CREATE:
                body["create"].append(to_wire(change.endpoint))
            case Action.UPDATE:
                body["updateOld"].append(old)
                body["updateNew"].append(to_wire(change.endpoint))
            case Action.DELETE:
                body["delete"].append(old)
    return {name: wires for name, wires in body.items() if wires}


def peculiar(read: Iterable[tuple[Endpoint, Json]]) -> dict[Key, Json]:
    """Those record sets that the provider spells otherwise than we would, or has put labels on."""
    return {
        endpoint.key: wire
        for endpoint, wire in read
        if {name: value for name, value in wire.items() if value} != to_wire(endpoint)
    }


def _as_seen(old: Endpoint, seen: Mapping[Key, Json]) -> Json:
    wire = seen.get(old.key)
    standing = from_wire(wire) if wire is not None else None
    if wire is None or standing is None or not standing.same_targets(old):
        return to_wire(old)
    others = {name: value for name, value in wire.items() if name.lower() != "labels"}
    labels = labels_of(wire) | dict(old.labels)
    return others | {"labels": labels} if labels else others


def by_request(asked: Sequence[Endpoint], answered: Sequence[Endpoint]) -> dict[Key, Endpoint]:
    """What has become of each record set that was asked for, by its key; what the provider leaves out is missing.

    A provider may answer with another type (ALIAS for a CNAME): then it is the one answer about that name that nobody
    has asked for.
    """
    found = {endpoint.key: endpoint for endpoint in answered}
    keys = {endpoint.key for endpoint in asked}
    result = {}
    for endpoint in asked:
        became = found.get(endpoint.key) or _other_type(endpoint, answered, keys)
        if became is not None:
            result[endpoint.key] = became.with_labels(dict(endpoint.labels))
    return result


def _other_type(asked: Endpoint, answered: Iterable[Endpoint], keys: Iterable[Key]) -> Endpoint | None:
    others = [
        endpoint
        for endpoint in answered
        if (endpoint.name, endpoint.set_identifier) == (asked.name, asked.set_identifier) and endpoint.key not in keys
    ]
    return others[0] if len(others) == 1 else None


def _folded(wire: Json) -> Json:
    return {name.lower(): value for name, value in wire.items()}


def _text(fields: Json, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _property(wire: Json) -> tuple[str, str]:
    fields = _folded(wire)
    return _text(fields, "name"), str(fields.get("value") or "")
