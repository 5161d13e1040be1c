"""Kinds of Kubernetes objects, as the API names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """group is "" for the core API; plural is the name in URLs; kind the name in manifests."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> tuple[str, str]:
        """Group and plural: what stays the same from version to version."""
        return self.group, self.plural

    def older(self) -> tuple[Kind, ...]:
        """The same kind in the versions to fall back to, the best first."""
        return tuple(replace(self, version=version) for version in OLDER_VERSIONS.get(self, ()))

    def path(self, namespace: str = "", name: str = "") -> str:
        """URL path of the collection, or of one object; all namespaces when none is given."""
        parts = ["/apis" if self.group else "/api", self.api_version]
        if self.namespaced and namespace:
            parts += ["namespaces", namespace]
        return "/".join([*parts, self.plural, *([name] if name else [])])


INGRESS = Kind("networking.k8s.io", "v1", "ingresses", "Ingress")
SERVICE = Kind("", "v1", "services", "Service")
NAMESPACE = Kind("", "v1", "namespaces", "Namespace", namespaced=False)
NODE = Kind("", "v1", "nodes", "Node", namespaced=False)
POD = Kind("", "v1", "pods", "Pod")
ENDPOINTSLICE = Kind("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice")
INGRESSCLASS = Kind("networking.k8s.io", "v1", "ingressclasses", "IngressClass", namespaced=False)
GATEWAY = Kind("gateway.networking.k8s.io", "v1", "gateways", "Gateway")
LISTENERSET = Kind("gateway.networking.k8s.io", "v1", "listenersets", "ListenerSet")
HTTPROUTE = Kind("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute")
GRPCROUTE = Kind("gateway.networking.k8s.io", "v1", "grpcroutes", "GRPCRoute")
TLSROUTE = Kind("gateway.networking.k8s.io", "v1", "tlsroutes", "TLSRoute")
TCPROUTE = Kind("gateway.networking.k8s.io", "v1", "tcproutes", "TCPRoute")
UDPROUTE = Kind("gateway.networking.k8s.io", "v1", "udproutes", "UDPRoute")
EVENT = Kind("events.k8s.io", "v1", "events", "Event")
DNSENDPOINT = Kind("externaldns.k8s.io", "v1alpha1", "dnsendpoints", "DNSEndpoint")

# Versions to fall back to, in their order, where a cluster does not serve the one above yet.
OLDER_VERSIONS: Mapping[Kind, tuple[str, ...]] = {
    GATEWAY: ("v1beta1",),
    HTTPROUTE: ("v1beta1",),
    TLSROUTE: ("v1alpha3", "v1alpha2"),
    TCPROUTE: ("v1alpha2",),
    UDPROUTE: ("v1alpha2",),
}
