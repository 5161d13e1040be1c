"""Objects as the API server returns them, with no more fields than a test is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zonewright.settings import Settings

PREFIX = "external-dns.kubernetes.io/"
ALPHA = "external-dns.alpha.kubernetes.io/"
Object = dict[str, Any]


def settings(**flags: Any) -> Settings:
    return Settings(provider="inmemory", **flags)


def meta(
    name: str = "web", namespace: str = "default", labels: Mapping[str, str] | None = None, **notes: Any
) -> Object:
    """`notes` are annotations under the usual prefix; "_" stands for "-" in their names."""
    annotations = {PREFIX + key.replace("_", "-"): value for key, value in notes.items()}
    return {
        "name": name,
        "namespace": namespace,
        "uid": f"uid-{name}",
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "labels": dict(labels or {}),
        "annotations": annotations,
    }


def balanced(*targets: str) -> Object:
    """A load balancer status: addresses of IPv4, and names."""
    entries = [
        {"ip" if target.replace(".", "").isdigit() or ":" in target else "hostname": target} for target in targets
    ]
    return {"loadBalancer": {"ingress": entries}}


def ingress(*hosts: str, targets: tuple[str, ...] = ("192.0.2.1",), tls: tuple[str, ...] = (), **notes: Any) -> Object:
    return {
        "metadata": meta(**notes),
        "spec": {"rules": [{"host": host} for host in hosts], "tls": [{"hosts": list(tls)}] if tls else []},
        "status": balanced(*targets),
    }


def service(kind: str = "LoadBalancer", targets: tuple[str, ...] = ("192.0.2.1",), **notes: Any) -> Object:
    return {"metadata": meta("app", **notes), "spec": {"type": kind}, "status": balanced(*targets)}


def listener(hostname: str = "", **fields: Any) -> Object:
    return {"name": "http", "protocol": "HTTP", "port": 80} | ({"hostname": hostname} if hostname else {}) | fields


def gateway(
    *listeners: Object,
    addresses: tuple[str, ...] = ("192.0.2.10",),
    name: str = "gw",
    namespace: str = "default",
    **notes: Any,
) -> Object:
    return {
        "metadata": meta(name, namespace, **notes),
        "spec": {"listeners": list(listeners or (listener(),))},
        "status": {"addresses": [{"value": address} for address in addresses]},
    }


def ref(name: str = "gw", **fields: Any) -> Object:
    return {"name": name} | fields


def accepted(parent: Object, status: str = "True", **fields: str) -> Object:
    return {"parentRef": parent, "conditions": [{"type": "Accepted", "status": status} | fields]}


def route(*hosts: str, parents: tuple[Object, ...] = ({"name": "gw"},), status: Any = None, **notes: Any) -> Object:
    """A route that each of its parents has accepted, unless `status` (status.parents) says otherwise."""
    answers = [accepted(parent) for parent in parents] if status is None else status
    return {
        "metadata": meta("web", **notes),
        "spec": {"parentRefs": list(parents), "hostnames": list(hosts)},
        "status": {"parents": answers},
    }


@dataclass
class Cluster:
    """Lookups in a dict of Gateways by (namespace, name), and labels of namespaces."""

    gateways: dict[tuple[str, str], Object] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, *gateways: Object, **labels: dict[str, str]) -> Cluster:
        by_name = {(g["metadata"]["namespace"], g["metadata"]["name"]): g for g in gateways}
        return cls(by_name, labels)

    def gateway(self, namespace: str, name: str) -> Object | None:
        return self.gateways.get((namespace, name))

    def namespace_labels(self, name: str) -> Mapping[str, str] | None:
        return self.labels.get(name)


NOBODY = Cluster()
