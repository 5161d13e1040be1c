"""NAT64: a host with an IPv6 address in one of these networks is reached by IPv4 as well (RFC 6052, section 2.2).

The IPv4 address joins the A record set of the name, where there is one (ExternalDNS, source/wrappers/nat64source.go,
makes a second one, of which only one is published).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from zonewright.model.endpoint import Endpoint, RecordType

_LOW = 2**32 - 1  # the bits that hold the IPv4 address, behind 96 of the network


def with_embedded(endpoints: Iterable[Endpoint], networks: tuple[str, ...]) -> tuple[Endpoint, ...]:
    """Record sets, and after them those of the IPv4 addresses within."""
    found = list(endpoints)
    for endpoint in tuple(found) if networks else ():
        if embedded := _embedded(endpoint, networks):
            join(found, replace(endpoint, rtype=RecordType.A, targets=embedded))
    return tuple(found)


def join(endpoints: list[Endpoint], more: Endpoint) -> None:
    """Add the targets of a record set to that of the same name, type and set identifier, which keeps all else."""
    for index, endpoint in enumerate(endpoints):
        if endpoint.key == more.key:
            endpoints[index] = replace(endpoint, targets=tuple(sorted({*endpoint.targets, *more.targets})))
            return
    endpoints.append(more)


def _embedded(endpoint: Endpoint, networks: tuple[str, ...]) -> tuple[str, ...]:
    if endpoint.rtype != RecordType.AAAA:
        return ()
    addresses = [address for target in endpoint.targets if (address := _address(target)) is not None]
    inside = [address for address in addresses if any(address in network for network in _parsed(networks))]
    return tuple(sorted({str(IPv4Address(int(address) & _LOW)) for address in inside}))


def _address(target: str) -> IPv6Address | None:
    """None for the name that an alias record has for a target."""
    try:
        return IPv6Address(target)
    except ValueError:
        return None


@lru_cache(maxsize=8)
def _parsed(networks: tuple[str, ...]) -> Sequence[IPv6Network]:
    """Networks of the settings, which has checked them."""
    return tuple(map(IPv6Network, networks))
