"""The provider refuses, hangs, cuts off, does half, or does all without a word: in the end DNS is what is wanted."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace

import pytest
from aiohttp import web

from chaos.extent import LONG, count
from chaos.faults import answering, cutting, first, hanging, slow, written
from chaos.way import Call, Cut, Fault, Forward, Way, passing, way_to
from chaos.world import Wish, World
from cluster.manifests import Manifest, record
from localcluster.pdns import PowerDns
from localcluster.wait import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]
FLAGS = ("--source=ingress", "--source=crd", "--interval=2s")
TIMES = count(2, 6)  # requests of a kind that fail in a row
HANGS = 70.0 if LONG else 3.0  # longer than any client waits; else at least longer than all the rest takes

FAULTS: Mapping[str, Fault] = {
    "429 with a time": answering(429, written, headers={"Retry-After": "1"}),
    "429": answering(429, written),
    "500": answering(500, written, body="no"),
    "502 to all": answering(502),
    "no JSON": answering(200, body="<html>"),
    "cut": cutting(written),
    "all cut": cutting(),
    "landed without an answer": cutting(written, landing=True),
    "slow": slow(2.0),
    "hangs": hanging(HANGS, written),
}


# With etcd, most of them come to the same.
FEW = ("500", "all cut", "landed without an answer", "hangs")


def everything_changes(world: World, wishes: list[Wish], tag: str) -> list[Wish]:
    """One is changed, one changes its type, one goes and one comes; returns them, those that come next first."""
    changing, turning, going, *left = wishes
    changed = world.retarget(changing, "192.0.2.77")
    turned = world.retarget(turning, world.alias if turning.rtype == "A" else "192.0.2.1")
    world.drop(going)
    new = Wish("Ingress", f"new-{tag}", (f"new-{tag}",), "192.0.2.79")
    world.put(new)
    return [*left, turned, changed, new]


def through(world: World, way: Way, faults: Mapping[str, Fault]) -> None:
    """One fault after another, each of them while everything changes."""
    wishes = world.base(40)
    with world.site.operator(*FLAGS, etcd=way.url) as operator:
        world.settle()
        for number, (name, fault) in enumerate(faults.items()):
            print(f"-- {name}")
            way.fault = first(TIMES, fault)
            wishes = everything_changes(world, wishes, str(number))
            world.settle(240 if LONG else 30)
            way.fault = passing
        assert operator.process.poll() is None


def test_powerdns_fails_in_every_way(pdns_world: World, powerdns: PowerDns) -> None:
    with way_to(powerdns.url) as way:
        through(pdns_world, way, FAULTS)


def test_etcd_fails_in_every_way(world: World) -> None:
    with way_to(world.site.dns.etcd) as way:
        through(world, way, FAULTS if LONG else {name: FAULTS[name] for name in FEW})


# -- half of it


async def by_half(call: Call, forward: Forward) -> web.StreamResponse:
    """A batch of which the first half lands, and then the connection breaks."""
    if not call.writes:
        return await forward(call)
    rrsets = call.json()["rrsets"]
    await forward(replace(call, body=json.dumps({"rrsets": rrsets[: len(rrsets) // 2]}).encode()))
    raise Cut


def test_half_a_batch_lands(pdns_world: World, powerdns: PowerDns) -> None:
    """New names, changed ones and ones that go. A change of type that is cut in half is an absence by itself."""
    world = pdns_world
    wishes = world.base(20)
    with way_to(powerdns.url) as way, world.site.operator(*FLAGS, etcd=way.url):
        world.settle()
        for turn in range(count(2, 10)):
            way.fault = first(1, by_half, written)
            shorts = tuple(f"new{turn}x{number}" for number in range(9))
            world.put(Wish("DNSEndpoint", f"new{turn}", shorts, "192.0.2.5"))
            world.retarget(wishes[turn], "192.0.2.6")
            world.drop(wishes[-1 - turn])
            world.settle()


# -- one of a thousand

MANY = 1000
BAD = "n0500"


def refusing(name: str) -> Fault:
    """As a server that has something against one name, and nothing against any other."""

    async def fault(call: Call, forward: Forward) -> web.StreamResponse:
        if call.writes and any(rrset["name"].startswith(f"{name}.") for rrset in call.json()["rrsets"]):
            return web.json_response({"error": f"RRset {name}: not here"}, status=422)
        return await forward(call)

    return fault


def test_one_record_refused_among_a_thousand(pdns_world: World, powerdns: PowerDns) -> None:
    """All others land, by as many more requests as it takes to halve the batch until the bad one is alone."""
    world = pdns_world
    shorts = [f"n{number:04}" for number in range(MANY)]
    wish = Wish("DNSEndpoint", "many", tuple(shorts), "192.0.2.1")
    with way_to(powerdns.url) as way, world.site.operator(*FLAGS, etcd=way.url):
        world.put(Wish("Ingress", "first", ("first",), "192.0.2.1"))
        world.settle()
        way.fault = refusing(BAD)
        before = len(way.asked(writes=True))
        world.put(wish, watched=False)
        world.wishes["DNSEndpoint", "many"] = replace(wish, shorts=tuple(short for short in shorts if short != BAD))
        world.settle(60)
        calls = len(way.asked(writes=True)) - before
        batches = 2 * math.ceil(2 * MANY / 1000)  # records with their ownership; and in portions
        assert calls <= batches + math.ceil(math.log2(MANY)) + 2, calls
        found = wait_until(lambda: refused(world), 30)
        assert "not here" in found["message"]
        assert record(world.site.endpoint("many"), world.site.name("n0000"), "A")["reason"] == "Synced"


def refused(world: World) -> Manifest:
    found = record(world.site.endpoint("many"), world.site.name(BAD), "A")
    assert found["reason"] == "Rejected", found
    return found
