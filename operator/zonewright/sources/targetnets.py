"""--target-net-filter and --exclude-target-net: which targets are published (ExternalDNS, endpoint/target_filter.go).

With a filter names are no targets either: where they lead to is not known. Exclusions say nothing about names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from zonewright.model.claim import Note
from zonewright.model.endpoint import Endpoint
from zonewright.model.hostname import printable
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings

_SHOWN = 3


def kept(endpoint: Endpoint, settings: Settings) -> Endpoint:
    """The record set with those targets that may be published; perhaps none."""
    if not (settings.target_net_filter or settings.exclude_target_net):
        return endpoint
    targets = tuple(target for target in endpoint.targets if _passes(target, settings))
    return endpoint if targets == endpoint.targets else replace(endpoint, targets=targets)


def nothing_left(endpoint: Endpoint, settings: Settings) -> Problem:
    """Why a record set is not published of whose targets none passes."""
    why = f"no {endpoint.rtype} target passes {_flags(settings)}: {_listed(endpoint.targets)}"
    return Problem(Reason.FILTERED, why)


def left_out(before: Endpoint, after: Endpoint, settings: Settings) -> Note | None:
    """What is to be told of a name that is published without some of its targets; None where none is missing."""
    gone = [target for target in before.targets if target not in after.targets]
    if not gone:
        return None
    many = f"{len(gone)} of {len(before.targets)} {before.rtype} targets"
    return Note(before.key, f"left out by {_flags(settings)}: {many}, {_listed(gone)}")


def _flags(settings: Settings) -> str:
    flags = [f"--target-net-filter={net}" for net in settings.target_net_filter]
    return " ".join([*flags, *(f"--exclude-target-net={net}" for net in settings.exclude_target_net)])


def _listed(targets: Sequence[str]) -> str:
    more = f" and {len(targets) - _SHOWN} more" if len(targets) > _SHOWN else ""
    return ", ".join(printable(target) for target in targets[:_SHOWN]) + more


def _passes(target: str, settings: Settings) -> bool:
    address = _address(target)
    wanted = not settings.target_net_filter or _within(address, settings.target_net_filter)
    return wanted and not _within(address, settings.exclude_target_net)


def _address(target: str) -> IPv4Address | IPv6Address | None:
    """None for a name. An IPv4 address in IPv6 clothes (::ffff:192.0.2.1) is in the networks of IPv4, as for Go."""
    try:
        address = ip_address(target)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def _within(address: IPv4Address | IPv6Address | None, networks: tuple[str, ...]) -> bool:
    return address is not None and any(address in network for network in _parsed(networks))


@lru_cache(maxsize=8)
def _parsed(networks: tuple[str, ...]) -> Sequence[IPv4Network | IPv6Network]:
    """Networks of the settings, which has checked them."""
    return tuple(map(ip_network, networks))
