"""Objects as templates see them; the expectations are what ExternalDNS's engine writes with k8s.io/api v0.36."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.gotemplate.rendering import made, of_service
from zonewright import gotemplate
from zonewright.gotemplate import kubernetes
from zonewright.gotemplate.access import fields
from zonewright.gotemplate.kubernetes import SCHEMA
from zonewright.gotemplate.printing import shown
from zonewright.gotemplate.schema import json_key
from zonewright.gotemplate.values import Struct, typed

META = {
    "name": "web",
    "namespace": "shop",
    "uid": "u1",
    "creationTimestamp": "2026-01-02T03:04:05Z",
    "labels": {"team": "red", "marker": ""},
    "annotations": {"dns.company.com/label": "l", "list": '[{"dns":"a.io","port":80},{"dns":"b.io"}]'},
    "ownerReferences": [{"kind": "ReplicaSet", "name": "rs", "controller": True}],
}
SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": META,
    "spec": {
        "type": "LoadBalancer",
        "clusterIPs": ["10.0.0.1", "fd00::1"],
        "selector": {"app": "my"},
        "allocateLoadBalancerNodePorts": False,
        "ipFamilyPolicy": "SingleStack",
        "ports": [
            {"name": "http", "port": 80, "targetPort": 8080, "nodePort": 30080},
            {"port": 81, "targetPort": "named"},
            {"port": 82},
        ],
    },
    "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}, {"hostname": "lb.example.com", "ipMode": "VIP"}]}},
}


def of(template: str, obj: dict[str, Any] = SERVICE) -> str:
    return made(template, kubernetes.by_go(obj["kind"], obj))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param(
            "{{.Name}}.{{.Namespace}} {{.Kind}} {{.APIVersion}} {{.UID}}", "web.shop Service v1 u1", id="meta"
        ),
        pytest.param("{{.ObjectMeta.Name}} {{.TypeMeta.Kind}} {{.GetName}}", "web Service web", id="in full"),
        pytest.param(
            "{{.Labels.team}} {{index .Labels `team`}} {{index .ObjectMeta.Labels `team`}}", "red red red", id="label"
        ),
        pytest.param("{{.Labels.nope}} [{{index .Labels `nope`}}]", "<no value> []", id="no such label"),
        pytest.param(
            "{{hasKey .Labels `marker`}} {{hasKey .Labels `nope`}}", "true false", id="an empty label is there"
        ),
        pytest.param("{{or .Annotations.dns `x`}} {{eq .Labels.nope `a`}}", "x false", id="no such annotation"),
        pytest.param("{{range $k, $v := .Labels}}{{$k}}={{$v}},{{end}}", "marker=,team=red,", id="all labels"),
        pytest.param(
            "{{range $e := (index .Annotations `list` | fromJson)}}{{$e.dns}},{{end}}", "a.io,b.io,", id="JSON in it"
        ),
        pytest.param(
            "{{range .OwnerReferences}}{{.Kind}}/{{.Name}}{{.Controller}}{{end}}", "ReplicaSet/rstrue", id="owner"
        ),
        pytest.param("{{.CreationTimestamp}}", "2026-01-02 03:04:05 +0000 UTC", id="a time"),
        pytest.param(
            "{{.CreationTimestamp.Unix}} {{.DeletionTimestamp}}", "1767323045 <nil>", id="its seconds, and none"
        ),
        pytest.param("{{.Spec.Type}} {{eq .Spec.Type `LoadBalancer`}}", "LoadBalancer true", id="a named type"),
        pytest.param("{{.Spec.ClusterIPs}} {{index .Spec.Selector `app`}}", "[10.0.0.1 fd00::1] my", id="list and map"),
        pytest.param(
            "{{range .Spec.Ports}}{{.Port}}/{{.TargetPort}}/{{.NodePort}} {{end}}",
            "80/8080/30080 81/named/0 82/0/0 ",
            id="ports",
        ),
        pytest.param("{{(index .Spec.Ports 1).TargetPort.StrVal}}", "named", id="a port by name"),
        pytest.param(
            "{{range .Status.LoadBalancer.Ingress}}{{.IP}}{{.Hostname}}{{.IPMode}} {{end}}",
            "192.0.2.1<nil> lb.example.comVIP ",
            id="status",
        ),
        pytest.param("{{.Spec.IPFamilyPolicy}} {{.Spec.LoadBalancerClass}}", "SingleStack <nil>", id="pointers"),
        pytest.param(
            "{{if .Spec.AllocateLoadBalancerNodePorts}}y{{end}} {{if .Spec.LoadBalancerClass}}y{{end}}",
            "y ",
            id="a pointer to false is true",
        ),
        pytest.param("{{with .Spec.IPFamilyPolicy}}{{.}}{{end}}", "SingleStack", id="a pointer as dot"),
        pytest.param("{{eq .Spec.LoadBalancerClass nil}}", "true", id="a pointer that is nil"),
    ],
)
def test_object_by_the_names_of_go(template: str, text: str) -> None:
    assert of(template) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("[{{.Spec.ExternalName}}{{.Namespace}}]", "[]", id="text"),
        pytest.param(
            "{{.Spec.HealthCheckNodePort}} {{.Spec.PublishNotReadyAddresses}}", "0 false", id="number and truth"
        ),
        pytest.param(
            "{{.Spec.Ports}} {{len .Spec.ExternalIPs}} {{.Labels}} {{.Spec.Selector}}",
            "[] 0 map[] map[]",
            id="lists, maps",
        ),
        pytest.param(
            "{{range .Spec.Ports}}a{{else}}b{{end}}{{if .Status.LoadBalancer.Ingress}}a{{end}}",
            "b",
            id="and to range over",
        ),
        pytest.param("{{eq .Spec.Ports nil}} {{index .Spec.Selector `app`}}", "true ", id="and nil"),
        pytest.param("{{.CreationTimestamp}}", "0001-01-01 00:00:00 +0000 UTC", id="time"),
    ],
)
def test_absent_field_has_its_zero_value(template: str, text: str) -> None:
    assert of_service(template) == text


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{.Spec.NoSuchField}}", ".Spec.NoSuchField: can't evaluate field NoSuchField in type ServiceSpec"),
        ("{{.Spec.externalName}}", "can't evaluate field externalName in type ServiceSpec"),
        ("{{.Data}}", "can't evaluate field Data in type Service"),
        ("{{.Metadata.name}}", "can't evaluate field Metadata in type Service"),
        ("{{.Spec.SessionAffinityConfig.ClientIP}}", "nil pointer evaluating *SessionAffinityConfig.ClientIP"),
        ("{{.Spec.Ports.Name}}", "can't evaluate field Name in type []ServicePort"),
        ("{{.Spec.LoadBalancerClass | toLower}}", "expected string; got nil"),
        ("{{.Labels.nope | toLower}}", "invalid value; expected string"),
        ("{{index . 0}}", "can't index item of type Service"),
    ],
)
def test_field_that_a_type_does_not_have_is_an_error(template: str, why: str) -> None:
    with pytest.raises(gotemplate.Failed) as told:
        of(template)
    assert why in str(told.value)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("{{toLower .Spec.Type}}", "loadbalancer", id="a named type as text"),
        pytest.param("{{toLower .Spec.IPFamilyPolicy}}", "singlestack", id="a pointer to one as text"),
        pytest.param(
            "{{eq .Spec.IPFamilyPolicy `SingleStack`}} {{eq .Spec.LoadBalancerClass `a`}}", "true false", id="compared"
        ),
    ],
)
def test_what_go_calls_another_type_is_taken_all_the_same(template: str, text: str) -> None:
    assert of(template) == text


def test_key_of_another_type_is_taken_all_the_same() -> None:
    assert of("{{index .Status.Capacity `cpu`}}", NODE) == "4"


def test_field_of_a_newer_cluster_is_there() -> None:
    obj = SERVICE | {"spec": {"brandNew": {"Deep": [{"ipLike": "a"}]}}}
    assert of("{{range .Spec.BrandNew.Deep}}{{.IPLike}}{{end}}", obj) == "a"


INGRESS: dict[str, Any] = {
    "kind": "Ingress",
    "metadata": META,
    "spec": {
        "ingressClassName": "nginx",
        "rules": [{"host": "a.io", "http": {"paths": [{"path": "/", "backend": {"service": {"name": "s"}}}]}}, {}],
        "tls": [{"hosts": ["t.io", "u.io"]}],
    },
}
NODE: dict[str, Any] = {
    "kind": "Node",
    "metadata": {"name": "n1"},
    "spec": {"unschedulable": True, "externalID": "e"},
    "status": {
        "addresses": [{"type": "ExternalIP", "address": "203.0.113.1"}, {"type": "InternalIP", "address": "fd00::1"}],
        "nodeInfo": {"architecture": "arm64", "osImage": "Linux"},
        "capacity": {"cpu": "4"},
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
    },
}
POD: dict[str, Any] = {
    "kind": "Pod",
    "metadata": {"name": "p"},
    "spec": {
        "nodeName": "n1",
        "containers": [{"name": "c", "ports": [{"containerPort": 80}], "readinessProbe": {"httpGet": {"path": "/x"}}}],
        "volumes": [{"name": "v", "emptyDir": {}}],
    },
    "status": {"phase": "Running", "podIP": "10.2.0.1", "podIPs": [{"ip": "10.2.0.1"}, {"ip": "fd00::5"}]},
}
ROUTE: dict[str, Any] = {
    "kind": "HTTPRoute",
    "metadata": META,
    "spec": {
        "parentRefs": [{"name": "gw", "namespace": "infra"}, {"name": "gw2"}],
        "hostnames": ["a.example.com", "b.example.com"],
        "rules": [{"backendRefs": [{"name": "svc", "port": 80}], "filters": [{"urlRewrite": {"hostname": "r.io"}}]}],
    },
    "status": {"parents": [{"parentRef": {"name": "gw"}, "conditions": [{"type": "Accepted", "status": "True"}]}]},
}


@pytest.mark.parametrize(
    ("obj", "template", "text"),
    [
        (INGRESS, "{{range .Spec.Rules}}{{.Host}},{{end}} {{.Spec.IngressClassName}}", "a.io,, nginx"),
        (
            INGRESS,
            "{{with (index .Spec.Rules 0).HTTP}}{{range .Paths}}{{.Path}}{{.Backend.Service.Name}}{{end}}{{end}}",
            "/s",
        ),
        (INGRESS, "{{range .Spec.TLS}}{{range .Hosts}}{{. | replace `.` `-`}},{{end}}{{end}}", "t-io,u-io,"),
        (
            NODE,
            "{{range .Status.Addresses}}{{if and (eq .Type `ExternalIP`) (isIPv4 .Address)}}"
            "ip-{{.Address | replace `.` `-`}}{{break}}{{end}}{{end}}",
            "ip-203-0-113-1",
        ),
        (
            NODE,
            "{{.Status.NodeInfo.Architecture}} {{.Status.NodeInfo.OSImage}} {{.Spec.Unschedulable}}",
            "arm64 Linux true",
        ),
        (NODE, "{{.Spec.DoNotUseExternalID}} {{.Status.DaemonEndpoints.KubeletEndpoint.Port}}", "e 10250"),
        (
            POD,
            "{{.Status.PodIP}} {{.Status.Phase}} {{.Spec.NodeName}} {{.Spec.HostNetwork}}",
            "10.2.0.1 Running n1 false",
        ),
        (POD, "{{range .Status.PodIPs}}{{.IP}},{{end}}", "10.2.0.1,fd00::5,"),
        (
            POD,
            "{{range .Spec.Containers}}{{.Name}}{{range .Ports}}{{.ContainerPort}}{{end}}"
            "{{.ReadinessProbe.HTTPGet.Path}}{{end}}",
            "c80/x",
        ),
        (POD, "{{(index .Spec.Volumes 0).Name}}", "v"),
        (ROUTE, "{{range .Spec.Hostnames}}{{.}},{{end}}", "a.example.com,b.example.com,"),
        (
            ROUTE,
            "{{range .Spec.ParentRefs}}{{with .Namespace}}{{.}}{{else}}{{$.Namespace}}{{end}}/{{.Name}},{{end}}",
            "infra/gw,shop/gw2,",
        ),
        (ROUTE, "{{range .Spec.Rules}}{{range .BackendRefs}}{{.Name}}{{.Port}}{{.Weight}}{{end}}{{end}}", "svc80<nil>"),
        (
            ROUTE,
            "{{range .Status.Parents}}{{.ParentRef.Name}}{{range .Conditions}}{{.Type}}{{end}}{{end}}",
            "gwAccepted",
        ),
    ],
)
def test_fields_of_other_kinds(obj: dict[str, Any], template: str, text: str) -> None:
    assert of(template, obj) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{.Name}}.{{.Namespace}} {{.Kind}} {{.APIVersion}} {{.Labels.team}}", "web.shop Service v1 red"),
        ("{{.Spec.type}} {{.Object.spec.type}} {{.Metadata.labels.team}}", "LoadBalancer LoadBalancer red"),
        ("{{range .Spec.ports}}{{.port}},{{end}}", "80,81,82,"),
        ("{{range .Status.loadBalancer.ingress}}{{index . `ip`}};{{end}}", "192.0.2.1;<no value>;"),
        ("{{index .Annotations `dns.company.com/label`}}[{{index .Labels `nope`}}]", "l[]"),
    ],
)
def test_object_by_the_names_of_json(template: str, text: str) -> None:
    assert made(template, kubernetes.by_json(SERVICE), strict=True) == text


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{.Spec.externalName}}", "map has no entry for key 'externalName'"),
        ("{{.Labels.nope}}", "map has no entry for key 'nope'"),
        ("{{.ObjectMeta}}", "can't evaluate field ObjectMeta"),
        ("{{range .Spec.ports}}{{.name}}{{end}}", "map has no entry for key 'name'"),
    ],
)
def test_by_json_what_is_not_there_is_an_error(template: str, why: str) -> None:
    with pytest.raises(gotemplate.Failed, match=why):
        made(template, kubernetes.by_json(SERVICE), strict=True)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Name", "name"),
        ("PodIP", "podIP"),
        ("IPMode", "ipMode"),
        ("TLS", "tls"),
        ("HostIPs", "hostIPs"),
        ("UID", "uid"),
    ],
)
def test_key_of_a_field_follows_from_its_name(name: str, key: str) -> None:
    assert json_key(name) == key


@pytest.mark.parametrize("name", sorted(SCHEMA.names()))
def test_every_struct_can_be_read_and_written_out_when_it_is_empty(name: str) -> None:
    empty = typed(SCHEMA.struct(name), None)
    assert made("{{.}}", empty)
    assert isinstance(empty, Struct)
    for part, value in fields(empty):
        assert made(f"{{{{.{part}}}}}", empty) == shown(value)


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["name", "labels", "spec", "ports", "type", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
TEMPLATES = [
    "{{.}}",
    "{{.Name}}{{.Labels.x}}{{index .Labels `x`}}{{.CreationTimestamp}}",
    "{{range .Spec.Ports}}{{.Name}}{{.TargetPort}}{{end}}{{.Spec.Type}}{{.Spec.X}}",
    "{{range $k, $v := .Metadata}}{{$k}}{{$v}}{{end}}{{.Object}}",
]


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(["metadata", "spec", "status", "kind"], JUNK)),
    st.sampled_from(["Service", "Pod"]),
    st.sampled_from(TEMPLATES),
)
def test_no_shape_of_an_object_is_more_than_a_failure(obj: dict[str, Any], kind: str, template: str) -> None:
    for view, strict in ((kubernetes.by_go(kind, obj), False), (kubernetes.by_json(obj), True)):
        try:
            text = made(template, view, strict=strict)
        except gotemplate.Failed:
            continue
        assert isinstance(text, str)
