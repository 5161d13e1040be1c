"""Sources that look empty or not ready for a while: what they asked for stays."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from chaos.extent import LONG, extent
from chaos.faults import both, empty, first, forgotten, of_kind
from chaos.way import way_to_cluster
from chaos.world import Wish, World
from localcluster.wait import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
FLAGS = ("--source=ingress", "--source=service", "--source=crd", "--interval=1s")
WHILE = extent(3, 60)  # seconds that a source is not what it was


def something_else(world: World) -> None:
    """It is asked for meanwhile, and comes at once."""
    world.put(Wish("DNSEndpoint", "meanwhile", ("meanwhile",), "192.0.2.60"))
    world.settle()


def test_a_list_that_comes_back_empty_takes_nothing_away(world: World) -> None:
    world.base(6)
    lists, watches = of_kind("ingresses", lists=True), of_kind("ingresses", watches=True)
    with way_to_cluster(world.site.cluster) as (way, seen), replace(world.site, cluster=seen).operator(*FLAGS):
        world.settle()
        asked = len(way.calls)
        way.fault = both(first(1, forgotten(watches), watches), first(1, empty(lists), lists))
        way.hang_up()
        wait_until(lambda: any(map(lists, way.calls[asked:])), 20)
        something_else(world)
        time.sleep(WHILE)
        world.settle()


@pytest.mark.parametrize("kind", ["Ingress", "Service"])
def test_all_load_balancers_lose_their_addresses_for_a_while(world: World, kind: str) -> None:
    if kind == "Ingress" and not LONG:
        pytest.skip("the long form has it: a Service is the same")
    wishes = [Wish(kind, f"lb{number}", (f"lb{number}",), "192.0.2.1", filled=True) for number in range(6)]
    for wish in wishes:
        world.put(wish)
    with world.site.operator(*FLAGS):
        world.settle()
        for wish in wishes:
            world.fill(wish)
        something_else(world)
        time.sleep(WHILE)
        world.settle()
        for wish in wishes[:3]:
            world.fill(wish, wish.target)
        for wish in wishes[3:]:
            world.retarget(wish, "192.0.2.2")
        world.settle()


def test_a_gateway_is_not_ready_and_its_routes_are_refused_for_a_while(world: World) -> None:
    routes = [Wish("HTTPRoute", f"route{number}", (f"route{number}",), "192.0.2.1") for number in range(6)]
    world.gateway("192.0.2.1")
    for route in routes:
        world.put(route)
    with world.site.operator("--source=gateway-httproute", "--source=crd", "--interval=1s"):
        world.settle()
        world.gateway()
        for route in routes[:3]:
            world.refuse(route)
        something_else(world)
        time.sleep(WHILE)
        world.settle()
        world.gateway("192.0.2.1")
        for route in routes:
            world.put(route)
        world.settle()
