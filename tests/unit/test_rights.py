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


def test_nothing_but_dnsendpoints_events_and_the_lease_is_written() -> None:
    writing = [rule for rule in rules(settings(source=SOURCES)) if set(rule.verbs) - {"get", "list", "watch"}]
    written = {p for rule in writing for p in rule.resources}
    assert written == {"dnsendpoints", "dnsendpoints/status", "events", "leases"}


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param({"leader_election": False}, id="turned off"),
        pytest.param({"once": True}, id="once"),
        pytest.param({"dry_run": True}, id="dry run"),
    ],
)
def test_leases_are_nobodys_business_without_replicas(flags: dict[str, Any]) -> None:
    assert "leases" not in {plural for rule in rules(settings(**flags)) for plural in rule.resources}


def test_the_lease_is_in_the_namespace_where_the_role_is_applied_unless_the_flag_says_which() -> None:
    def lease_role(**flags: Any) -> tuple[str, int, dict[str, str]]:
        (found,) = (role for role in roles(settings(**flags), "z") if "leases" in str(role["rules"]))
        return found["kind"], len(found["rules"]), found["metadata"]

    assert lease_role() == ("Role", 1, {"name": "z-leader-election"})
    assert lease_role(leader_election_namespace="dns") == ("Role", 1, {"name": "z", "namespace": "dns"})


def test_where_the_name_of_the_lease_is_known_the_rights_end_with_it() -> None:
    """Save that to create: the API server does not know the name then."""
    found = [rule for rule in rules(settings(leader_election_lease_name="dns")) if "leases" in rule.resources]
    assert [(rule.verbs, rule.names) for rule in found] == [(("create",), ()), (("get", "update"), ("dns",))]


def test_one_namespace_takes_rights_in_that_namespace_alone() -> None:
    flags: dict[str, Any] = {"source": ("ingress", "crd"), "namespace": "shop", "leader_election": False}
    found = {role["kind"]: role for role in roles(settings(**flags), "z")}
    assert found["Role"]["metadata"] == {"name": "z", "namespace": "shop"}
    elsewhere = [plural for rule in found["ClusterRole"]["rules"] for plural in rule["resources"]]
    assert set(elsewhere) == {"customresourcedefinitions"}
