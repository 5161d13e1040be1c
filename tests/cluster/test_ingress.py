"""From an Ingress to one DNSEndpoint per hostname and to answers in DNS, on a real API server and a real CoreDNS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cluster.manifests import alpha, condition, ga, ingress, load_balancer, record
from cluster.sharedsite import SharedSite
from cluster.testsite import Site

pytestmark = pytest.mark.cluster

ADDRESS, OTHER = "192.0.2.1", "192.0.2.2"


def pointed(site: Site, name: str, annotations: Mapping[str, str], short: str = "") -> dict[str, Any]:
    """An Ingress for one name, whose target is ADDRESS unless the annotations say otherwise."""
    return ingress(name, site.name(short or name), annotations={**alpha(target=ADDRESS), **annotations})


# -- hostnames


def test_each_hostname_has_one_dnsendpoint_named_after_it_and_owned_by_its_ingress(shared_site: SharedSite) -> None:
    shared_site.apply(ingress("web", shared_site.name("a"), shared_site.name("b")))
    shared_site.fill("ingress", "web", load_balancer(ADDRESS))
    for short in ("a", "b"):
        shared_site.answers(short, ADDRESS)
        found = shared_site.asked_by(short, "ingress/web")
        assert [entry["dnsName"] for entry in found["spec"]["endpoints"]] == [shared_site.name(short)]
    assert shared_site.hostnames() == {shared_site.name(short): shared_site.name(short) for short in ("a", "b")}


def test_the_status_says_that_dns_holds_the_name(shared_site: SharedSite) -> None:
    shared_site.apply(ingress("web", shared_site.name("a")))
    shared_site.fill("ingress", "web", load_balancer(ADDRESS))
    found = shared_site.told(shared_site.name("a"))
    line = record(found, shared_site.name("a"), "A")
    assert (line["targets"], line["reason"]) == ([ADDRESS], "Synced")
    resource = f"ingress/{shared_site.namespace}/web"
    assert (line["resource"], line["ownership"]["resource"]) == (resource, resource)
    assert line["ownership"]["owner"] == shared_site.owner


def test_targets_that_a_filter_leaves_out_are_told_and_the_name_stays_ready(site: Site) -> None:
    site.apply(ingress("web", site.name("a")))
    site.cluster.set_status("ingress", "web", load_balancer(ADDRESS, OTHER), site.namespace)
    site.publish(f"--exclude-target-net={OTHER}/32")
    found = site.told(site.name("a"))
    why = f"left out by --exclude-target-net={OTHER}/32: 1 of 2 A targets, {OTHER}"
    line = record(found, site.name("a"), "A")
    assert (line["targets"], line["reason"], line["message"]) == ([ADDRESS], "Synced", why)
    assert condition(found, "Ready")["status"] == "True"
    assert condition(found, "Accepted")["message"].endswith(why)
    site.publish()
    found = site.told(site.name("a"))
    assert record(found, site.name("a"), "A")["message"] == ""
    assert record(found, site.name("a"), "A")["targets"] == [ADDRESS, OTHER]


def test_hosts_of_tls_are_published_too(shared_site: SharedSite) -> None:
    shared_site.apply(
        ingress(
            "web",
            shared_site.name("rule"),
            annotations=ga(target=ADDRESS),
            tls=[{"hosts": [shared_site.name("tls"), shared_site.name("rule")], "secretName": "web"}],
        )
    )
    shared_site.answers("tls", ADDRESS)
    shared_site.answers("rule", ADDRESS)
    assert sorted(shared_site.hostnames()) == [shared_site.name("rule"), shared_site.name("tls")]


def test_a_wildcard_has_a_dnsendpoint_with_a_readable_name(shared_site: SharedSite) -> None:
    shared_site.apply(pointed(shared_site, "web", {}, short="*.play"))
    shared_site.answers("*.play", ADDRESS)
    [(name, hostname)] = shared_site.hostnames().items()
    assert name.startswith(f"wildcard.play.{shared_site.domain}-")
    assert hostname == shared_site.name("*.play")


def test_a_hostname_that_is_dropped_takes_its_name_with_it_and_no_other(shared_site: SharedSite) -> None:
    hosts = [shared_site.name("a"), shared_site.name("b")]
    shared_site.apply(ingress("web", *hosts, annotations=ga(target=ADDRESS)))
    shared_site.answers("a", ADDRESS)
    shared_site.answers("b", ADDRESS)
    shared_site.apply(ingress("web", hosts[0], annotations=ga(target=ADDRESS)))
    shared_site.vanishes("b")
    shared_site.answers("a", ADDRESS)
    assert list(shared_site.hostnames()) == [shared_site.name("a")]


def test_a_deleted_ingress_takes_all_its_names_with_it(shared_site: SharedSite) -> None:
    shared_site.apply(ingress("web", shared_site.name("a"), shared_site.name("b"), annotations=ga(target=ADDRESS)))
    shared_site.answers("a", ADDRESS)
    shared_site.answers("b", ADDRESS)
    shared_site.delete("ingress", "web")
    shared_site.vanishes("a")
    shared_site.vanishes("b")
    assert shared_site.stored() == {}


# -- the load balancer


def test_a_name_waits_for_the_load_balancer_and_is_published_then(shared_site: SharedSite) -> None:
    shared_site.apply(ingress("web", shared_site.name("a")))
    found = shared_site.told(shared_site.name("a"), "NoTargets")
    assert "the load balancer of ingress/" in condition(found, "Ready")["message"]
    shared_site.answers("a")
    shared_site.fill("ingress", "web", load_balancer(ADDRESS))
    shared_site.answers("a", ADDRESS)
    shared_site.told(shared_site.name("a"), "Synced")


def test_a_new_address_replaces_the_old_one(shared_site: SharedSite) -> None:
    shared_site.apply(ingress("web", shared_site.name("a")))
    shared_site.fill("ingress", "web", load_balancer(ADDRESS))
    shared_site.answers("a", ADDRESS)
    shared_site.fill("ingress", "web", load_balancer(OTHER))
    shared_site.answers("a", OTHER)


def test_addresses_of_both_families_are_published(shared_site: SharedSite) -> None:
    shared_site.apply(ingress("web", shared_site.name("a")))
    shared_site.fill("ingress", "web", load_balancer(ADDRESS, "2001:db8::1", OTHER))
    shared_site.answers("a", ADDRESS, OTHER)
    shared_site.answers("a", "2001:db8::1", rtype="AAAA")
    assert [entry["recordType"] for entry in shared_site.told(shared_site.name("a"))["spec"]["endpoints"]] == [
        "A",
        "AAAA",
    ]


def test_a_load_balancer_with_a_name_becomes_an_alias(shared_site: SharedSite) -> None:
    shared_site.apply(pointed(shared_site, "lb", {}), ingress("web", shared_site.name("a")))
    shared_site.fill("ingress", "web", load_balancer(shared_site.name("lb")))
    shared_site.answers("a", ADDRESS, alias="lb")


# -- annotations, under each prefix


@pytest.mark.parametrize("prefix", [pytest.param(ga, id="GA"), pytest.param(alpha, id="alpha")])
def test_annotated_hostnames_are_a_comma_list_with_wildcards(shared_site: SharedSite, prefix: Any) -> None:
    listed = f"{shared_site.name('b')}, {shared_site.name('*.play')}"
    shared_site.apply(pointed(shared_site, "a", prefix(hostname=listed)))
    for short in ("a", "b", "*.play"):
        shared_site.answers(short, ADDRESS)
    assert len(shared_site.hostnames()) == 3


@pytest.mark.parametrize("prefix", [pytest.param(ga, id="GA"), pytest.param(alpha, id="alpha")])
def test_annotated_ttl_and_target_are_published(shared_site: SharedSite, prefix: Any) -> None:
    shared_site.apply(ingress("web", shared_site.name("a"), annotations=prefix(ttl="2m", target=f"{OTHER},{ADDRESS}")))
    shared_site.fill("ingress", "web", load_balancer("192.0.2.3"))
    shared_site.answers("a", ADDRESS, OTHER, ttl=120)


@pytest.mark.parametrize("prefix", [pytest.param(ga, id="GA"), pytest.param(alpha, id="alpha")])
def test_an_ignored_ingress_loses_its_name_and_is_told(shared_site: SharedSite, prefix: Any) -> None:
    shared_site.apply(pointed(shared_site, "a", prefix(ignore="false")))
    shared_site.answers("a", ADDRESS)
    shared_site.apply(pointed(shared_site, "a", prefix(ignore="true")))
    shared_site.answers("a")
    shared_site.told(shared_site.name("a"), "Ignored")
    assert shared_site.stored() == {}


@pytest.mark.parametrize("prefix", [pytest.param(ga, id="GA"), pytest.param(alpha, id="alpha")])
def test_an_ingress_for_another_controller_loses_its_name(shared_site: SharedSite, prefix: Any) -> None:
    shared_site.apply(pointed(shared_site, "a", prefix(controller="dns-controller")))
    shared_site.answers("a", ADDRESS)
    shared_site.apply(pointed(shared_site, "a", prefix(controller="somebody-else")))
    shared_site.vanishes("a")


def test_of_both_prefixes_the_ga_one_wins(shared_site: SharedSite) -> None:
    good, wrong = shared_site.name("good"), shared_site.name("wrong")
    for_us, not_for_us = ga(controller="dns-controller"), alpha(controller="somebody-else")
    shared_site.apply(
        pointed(shared_site, "hostname", ga(hostname=good) | alpha(hostname=wrong)),
        pointed(shared_site, "ttl", ga(ttl="60") | alpha(ttl="120")),
        pointed(shared_site, "target", ga(target=OTHER) | alpha(target=ADDRESS)),
        pointed(shared_site, "ignore", ga(ignore="false") | alpha(ignore="true")),
        pointed(shared_site, "controller", for_us | not_for_us),
    )
    shared_site.answers("good", ADDRESS)
    shared_site.answers("ttl", ADDRESS, ttl=60)
    shared_site.answers("target", OTHER)
    shared_site.answers("ignore", ADDRESS)
    shared_site.answers("controller", ADDRESS)
    assert wrong not in shared_site.hostnames()


@pytest.mark.parametrize("policy", ["sync", "upsert-only", "create-only"])
def test_the_target_annotation_counts_under_every_policy(site: Site, policy: str) -> None:
    site.apply(ingress("web", site.name("a"), annotations=ga(target=OTHER)))
    site.cluster.set_status("ingress", "web", load_balancer(ADDRESS), site.namespace)
    site.publish(f"--policy={policy}")
    assert site.dns.query(site.name("a")).records == (OTHER,)
