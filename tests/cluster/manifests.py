"""Small objects for tests, and what controllers write into their statuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any

Manifest = dict[str, Any]

GA, ALPHA = "external-dns.kubernetes.io/", "external-dns.alpha.kubernetes.io/"
_GATEWAY_API = "gateway.networking.k8s.io/v1"
_LONG_AGO = "2026-01-01T00:00:00Z"

# -- annotations: ga(ttl="5m", ingress_hostname_source="annotation-only") | alpha(target="192.0.2.1")


def ga(**values: str) -> dict[str, str]:
    """Annotations under the prefix that wins; `_` in a name stands for `-`."""
    return _prefixed(GA, values)


def alpha(**values: str) -> dict[str, str]:
    """Annotations under the older prefix."""
    return _prefixed(ALPHA, values)


def _prefixed(prefix: str, values: Mapping[str, str]) -> dict[str, str]:
    return {prefix + name.replace("_", "-"): value for name, value in values.items()}


# -- objects


def ingress(name: str, *hosts: str, annotations: Mapping[str, str] | None = None, **spec: Any) -> Manifest:
    """An Ingress with a rule for each host; without hosts it has a default backend alone."""
    backend = {"service": {"name": "backend", "port": {"number": 80}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    rules = [{"host": host, "http": {"paths": [path]}} for host in hosts]
    routing = {"rules": rules} if rules else {"defaultBackend": backend}
    return _object("networking.k8s.io/v1", "Ingress", name, annotations, routing | spec)


def service(name: str, annotations: Mapping[str, str] | None = None, **spec: Any) -> Manifest:
    """A Service with one port, of the type LoadBalancer unless `spec` says otherwise."""
    given = {"type": "LoadBalancer", "ports": [{"name": "http", "port": 80}]} | spec
    return _object("v1", "Service", name, annotations, given)


def gateway(name: str, *listeners: Mapping[str, Any] | str, annotations: Mapping[str, str] | None = None) -> Manifest:
    """A Gateway. A listener is a hostname, or what `listener` makes; without any there is one for every hostname."""
    given = [listener(one) if isinstance(one, str) else dict(one) for one in listeners or [""]]
    named = [{"name": f"listener-{number}"} | one for number, one in enumerate(given)]
    return _object(_GATEWAY_API, "Gateway", name, annotations, {"gatewayClassName": "tests", "listeners": named})


def listener(hostname: str = "", allowed_from: str = "Same", **more: Any) -> Manifest:
    """An HTTP listener; allowed_from is the `from` of its allowedRoutes.namespaces."""
    common = {"port": 80, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": allowed_from}}}
    return common | ({"hostname": hostname} if hostname else {}) | more


def httproute(
    name: str,
    *hostnames: str,
    gateway: str = "gateway",
    gateway_namespace: str = "",
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """An HTTPRoute below one Gateway, of its own namespace unless another one is given."""
    spec: Manifest = {"parentRefs": [_parent(gateway, gateway_namespace)]}
    return _object(_GATEWAY_API, "HTTPRoute", name, annotations, spec | ({"hostnames": hostnames} if hostnames else {}))


def dnsendpoint(name: str, *entries: Mapping[str, Any], annotations: Mapping[str, str] | None = None) -> Manifest:
    """A DNSEndpoint as a person writes it."""
    return _object("externaldns.k8s.io/v1alpha1", "DNSEndpoint", name, annotations, {"endpoints": list(entries)})


def entry(dns_name: str, *targets: str, rtype: str = "A", **more: Any) -> Manifest:
    """An entry of spec.endpoints; `more` may hold recordTTL, setIdentifier, labels, providerSpecific."""
    return {"dnsName": dns_name, "recordType": rtype, "targets": list(targets), **more}


def _object(
    api_version: str, kind: str, name: str, annotations: Mapping[str, str] | None, spec: Mapping[str, Any]
) -> Manifest:
    metadata = {"name": name, "annotations": dict(annotations or {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": dict(spec)}


def _parent(gateway: str, namespace: str) -> dict[str, str]:
    return {"name": gateway} | ({"namespace": namespace} if namespace else {})


# -- statuses, as the controllers of these kinds write them: for Cluster.set_status


def load_balancer(*addresses: str) -> Manifest:
    """The status of an Ingress or a Service that has these addresses and names."""
    return {"loadBalancer": {"ingress": [{_load_balancer_field(address): address} for address in addresses]}}


def gateway_addresses(*addresses: str) -> Manifest:
    """The status of a Gateway that has these addresses and names."""
    kinds = {"ip": "IPAddress", "hostname": "Hostname"}
    return {"addresses": [{"type": kinds[_load_balancer_field(one)], "value": one} for one in addresses]}


def accepted(
    gateway: str = "gateway", gateway_namespace: str = "", status: str = "True", generation: int = 1
) -> Manifest:
    """The status of a route that a Gateway has taken, or with "False" refused, at a generation of the route."""
    condition = {
        "type": "Accepted",
        "status": status,
        "reason": "Accepted" if status == "True" else "NotAllowedByListeners",
        "message": "",
        "observedGeneration": generation,
        "lastTransitionTime": _LONG_AGO,
    }
    parent = _parent(gateway, gateway_namespace)
    return {"parents": [{"parentRef": parent, "controllerName": "example.org/tests", "conditions": [condition]}]}


def _load_balancer_field(address: str) -> str:
    try:
        ip_address(address)
    except ValueError:
        return "hostname"
    return "ip"


# -- reading DNSEndpoints


def condition(obj: Mapping[str, Any], type: str) -> Manifest:
    """The condition of a type in an object's status. An AssertionError, for `wait_until`, while there is none."""
    return _only(_status(obj, "conditions"), {"type": type})


def record(obj: Mapping[str, Any], dnsName: str, rtype: str) -> Manifest:  # noqa: N803  # as the field is called
    """The line of a record set in the status of a DNSEndpoint; an AssertionError while there is none.

    rtype is "" for a wish that did not even become a record set.
    """
    return _only(_status(obj, "records"), {"dnsName": dnsName, "recordType": rtype})


def _status(obj: Mapping[str, Any], field: str) -> Sequence[Manifest]:
    found: Sequence[Manifest] = obj.get("status", {}).get(field, ())
    return found


def _only(entries: Sequence[Manifest], wanted: Mapping[str, str]) -> Manifest:
    found = [one for one in entries if all(one.get(key, "") == value for key, value in wanted.items())]
    assert len(found) == 1, f"{len(found)} entries with {dict(wanted)} in {list(entries)}"
    return found[0]
