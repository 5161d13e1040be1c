"""A control plane of this test's own is stopped, forgets its history, and loses definitions."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from chaos.extent import LONG, extent
from chaos.owncontrolplane import ControlPlane, started
from chaos.world import Wish, World, coredns_world
from cluster.api import api
from cluster.testsite import Site
from localcluster import controlplane
from localcluster.dnsserver import DnsServer
from localcluster.wait import wait_until

CAUGHT_UP = 60.0
NOTICED = 90.0  # a definition that comes back may be overlooked for daemon.LATER, twice
FLAGS = ("--source=ingress", "--source=crd", "--interval=1s")
pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(600),
    pytest.mark.skipif(bool(controlplane.kubeconfig_of(os.environ)), reason="somebody else's control plane"),
]


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    with started() as made:
        yield made


@pytest.fixture
def world(plane: ControlPlane, coredns: DnsServer, domain: str) -> Iterator[World]:
    plane.install_gateway_api()
    namespace = domain.partition(".")[0]
    plane.cluster.kubectl("create", "namespace", namespace)
    with coredns_world(Site(plane.cluster, coredns, namespace, domain)) as made:
        yield made


def test_api_server_stopped_and_started_without_its_history(plane: ControlPlane, world: World) -> None:
    """What stands is kept right meanwhile, as long as the lease lasts: then nobody may write. What is deleted after the
    start, before anybody watches again, is seen."""
    wishes = world.base(14)
    with world.site.operator(*FLAGS) as operator, ExitStack() as stack:
        world.settle()
        plane.stop(killed=not LONG)
        world.site.edit("base05", host="198.51.100.1")
        time.sleep(extent(5, 120))
        if not LONG:
            world.settle()
        plane.compact()
        plane.start()
        world.reconnect(stack.enter_context(api(plane.cluster, world.site.namespace)))
        world.drop(wishes[0])
        world.retarget(wishes[1], world.alias)
        world.put(Wish("Ingress", "late", ("late",), "192.0.2.9"))
        world.settle(CAUGHT_UP)
        world.told()
        assert operator.process.poll() is None


ROUTES = ("--source=gateway-httproute", *FLAGS)
DEFINITION = "httproutes.gateway.networking.k8s.io"


def with_routes(world: World, size: int) -> list[Wish]:
    world.gateway("192.0.2.1")
    routes = [Wish("HTTPRoute", f"route{number:02}", (f"route{number:02}",), "192.0.2.1") for number in range(size)]
    for route in routes:
        world.put(route)
    return routes


def test_the_definitions_of_the_gateway_api_are_removed_and_installed_again(plane: ControlPlane, world: World) -> None:
    """With the definition go all its objects: so many deletes wait for a person. All else goes on."""
    routes, wishes = with_routes(world, 12), world.base(4)
    with world.site.operator(*ROUTES) as operator:
        world.settle()
        # What goes before it is too much is gone; what is left when somebody brings the others back goes as well.
        with world.excused(*(short for route in routes for short in route.shorts)):
            plane.cluster.kubectl("delete", "customresourcedefinition", DEFINITION)
            world.put(Wish("Ingress", "late", ("late",), "192.0.2.9"))
            world.retarget(wishes[0], "192.0.2.10")
            wait_until(lambda: world.answers("late") and world.answers("base00") == ("192.0.2.10",), 20)
            time.sleep(extent(3, 60))
            standing = world.site.standing()
            assert sum(route.shorts[0] in standing for route in routes) >= 0.7 * len(routes) - 1
            plane.install_gateway_api()
            for route in routes:
                world.put(route, watched=False)
            world.told(NOTICED)
            world.settle(CAUGHT_UP)
        assert operator.process.poll() is None


def test_other_sources_are_served_in_full_without_the_gateway_api(plane: ControlPlane, world: World) -> None:
    """Once their definition is gone, routes are nobody's concern: not even deletes of others wait for them."""
    routes, wishes = with_routes(world, 2), world.base(8)
    with world.site.operator(*ROUTES) as operator:
        world.settle()
        for route in routes:
            world.drop(route)
        plane.cluster.kubectl("delete", "customresourcedefinition", DEFINITION)
        world.put(Wish("Ingress", "late", ("late",), "192.0.2.9"))
        world.retarget(wishes[0], "192.0.2.10")
        world.retarget(wishes[1], world.alias)
        world.drop(wishes[2])
        world.settle()
        time.sleep(extent(3, 400))
        world.drop(wishes[3])
        world.settle()
        assert operator.status("/healthz") == 200
