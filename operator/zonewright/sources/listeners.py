"""Listeners, of Gateways and ListenerSets alike: which of them take a route, under which hostname.

Rules: https://gateway-api.sigs.k8s.io/reference/spec/ (Listener, AllowedRoutes), as ExternalDNS reads them
(source/gateway.go).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from zonewright.model.hostname import InvalidName, printable
from zonewright.model.kind import GATEWAY, Kind
from zonewright.sources import allowed
from zonewright.sources.fields import Object, items, part, text
from zonewright.sources.hostnames import hostname_of
from zonewright.sources.lookups import Lookups


@dataclass(frozen=True, slots=True)
class Knock:
    """A route at the doors of an object with listeners.

    protocols  those of listeners that such a route can be attached to
    section    the listener that it asks for by name; "" is any
    port       the port that it asks for; None is any
    """

    kind: Kind
    namespace: str
    protocols: frozenset[str]
    section: str = ""
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Doors:
    """hostnames  of the listeners that take the route, canonical; "" is any
    refusals   why the others do not
    """

    hostnames: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


def doors(owner: Object, knock: Knock, lookups: Lookups, closed: Mapping[str, str] | None = None) -> Doors:
    """What the listeners of an object say to a route; closed: those that take nobody, with the reason."""
    found = Doors()
    home = text(owner, "metadata", "namespace")
    for listener in items(owner, "spec", "listeners"):
        name = text(listener, "name")
        if knock.section and name != knock.section:
            continue
        why = (closed or {}).get(name) or next(_refusals(listener, home, knock, lookups), None)
        if why:
            found.refusals.append(f"listener {printable(name)} {why}")
        else:
            found.hostnames.append(_hostname(listener))
    if not found.hostnames and not found.refusals:
        found.refusals.append(f"it has no listener named {printable(knock.section)}" if knock.section else _NONE)
    return found


_NONE = "it has no listeners"


def _refusals(listener: Any, home: str, knock: Knock, lookups: Lookups) -> Iterator[str]:
    """In the order of ExternalDNS, which is from the plainest to the dearest."""
    protocol = text(listener, "protocol")
    if protocol not in knock.protocols:
        yield f"speaks {printable(protocol)}, not {' or '.join(sorted(knock.protocols))}"
    if knock.port is not None and part(listener).get("port") != knock.port:
        yield f"is not on port {knock.port}"
    rule = part(listener, "allowedRoutes", "namespaces")
    if why := allowed.refusal(rule, "Same", home, knock.namespace, lookups):
        yield f"takes no routes of the namespace {knock.namespace} {why}"
    if not _kind_allowed(listener, knock.kind):
        yield f"takes no routes of the kind {knock.kind.kind}"
    try:
        _hostname(listener)
    except InvalidName as e:
        yield f"has no hostname: {e}"


def _hostname(listener: Any) -> str:
    written = text(listener, "hostname")
    return _canonical(written) if written else ""


@lru_cache(maxsize=4096)  # thousands of routes ask the same listeners
def _canonical(written: str) -> str:
    return hostname_of(written)


def _kind_allowed(listener: Any, kind: Kind) -> bool:
    """By group and kind: versions do not count."""
    allowed_kinds = items(listener, "allowedRoutes", "kinds")
    return not allowed_kinds or any(
        (text(entry, "group") or GATEWAY.group, text(entry, "kind")) == (kind.group, kind.kind)
        for entry in allowed_kinds
    )
