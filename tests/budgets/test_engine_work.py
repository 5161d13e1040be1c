"""What the engine does for a name is the same, however many others there are."""

from __future__ import annotations

import pytest

from budgets.counting import calls_of, calls_while
from budgets.engine import ORG, Counting, Engine, settled
from zonewright.model.endpoint import Endpoint

# A fifth above what was counted in November 2026 with Python 3.11; later ones call less for the same.
COLD_CALLS = 1470  # for each name, with its record and that of its ownership
REREAD_CALLS = 410  # for each record of a zone in which somebody has changed something
UNTOUCHED_CALLS = 30  # and of one in which nobody has
IDLE_CALLS = 240  # for a round


async def one_change(names: int) -> int:
    """Calls for it; a round with nothing to do has come before."""
    engine = await settled(names)
    assert await calls_while(engine.zones.round()) <= IDLE_CALLS
    marked = engine.want([names // 2], "192.0.2.2")
    calls = calls_of(lambda: engine.zones.mark(marked))
    calls += await calls_while(engine.zones.round())
    assert (engine.planned, engine.provider.applies) == ([0, 1], [1])
    return calls


async def test_a_change_costs_the_same_among_1000_names_and_among_8000() -> None:
    assert await one_change(8000) == pytest.approx(await one_change(1000), rel=0.1)


async def cold(names: int) -> float:
    engine = Engine()
    engine.want(range(names))
    calls = await calls_while(engine.zones.round())
    assert (engine.planned, len(engine.outcomes)) == ([names], names)
    return calls / names


async def test_a_cold_round_costs_the_same_for_each_of_1000_names_and_of_4000() -> None:
    few, many = await cold(1000), await cold(4000)
    assert many == pytest.approx(few, rel=0.1)
    assert many <= COLD_CALLS


async def reread(names: int, *, edited: bool) -> float:
    """Calls for each record."""
    engine = await settled(names, interval=0.0)
    if edited:
        engine.provider.seed([Endpoint.found(f"foreign.{ORG}", "A", ["192.0.2.9"])])
    calls = await calls_while(engine.zones.round())
    assert (engine.planned, engine.units, engine.provider.applies) == ([names if edited else 0], [0], [])
    return calls / (2 * names)


@pytest.mark.parametrize(("edited", "limit"), [(False, UNTOUCHED_CALLS), (True, REREAD_CALLS)])
async def test_reading_a_zone_again_costs_the_same_for_each_record_and_writes_nothing(edited: bool, limit: int) -> None:
    few, many = await reread(1000, edited=edited), await reread(3000, edited=edited)
    assert many == pytest.approx(few, rel=0.1)
    assert many <= limit


async def reread_among(zones: int) -> float:
    """Calls for each name, where each zone has 40."""
    names = [f"z{number}.{ORG}" for number in range(zones)]
    engine = Engine(Counting(names), interval=0.0)
    for name in names:
        engine.want(range(40), zone=name)
    await engine.zones.round()
    return await calls_while(engine.zones.round()) / (40 * zones)


async def test_reading_a_zone_again_costs_the_same_among_5_zones_and_among_30() -> None:
    assert await reread_among(30) == pytest.approx(await reread_among(5), rel=0.1)


async def test_after_a_reading_only_what_is_marked_is_planned() -> None:
    engine = await settled(1000)
    engine.zones.mark(engine.want([1, 2, 3], "192.0.2.2"))
    await engine.zones.round()
    await engine.zones.round()
    assert engine.planned == [3, 0]
