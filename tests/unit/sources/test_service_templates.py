from __future__ import annotations

from typing import Any

import pytest

from unit.sources.builders import NOBODY, Cluster, Object, service, settings
from unit.sources.workloads import (
    around,
    cluster_ip,
    endpoint,
    endpoint_slice,
    headless,
    node,
    node_port,
    pod,
    published,
    told,
)
from zonewright.model.claim import Claim
from zonewright.sources import service as source

NAMES: dict[str, Any] = {"fqdn_template": ("{{.Name}}.tpl.io",)}
PAIRS: dict[str, Any] = {"fqdn_target_template": ("pair.io:192.0.2.7",)}
COMBINE: dict[str, Any] = {"combine_fqdn_annotation": True}


def claims(obj: Object, cluster: Cluster = NOBODY, **flags: Any) -> tuple[Claim, ...]:
    return source.claims(obj, cluster, settings(**flags))


@pytest.mark.parametrize(
    ("obj", "flags", "expected"),
    [
        pytest.param(service(), NAMES, {"app.tpl.io"}, id="the template names what has no name"),
        pytest.param(service(hostname="a.io"), NAMES, {"a.io"}, id="the annotation wins"),
        pytest.param(service(hostname="a.io"), NAMES | COMBINE, {"a.io", "app.tpl.io"}, id="both with combine"),
        pytest.param(
            service(hostname="a.io"),
            NAMES | {"ignore_hostname_annotation": True},
            {"app.tpl.io"},
            id="annotation ignored",
        ),
        pytest.param(
            service(internal_hostname="i.io"),
            NAMES | {"ignore_hostname_annotation": True},
            {"app.tpl.io"},
            id="internal-hostname is ignored with it",
        ),
        pytest.param(service(), PAIRS, {"pair.io"}, id="pairs"),
        pytest.param(service(hostname="a.io"), PAIRS, {"a.io"}, id="the annotation wins over pairs"),
        pytest.param(service(), PAIRS | NAMES, {"pair.io"}, id="pairs win over names"),
        pytest.param(
            service(hostname="a.io"), PAIRS | NAMES | COMBINE, {"a.io", "pair.io", "app.tpl.io"}, id="all three"
        ),
        pytest.param(
            cluster_ip("10.0.0.1", hostname="a.io"), PAIRS, {"pair.io"}, id="pairs where nothing is published"
        ),
        pytest.param(
            cluster_ip("10.0.0.1", hostname="a.io"), NAMES, set(), id="a template publishes no cluster addresses"
        ),
        pytest.param(
            cluster_ip("10.0.0.1"), NAMES | {"publish_internal_services": True}, {"app.tpl.io"}, id="but by the flag"
        ),
        pytest.param(
            service("ClusterIP", target="192.0.2.9"), NAMES, {"app.tpl.io"}, id="and by the annotation target"
        ),
    ],
)
def test_templates_count_where_nothing_is_published_or_with_combine(
    obj: Object, flags: dict[str, Any], expected: set[str]
) -> None:
    assert {claim.hostname for claim in claims(obj, **flags) if claim.endpoints} == expected


def test_name_of_a_template_that_would_not_be_published_either_is_not_claimed() -> None:
    assert published(claims(service(targets=(), hostname="a.io"), **NAMES)) == {"a.io": {}}
    assert published(claims(service(targets=()), **NAMES)) == {"app.tpl.io": {}}


def test_names_of_templates_are_those_of_the_service_in_all() -> None:
    cluster = around(pod("p", hostname="db-0"), endpoint_slice(endpoint("p", "10.0.0.1")), node("n1", "192.0.2.11"))
    assert set(published(claims(headless(), cluster, **NAMES))) == {"app.tpl.io", "db-0.app.tpl.io"}
    ports = node_port({"nodePort": 30080}, ttl="60")
    found = claims(ports, cluster, **NAMES, managed_record_types=("A", "SRV"))
    assert set(published(found)) == {"app.tpl.io", "_app._tcp.app.tpl.io"}
    assert {e.ttl for claim in found for e in claim.endpoints} == {60}


def test_pairs_bring_their_targets_and_nothing_else() -> None:
    written = ("b.io:192.0.2.7,a.io:192.0.2.8", "b.io:2001:db8::7", "b.io:192.0.2.6")
    found = claims(service(ttl="60", set_identifier="blue", aws_weight="5"), fqdn_target_template=written)
    assert published(found) == {
        "b.io": {"A": ("192.0.2.6", "192.0.2.7"), "AAAA": ("2001:db8::7",)},
        "a.io": {"A": ("192.0.2.8",)},
    }
    assert {(e.ttl, e.set_identifier, e.properties) for claim in found for e in claim.endpoints} == {(None, "", ())}


def test_pair_whose_target_is_not_known_yet_has_none() -> None:
    found = claims(service(), fqdn_target_template=("a.io:{{.Spec.ExternalName}}",))
    assert published(found) == {"a.io": {}}
    assert told(found) == [("NoTargets", "--fqdn-target-template names no target for service/default/app")]


@pytest.mark.parametrize("flag", ["fqdn_template", "fqdn_target_template"])
def test_template_that_fails_is_told_under_its_own_text(flag: str) -> None:
    failing: dict[str, Any] = {flag: ("{{.Nowhere}}.io",)}
    (found,) = claims(service(), **failing)
    assert (found.hostname, found.endpoints) == ("{{.Nowhere}}.io", ())
    ((reason, message),) = told((found,))
    assert reason == "InvalidTemplate"
    assert "service/default/app" in message
    assert set(published(claims(service(hostname="a.io"), **failing))) == {"a.io"}
