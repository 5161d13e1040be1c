"""From a Service to its DNSEndpoint and to answers in DNS, on a real API server and a real CoreDNS."""

from __future__ import annotations

import pytest

from cluster.manifests import condition, ga, ingress, load_balancer, record, service
from cluster.sharedsite import SharedSite

pytestmark = pytest.mark.cluster


def apply(site: SharedSite, short: str = "a", target: str = "", **spec: object) -> None:
    """The Service "game" for one name."""
    site.apply(service("game", ga(hostname=site.name(short)) | (ga(target=target) if target else {}), **spec))


def test_the_name_waits_for_the_load_balancer_and_is_published_then(shared_site: SharedSite) -> None:
    apply(shared_site)
    found = shared_site.told(shared_site.name("a"), "NoTargets")
    assert "the load balancer of service/" in condition(found, "Ready")["message"]
    shared_site.fill("service", "game", load_balancer("192.0.2.1"))
    shared_site.answers("a", "192.0.2.1")
    found = shared_site.asked_by("a", "service/game")
    assert [entry["dnsName"] for entry in found["spec"]["endpoints"]] == [shared_site.name("a")]


def test_addresses_of_both_families_are_published(shared_site: SharedSite) -> None:
    apply(shared_site)
    shared_site.fill("service", "game", load_balancer("2001:db8::1", "192.0.2.1"))
    shared_site.answers("a", "192.0.2.1")
    shared_site.answers("a", "2001:db8::1", rtype="AAAA")


def test_a_load_balancer_with_a_name_becomes_an_alias(shared_site: SharedSite) -> None:
    lb = shared_site.name("lb")
    shared_site.apply(ingress("lb", lb, annotations=ga(target="192.0.2.1")))
    apply(shared_site)
    shared_site.fill("service", "game", load_balancer(lb))
    shared_site.answers("a", "192.0.2.1", alias="lb")


def test_beside_an_address_the_name_of_a_load_balancer_gives_way_and_is_told(shared_site: SharedSite) -> None:
    apply(shared_site)
    entries = [{"ip": "192.0.2.1", "hostname": "lb.example.net"}]
    shared_site.fill("service", "game", {"loadBalancer": {"ingress": entries}})
    shared_site.answers("a", "192.0.2.1")
    found = shared_site.told(shared_site.name("a"), "CNAMEConflict")
    reasons = {rtype: record(found, shared_site.name("a"), rtype)["reason"] for rtype in ("A", "CNAME")}
    assert reasons == {"A": "Synced", "CNAME": "CNAMEConflict"}


def test_external_addresses_win_over_those_of_the_load_balancer(shared_site: SharedSite) -> None:
    apply(shared_site)
    shared_site.fill("service", "game", load_balancer("192.0.2.1"))
    shared_site.answers("a", "192.0.2.1")
    apply(shared_site, externalIPs=["192.0.2.2"])
    shared_site.answers("a", "192.0.2.2")


def test_of_another_type_the_target_annotation_is_needed_and_enough(shared_site: SharedSite) -> None:
    apply(shared_site, type="ClusterIP")
    found = shared_site.told(shared_site.name("a"), "NoTargets")
    assert "is of type ClusterIP" in condition(found, "Ready")["message"]
    apply(shared_site, type="ClusterIP", target="192.0.2.3")
    shared_site.answers("a", "192.0.2.3")


def test_another_hostname_moves_the_name(shared_site: SharedSite) -> None:
    apply(shared_site, "a", target="192.0.2.1")
    shared_site.answers("a", "192.0.2.1")
    apply(shared_site, "b", target="192.0.2.1")
    shared_site.answers("b", "192.0.2.1")
    shared_site.vanishes("a")


def test_a_deleted_service_takes_its_name_with_it(shared_site: SharedSite) -> None:
    apply(shared_site, target="192.0.2.1")
    shared_site.answers("a", "192.0.2.1")
    shared_site.delete("service", "game")
    shared_site.vanishes("a")
    assert shared_site.stored() == {}
