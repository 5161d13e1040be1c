from __future__ import annotations

from typing import Any

import pytest

from unit.sources.builders import NOBODY, service, settings
from zonewright.model.claim import Claim
from zonewright.model.reason import Reason
from zonewright.sources import service as source


def claims(obj: dict[str, Any]) -> tuple[Claim, ...]:
    return source.claims(obj, NOBODY, settings())


def test_service_without_hostname_asks_for_nothing() -> None:
    assert claims(service(ttl="60")) == ()


def test_every_name_of_the_annotation_is_published() -> None:
    assert {claim.hostname: claim.endpoints[0].targets for claim in claims(service(hostname="a.io, b.io,"))} == {
        "a.io": ("192.0.2.1",),
        "b.io": ("192.0.2.1",),
    }


def test_external_ips_win_over_the_status() -> None:
    obj = service(hostname="a.io")
    obj["spec"]["externalIPs"] = ["198.51.100.8", "198.51.100.7", ""]
    (claim,) = claims(obj)
    assert [endpoint.targets for endpoint in claim.endpoints] == [("198.51.100.7", "198.51.100.8")]


@pytest.mark.parametrize("kind", ["LoadBalancer", "ClusterIP", "NodePort", "ExternalName", ""])
def test_target_annotation_publishes_every_type_of_service(kind: str) -> None:
    (claim,) = claims(service(kind, hostname="a.io", target="192.0.2.50"))
    assert [endpoint.targets for endpoint in claim.endpoints] == [("192.0.2.50",)]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("LoadBalancer", "the load balancer of service/default/app has no address yet"),
        ("ClusterIP", "service/default/app is of type ClusterIP, of which no address is published"),
        ("", "service/default/app is of type ClusterIP"),
        ("ExternalName", "service/default/app is of type ExternalName"),
    ],
)
def test_service_without_published_address_says_why(kind: str, says: str) -> None:
    (claim,) = claims(service(kind, targets=(), hostname="a.io"))
    assert claim.endpoints == ()
    (problem,) = claim.problems
    assert problem.reason is Reason.NO_TARGETS
    assert problem.message.startswith(says)


def test_projection_says_the_same() -> None:
    obj = service(hostname="a.io,b.io", ttl="5m") | {"spec": {"type": "LoadBalancer", "externalIPs": ["192.0.2.3"]}}
    assert claims(source.project(obj)) == claims(obj)
