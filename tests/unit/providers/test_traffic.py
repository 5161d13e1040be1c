"""Turns for requests: a steady rate, a burst after a rest, and a pause where the provider asks for one."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.providers.traffic import Bucket


class Clock:
    """Time that passes where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def bucket(clock: Clock, rate: float, burst: float) -> Bucket:
    return Bucket(rate, burst, clock=clock, sleep=clock.sleep)


@given(rate=st.floats(0.5, 50), burst=st.integers(1, 20), pauses=st.lists(st.floats(0, 3), min_size=1, max_size=60))
async def test_in_no_stretch_of_time_are_there_more_requests_than_burst_and_rate_allow(
    rate: float, burst: int, pauses: list[float]
) -> None:
    clock = Clock()
    turns = bucket(clock, rate, burst)
    made: list[float] = []
    for pause in pauses:
        clock.now += pause
        await turns.turn()
        made.append(clock.now)
    for first in range(len(made)):
        for last in range(first, len(made)):
            assert last - first + 1 <= burst + rate * (made[last] - made[first]) + 1e-6
    assert turns.traffic.requests == len(pauses)


async def test_a_burst_after_a_rest_waits_for_nothing() -> None:
    clock = Clock()
    turns = bucket(clock, 1, 5)
    for _ in range(5):
        await turns.turn()
    assert (clock.now, turns.traffic.waited) == (0.0, 0.0)
    await turns.turn()
    assert (clock.now, turns.traffic.waited) == (1.0, 1.0)


async def test_no_turn_comes_while_the_provider_wants_none() -> None:
    clock = Clock()
    turns = bucket(clock, 100, 100)
    turns.refused(30.0)
    await turns.turn()
    assert clock.now == 30.0
    assert turns.traffic.throttled == 1


async def test_many_who_wait_get_their_turns_one_after_the_other() -> None:
    turns = Bucket(200, 1)
    loop = asyncio.get_running_loop()
    started = loop.time()
    await asyncio.gather(*(turns.turn() for _ in range(21)))
    assert loop.time() - started >= 20 / 200 * 0.9


async def test_who_gives_up_waiting_takes_no_turn() -> None:
    clock = Clock()

    async def cut(seconds: float) -> None:
        raise asyncio.CancelledError

    turns = Bucket(1, 1, clock=clock, sleep=cut)
    await turns.turn()
    with pytest.raises(asyncio.CancelledError):
        await turns.turn()
    clock.now += 1
    await turns.turn()
    assert turns.traffic.requests == 2


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (1, 0)])
def test_a_bucket_that_never_fills_is_refused(rate: float, burst: float) -> None:
    with pytest.raises(ValueError, match="bucket"):
        Bucket(rate, burst)
