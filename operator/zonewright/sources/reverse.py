"""Reverse names: for an address a PTR record that leads back to the name (ExternalDNS, source/wrappers/ptr.go).

All of it rests on PTR being among --managed-record-types. Then --create-ptr is for all, and the property `record-type`
for one record set: "ptr" asks for it, any other word declines.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address

from zonewright.model.claim import Claim, Resource
from zonewright.model.endpoint import ADDRESS_TYPES, Endpoint, RecordType
from zonewright.settings import Settings

RECORD_TYPE = "record-type"
_SUFFIXES = (".in-addr.arpa", ".ip6.arpa")


def is_reverse(name: str) -> bool:
    """Whether a canonical name is below the domains of reverse names."""
    return name.endswith(_SUFFIXES)


def understood(settings: Settings) -> bool:
    """Whether the property is ours to read; otherwise it is passed on."""
    return RecordType.PTR in settings.managed_record_types


def without_wish(endpoint: Endpoint) -> Endpoint:
    """The record set without the property."""
    kept = {name: value for name, value in endpoint.properties if name != RECORD_TYPE}
    return endpoint if len(kept) == len(endpoint.properties) else endpoint.with_properties(kept)


def pointers(endpoint: Endpoint, settings: Settings) -> tuple[Endpoint, ...]:
    """The PTR record sets of the addresses of a record set that still has the property.

    They have no label `resource`: what they say follows from the addresses of all who have them.
    """
    if not (_can_have(endpoint) and _wanted(endpoint, settings)):
        return ()
    names = dict.fromkeys(_reverse_name(target) for target in endpoint.targets)
    return tuple(Endpoint(name, RecordType.PTR, (endpoint.name,), endpoint.ttl) for name in names if name)


def claims(endpoints: Iterable[Endpoint], resource: Resource) -> tuple[Claim, ...]:
    """One claim per reverse name, with a record set for each name that it leads back to."""
    by_name: dict[str, dict[Endpoint, None]] = {}
    for endpoint in endpoints:
        by_name.setdefault(endpoint.name, {})[endpoint] = None
    return tuple(Claim(name, tuple(found), resource) for name, found in by_name.items())


def _can_have(endpoint: Endpoint) -> bool:
    """A wildcard is no name to lead back to."""
    return endpoint.rtype in ADDRESS_TYPES and not endpoint.name.startswith("*.")


def _wanted(endpoint: Endpoint, settings: Settings) -> bool:
    if RecordType.PTR in settings.exclude_record_types:
        return False
    wish = dict(endpoint.properties).get(RECORD_TYPE)
    return settings.create_ptr if wish is None else wish.lower() == "ptr"


def _reverse_name(target: str) -> str:
    """ "" for the name that an alias record has for a target. ::ffff:192.0.2.1 is reached as 192.0.2.1."""
    try:
        address = ip_address(target)
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).reverse_pointer
