"""Targets of A and AAAA records."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from zonewright.model.recordtype import RecordType
from zonewright.model.targets import hosts
from zonewright.model.targets.fields import Unfit

# Not those for documentation: nobody is to be warned of an example.
_PRIVATE = tuple(
    map(
        ip_network,
        (
            "10.0.0.0/8",  # RFC 1918, section 3
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",  # carriers' own: RFC 6598
            "127.0.0.0/8",
            "169.254.0.0/16",  # RFC 3927
            "fc00::/7",  # RFC 4193
            "fe80::/10",
            "::1/128",
        ),
    )
)


def is_private(target: str) -> bool:
    """Whether a target is an address that the Internet cannot reach; False for names."""
    try:
        address = ip_address(target)
    except ValueError:
        return False
    return any(address in network for network in _PRIVATE)


def type_of(target: str) -> RecordType:
    """The record type that a bare target asks for: A, AAAA, or else CNAME (ExternalDNS, endpoint/utils.go)."""
    try:
        return RecordType.A if isinstance(ip_address(target), IPv4Address) else RecordType.AAAA
    except ValueError:
        return RecordType.CNAME


def ipv4(target: str) -> str:
    """Raises Unfit."""
    return _address(target, IPv4Address, "it is no IPv4 address")


def ipv6(target: str) -> str:
    """In the spelling of RFC 5952. Raises Unfit."""
    return _address(target, IPv6Address, "it is no IPv6 address")


def _address(target: str, family: Callable[[str], IPv4Address | IPv6Address], why: str) -> str:
    if "%" in target:
        raise Unfit("its scope means nothing outside of one host (RFC 4007)")
    try:
        return str(family(target))
    except ValueError as e:
        raise Unfit(why) from e


def compared(target: str) -> str:
    """However an IPv6 address is written; an address record that is an alias has a name for a target."""
    try:
        return str(ip_address(target))
    except ValueError:
        return hosts.compared(target)
