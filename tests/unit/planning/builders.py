"""Short ways to say what stands in a zone and what is wanted."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

from unit.planning.memoryzone import MemoryZone
from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint
from zonewright.planning.plan import NamePlan, Policy, Rules, Wanted, plan_name
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry

WWW = "www.example.com"
WEB = "ingress/default/web"
REGISTRY = TxtRegistry("me", OwnershipNames())
RULES = Rules(Policy.SYNC, frozenset({"A", "AAAA", "CNAME"}), set_identifiers=True)
MX_TOO = replace(RULES, managed=RULES.managed | {"MX", "TXT"})
ADDRESS = {
    "A": "192.0.2.1",
    "AAAA": "2001:db8::1",
    "CNAME": "lb.example.net",
    "MX": "10 mx.example.net",
    "TXT": "hello",
}


def says(owner: str, resource: str = WEB) -> str:
    return f'"heritage=external-dns,external-dns/owner={owner},external-dns/resource={resource}"'


def record(rtype: str, *targets: str, name: str = WWW, **fields: object) -> Endpoint:
    return Endpoint.found(name, rtype, targets or [ADDRESS[rtype]], **fields)  # type: ignore[arg-type]


def proof(rtype: str, owner: str = "me", resource: str = WEB, set_identifier: str = "") -> Endpoint:
    """The ownership record of WWW in today's form; without type for the type ""."""
    name = f"{rtype.lower()}-{WWW}" if rtype else WWW
    return Endpoint.found(name, "TXT", [says(owner, resource)], set_identifier=set_identifier)


def owned(rtype: str, *targets: str, owner: str = "me", resource: str = WEB, **fields: object) -> list[Endpoint]:
    standing = record(rtype, *targets, **fields)
    return [standing, proof(rtype, owner, resource, standing.set_identifier)]


def want(
    rtype: str,
    *targets: str,
    resource: str = WEB,
    origin: Hashable = None,
    name: str = WWW,
    since: str = "",
    **fields: object,
) -> Wanted:
    endpoint = record(rtype, *targets, name=name, **fields).with_labels({"resource": resource} if resource else {})
    namespace = resource.split("/")[1] if resource.count("/") == 2 else "default"
    return Wanted(endpoint, origin or (resource, rtype), namespace=namespace, since=since)


def plan(
    zone: MemoryZone | Iterable[Endpoint], *wanted: Wanted, rules: Rules = RULES, registry: TxtRegistry = REGISTRY
) -> NamePlan:
    zone = zone if isinstance(zone, MemoryZone) else MemoryZone(zone)
    return plan_name(wanted[0].endpoint.name if wanted else WWW, wanted, registry, zone, rules)


def lines(units: Iterable[Unit]) -> list[list[str]]:
    """Units as one line per change: "CREATE a-www TXT", the name without the domain, the set identifier at the end."""
    return [[line(change) for change in unit.changes] for unit in units]


def line(change: Change) -> str:
    name, rtype, set_identifier = change.key
    return f"{change.action} {name.removesuffix('.example.com')} {rtype} {set_identifier}".strip()
