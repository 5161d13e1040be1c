"""The API server goes, comes back, forgets, denies and is slow: what stands in DNS stays, and then all is caught up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from chaos.extent import extent
from chaos.faults import answering, both, denying, failing_watch, first, forgotten, hanging, of_kind, slow, written
from chaos.way import Way, passing, way_to_cluster
from chaos.world import Wish, World
from cluster.rights import ENDPOINTS, account, ingresses
from localcluster.operator_process import Operator
from localcluster.wait import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
FLAGS = ("--source=ingress", "--source=crd", "--interval=2s")
CAUGHT_UP = 60.0  # kopf tries again after 1, 2, 5, 10 and then every 20 seconds


@contextmanager
def by_way(world: World) -> Iterator[tuple[Operator, Way]]:
    """An operator that sees the API server by a way of ours, with all that is wanted published."""
    with way_to_cluster(world.site.cluster) as (way, seen), replace(world.site, cluster=seen).operator(*FLAGS) as one:
        world.settle()
        yield one, way


def everything_changes(world: World, wishes: list[Wish], tag: str) -> None:
    """One object is changed, one changes its type, one goes, one comes."""
    world.retarget(wishes[0], "192.0.2.77")
    world.retarget(wishes[1], world.alias)
    world.drop(wishes[2])
    world.put(Wish("Ingress", f"new-{tag}", (f"new-{tag}",), "192.0.2.78"))
    world.put(Wish("DNSEndpoint", f"hand-{tag}", (f"hand-{tag}",), "192.0.2.79"))


def test_network_gone_and_back(world: World) -> None:
    wishes = world.base(14)
    with by_way(world) as (_, way):
        way.cut()
        time.sleep(extent(0.5, 60))
        everything_changes(world, wishes, "cut")
        time.sleep(extent(0.5, 60))
        way.mend()
        world.settle(CAUGHT_UP)


def test_watches_that_are_refused_or_begin_too_late_begin_again(world: World) -> None:
    """Also those refused by a status that nobody should see there: not found, not understood."""
    wishes = world.base(14)
    watches = of_kind("ingresses", watches=True)
    with by_way(world) as (operator, way):
        way.cut()
        asked = len(way.calls)
        everything_changes(world, wishes, "refused")
        refusals = answering(404, watches, body="404 page not found"), answering(400, watches), forgotten(watches)
        for refusal in refusals:
            way.fault = both(first(1, refusal, watches), way.fault)
        way.mend()
        world.settle(CAUGHT_UP)
        assert sum(map(of_kind("ingresses", lists=True), way.calls[asked:])) >= 1
        assert operator.process.poll() is None


def test_an_error_in_a_watch_that_nobody_copes_with_begins_all_watches_anew(world: World) -> None:
    """It must neither end the process nor leave it watching nothing."""
    wishes = world.base(14)
    watches = of_kind("ingresses", watches=True)
    with by_way(world) as (operator, way):
        way.cut()
        everything_changes(world, wishes, "error")
        way.fault = first(2, failing_watch(500, "InternalError", watches), watches)
        way.mend()
        wait_until(lambda: "begin anew" in operator.log(), 30, what="the watches to end")
        world.settle(CAUGHT_UP)
        assert operator.process.poll() is None


def test_lists_allowed_and_watches_denied(world: World) -> None:
    """Nothing is deleted meanwhile, for what the watch would tell is not known."""
    wishes = world.base(14)
    with by_way(world) as (_, way):
        way.fault = denying(of_kind("ingresses", watches=True))
        way.hang_up()
        everything_changes(world, wishes, "denied")
        time.sleep(extent(1.5, 60))
        way.fault = passing
        world.settle(CAUGHT_UP)


def test_rights_are_taken_away_and_given_back(world: World) -> None:
    wishes = world.base(14)
    site = world.site
    everything = (*ENDPOINTS, ingresses("get", "list", "watch"))
    with (
        account(site.cluster, site.namespace, *everything) as limited,
        way_to_cluster(limited.cluster) as (way, seen),
        replace(site, cluster=seen).operator(*FLAGS),
    ):
        world.settle()
        limited.grant()
        way.hang_up()
        everything_changes(world, wishes, "rights")
        time.sleep(extent(1.5, 60))
        limited.grant(*everything)
        world.settle(CAUGHT_UP)


def test_two_seconds_for_each_answer(world: World) -> None:
    wishes = world.base(14)
    with by_way(world) as (_, way):
        way.fault = slow(2.0)
        everything_changes(world, wishes, "slow")
        world.settle(CAUGHT_UP)
        world.told()


def more_writes(way: Way, count: int) -> None:
    wait_until(lambda: len(way.asked(writes=True)) >= count, 20, what="the operator to try")


def test_writes_fail_in_every_way_and_then_succeed(world: World) -> None:
    wishes = world.base(14)
    with by_way(world) as (operator, way):
        for number, fault in enumerate((answering(500, written), answering(429, written), hanging(2, written))):
            before = len(way.asked(writes=True))
            way.fault = fault
            world.put(Wish("Ingress", f"late{number}", (f"late{number}",), "192.0.2.80"))
            world.retarget(wishes[number], f"192.0.2.{81 + number}")
            more_writes(way, before + 2)
            way.fault = passing
            world.settle(CAUGHT_UP)
        assert operator.process.poll() is None
