"""The operator is killed at each of its writes, before it gets anywhere and after it has landed unanswered."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from chaos.extent import LONG
from chaos.faults import Kill
from chaos.restarting import Restarting
from chaos.way import Way, passing, way_to, way_to_cluster
from chaos.world import SECONDS, Wish, World
from localcluster.wait import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]
FLAGS = ("--source=ingress", "--source=crd")

Step = Callable[[int], None]


@contextmanager
def breakable(world: World) -> Iterator[tuple[Restarting, tuple[Way, Way]]]:
    """An operator whose requests to the API server and to etcd go by ways of ours."""
    site = world.site
    with way_to_cluster(site.cluster) as (api, seen), way_to(site.dns.etcd) as etcd:
        there = replace(site, cluster=seen)
        with Restarting(lambda: there.operator(*FLAGS, ready=False, etcd=etcd.url)) as operator:
            yield operator, (api, etcd)


def at_each_write(world: World, step: Step, *, told: bool = True) -> int:
    """Take a step again and again, and kill the operator one write later each time, until the step needs no more.

    The short form kills before every other write, and after those between them. Returns how many writes there are.
    """
    with breakable(world) as (operator, ways):
        world.settle()
        world.told()
        for number in itertools.count(1):
            turns = (False, True) if LONG else (number % 2 == 0,)
            killed = [killed_at(number, landing, world, step, operator, ways, told) for landing in turns]
            if not any(killed):
                return number - 1
    raise AssertionError


def killed_at(
    number: int, landing: bool, world: World, step: Step, operator: Restarting, ways: tuple[Way, ...], told: bool
) -> bool:
    """Whether there was such a write; if so, the next operator has completed the step."""
    kill = Kill(operator.pid, number, landing=landing)
    starts = operator.starts
    for way in ways:
        way.fault = kill
    step(2 * number + landing)
    world.settle()
    if told:
        world.told()
    for way in ways:
        way.fault = passing
    if kill.done.is_set():
        wait_until(lambda: operator.starts > starts, SECONDS)
        operator.wait_ready()
    return kill.done.is_set()


def test_killed_at_each_write_of_a_create(world: World) -> None:
    world.base(3)

    def create(turn: int) -> None:
        world.put(Wish("Ingress", f"new{turn}", (f"new{turn}",), "192.0.2.9"))

    assert at_each_write(world, create) >= 3  # the DNSEndpoint, the record, the status


def test_killed_at_each_write_of_an_update(world: World) -> None:
    wish, *_ = world.base(3)
    assert at_each_write(world, lambda turn: _ignored(world.retarget(wish, f"192.0.2.{10 + turn}"))) >= 3


def test_killed_at_each_write_of_a_change_of_type(world: World) -> None:
    wish, *_ = world.base(3)

    targets = itertools.cycle((world.alias, "192.0.2.1"))
    assert at_each_write(world, lambda _: _ignored(world.retarget(wish, next(targets)))) >= 3


def test_killed_at_each_write_of_a_delete(world: World) -> None:
    wishes = world.base(16)
    assert at_each_write(world, lambda turn: world.drop(wishes[turn])) >= 1  # the DNSEndpoint may go with its owner


def _ignored(_: object) -> None:
    """A step has no result."""
