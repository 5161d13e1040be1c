"""Names that come and go leave nothing behind: a process may live for months."""

from __future__ import annotations

import asyncio
import gc
from types import FunctionType, MethodType, ModuleType
from typing import Any

import pytest

from simulation import virtualtime
from simulation.process import INTERVAL, MANAGED
from zonewright.model.change import Change, Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.planning.plan import Policy, Rules
from zonewright.providers.inmemory import InMemory
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry
from zonewright.zones import desired as desired_module
from zonewright.zones.desired import Desired
from zonewright.zones.manager import Links, Options, Zones

_OUTSIDE = (type, ModuleType, FunctionType, MethodType, asyncio.AbstractEventLoop, asyncio.Task, asyncio.Future)


def footprint(*roots: Any) -> int:
    """Elements of all containers that the engine keeps."""
    seen: dict[int, Any] = {id(root): root for root in roots}
    waiting, size = list(roots), 0
    while waiting:
        obj = waiting.pop()
        size += len(obj) if isinstance(obj, dict | list | set | frozenset) else 0
        for other in gc.get_referents(obj):
            if id(other) not in seen and not isinstance(other, (*_OUTSIDE, InMemory)):
                seen[id(other)] = other
                waiting.append(other)
    return size


async def lives(names_a_day: int, days: int) -> list[int]:
    """Sizes at the ends of days. Of every three names one is somebody else's, so that it fails."""
    provider, desired = InMemory(["example.com"]), Desired()
    rules = Rules(Policy.SYNC, MANAGED)
    options = Options(DomainFilter(), rules, dry_run=False, interval=INTERVAL, wary=True)
    links = Links(lambda _: False, lambda _: None, lambda _: None)
    zones = Zones(provider, TxtRegistry("me", OwnershipNames()), desired, options, links)
    running = asyncio.create_task(zones.run())
    (zone,) = await provider.zones()
    sizes = []
    for number in range(names_a_day * days):
        name = f"n{number}.example.com"
        theirs = [Endpoint.found(name, "A", ["203.0.113.1"])] if number % 3 == 0 else []
        provider.seed(theirs)
        wanted = Endpoint.wanted(name, "A", ["192.0.2.1"], labels={"resource": f"crd/default/n{number}"})
        zones.mark(desired.put("default", f"n{number}", {0: wanted}))
        await asyncio.sleep(86400 / names_a_day / 2)
        zones.mark(desired.drop("default", f"n{number}"))
        await asyncio.sleep(86400 / names_a_day / 2)
        await provider.apply(zone, [Unit(name, (Change(record, None),)) for record in theirs])
        if (number + 1) % names_a_day == 0:
            await asyncio.sleep(2 * INTERVAL)
            assert not await provider.records(zone)
            sizes.append(footprint(zones, desired))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return sizes


def test_what_the_engine_keeps_does_not_grow_with_names_that_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desired_module, "REMEMBERED", 50)
    sizes = virtualtime.run(lives(names_a_day=200, days=4))
    assert max(sizes[1:]) <= sizes[0] + 20, sizes
