"""The status that a load balancer leaves on an Ingress or a Service."""

from __future__ import annotations

from typing import Any

from zonewright.sources.fields import Object, every, items, part, text


def addresses(obj: Object) -> list[str]:
    """Of each entry the address and the name; it may have both (ExternalDNS, source/ingress.go)."""
    entries = items(obj, "status", "loadBalancer", "ingress")
    written = [text(entry, field) for entry in entries for field in ("ip", "hostname")]
    return [target for target in written if target]


def project(obj: Object) -> dict[str, Any]:
    """The status, reduced to what `addresses` reads."""
    entries = every(items(part(obj, "status"), "loadBalancer", "ingress"), "ip", "hostname")
    return {"loadBalancer": {"ingress": entries}} if entries else {}
