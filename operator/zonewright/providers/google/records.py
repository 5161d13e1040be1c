"""ResourceRecordSets of the API ⇄ record sets. Names are absolute there, and text is in quotes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from zonewright.model.endpoint import Endpoint, RecordType, compared_target
from zonewright.model.targets.fields import Unfit, split

Json = dict[str, Any]

DEFAULT_TTL = 300  # seconds; the API wants one, and ExternalDNS gives this
_NAMES = frozenset(
    {RecordType.CNAME, RecordType.DNAME, RecordType.MX, RecordType.NS, RecordType.PTR, RecordType.SRV, RecordType.NAPTR}
)
_RESPELLED = frozenset({RecordType.CAA, RecordType.HTTPS, RecordType.SVCB, RecordType.TLSA})


def parse(found: Mapping[str, Any]) -> Endpoint:
    """One of a list. One with a routing policy has no targets: it stands, and cannot be taken for anything else."""
    rtype = str(found["type"])
    targets = [_read(rtype, str(value)) for value in found.get("rrdatas") or ()]
    return Endpoint.found(str(found["name"]), rtype, targets, ttl=found.get("ttl"))


def written(endpoint: Endpoint) -> Json:
    """The ResourceRecordSet of a record set."""
    values = dict.fromkeys(_write(endpoint.rtype, target) for target in endpoint.targets)
    return {
        "kind": "dns#resourceRecordSet",
        "name": f"{endpoint.name}.",
        "type": str(endpoint.rtype),
        "ttl": endpoint.ttl or DEFAULT_TTL,
        "rrdatas": list(values),
    }


def raw(found: Mapping[str, Any]) -> Json:
    """What a deletion must have to match."""
    return {name: found[name] for name in ("kind", "name", "type", "ttl", "rrdatas", "routingPolicy") if name in found}


def held(endpoint: Endpoint) -> Endpoint:
    """A wanted record set as `parse` would report it. The API knows no properties."""
    targets = (_read(endpoint.rtype, _write(endpoint.rtype, target)) for target in endpoint.targets)
    found = Endpoint.found(endpoint.name, endpoint.rtype, targets)
    return replace(endpoint.with_properties({}), targets=found.targets)


def octets(record_set: Mapping[str, Any]) -> int:
    """As the API's limit counts them."""
    return sum(len(str(value).encode()) for value in record_set.get("rrdatas") or ())


def _write(rtype: str, target: str) -> str:
    if rtype == RecordType.TXT:
        return compared_target(rtype, target)
    if rtype == RecordType.NAPTR:
        return _naptr(target)
    if rtype in _NAMES and not target.endswith("."):
        return f"{target}."
    return target


def _naptr(target: str) -> str:
    """All texts in quotes, and the replacement absolute."""
    try:
        *numbers, flags, service, regexp, replacement = split(target)
    except (Unfit, ValueError):
        return target
    texts = [text if text.startswith('"') else f'"{text}"' for text in (flags, service, regexp)]
    return " ".join([*numbers, *texts, replacement if replacement.endswith(".") else f"{replacement}."])


def _read(rtype: str, value: str) -> str:
    return compared_target(rtype, value) if rtype in _RESPELLED else value
