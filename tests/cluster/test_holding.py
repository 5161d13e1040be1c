"""Objects that are there and have lost their targets keep the last ones for a while: --hold-missing-targets."""

from __future__ import annotations

from typing import Any

import pytest

from cluster.manifests import condition, ingress, load_balancer, record
from cluster.testsite import Site
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster

ADDRESS, OTHER = "192.0.2.1", "192.0.2.2"
NONE: dict[str, Any] = {"loadBalancer": {"ingress": []}}


def with_ingress(site: Site) -> None:
    site.apply(ingress("web", site.name("a")))
    site.cluster.set_status("ingress", "web", load_balancer(ADDRESS), site.namespace)


def answers(site: Site, address: str) -> None:
    """Wait until a question for the name brings this address."""
    wait_until(lambda: site.dns.query(site.name("a")).records == (address,), 15, what=f"the name to be {address}")


def vanishes(site: Site) -> None:
    """Wait until nothing stands any more."""
    wait_until(lambda: site.standing() == {}, 15, what="the records to go")


def test_a_name_outlasts_the_restart_of_its_ingress_controller_and_says_so(site: Site) -> None:
    with_ingress(site)
    with site.operator():
        answers(site, ADDRESS)
        site.cluster.set_status("ingress", "web", NONE, site.namespace)
        found = site.told(site.name("a"), "NoTargets")
        assert "the last targets of ingress/" in condition(found, "Ready")["message"]
        assert condition(found, "Programmed")["status"] == "True"
        assert record(found, site.name("a"), "A")["targets"] == [ADDRESS]
        answers(site, ADDRESS)
        site.cluster.set_status("ingress", "web", load_balancer(OTHER), site.namespace)
        answers(site, OTHER)
        assert "zonewright.io/targets-missing-since" not in site.told(site.name("a"))["metadata"]["annotations"]


def test_a_name_is_let_go_when_its_targets_stay_away(site: Site) -> None:
    with_ingress(site)
    with site.operator("--hold-missing-targets=3s"):
        answers(site, ADDRESS)
        site.cluster.set_status("ingress", "web", NONE, site.namespace)
        site.told(site.name("a"), "NoTargets")
        assert site.standing() != {}
        vanishes(site)
        assert condition(site.told(site.name("a"), "NoTargets"), "Programmed")["status"] == "False"


def test_targets_that_were_lost_while_nobody_looked_are_held_as_well(site: Site) -> None:
    with_ingress(site)
    site.publish()
    site.cluster.set_status("ingress", "web", NONE, site.namespace)
    with site.operator():
        site.told(site.name("a"), "NoTargets")
        answers(site, ADDRESS)
    since = site.endpoint(site.name("a"))["metadata"]["annotations"]["zonewright.io/targets-missing-since"]
    with site.operator():  # the time goes on where it was
        site.told(site.name("a"), "NoTargets")
        assert site.endpoint(site.name("a"))["metadata"]["annotations"]["zonewright.io/targets-missing-since"] == since
    site.publish("--hold-missing-targets=0s")
    vanishes(site)


def test_an_object_that_goes_takes_its_name_with_it_though_it_had_no_targets(site: Site) -> None:
    with_ingress(site)
    with site.operator():
        answers(site, ADDRESS)
        site.cluster.set_status("ingress", "web", NONE, site.namespace)
        site.told(site.name("a"), "NoTargets")
        site.delete("ingress", "web")
        vanishes(site)
