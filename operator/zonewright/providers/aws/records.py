"""ResourceRecordSets ⇄ record sets.

An alias stands as an address record with the property `alias`, whose target is a name. A CNAME that is wanted as an
alias becomes two of them, for IPv4 and IPv6, as with ExternalDNS.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from zonewright.model.endpoint import ADDRESS_TYPES, ALIAS, Endpoint, RecordType, compared_target, type_of
from zonewright.model.hostname import spelled
from zonewright.providers.aws import routing
from zonewright.providers.aws.zoneids import zone_id_of
from zonewright.providers.base import Rejected

Json = dict[str, Any]

DEFAULT_TTL = 300  # seconds; Route 53 wants one, and ExternalDNS gives this
EVALUATE, TARGET_ZONE, PINNED = "aws/evaluate-target-health", "aws/target-hosted-zone", "aws/hosted-zone-id"
SAME_ZONE = "same-zone"
_OCTAL = re.compile(r"\\([0-3][0-7]{2})")
_DECIMAL = re.compile(r"\\(\d{3})")
_TRUE, _FALSE = ("1", "t", "T", "TRUE", "true", "True"), ("0", "f", "F", "FALSE", "false", "False")


def parse(found: Mapping[str, Any]) -> Endpoint:
    """A ResourceRecordSet of a list. One of a traffic policy has no targets."""
    rtype = str(found["Type"])
    properties = dict(routing.read(found))
    targets = [_read(rtype, str(record["Value"])) for record in found.get("ResourceRecords") or ()]
    if alias := found.get("AliasTarget"):
        targets = [spelled(_plain(str(alias["DNSName"])))]
        properties |= {ALIAS: "true", EVALUATE: str(bool(alias.get("EvaluateTargetHealth"))).lower()}
    return Endpoint.found(
        _plain(str(found["Name"])),
        rtype,
        targets,
        ttl=found.get("TTL"),
        set_identifier=str(found.get("SetIdentifier") or ""),
        properties=properties,
    )


def written(endpoint: Endpoint, zone_id: str) -> Json:
    """The ResourceRecordSet of a record set. Raises Rejected where it cannot be one."""
    properties = dict(endpoint.properties)
    fields: Json = {"Name": f"{endpoint.name}.", "Type": str(endpoint.rtype)}
    fields |= routing.written(properties, endpoint.set_identifier)
    if is_alias(endpoint):
        fields["AliasTarget"] = _alias_target(endpoint, properties, zone_id)
        return fields
    values = dict.fromkeys(_write(endpoint.rtype, target) for target in endpoint.targets)
    return fields | {"TTL": endpoint.ttl or DEFAULT_TTL, "ResourceRecords": [{"Value": value} for value in values]}


def _alias_target(endpoint: Endpoint, properties: Mapping[str, str], zone_id: str) -> Json:
    """Of AWS's own names the zone is known; any other one is a name in the same zone."""
    target = endpoint.targets[0]
    asked = properties.get(TARGET_ZONE) or zone_id_of(target) or SAME_ZONE
    return {
        "DNSName": f"{target}.",
        "HostedZoneId": bare_id(zone_id if asked == SAME_ZONE else asked),
        "EvaluateTargetHealth": properties.get(EVALUATE) == "true",
    }


def is_alias(endpoint: Endpoint) -> bool:
    """Whether an address record stands for the addresses of a name."""
    return endpoint.rtype in ADDRESS_TYPES and (ALIAS, "true") in endpoint.properties


def held(endpoint: Endpoint, *, prefer_cname: bool, evaluate: bool) -> tuple[Endpoint, ...]:
    """What a wanted record set becomes, as `parse` would report it; two of them for an alias. Raises Rejected.

    prefer_cname: names of AWS's become CNAMEs unless they are asked to be aliases. evaluate: whether an alias answers
    only while its target is healthy, where it does not say itself.
    """
    asked = dict(endpoint.properties)
    properties = routing.normalized(asked, endpoint.set_identifier)
    types = _alias_types(endpoint, asked.get(ALIAS, ""), prefer_cname=prefer_cname)
    if not types:
        targets = tuple(sorted({_read(endpoint.rtype, _write(endpoint.rtype, t)) for t in endpoint.targets}))
        return (replace(endpoint.with_properties(properties), targets=targets),)
    if len(endpoint.targets) != 1:
        raise Rejected("an alias has one target")
    said = asked.get(EVALUATE, "")
    healthy = said in _TRUE if said in (*_TRUE, *_FALSE) else evaluate
    properties |= {ALIAS: "true", EVALUATE: str(healthy).lower()}
    alias = replace(endpoint.with_properties(properties), targets=(spelled(endpoint.targets[0]),), ttl=None)
    return tuple(replace(alias, rtype=rtype) for rtype in types)


def _alias_types(endpoint: Endpoint, asked: str, *, prefer_cname: bool) -> tuple[RecordType, ...]:
    """The types of the aliases that a record set becomes; none for one that is no alias."""
    if endpoint.rtype in ADDRESS_TYPES:
        named = endpoint.targets and type_of(endpoint.targets[0]) is RecordType.CNAME
        return (RecordType(endpoint.rtype),) if asked == "true" and named else ()
    if endpoint.rtype != RecordType.CNAME:
        return ()
    if asked in ("A", "AAAA"):
        return (RecordType(asked),)
    implied = not asked and not prefer_cname and len(endpoint.targets) == 1 and zone_id_of(endpoint.targets[0])
    return (RecordType.A, RecordType.AAAA) if asked == "true" or implied else ()


def size(fields: Mapping[str, Any]) -> tuple[int, int]:
    """Values and their octets, as Route 53's limits count them (API reference, ChangeResourceRecordSets)."""
    values = [str(record["Value"]) for record in fields.get("ResourceRecords") or ()]
    values += [str(alias["DNSName"])] if (alias := fields.get("AliasTarget")) else []
    return len(values), sum(len(value.encode()) for value in values)


def bare_id(zone_id: str) -> str:
    """Without the path that the API puts before it."""
    return zone_id.removeprefix("/hostedzone/")


def _plain(name: str) -> str:
    """Octets that are no letters, digits or dashes come as \\ooo (Developer Guide, "DNS domain name format")."""
    return _OCTAL.sub(lambda escape: chr(int(escape[1], 8)), name)


def _write(rtype: str, target: str) -> str:
    """Text in quotes, in pieces of 255 octets, with Route 53's escapes (Developer Guide, "TXT record type")."""
    if rtype == RecordType.TXT:
        return _DECIMAL.sub(lambda escape: f"\\{int(escape[1]):03o}", compared_target(rtype, target))
    return target


def _read(rtype: str, value: str) -> str:
    if rtype == RecordType.TXT:
        return _OCTAL.sub(lambda escape: f"\\{int(escape[1], 8):03d}", value)
    if rtype in _RESPELLED:
        return compared_target(rtype, value)
    return value


_RESPELLED = frozenset({RecordType.CAA, RecordType.HTTPS, RecordType.SVCB, RecordType.TLSA})


def raw(found: Mapping[str, Any]) -> Json:
    """What a DELETE must have to match: all fields of the list but those that say nothing."""
    return {field: value for field, value in found.items() if value not in (None, [], {})}
