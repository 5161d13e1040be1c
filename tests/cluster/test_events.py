"""Events that people see with `kubectl describe`: on the object that asks for a name, and on the DNSEndpoint."""

from __future__ import annotations

import pytest

from cluster.manifests import dnsendpoint, entry, ga, ingress
from cluster.testsite import Site
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster


def events(site: Site) -> set[tuple[str, str, str, str]]:
    """Type, reason, kind and name of the Events of the namespace that Zonewright has written."""
    return {
        (one["type"], one["reason"], one["regarding"]["kind"], one["regarding"]["name"])
        for one in site.cluster.objects("events.events.k8s.io", site.namespace)
        if one.get("reportingController") == "zonewright.io/operator"
    }


def expect(site: Site, told: set[tuple[str, str, str, str]]) -> None:
    def look() -> bool:
        assert events(site) == told
        return True

    wait_until(look, what="Events")


def test_trouble_and_its_end_are_told_on_both_objects_and_success_is_not(site: Site) -> None:
    site.put("taken", host="192.0.2.66")
    site.apply(
        ingress("well", site.name("well"), annotations=ga(target="192.0.2.1")),
        ingress("web", site.name("taken"), annotations=ga(target="192.0.2.1")),
    )
    name = site.name("taken")
    with site.operator("--source=ingress", "--interval=1s"):
        site.told(name, "NotOwned")
        trouble = {("Warning", "NotOwned", "Ingress", "web"), ("Warning", "NotOwned", "DNSEndpoint", name)}
        expect(site, trouble)
        site.remove("taken")
        site.told(name)
        well = {("Normal", "Synced", "Ingress", "web"), ("Normal", "Synced", "DNSEndpoint", name)}
        expect(site, trouble | well)


def test_a_single_run_writes_its_events_before_it_ends(site: Site) -> None:
    site.put("taken", host="192.0.2.66")
    site.apply(dnsendpoint("web", entry(site.name("taken"), "192.0.2.1")))
    site.once("--source=crd")
    assert events(site) == {("Warning", "NotOwned", "DNSEndpoint", "web")}
