"""From a Gateway and its HTTPRoutes to DNSEndpoints and to answers in DNS, on a real API server and a real CoreDNS."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.manifests import accepted, condition, ga, gateway, gateway_addresses, httproute, listener
from cluster.sharedsite import SharedSite

pytestmark = pytest.mark.cluster

ADDRESS, OTHER = "192.0.2.1", "192.0.2.2"


def with_gateway(site: SharedSite, *listeners: Any, **annotations: str) -> None:
    """A Gateway "gateway" that has an address."""
    site.apply(gateway("gateway", *listeners, annotations=ga(**annotations)))
    site.fill("gateway", "gateway", gateway_addresses(ADDRESS))


def with_route(site: SharedSite, *shorts: str, **annotations: str) -> None:
    """A route "blog" that the Gateway has taken."""
    site.apply(httproute("blog", *(site.name(short) for short in shorts), annotations=ga(**annotations)))
    site.fill("httproute", "blog", accepted())


def why(site: SharedSite, short: str, reason: str = "SourceNotReady") -> str:
    """What is said of a name that is not published."""
    message: str = condition(site.told(site.name(short), reason), "Ready")["message"]
    return message


def test_a_route_is_published_under_the_address_of_its_gateway(shared_site: SharedSite) -> None:
    with_gateway(shared_site)
    with_route(shared_site, "a", "b")
    for short in ("a", "b"):
        shared_site.answers(short, ADDRESS)
        shared_site.asked_by(short, "httproute/blog")
    assert sorted(shared_site.hostnames()) == [shared_site.name("a"), shared_site.name("b")]


def test_addresses_of_both_families_are_published(shared_site: SharedSite) -> None:
    shared_site.apply(gateway("gateway"))
    shared_site.fill("gateway", "gateway", gateway_addresses(ADDRESS, "2001:db8::1"))
    with_route(shared_site, "a")
    shared_site.answers("a", ADDRESS)
    shared_site.answers("a", "2001:db8::1", rtype="AAAA")


# -- what has to come first


def test_a_name_waits_until_the_route_is_accepted(shared_site: SharedSite) -> None:
    with_gateway(shared_site)
    shared_site.apply(httproute("blog", shared_site.name("a")))
    assert "has not said yet whether it accepts the route" in why(shared_site, "a")
    shared_site.answers("a")
    shared_site.fill("httproute", "blog", accepted())
    shared_site.answers("a", ADDRESS)


def test_a_name_waits_for_its_gateway_and_then_for_its_address(shared_site: SharedSite) -> None:
    with_route(shared_site, "a")
    assert "does not exist" in why(shared_site, "a")
    shared_site.apply(gateway("gateway"))
    assert "has no address yet" in why(shared_site, "a", "NoTargets")
    shared_site.fill("gateway", "gateway", gateway_addresses(ADDRESS))
    shared_site.answers("a", ADDRESS)


def test_a_route_that_is_refused_later_keeps_its_targets_for_a_while(shared_site: SharedSite) -> None:
    with_gateway(shared_site)
    with_route(shared_site, "a")
    shared_site.answers("a", ADDRESS)
    shared_site.fill("httproute", "blog", accepted(status="False"))
    told = why(shared_site, "a")
    assert "has not accepted the route: NotAllowedByListeners" in told
    assert "stay until" in told
    shared_site.answers("a", ADDRESS)


# -- what changes later


def test_a_new_address_of_the_gateway_moves_all_its_names(shared_site: SharedSite) -> None:
    with_gateway(shared_site)
    with_route(shared_site, "a", "b")
    shared_site.answers("a", ADDRESS)
    shared_site.answers("b", ADDRESS)
    shared_site.fill("gateway", "gateway", gateway_addresses(OTHER))
    shared_site.answers("a", OTHER)
    shared_site.answers("b", OTHER)


def test_names_of_a_deleted_gateway_are_withdrawn_and_told_why(shared_site: SharedSite) -> None:
    with_gateway(shared_site)
    with_route(shared_site, "a")
    shared_site.answers("a", ADDRESS)
    shared_site.delete("gateway", "gateway")
    shared_site.answers("a")
    assert "does not exist" in why(shared_site, "a")


def test_a_deleted_route_takes_its_name_with_it(shared_site: SharedSite) -> None:
    with_gateway(shared_site)
    with_route(shared_site, "a")
    shared_site.answers("a", ADDRESS)
    shared_site.delete("httproute", "blog")
    shared_site.vanishes("a")
    assert shared_site.stored() == {}


# -- hostnames of listeners


def test_a_listener_lets_only_the_names_through_that_it_covers(shared_site: SharedSite) -> None:
    with_gateway(shared_site, shared_site.name("*.apps"))
    with_route(shared_site, "one.apps", "other")
    shared_site.answers("one.apps", ADDRESS)
    assert "/gateway that takes the route has a hostname that covers" in why(shared_site, "other")
    shared_site.answers("other")


def test_a_route_with_a_wildcard_gets_the_names_of_the_listeners_below_it(shared_site: SharedSite) -> None:
    with_gateway(shared_site, shared_site.name("one.apps"), shared_site.name("two.apps"), shared_site.name("other"))
    with_route(shared_site, "*.apps")
    shared_site.answers("one.apps", ADDRESS)
    shared_site.answers("two.apps", ADDRESS)
    assert sorted(shared_site.hostnames()) == [shared_site.name("one.apps"), shared_site.name("two.apps")]


def test_a_route_without_hostnames_gets_those_of_the_listeners(shared_site: SharedSite) -> None:
    with_gateway(shared_site, shared_site.name("a"), "")
    with_route(shared_site)
    shared_site.answers("a", ADDRESS)
    assert list(shared_site.hostnames()) == [shared_site.name("a")]


def test_another_hostname_of_the_listener_moves_the_name(shared_site: SharedSite) -> None:
    with_gateway(shared_site, shared_site.name("a"))
    with_route(shared_site)
    shared_site.answers("a", ADDRESS)
    shared_site.apply(gateway("gateway", shared_site.name("b")))
    shared_site.answers("b", ADDRESS)
    shared_site.vanishes("a")


# -- a gateway in another namespace


def gateway_elsewhere(site: SharedSite, namespace: str, allowed_from: str) -> None:
    site.apply_in(namespace, gateway("public", listener(allowed_from=allowed_from)))
    site.cluster.set_status("gateway", "public", gateway_addresses(ADDRESS), namespace)
    site.apply(httproute("blog", site.name("a"), gateway="public", gateway_namespace=namespace))
    site.fill("httproute", "blog", accepted("public", namespace))


def test_a_gateway_of_another_namespace_serves_the_routes_that_it_allows(
    shared_site: SharedSite, elsewhere: str
) -> None:
    gateway_elsewhere(shared_site, elsewhere, "All")
    shared_site.answers("a", ADDRESS)
    shared_site.asked_by("a", "httproute/blog")


def test_a_gateway_of_another_namespace_publishes_no_route_that_it_does_not_allow(
    shared_site: SharedSite, elsewhere: str
) -> None:
    gateway_elsewhere(shared_site, elsewhere, "Same")
    assert f"takes no routes of the namespace {shared_site.namespace}" in why(shared_site, "a")
    shared_site.answers("a")
    shared_site.apply_in(elsewhere, gateway("public", listener(allowed_from="All")))
    shared_site.answers("a", ADDRESS)


def test_labels_of_the_namespace_decide_where_the_gateway_selects_by_them(
    shared_site: SharedSite, elsewhere: str
) -> None:
    selector = {"from": "Selector", "selector": {"matchLabels": {"team": "blog"}}}
    chosen = listener(allowedRoutes={"namespaces": selector})
    shared_site.apply_in(elsewhere, gateway("public", chosen))
    shared_site.cluster.set_status("gateway", "public", gateway_addresses(ADDRESS), elsewhere)
    shared_site.apply(httproute("blog", shared_site.name("a"), gateway="public", gateway_namespace=elsewhere))
    shared_site.fill("httproute", "blog", accepted("public", elsewhere))
    assert "takes no routes of the namespace" in why(shared_site, "a")
    shared_site.cluster.kubectl("label", "namespace", shared_site.namespace, "team=blog")
    shared_site.answers("a", ADDRESS)


# -- the target annotation


def test_the_target_of_the_gateway_wins_over_its_addresses_and_that_of_the_route_over_both(
    shared_site: SharedSite,
) -> None:
    with_gateway(shared_site, target=OTHER)
    with_route(shared_site, "a")
    shared_site.answers("a", OTHER)
    with_route(shared_site, "a", target="192.0.2.3")
    shared_site.answers("a", "192.0.2.3")
