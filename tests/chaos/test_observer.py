"""What watches over the other tests sees what it is there for."""

from __future__ import annotations

import pytest

from chaos.world import FOREIGN, FOREIGN_ADDRESS, Wish, World, coredns_world
from cluster.testsite import Site
from localcluster.cluster import Cluster
from localcluster.dnsserver import DnsServer
from localcluster.wait import wait_until

pytestmark = pytest.mark.cluster


@pytest.fixture
def site(cluster: Cluster, coredns: DnsServer, namespace: str, domain: str) -> Site:
    return Site(cluster, coredns, namespace, domain)


def one_name(world: World) -> Wish:
    """A name that is wanted and stands there, written by hand: there is no operator here."""
    wish = Wish("Ingress", "app", ("app",), "192.0.2.1")
    world.put(wish)
    world.site.put("app", host="192.0.2.1")
    world.observer.rounds()
    return wish


def test_an_absence_is_seen_by_questions_and_in_the_journal(site: Site) -> None:
    with coredns_world(site) as world:
        one_name(world)
        site.remove("app")
        wait_until(lambda: any("app" in one and "NXDOMAIN" in one for one in world.observer.amiss))
        site.put("app", host="192.0.2.1")
        wait_until(lambda: any("is back" in one for one in world.observer.amiss))
        assert ["app was absent" in one for look in world.looks for one in look()] == [True]


def test_an_absence_too_short_for_questions_is_in_the_journal(site: Site) -> None:
    with coredns_world(site) as world:
        one_name(world)
        site.remove("app")
        site.put("app", host="192.0.2.2")
        assert len([one for look in world.looks for one in look()]) == 1


def test_the_end_of_a_name_that_is_wanted_no_more_is_no_absence(site: Site) -> None:
    with coredns_world(site) as world:
        world.drop(one_name(world))
        site.remove("app")
        world.observer.rounds()
        assert not world.observer.amiss
        assert not [one for look in world.looks for one in look()]


def test_a_change_of_a_foreign_record_is_seen(site: Site) -> None:
    with coredns_world(site) as world:
        world.observer.rounds()
        site.put(FOREIGN, host="192.0.2.66")
        wait_until(lambda: any("192.0.2.66" in one for one in world.observer.amiss))
        site.put(FOREIGN, host=FOREIGN_ADDRESS)
        assert len([one for look in world.looks for one in look()]) == 2
