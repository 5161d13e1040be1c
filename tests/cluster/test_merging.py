"""Several objects and one hostname: one DNSEndpoint that all of them own, whatever becomes of it or of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cluster.manifests import condition, dnsendpoint, entry, ga, ingress, record, service
from cluster.sharedsite import SharedSite
from cluster.testsite import CRD, Site
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster

ONE, TWO = "192.0.2.1", "192.0.2.2"


def web(site: Site, name: str, target: str, *shorts: str, ttl: str = "60") -> dict[str, Any]:
    """An Ingress for these names."""
    return ingress(name, *(site.name(short) for short in shorts), annotations=ga(target=target, ttl=ttl))


def game(site: Site, name: str, target: str, short: str) -> dict[str, Any]:
    """A Service for a name."""
    return service(name, ga(hostname=site.name(short), target=target, ttl="60"))


def names(site: Site) -> list[str]:
    """Those of the DNSEndpoints."""
    return [one["metadata"]["name"] for one in site.cluster.objects(CRD, site.namespace)]


def edit(site: Site, name: str, *operations: dict[str, Any]) -> None:
    """A JSON patch of a DNSEndpoint, as a person would make it."""
    patch = json.dumps(operations)
    site.cluster.kubectl("patch", CRD, name, f"--namespace={site.namespace}", "--type=json", f"--patch={patch}")


# -- several objects


def test_two_ingresses_share_one_dnsendpoint_and_unite_their_addresses(shared_site: SharedSite) -> None:
    shared_site.apply(web(shared_site, "one", ONE, "a"), web(shared_site, "two", TWO, "a"))
    shared_site.answers("a", ONE, TWO, ttl=60)
    shared_site.asked_by("a", "ingress/one", "ingress/two")
    assert shared_site.hostnames() == {shared_site.name("a"): shared_site.name("a")}


def test_an_ingress_that_drops_the_hostname_takes_its_part_alone(shared_site: SharedSite) -> None:
    shared_site.apply(web(shared_site, "one", ONE, "a"), web(shared_site, "two", TWO, "a", "b"))
    shared_site.answers("a", ONE, TWO)
    shared_site.apply(web(shared_site, "two", TWO, "b"))
    shared_site.answers("a", ONE)
    shared_site.asked_by("a", "ingress/one")
    shared_site.answers("b", TWO)


def test_an_ingress_that_is_deleted_takes_its_part_alone_and_the_last_one_the_rest(shared_site: SharedSite) -> None:
    shared_site.apply(web(shared_site, "one", ONE, "a"), web(shared_site, "two", TWO, "a"))
    shared_site.answers("a", ONE, TWO)
    shared_site.delete("ingress", "one")
    shared_site.answers("a", TWO)
    shared_site.asked_by("a", "ingress/two")
    shared_site.delete("ingress", "two")
    shared_site.vanishes("a")
    assert shared_site.stored() == {}


def test_an_ingress_and_a_service_share_a_dnsendpoint_and_who_came_first_keeps_the_name(
    shared_site: SharedSite,
) -> None:
    shared_site.apply(game(shared_site, "game", ONE, "a"))
    shared_site.answers("a", ONE)
    shared_site.apply(web(shared_site, "web", TWO, "a"))
    found = shared_site.asked_by("a", "ingress/web", "service/game")
    assert sorted(one["targets"] for one in found["spec"]["endpoints"]) == [[ONE], [TWO]]
    message = condition(shared_site.told(shared_site.name("a"), "HostnameConflict"), "Ready")["message"]
    assert f"service/{shared_site.namespace}/game" in message
    shared_site.answers("a", ONE)


def test_the_name_passes_to_the_other_kind_when_the_first_one_leaves(shared_site: SharedSite) -> None:
    shared_site.apply(game(shared_site, "game", ONE, "a"))
    shared_site.answers("a", ONE)
    shared_site.apply(web(shared_site, "web", TWO, "a"))
    shared_site.asked_by("a", "ingress/web", "service/game")
    shared_site.delete("service", "game")
    shared_site.answers("a", TWO)
    found = shared_site.asked_by("a", "ingress/web")
    shared_site.told(shared_site.name("a"), "Synced")
    assert [one["targets"] for one in found["spec"]["endpoints"]] == [[TWO]]


def test_kinds_that_agree_on_the_targets_are_no_conflict(shared_site: SharedSite) -> None:
    shared_site.apply(game(shared_site, "game", ONE, "a"), web(shared_site, "web", ONE, "a"))
    shared_site.asked_by("a", "ingress/web", "service/game")
    found = shared_site.told(shared_site.name("a"), "Synced")
    assert [one["targets"] for one in found["spec"]["endpoints"]] == [[ONE]]
    shared_site.answers("a", ONE)


def test_each_namespace_has_its_own_dnsendpoint_and_the_second_one_is_told(
    shared_site: SharedSite, elsewhere: str
) -> None:
    name = shared_site.name("a")
    shared_site.apply(web(shared_site, "web", ONE, "a"))
    shared_site.answers("a", ONE)
    shared_site.apply_in(elsewhere, web(shared_site, "web", TWO, "a"))

    def second() -> dict[str, Any]:
        found = shared_site.cluster.get(CRD, name, elsewhere)
        assert record(found, name, "A")["reason"] == "HostnameConflict"
        return found

    assert f"ingress/{shared_site.namespace}/web" in record(wait_until(second, 20), name, "A")["message"]
    shared_site.answers("a", ONE)
    shared_site.told(name, "Synced")


# -- clean-up without an operator


def test_what_the_garbage_collector_removes_while_nobody_runs_leaves_dns_at_the_next_start(site: Site) -> None:
    site.apply(web(site, "web", ONE, "a"), web(site, "stays", TWO, "b"))
    site.publish()
    assert site.dns.query(site.name("a")).records == (ONE,)
    site.delete("ingress", "web")
    wait_until(lambda: names(site) == [site.name("b")], 60, what="the garbage collector")
    assert site.dns.query(site.name("a")).records == (ONE,)
    site.publish()
    assert site.dns.query(site.name("a")).rcode == "NXDOMAIN"
    assert sorted(site.standing()) == ["a-b", "b"]


# -- people


def test_a_hand_edited_dnsendpoint_is_put_right_before_dns_follows_it(shared_site: SharedSite) -> None:
    name = shared_site.name("a")
    shared_site.apply(web(shared_site, "web", ONE, "a"))
    before, stored = shared_site.told(name), shared_site.stored()
    edit(shared_site, name, {"op": "replace", "path": "/spec/endpoints/0/targets", "value": [TWO]})

    def right_again() -> bool:
        now = shared_site.endpoint(name)
        assert now["metadata"]["generation"] == before["metadata"]["generation"] + 2, now  # theirs, ours
        assert now["spec"] == before["spec"], now
        return True

    wait_until(right_again, 20)
    shared_site.told(name)
    assert shared_site.stored() == stored


def test_a_dnsendpoint_that_lost_its_owners_by_hand_gets_them_back(shared_site: SharedSite) -> None:
    shared_site.apply(web(shared_site, "web", ONE, "a"))
    shared_site.asked_by("a", "ingress/web")
    edit(shared_site, shared_site.name("a"), {"op": "remove", "path": "/metadata/ownerReferences"})
    shared_site.asked_by("a", "ingress/web")


def test_a_hand_deleted_dnsendpoint_comes_back_and_its_name_was_never_away(shared_site: SharedSite) -> None:
    name = shared_site.name("a")
    shared_site.apply(web(shared_site, "web", ONE, "a"))
    before, stored = shared_site.told(name), shared_site.stored()
    shared_site.delete(CRD, name)
    wait_until(lambda: shared_site.uid(CRD, name) != before["metadata"]["uid"], 20, what="another one")
    assert shared_site.told(name)["spec"] == before["spec"]
    shared_site.asked_by("a", "ingress/web")
    assert shared_site.stored() == stored


def test_a_persons_dnsendpoint_of_that_name_is_not_overwritten(shared_site: SharedSite) -> None:
    name = shared_site.name("a")
    shared_site.apply(dnsendpoint(name, entry(shared_site.name("mine"), TWO)))
    theirs = shared_site.told(name)
    shared_site.apply(web(shared_site, "web", ONE, "a"))
    shared_site.answers("a", ONE)
    [ours] = [one for one, hostname in shared_site.hostnames().items() if hostname == name]
    assert ours.startswith(f"{name}-")
    now = shared_site.endpoint(name)
    for field in ("uid", "generation", "labels", "annotations"):
        assert now["metadata"].get(field) == theirs["metadata"].get(field)
    assert "ownerReferences" not in now["metadata"]
    assert now["spec"] == theirs["spec"]
    shared_site.answers("mine", TWO)


def test_without_its_source_the_object_beside_a_persons_goes_and_theirs_stays(shared_site: SharedSite) -> None:
    name = shared_site.name("a")
    shared_site.apply(dnsendpoint(name, entry(shared_site.name("mine"), TWO)), web(shared_site, "web", ONE, "a"))
    shared_site.answers("a", ONE)
    shared_site.delete("ingress", "web")
    shared_site.vanishes("a")
    assert shared_site.hostnames() == {name: ""}
    shared_site.answers("mine", TWO)
