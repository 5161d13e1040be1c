"""Gateways: which of their listeners take a route, under which hostname, and where they are reached.

Rules: https://gateway-api.sigs.k8s.io/reference/spec/ (Listener, AllowedRoutes, hostname intersection), as ExternalDNS
reads them (source/gateway.go).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zonewright.model.hostname import InvalidName, canonical, printable
from zonewright.model.kind import GATEWAY, NAMESPACE, Kind
from zonewright.model.selector import Selector
from zonewright.sources.fields import Object, every, items, metadata, only, part, text
from zonewright.sources.lookups import Lookups


@dataclass(frozen=True, slots=True)
class Knock:
    """A route at the door of a Gateway.

    protocols  those of listeners that such a route can be attached to
    section    the listener that it asks for by name; "" is any
    port       the port that it asks for; None is any
    """

    kind: Kind
    namespace: str
    protocols: frozenset[str]
    section: str = ""
    port: int | None = None


def doors(gateway: Object, knock: Knock, lookups: Lookups) -> tuple[list[str], list[str]]:
    """The hostnames of the listeners that take the route ("" is any), and why the others do not."""
    home = text(gateway, "metadata", "namespace")
    hostnames, refusals = [], []
    for listener in items(gateway, "spec", "listeners"):
        if knock.section and text(listener, "name") != knock.section:
            continue
        why = next(_refusals(listener, home, knock, lookups), None)
        if why:
            refusals.append(f"listener {printable(text(listener, 'name'))} {why}")
        else:
            hostnames.append(text(listener, "hostname"))
    if not hostnames and not refusals:
        refusals = [f"it has no listener named {printable(knock.section)}" if knock.section else "it has no listeners"]
    return hostnames, refusals


def _refusals(listener: Any, home: str, knock: Knock, lookups: Lookups) -> Iterator[str]:
    """In the order of ExternalDNS, which is from the plainest to the dearest."""
    protocol = text(listener, "protocol")
    if protocol not in knock.protocols:
        yield f"speaks {printable(protocol)}, not {' or '.join(sorted(knock.protocols))}"
    if knock.port is not None and part(listener).get("port") != knock.port:
        yield f"is not on port {knock.port}"
    if not _namespace_allowed(listener, home, knock, lookups):
        yield f"takes no routes of the namespace {knock.namespace}"
    if not _kind_allowed(listener, knock.kind):
        yield f"takes no routes of the kind {knock.kind.kind}"


def _namespace_allowed(listener: Any, home: str, knock: Knock, lookups: Lookups) -> bool:
    rule = part(listener, "allowedRoutes", "namespaces")
    match text(rule, "from") or "Same":
        case "Same":
            return knock.namespace == home
        case "All":
            return True
        case "Selector":
            return _selected(rule, _labels(lookups, knock.namespace))
    return False  # a word of a later version of the API is no consent


def _labels(lookups: Lookups, namespace: str) -> Object | None:
    found = lookups.get(NAMESPACE, "", namespace)
    return None if found is None else part(found, "metadata", "labels")


def _selected(rule: Object, labels: Any) -> bool:
    """No selector selects nothing, an empty one everything, as everywhere in Kubernetes."""
    if labels is None or "selector" not in rule:
        return False
    try:
        return Selector.of(part(rule, "selector")).matches(labels)
    except ValueError:
        return False


def _kind_allowed(listener: Any, kind: Kind) -> bool:
    allowed = items(listener, "allowedRoutes", "kinds")
    return not allowed or any(
        text(entry, "kind") == kind.kind and (text(entry, "group") or GATEWAY.group) == kind.group for entry in allowed
    )


def intersection(listener: str, route: str) -> str | None:
    """The narrower of two hostnames where one covers the other; None where they have nothing in common, or are both "".

    A wildcard covers names of any depth below it, but not the name that it hangs from. `route` is canonical.
    """
    try:
        served = canonical(listener) if listener else ""
    except InvalidName:
        return None
    if not served or not route:
        return served or route or None
    if served == route or _covers(served, route):
        return route
    return served if _covers(route, served) else None


def _covers(wide: str, narrow: str) -> bool:
    return wide.startswith("*.") and narrow.endswith(wide[1:])


def addresses(gateway: Object) -> list[str]:
    """status.addresses, of whatever type: each is an address or a name."""
    values = (text(entry, "value") for entry in items(gateway, "status", "addresses"))
    return [value for value in values if value]


def project(obj: Object) -> dict[str, Any]:
    """The fields that are read here."""
    listeners = every(items(obj, "spec", "listeners"), "name", "hostname", "port", "protocol", "allowedRoutes")
    return {
        "metadata": metadata(obj),
        "spec": {"listeners": listeners},
        "status": {"addresses": every(items(obj, "status", "addresses"), "value")},
    }


def project_namespace(obj: Object) -> dict[str, Any]:
    """Of a namespace the labels."""
    return {"metadata": only(part(obj, "metadata"), "name", "labels")}
