"""How often a provider is asked."""

from __future__ import annotations

import asyncio
from math import ceil

import pytest

from budgets.engine import Counting, Engine, settled
from simulation import virtualtime
from zonewright.zones import turns


async def test_a_change_in_a_zone_of_10000_records_is_one_apply_and_no_reading() -> None:
    engine = await settled(5000)
    engine.zones.mark(engine.want([2500], "192.0.2.2"))
    await engine.zones.round()
    assert (engine.provider.applies, engine.provider.reads) == ([1], [])


async def burst(names: int, batch: int) -> Engine:
    """Names that come while the engine runs. Nothing that is awaited takes time but its own timers."""
    engine = await settled(100, Counting(batch=batch))
    running = asyncio.create_task(engine.zones.run())
    await engine.zones.caught_up()
    engine.provider.forget()
    for number in range(1000, 1000 + names):
        engine.zones.mark(engine.want([number]))
    await engine.zones.caught_up()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return engine


@pytest.mark.parametrize("batch", [100, 334])
def test_a_burst_is_sent_in_rounds_of_full_batches(batch: int) -> None:
    """The size of a batch is in records, and each of these names is two: its own, and that of its ownership."""
    engine = virtualtime.run(burst(1000, batch))
    rounds = ceil(1000 / turns.PORTION)
    assert sum(engine.provider.applies) == 1000
    assert len(engine.provider.applies) <= rounds * ceil(turns.PORTION / (batch // 2))
    assert engine.provider.reads == []


async def hour(names: list[str]) -> Counting:
    engine = Engine(Counting(names), interval=60.0)
    for name in names:
        engine.want(range(50), zone=name)
    running = asyncio.create_task(engine.zones.run())
    await asyncio.sleep(30)
    assert len(engine.outcomes) == 50 * len(names)
    engine.provider.forget()
    await asyncio.sleep(3600)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return engine.provider


def test_a_steady_hour_is_one_reading_for_each_interval_and_zone() -> None:
    names = ["example.net", "example.org"]
    provider = virtualtime.run(hour(names))
    assert sorted(zone.name for zone in provider.reads) == sorted(names * 60)
    assert provider.applies == []
