"""The zone is changed behind the operator's back, by hand and as a whole: what is ours is repaired, nothing else."""

from __future__ import annotations

import time

import pytest

from chaos.extent import LONG, count, extent
from chaos.world import FOREIGN, FOREIGN_ADDRESS, Wish, World
from localcluster.pdns import PowerDns

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
FLAGS = ("--source=ingress", "--source=crd", "--interval=1s")


@pytest.fixture
def any_world(request: pytest.FixtureRequest) -> World:
    """On either server."""
    found: World = request.getfixturevalue(request.param)
    return found


def on(one: str) -> pytest.MarkDecorator:
    """The world that a test is for; the long form has both for all."""
    return pytest.mark.parametrize("any_world", ["world", "pdns_world"] if LONG else [one], indirect=True)


@on("world")
def test_records_that_are_edited_by_hand_are_repaired(any_world: World) -> None:
    """Of names that are wanted, the target and the ownership; all while the operator changes others."""
    world = any_world
    wishes = world.base(14)
    with world.site.operator(*FLAGS):
        world.settle()
        for turn in range(count(1, 5)):
            world.site.edit("base00", host="198.51.100.1")
            world.site.remove("a-base01")
            world.retarget(wishes[2], f"192.0.2.{20 + turn}")
            world.settle()
        world.told()


@on("pdns_world")
def test_a_record_that_is_removed_by_hand_comes_back(any_world: World) -> None:
    world = any_world
    world.base(14)
    with world.site.operator(*FLAGS):
        world.settle()
        gone_by_hand(world, "base00")
        gone_by_hand(world, "base01")
        world.site.remove("a-base01")
        world.settle()
        world.told()


def gone_by_hand(world: World, short: str) -> None:
    """That is an absence; from the next answer on the name counts again."""
    with world.excused(short):
        world.site.remove(short)


@on("world")
def test_a_name_that_somebody_else_has_is_left_to_him(any_world: World) -> None:
    """Two objects ask for it in vain; a name beside it that the object asks for comes."""
    world = any_world
    world.base(3)
    world.foreign("taken", "198.51.100.7")
    with world.site.operator(*FLAGS):
        for kind in ("Ingress", "DNSEndpoint"):
            world.put(Wish(kind, f"greedy-{kind.lower()}", (f"beside-{kind.lower()}",), "192.0.2.5", vainly=("taken",)))
        world.settle()
        time.sleep(extent(2, 30))
        world.settle()


def test_a_zone_is_deleted_and_made_again(pdns_world: World, powerdns: PowerDns) -> None:
    """All is absent then, by no fault of ours; it comes back as soon as there is a zone."""
    world, domain = pdns_world, pdns_world.site.domain
    wishes = world.base(14)
    with world.site.operator(*FLAGS) as operator:
        world.settle()
        world.observer.release(world.alias)
        with world.excused(*(wish.shorts[0] for wish in wishes)):
            powerdns.delete_zone(domain)
            time.sleep(extent(2, 60))
            world.put(Wish("Ingress", "meanwhile", ("meanwhile",), "192.0.2.9"))
            powerdns.add_zone(domain)
            world.site.put(FOREIGN, host=FOREIGN_ADDRESS)
            world.settle(60)
        world.observer.guard(world.alias, FOREIGN_ADDRESS)
        world.told()
        assert operator.process.poll() is None
