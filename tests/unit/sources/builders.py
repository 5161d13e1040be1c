"""Objects as the API server returns them, with no more fields than a test is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zonewright.model.kind import ENDPOINTSLICE, GATEWAY, NAMESPACE, Kind
from zonewright.settings import Settings
from zonewright.sources.slices import service_of

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
    """Lookups in a dict of objects by kind, namespace and name; hosts: addresses of names outside of the cluster."""

    objects: dict[tuple[Kind, str, str], Object] = field(default_factory=dict)
    hosts: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, *gateways: Object, **labels: dict[str, str]) -> Cluster:
        """Gateways, and namespaces by their labels."""
        namespaces = [{"metadata": {"name": name, "labels": found}} for name, found in labels.items()]
        return cls().having(GATEWAY, *gateways).having(NAMESPACE, *namespaces)

    def having(self, kind: Kind, *objects: Object) -> Cluster:
        """The same with more objects of a kind."""
        found = {(kind, o["metadata"].get("namespace", ""), o["metadata"]["name"]): o for o in objects}
        return Cluster(self.objects | found, self.hosts)

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        return self.objects.get((kind, namespace, name))

    def every(self, kind: Kind, namespace: str = "") -> list[Object]:
        wanted = [key for key in self.objects if key[0] == kind and namespace in ("", key[1])]
        return [self.objects[key] for key in sorted(wanted)]

    def slices(self, namespace: str, service: str) -> list[Object]:
        return [found for found in self.every(ENDPOINTSLICE, namespace) if service_of(found) == service]

    def resolved(self, host: str) -> tuple[str, ...] | None:
        return self.hosts.get(host)


NOBODY = Cluster()
