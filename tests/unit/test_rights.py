from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from unit.sources.builders import settings
from zonewright.rights import roles, rules
from zonewright.settings.fields import SOURCES

MANIFEST = Path(__file__).parents[2] / "manifests" / "rbac" / "clusterrole.yaml"


def test_manifest_is_what_the_default_settings_need() -> None:
    assert list(yaml.safe_load_all(MANIFEST.read_text())) == roles(settings(), "zonewright")


@pytest.mark.parametrize(
    ("flags", "resources"),
    [
        pytest.param({"source": ("crd",)}, set(), id="DNSEndpoints alone"),
        pytest.param({"source": ("ingress",)}, {"ingresses"}, id="Ingresses alone"),
        pytest.param(
            {"source": ("ingress",), "ingress_class": ("public",)}, {"ingresses", "ingressclasses"}, id="classes count"
        ),
        pytest.param(
            {"source": ("service",), "service_type_filter": ("LoadBalancer",)}, {"services"}, id="load balancers alone"
        ),
        pytest.param(
            {"source": ("service",)}, {"services", "pods", "endpointslices", "nodes"}, id="Services of every type"
        ),
        pytest.param({"source": ("node",)}, {"nodes"}, id="Nodes"),
        pytest.param(
            {"source": ("gateway-tcproute",)}, {"tcproutes", "gateways", "namespaces"}, id="one kind of route"
        ),
        pytest.param(
            {"source": ("gateway-httproute",), "gateway_listener_sets": True},
            {"httproutes", "gateways", "namespaces", "listenersets"},
            id="with ListenerSets",
        ),
    ],
)
def test_only_what_is_enabled_is_read(flags: dict[str, Any], resources: set[str]) -> None:
    read = {plural for rule in rules(settings(**flags)) if "list" in rule.verbs for plural in rule.resources}
    assert read == resources | {"dnsendpoints", "customresourcedefinitions"}


def test_nothing_but_dnsendpoints_and_events_is_written() -> None:
    writing = [rule for rule in rules(settings(source=SOURCES)) if set(rule.verbs) - {"get", "list", "watch"}]
    assert {p for rule in writing for p in rule.resources} == {"dnsendpoints", "dnsendpoints/status", "events"}


def test_one_namespace_takes_rights_in_that_namespace_alone() -> None:
    found = {role["kind"]: role for role in roles(settings(source=("ingress", "crd"), namespace="shop"), "z")}
    assert found["Role"]["metadata"] == {"name": "z", "namespace": "shop"}
    elsewhere = [plural for rule in found["ClusterRole"]["rules"] for plural in rule["resources"]]
    assert set(elsewhere) == {"customresourcedefinitions"}
