"""Targets of A and AAAA records."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address, ip_network
from socket import AF_INET, inet_pton
from typing import NamedTuple

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


class _Address(NamedTuple):
    """version: 4 or 6; spelling: of RFC 5952 where it is one of IPv6."""

    version: int
    spelling: str


# No address without a scope is longer (RFC 4291, section 2.2): what is remembered of junk stays small.
_LONGEST = 45


def _parsed(target: str) -> _Address | None:
    """A target as an address; None for anything else. One address is looked at many times, and often asked for."""
    if ":" not in target and not target[-1:].isdigit():
        return None
    return _remembered(target) if len(target) <= _LONGEST else _read(target)


def _read(target: str) -> _Address | None:
    """The C library takes a tenth of the time for what most addresses are; both refuse octets like "01"."""
    try:
        if ":" not in target:
            inet_pton(AF_INET, target)
            return _Address(4, target)
        return _Address(6, str(ip_address(target)))
    except (OSError, ValueError):
        return None


_remembered = lru_cache(maxsize=4096)(_read)


def is_private(target: str) -> bool:
    """Whether a target is an address that the Internet cannot reach; False for names."""
    try:
        address = ip_address(target)
    except ValueError:
        return False
    return any(address in network for network in _PRIVATE)


def type_of(target: str) -> RecordType:
    """The record type that a bare target asks for: A, AAAA, or else CNAME (ExternalDNS, endpoint/utils.go)."""
    address = _parsed(target)
    if address is None:
        return RecordType.CNAME
    return RecordType.A if address.version == 4 else RecordType.AAAA


def ipv4(target: str) -> str:
    """Raises Unfit."""
    return _address(target, 4, "it is no IPv4 address")


def ipv6(target: str) -> str:
    """In the spelling of RFC 5952. Raises Unfit."""
    return _address(target, 6, "it is no IPv6 address")


def _address(target: str, version: int, why: str) -> str:
    if "%" in target:
        raise Unfit("its scope means nothing outside of one host (RFC 4007)")
    address = _parsed(target)
    if address is None or address.version != version:
        raise Unfit(why)
    return address.spelling


def compared(target: str) -> str:
    """However an IPv6 address is written; an address record that is an alias has a name for a target."""
    address = _parsed(target)
    return address.spelling if address else hosts.compared(target)
