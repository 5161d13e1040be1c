"""The status that a load balancer leaves on an Ingress or a Service."""

from __future__ import annotations

from typing import Any

from zonewright.model.hostname import printable
from zonewright.model.reason import Problem, Reason
from zonewright.sources.fields import Object, every, items, part, text
from zonewright.sources.lookups import Lookups


def addresses(obj: Object) -> list[str]:
    """Of each entry the address and the name; it may have both (ExternalDNS, source/ingress.go)."""
    written = [text(entry, field) for entry in _entries(obj) for field in ("ip", "hostname")]
    return [target for target in written if target]


def hosts(obj: Object) -> list[str]:
    """The names in the status, each once."""
    return list(dict.fromkeys(host for entry in _entries(obj) if (host := text(entry, "hostname"))))


def resolved(obj: Object, lookups: Lookups) -> tuple[list[str], tuple[Problem, ...]]:
    """The addresses, with those that the names lead to in place of the names; problems of names without any."""
    found = [ip for entry in _entries(obj) if (ip := text(entry, "ip"))]
    problems = []
    for host in hosts(obj):
        answer = lookups.resolved(host)
        if answer is None:
            problems.append(_unresolved(host))
        found.extend(answer or ())
    return found, tuple(problems)


def _unresolved(host: str) -> Problem:
    """Pending and no more: what has been published of it before stays."""
    message = f"{printable(host)}, the name of the load balancer, cannot be resolved; it is tried again and again"
    return Problem(Reason.PENDING, message)


def _entries(obj: Object) -> list[Any]:
    return items(obj, "status", "loadBalancer", "ingress")


def project(obj: Object) -> dict[str, Any]:
    """The status, reduced to what is read here."""
    entries = every(items(part(obj, "status"), "loadBalancer", "ingress"), "ip", "hostname")
    return {"loadBalancer": {"ingress": entries}} if entries else {}
