"""The objects: a third each of Ingresses, Services and HTTPRoutes, one hostname and one address each.

Addresses stand where controllers write them, in statuses; the routes of a namespace share the address of its Gateway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

DOMAIN = "bench.example.org"
NAMESPACES = tuple(f"bench-{number}" for number in range(10))
# Where Zonewright keeps its lease, and tools have nothing to publish.
HOME = "bench-home"
PART = "benchmark.example.org/part"
# Of changes, one kind after the other: an HTTPRoute has no address of its own to be changed.
INGRESS, SERVICE, HTTPROUTE = "ingresses", "services", "httproutes"
KINDS = (INGRESS, SERVICE, HTTPROUTE)
_PATHS = {
    INGRESS: "/apis/networking.k8s.io/v1/namespaces/{}/ingresses",
    SERVICE: "/api/v1/namespaces/{}/services",
    HTTPROUTE: "/apis/gateway.networking.k8s.io/v1/namespaces/{}/httproutes",
}
GATEWAYS = "/apis/gateway.networking.k8s.io/v1/namespaces/{}/gateways"
GATEWAY_CLASSES = "/apis/gateway.networking.k8s.io/v1/gatewayclasses"
DNSENDPOINTS = "/apis/externaldns.k8s.io/v1alpha1/namespaces/{}/dnsendpoints"
_LONG_AGO = "2026-01-01T00:00:00Z"

Manifest = dict[str, Any]


def address(number: int) -> str:
    """The address with a number, of the 131,072 that are set aside for benchmarks (RFC 2544)."""
    if not 0 <= number < 1 << 17:
        raise ValueError(f"there is no address number {number}")
    return f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


@dataclass(frozen=True, slots=True)
class Item:
    """An object by number; part: "base", or "burst" for those that come and go."""

    number: int
    part: str = "base"

    @property
    def kind(self) -> str:
        return KINDS[self.number % 3]

    @property
    def namespace(self) -> str:
        return NAMESPACES[self.number // 3 % len(NAMESPACES)]

    @property
    def name(self) -> str:
        return f"app-{self.number:05d}"

    @property
    def hostname(self) -> str:
        return f"{self.name}.{DOMAIN}"

    @property
    def collection(self) -> str:
        return _PATHS[self.kind].format(self.namespace)

    def manifest(self) -> Manifest:
        metadata: Manifest = {"name": self.name, "namespace": self.namespace, "labels": {PART: self.part}}
        if self.kind == SERVICE:
            metadata["annotations"] = {"external-dns.kubernetes.io/hostname": self.hostname}
            ports = [{"name": "http", "port": 80}]
            # There are 2,768 node ports, and more Services.
            spec = {"type": "LoadBalancer", "ports": ports, "allocateLoadBalancerNodePorts": False}
            return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}
        if self.kind == INGRESS:
            backend = {"service": {"name": "backend", "port": {"number": 80}}}
            paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
            rules = [{"host": self.hostname, "http": {"paths": paths}}]
            group = "networking.k8s.io/v1"
            return {"apiVersion": group, "kind": "Ingress", "metadata": metadata, "spec": {"rules": rules}}
        group = "gateway.networking.k8s.io/v1"
        spec = {"parentRefs": [{"name": "gateway"}], "hostnames": [self.hostname]}
        return {"apiVersion": group, "kind": "HTTPRoute", "metadata": metadata, "spec": spec}

    def status(self, target: str) -> Manifest:
        """What its controller writes when it is ready. A route says that its Gateway has taken it."""
        if self.kind != HTTPROUTE:
            return {"loadBalancer": {"ingress": [{"ip": target}]}}
        accepted = {
            "type": "Accepted",
            "status": "True",
            "reason": "Accepted",
            "message": "",
            "observedGeneration": 1,
            "lastTransitionTime": _LONG_AGO,
        }
        parent = {"parentRef": {"name": "gateway"}, "controllerName": "example.org/gateways", "conditions": [accepted]}
        return {"parents": [parent]}


def namespaces() -> Iterator[Manifest]:
    for name in (*NAMESPACES, HOME):
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def gateway(namespace: str) -> Manifest:
    listener = {"name": "http", "port": 80, "protocol": "HTTP"}
    spec = {"gatewayClassName": "benchmark", "listeners": [listener]}
    metadata = {"name": "gateway", "namespace": namespace}
    return {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": metadata, "spec": spec}


def gateway_status(namespace: str) -> Manifest:
    return {"addresses": [{"type": "IPAddress", "value": gateway_address(namespace)}]}


def gateway_address(namespace: str) -> str:
    """Apart from those of Ingresses and Services."""
    return f"192.0.2.{NAMESPACES.index(namespace) + 1}"


@dataclass(slots=True)
class Population:
    """What is to be in DNS: hostnames and their addresses, as changes leave them."""

    names: int
    wanted: dict[str, str] = field(default_factory=dict)
    _next: int = 0

    def base(self) -> list[Item]:
        return [Item(number) for number in range(self.names)]

    def burst(self, size: int) -> list[Item]:
        return [Item(self.names + number, "burst") for number in range(size)]

    def changeable(self) -> list[Item]:
        """Those that have an address of their own, Ingresses and Services by turns."""
        return [item for item in self.base() if item.kind != HTTPROUTE]

    def place(self, item: Item) -> str:
        """A new address for an object, and it is wanted from now on."""
        if item.kind == HTTPROUTE:
            target = gateway_address(item.namespace)
        else:
            target = address(self._next % (1 << 17))  # a second round comes long after the first
            self._next += 1
        self.wanted[item.hostname] = target
        return target

    def remove(self, item: Item) -> None:
        self.wanted.pop(item.hostname, None)


def dnsendpoint(item: Item, target: str) -> Manifest:
    """What Zonewright would write for an object, about: for what the API server alone takes."""
    kind: Mapping[str, str] = {INGRESS: "Ingress", SERVICE: "Service", HTTPROUTE: "HTTPRoute"}
    owner = {"apiVersion": "v1", "kind": kind[item.kind], "name": item.name, "uid": f"{item.number:032x}"}
    metadata = {
        "name": f"floor-{item.name}",
        "namespace": item.namespace,
        "labels": {PART: "floor", "app.kubernetes.io/managed-by": "benchmark"},
        # In an annotation: a reference to an owner that does not exist would set the garbage collector to work.
        "annotations": {"benchmark.example.org/hostname": item.hostname, "benchmark.example.org/owner": str(owner)},
    }
    entry = {"dnsName": item.hostname, "recordType": "A", "targets": [target]}
    version = "externaldns.k8s.io/v1alpha1"
    return {"apiVersion": version, "kind": "DNSEndpoint", "metadata": metadata, "spec": {"endpoints": [entry]}}
