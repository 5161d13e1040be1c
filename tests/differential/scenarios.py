"""Random but valid objects of a cluster: what people write, with the corners that matter to DNS.

A scenario is a handful of objects of one namespace whose hostnames nobody else uses: so many scenarios can be given to
a tool in one run, and what it publishes for one does not depend on the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Object = dict[str, Any]

PREFIX = "external-dns.kubernetes.io/"
DOMAIN = "example.org"
ADDRESSES = ("192.0.2.1", "192.0.2.2", "198.51.100.7", "10.1.2.3", "2001:db8::1", "2001:DB8:0::2", "64:ff9b::c000:201")
NAMES = ("lb.example.com", "lb-a.example.com", "LB.example.net", "dual.elb.example.com.")
TTLS = ("60", "300", "1m", "1h2m", "1.5s", "100ms", "0", "-5", "1d", "2147483648", " 60", "")
LABELS = ("www", "api", "shop", "WWW", "*", "a.b", "*.apps", "x-1", "_sip._tcp")


@dataclass(frozen=True, slots=True)
class Scenario:
    """objects in the order in which they are created, statuses included; namespace is filled in by the runner."""

    objects: tuple[Object, ...]

    def __repr__(self) -> str:
        return f"Scenario of {', '.join(o['kind'] + '/' + o['metadata']['name'] for o in self.objects)}"


def hostnames(number: int) -> st.SearchStrategy[str]:
    """Names of the scenario with this number."""
    return st.sampled_from(LABELS).map(lambda label: f"{label}.s{number}.{DOMAIN}")


def _listed(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    separators = st.sampled_from([",", ", ", " ,"])
    return st.tuples(st.lists(items, min_size=1, max_size=3), separators).map(lambda pair: pair[1].join(pair[0]))


targets = st.sampled_from((*ADDRESSES, *NAMES))
balancers = st.lists(targets, max_size=3, unique=True).map(
    lambda found: {"loadBalancer": {"ingress": [{_field(t): _as_status(t)} for t in found]}} if found else {}
)


def _as_status(target: str) -> str:
    """The API server takes no other spelling there."""
    return target if target in ADDRESSES else target.rstrip(".").lower()


def _field(target: str) -> str:
    return "ip" if target in ADDRESSES else "hostname"


def common(number: int) -> Mapping[str, st.SearchStrategy[str]]:
    """Annotations that every source reads."""
    return {
        "hostname": _listed(hostnames(number)),
        "target": _listed(targets),
        "ttl": st.sampled_from(TTLS),
        "controller": st.sampled_from(["dns-controller", "other", "dns-controller"]),
        "set-identifier": st.sampled_from(["blue", "green"]),
        "alias": st.sampled_from(["true", "false"]),
        "aws-weight": st.sampled_from(["10", "20"]),
        "webhook-group": st.sampled_from(["a", "b"]),
    }


@st.composite
def noted(draw: st.DrawFn, number: int, /, **more: st.SearchStrategy[str]) -> dict[str, str]:
    """A few of the annotations that a kind knows."""
    known = {**common(number), **{name.replace("_", "-"): strategy for name, strategy in more.items()}}
    chosen = draw(st.lists(st.sampled_from(sorted(known)), max_size=4, unique=True))
    if draw(st.booleans()):  # mostly without what takes the whole object away
        chosen = [name for name in chosen if name != "controller"]
    return {PREFIX + name: draw(known[name]) for name in sorted(chosen)}


@st.composite
def ingresses(draw: st.DrawFn, number: int, name: str) -> Object:
    notes = draw(noted(number, ingress_hostname_source=st.sampled_from(["annotation-only", "Defined-Hosts-Only"])))
    hosts = draw(st.lists(hostnames(number).filter(_is_host), max_size=2))
    tls = draw(st.lists(hostnames(number).filter(_is_host), max_size=2))
    spec: Object = {"defaultBackend": {"service": {"name": "app", "port": {"number": 80}}}}
    if hosts:
        spec["rules"] = [{"host": host} for host in hosts]
    if tls:
        spec["tls"] = [{"hosts": tls}]
    return _object("networking.k8s.io/v1", "Ingress", name, notes, spec=spec, status=draw(balancers))


def _is_host(name: str) -> bool:
    """What the API server takes for a host of an Ingress or a route."""
    return name == name.lower() and "_" not in name


@st.composite
def services(draw: st.DrawFn, number: int, name: str) -> Sequence[Object]:
    notes = draw(
        noted(
            number,
            internal_hostname=_listed(hostnames(number)),
            access=st.sampled_from(["public", "private", "secret"]),
            endpoints_type=st.sampled_from(["NodeExternalIP", "HostIP"]),
        )
    )
    if draw(st.integers(0, 3)):  # a Service has no other names
        notes.setdefault(PREFIX + "hostname", draw(_listed(hostnames(number))))
    kind = draw(st.sampled_from(["LoadBalancer", "LoadBalancer", "ClusterIP", "Headless", "NodePort", "ExternalName"]))
    build = {"Headless": _headless, "ExternalName": _external_name}.get(kind, _plain)
    return build(draw, name, notes, kind)


def _plain(draw: st.DrawFn, name: str, notes: dict[str, str], kind: str) -> Sequence[Object]:
    spec: Object = {"type": kind, "ports": [{"name": "http", "port": 80}, {"name": "tls", "port": 443}]}
    if draw(st.booleans()):
        spec["ipFamilyPolicy"] = "PreferDualStack"
    if draw(st.integers(0, 3)) == 0:
        spec["externalIPs"] = draw(st.lists(st.sampled_from(ADDRESSES[:4]), min_size=1, max_size=2, unique=True))
    if kind == "NodePort" and draw(st.booleans()):
        spec |= {"externalTrafficPolicy": "Local", "selector": {"app": name}}
    status = draw(balancers) if kind == "LoadBalancer" else {}
    return [_object("v1", "Service", name, notes, spec=spec, status=status)]


def _external_name(draw: st.DrawFn, name: str, notes: dict[str, str], _: str) -> Sequence[Object]:
    spec = {"type": "ExternalName", "externalName": draw(st.sampled_from(["www.example.com", "192.0.2.44"]))}
    return [_object("v1", "Service", name, notes, spec=spec)]


def _headless(draw: st.DrawFn, name: str, notes: dict[str, str], _: str) -> Sequence[Object]:
    spec: Object = {"clusterIP": "None", "selector": {"app": name}, "ports": [{"port": 80}]}
    if draw(st.integers(0, 3)) == 0:
        spec["publishNotReadyAddresses"] = True
    pods = [_pod(draw, name, i) for i in range(draw(st.integers(0, 3)))]
    endpoints = [
        {
            "addresses": [pod["status"]["podIP"]],
            "conditions": draw(st.sampled_from([{"ready": True}, {"ready": True}, {"ready": False}, {}])),
            "targetRef": {"kind": "Pod", "name": pod["metadata"]["name"]},
        }
        for pod in pods
    ]
    slices = _object("discovery.k8s.io/v1", "EndpointSlice", f"{name}-1", {})
    slices["metadata"]["labels"] = {"kubernetes.io/service-name": name}
    slices |= {"addressType": "IPv4", "endpoints": endpoints, "ports": [{"port": 80}]}
    return [_object("v1", "Service", name, notes, spec=spec), *pods, slices]


def _pod(draw: st.DrawFn, service: str, index: int) -> Object:
    notes = {PREFIX + "target": "203.0.113.77"} if draw(st.integers(0, 4)) == 0 else {}
    pod = _object("v1", "Pod", f"{service}-{index}", notes)
    pod["metadata"]["labels"] = {"app": draw(st.sampled_from([service, service, service, "other"]))}
    pod["spec"] = {"nodeName": f"n{index}", "containers": [{"name": "c", "image": "example.org/c"}]}
    if draw(st.booleans()):
        pod["spec"]["hostname"] = f"pod-{index}"
    address = f"10.244.0.{index + 1}"
    pod["status"] = {"podIP": address, "podIPs": [{"ip": address}], "hostIP": f"10.0.0.{index + 1}", "phase": "Running"}
    return pod


ROUTES = {"HTTPRoute": "HTTP", "GRPCRoute": "HTTPS", "TLSRoute": "TLS", "TCPRoute": "TCP", "UDPRoute": "UDP"}


@st.composite
def routes(draw: st.DrawFn, number: int, name: str) -> Sequence[Object]:
    kind = draw(st.sampled_from([*ROUTES, "HTTPRoute", "HTTPRoute"]))
    gateway = _gateway(draw, number, f"{name}-gw", kind)
    hosts = draw(st.lists(hostnames(number).filter(_is_host), max_size=2, unique=True))
    notes = draw(noted(number, gateway_hostname_source=st.sampled_from(["annotation-only", "defined-hosts-only"])))
    notes = {key: value for key, value in notes.items() if key != PREFIX + "target"}
    ref = {"name": gateway["metadata"]["name"]}
    if draw(st.integers(0, 3)) == 0:
        ref["sectionName"] = draw(st.sampled_from(["l0", "l1"]))
    accepted = {"type": "Accepted", "status": draw(st.sampled_from(["True", "True", "True", "False"]))}
    rule: Object = {"backendRefs": [{"name": "app", "port": 80}]}
    spec: Object = {"parentRefs": [ref], "rules": [rule]}
    if hosts and kind not in ("TCPRoute", "UDPRoute"):
        spec["hostnames"] = hosts
    if kind == "TLSRoute" and "hostnames" not in spec:
        spec["hostnames"] = [f"tls.s{number}.{DOMAIN}"]
    answer = {"parentRef": ref, "controllerName": "example.org/gateway", "conditions": [accepted | _MOMENT]}
    route = _object("gateway.networking.k8s.io/v1", kind, name, notes, spec=spec, status={"parents": [answer]})
    return [gateway, route]


_MOMENT = {"reason": "Accepted", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}


def _gateway(draw: st.DrawFn, number: int, name: str, route: str) -> Object:
    notes = {PREFIX + "target": draw(_listed(targets))} if draw(st.integers(0, 4)) == 0 else {}
    listeners = [_listener(draw, number, i, ROUTES[route]) for i in range(draw(st.integers(1, 2)))]
    addresses = draw(st.lists(st.sampled_from([*ADDRESSES[:5], "gw.example.com"]), max_size=2, unique=True))
    status = {"addresses": [{"type": _address_type(a), "value": a} for a in addresses]}
    spec = {"gatewayClassName": "any", "listeners": listeners}
    return _object("gateway.networking.k8s.io/v1", "Gateway", name, notes, spec=spec, status=status)


def _address_type(address: str) -> str:
    return "IPAddress" if address in ADDRESSES else "Hostname"


def _listener(draw: st.DrawFn, number: int, index: int, protocol: str) -> Object:
    listener: Object = {"name": f"l{index}", "protocol": protocol, "port": 8000 + index}
    if protocol in ("HTTP", "HTTPS", "TLS"):
        choices = ["", f"*.s{number}.{DOMAIN}", f"www.s{number}.{DOMAIN}", f"*.apps.s{number}.{DOMAIN}"]
        if hostname := draw(st.sampled_from(choices)):
            listener["hostname"] = hostname
    if protocol == "HTTPS":
        listener["tls"] = {"certificateRefs": [{"name": "cert"}]}
    if protocol == "TLS":
        listener["tls"] = {"mode": "Passthrough"}
    if draw(st.integers(0, 3)) == 0:
        listener["allowedRoutes"] = {"namespaces": {"from": draw(st.sampled_from(["Same", "All"]))}}
    return listener


def _object(api_version: str, kind: str, name: str, notes: Mapping[str, str], **parts: Any) -> Object:
    metadata = {"name": name, "annotations": dict(notes)} if notes else {"name": name}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **parts}


@st.composite
def scenarios(draw: st.DrawFn, number: int) -> Scenario:
    """One to three objects that ask for names of the scenario."""
    objects: list[Object] = []
    for index in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["ingress", "ingress", "service", "service", "route"]))
        name = f"{kind}-{index}"
        if kind == "ingress":
            objects.append(draw(ingresses(number, name)))
        else:
            objects += draw(services(number, name) if kind == "service" else routes(number, name))
    return Scenario(tuple(objects))


# Settings that change what sources make of an object, by the name of the field.
FLAGS_OF_SOURCES: Mapping[str, st.SearchStrategy[Any]] = {
    "publish_internal_services": st.booleans(),
    "publish_host_ip": st.booleans(),
    "always_publish_not_ready_addresses": st.booleans(),
    "ignore_ingress_tls_spec": st.booleans(),
    "ignore_ingress_rules_spec": st.booleans(),
    "expose_internal_ipv6": st.booleans(),
    "exclude_target_net": st.just(("10.0.0.0/8",)),
    "target_net_filter": st.just(("192.0.2.0/24",)),
    "nat64_networks": st.just(("64:ff9b::/96",)),
    "service_type_filter": st.just(("LoadBalancer",)),
    "fqdn_template": st.sampled_from([("{{.Name}}.example.org",), ("{{.Nope}}.example.org",)]),
    "combine_fqdn_annotation": st.booleans(),
}
