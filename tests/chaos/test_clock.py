"""The clock on the wall is set while the operator runs: leases, waits and what is held go by other clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from chaos.extent import LONG
from chaos.stream import streaming
from chaos.world import Wish, World
from chaos.wrongclock import WrongClock
from cluster.testsite import CRD
from localcluster.wait import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
HOUR, DAY = 3600, 86400
JUMPS = (HOUR, -HOUR, DAY, -DAY, 0) if LONG else (HOUR, -DAY)
FLAGS = ("--source=ingress", "--source=service", "--source=crd", "--interval=1s")


@pytest.fixture
def clock(tmp_path: Path) -> WrongClock:
    return WrongClock(tmp_path / "clock")


def transition(world: World, name: str) -> datetime:
    """When the name's status last changed, by the operator's own clock."""
    conditions = world.site.cluster.get(CRD, name, world.site.namespace)["status"]["conditions"]
    [ready] = [one for one in conditions if one["type"] == "Ready"]
    return datetime.fromisoformat(ready["lastTransitionTime"])


def test_a_clock_that_jumps_under_a_stream_of_changes_costs_no_name_and_no_lease(
    world: World, clock: WrongClock
) -> None:
    world.base(6)
    with world.site.operator(*FLAGS, env=clock.environment) as operator:
        world.settle()
        with streaming(world, seed=7, per_second=10):
            for number, ahead in enumerate(JUMPS):
                clock.set(ahead)
                wish = Wish("DNSEndpoint", f"after{number}", (f"after{number}",), "192.0.2.70")
                world.put(wish)
                wait_until(partial(answered, world, wish.name, "192.0.2.70"), 20)
                world.site.told(wish.name)
                ahead_of_us = transition(world, wish.name) - datetime.now(UTC)
                assert abs(ahead_of_us - timedelta(seconds=ahead)) < timedelta(minutes=1), "the clock was not set"
        world.settle()
        world.told()
        assert operator.metric("zonewright_leader") == 1
        [lease] = world.site.cluster.objects("lease", world.site.namespace)
        assert lease["spec"]["leaseTransitions"] == 0


def test_a_standby_whose_clock_jumps_does_not_take_the_lease_and_takes_it_when_the_leader_is_gone(
    world: World, clock: WrongClock
) -> None:
    world.base(6)
    lease = "--leader-election-lease-name=replicas"
    ours, theirs = {"POD_NAME": "one"}, {"POD_NAME": "two", **clock.environment}
    with world.site.operator(*FLAGS, lease, env=ours) as leader:
        world.settle()
        with world.site.operator(*FLAGS, lease, env=theirs) as standby:
            for ahead in JUMPS:
                clock.set(ahead)
                wait_until(partial(renewed, world, renewal(world)), 20)
                assert (leader.metric("zonewright_leader"), standby.metric("zonewright_leader")) == (1, 0)
            leader.kill()
            world.put(Wish("DNSEndpoint", "after", ("after",), "192.0.2.71"))
            world.settle()
            assert standby.metric("zonewright_leader") == 1


def test_targets_that_are_missing_stay_for_their_time_whatever_the_clock_says(world: World, clock: WrongClock) -> None:
    wishes = [Wish("Ingress", f"lb{number}", (f"lb{number}",), "192.0.2.1", filled=True) for number in range(6)]
    for wish in wishes:
        world.put(wish)
    with world.site.operator(*FLAGS, env=clock.environment):
        world.settle()
        for wish in wishes:
            world.fill(wish)
        wait_until(lambda: held(world, "lb0"), 20)
        for number, ahead in enumerate((*JUMPS, HOUR)):
            clock.set(ahead)
            world.put(Wish("Service", "other", ("other",), f"192.0.2.{80 + number}"))
            for wish in wishes:  # looked at again, by an event of its own
                world.site.cluster.kubectl(
                    "annotate",
                    "ingress",
                    wish.name,
                    f"note={number}",
                    "--overwrite",
                    f"--namespace={world.site.namespace}",
                )
            world.settle()


def renewal(world: World) -> str:
    moment: str = world.site.cluster.get("lease", "replicas", world.site.namespace)["spec"]["renewTime"]
    return moment


def renewed(world: World, before: str) -> bool:
    return renewal(world) != before


def answered(world: World, short: str, address: str) -> bool:
    return world.answers(short) == (address,)


def held(world: World, short: str) -> bool:
    obj = world.site.cluster.get(CRD, world.site.name(short), world.site.namespace)
    return "zonewright.io/targets-missing-since" in obj["metadata"].get("annotations", {})
