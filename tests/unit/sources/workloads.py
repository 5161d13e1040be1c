"""Nodes, pods and EndpointSlices around a Service, with no more fields than a test is about."""

from __future__ import annotations

from typing import Any

from unit.sources.builders import Cluster, Object, meta, service
from zonewright.model.claim import Claim
from zonewright.model.kind import ENDPOINTSLICE, NODE, POD
from zonewright.sources.slices import SERVICE_LABEL


def node(name: str, external: str = "", internal: str = "", *, cordoned: bool = False, role: str = "") -> Object:
    """Addresses are separated by blanks; role: "node" or "control-plane", as kops labels them."""
    addresses = [{"type": "ExternalIP", "address": address} for address in external.split()]
    addresses += [{"type": "InternalIP", "address": address} for address in internal.split()]
    return {
        "metadata": {"name": name, "labels": {f"node-role.kubernetes.io/{role}": ""} if role else {}},
        "spec": {"unschedulable": True} if cordoned else {},
        "status": {"addresses": [*addresses, {"type": "Hostname", "address": name}]},
    }


def pod(name: str, at: str = "n1", *, ready: bool = True, hostname: str = "", app: str = "db", **notes: Any) -> Object:
    """A pod that runs; `notes` are its annotations."""
    return {
        "metadata": meta(name, labels={"app": app}, **notes),
        "spec": {"nodeName": at} | ({"hostname": hostname} if hostname else {}),
        "status": {
            "phase": "Running",
            "hostIP": "192.0.2.31",
            "conditions": [
                {"type": "Initialized", "status": "True"},
                {"type": "Ready", "status": str(ready)},
            ],
        },
    }


def endpoint(pod: str, *addresses: str, **fields: Any) -> Object:
    return {"addresses": list(addresses), "targetRef": {"kind": "Pod", "name": pod}} | fields


def unready(pod: str, *addresses: str) -> Object:
    return endpoint(pod, *addresses, conditions={"ready": False})


def endpoint_slice(*endpoints: Object, name: str = "app-1", of: str = "app", family: str = "IPv4") -> Object:
    return {
        "metadata": {"name": name, "namespace": "default", "labels": {SERVICE_LABEL: of}},
        "addressType": family,
        "endpoints": list(endpoints),
    }


def cluster_ip(*addresses: str, kind: str = "ClusterIP", **notes: Any) -> Object:
    """A Service "app" with these cluster addresses; where its type has a load balancer, with one at 192.0.2.1."""
    found = service(kind, **notes)
    found["spec"] |= {"clusterIP": (addresses or ("",))[0], "clusterIPs": list(addresses)}
    return found


def external_name(name: str, *ips: str, **notes: Any) -> Object:
    """A Service "app" of type ExternalName; ips: its externalIPs."""
    found = service("ExternalName", targets=(), **notes)
    found["spec"] |= {"externalName": name, "externalIPs": list(ips)}
    return found


def headless(**notes: Any) -> Object:
    """A headless Service "app" of the pods with the label app=db."""
    found = service("ClusterIP", targets=(), **notes)
    found["spec"] |= {"clusterIP": "None", "clusterIPs": ["None"], "selector": {"app": "db"}}
    return found


def node_port(*ports: Object, **notes: Any) -> Object:
    """A Service "app" of type NodePort of the pods with the label app=db."""
    found = service("NodePort", targets=(), **notes)
    found["spec"] |= {"ports": list(ports), "selector": {"app": "db"}}
    return found


def around(*objects: Object) -> Cluster:
    """Lookups of nodes, pods and slices, told apart by what they have."""
    kinds = {"addressType": ENDPOINTSLICE, "hostIP": POD, "addresses": NODE}
    cluster = Cluster()
    for obj in objects:
        kind = next(kind for mark, kind in kinds.items() if mark in obj or mark in obj.get("status", {}))
        cluster = cluster.having(kind, obj)
    return cluster


def published(claims: tuple[Claim, ...]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Targets by name and record type; names without targets are there, too."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for claim in claims:
        of_name = found.setdefault(claim.hostname, {})
        for wanted in claim.endpoints:
            of_name[wanted.rtype] = tuple(sorted({*of_name.get(wanted.rtype, ()), *wanted.targets}))
    return found


def told(claims: tuple[Claim, ...]) -> list[tuple[str, str]]:
    """Reason and message of every problem, once each."""
    return list(dict.fromkeys((str(problem.reason), problem.message) for one in claims for problem in one.problems))
