"""The fence: who may pass, who waits, and what is broken off."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from zonewright.fence import Closed, Fence
from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint
from zonewright.model.zone import Zone
from zonewright.providers.base import Failure, Unavailable
from zonewright.providers.fenced import Fenced, NotLeading
from zonewright.providers.inmemory import InMemory
from zonewright.providers.sending import ask
from zonewright.providers.traffic import Bucket


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def pass_through(fence: Fence) -> str:
    async with fence.guarded():
        return "passed"


async def test_closed_at_first_and_open_until_the_time_that_was_given() -> None:
    clock = Clock()
    fence = Fence(clock)
    assert not fence.is_open
    fence.begin(105.0)
    seen = []
    for clock.now in (104.9, 105.0, 200.0):
        seen.append(fence.is_open)
    assert seen == [True, False, False]


async def test_who_comes_to_a_closed_fence_passes_when_it_opens() -> None:
    clock = Clock()
    fence = Fence(clock)
    waiting = [asyncio.create_task(pass_through(fence)) for _ in range(3)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    fence.begin(105.0)
    assert await asyncio.gather(*waiting) == ["passed"] * 3


@pytest.mark.parametrize("end", [Fence.close, Fence.refuse_waiting])
async def test_who_waits_is_refused_when_there_is_nothing_to_wait_for(end: object) -> None:
    fence = Fence(Clock())
    waiting = asyncio.create_task(pass_through(fence))
    await asyncio.sleep(0)
    (fence.close if end is Fence.close else fence.refuse_waiting)()
    with pytest.raises(Closed):
        await waiting
    with pytest.raises(Closed):
        await pass_through(fence)


async def test_an_open_fence_may_still_be_passed_at_the_end_and_a_new_beginning_is_one() -> None:
    fence = Fence(Clock())
    fence.begin(105.0)
    fence.refuse_waiting()
    assert await pass_through(fence) == "passed"
    fence.close()
    fence.begin(105.0)
    assert await pass_through(fence) == "passed"


async def test_what_is_under_way_is_broken_off_when_it_closes() -> None:
    fence = Fence()
    fence.begin(fence._clock() + 60.0)

    async def work() -> None:
        async with fence.guarded():
            await asyncio.Event().wait()

    working = asyncio.create_task(work())
    await asyncio.sleep(0)
    fence.close()
    with pytest.raises(Closed):
        await working


async def test_what_is_under_way_is_broken_off_by_time_alone_and_a_renewal_gives_it_more() -> None:
    fence = Fence()
    fence.begin(fence._clock() + 0.05)
    started = asyncio.get_running_loop().time()

    async def work() -> None:
        async with fence.guarded():
            fence.extend(fence._clock() + 0.3)
            await asyncio.Event().wait()

    with pytest.raises(Closed):
        await work()
    assert asyncio.get_running_loop().time() - started >= 0.3


async def test_another_timeout_within_is_not_taken_for_the_fence() -> None:
    fence = Fence()
    fence.begin(fence._clock() + 60.0)
    with pytest.raises(TimeoutError):
        async with fence.guarded(), asyncio.timeout(0):
            await asyncio.sleep(1)


# -- a provider behind it

ZONE = Zone("a.org", "a.org")


def unit(name: str) -> Unit:
    return Unit(name, (Change(None, Endpoint.found(name, "A", ["192.0.2.1"])),))


class Slow(InMemory):
    """Sends a request for each unit."""

    def __init__(self, fence_clock: Clock, seconds: float) -> None:
        super().__init__(["a.org"])
        self._clock, self._seconds = fence_clock, seconds
        self._bucket = Bucket(1000, 1000, self.traffic)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        failures = []
        for one in units:
            try:
                await self._bucket.turn()
            except Unavailable as e:
                failures.append(Failure(one, e))
                continue
            await super().apply(zone, [one])
            self._clock.now += self._seconds
        return failures


async def test_a_batch_of_several_requests_ends_in_the_middle() -> None:
    clock = Clock()
    fence = Fence(clock)
    fence.begin(102.5)
    provider = Slow(clock, 1.0)
    failures = await Fenced(provider, fence).apply(ZONE, [unit(f"n{n}.a.org") for n in range(5)])
    assert [failure.unit.name for failure in failures] == ["n3.a.org", "n4.a.org"]
    assert {type(failure.error) for failure in failures} == {NotLeading}
    assert (len(await provider.records(ZONE)), provider.traffic.requests) == (3, 3)


async def test_nothing_is_begun_behind_a_fence_that_is_closed_for_good() -> None:
    fence = Fence(Clock())
    fence.close()
    provider = InMemory(["a.org"])
    with pytest.raises(NotLeading, match="not the leader any more"):
        await Fenced(provider, fence).apply(ZONE, [unit("n.a.org")])
    assert not await provider.records(ZONE)


async def test_reading_asks_nobody_and_neither_does_who_has_no_fence() -> None:
    fence = Fence(Clock())
    fence.close()
    fenced = Fenced(InMemory(["a.org"]), fence)
    assert await fenced.zones() == (ZONE,)
    assert await fenced.records(ZONE) == ()
    ask()
    assert await Fenced(InMemory(["a.org"]), Fence.none()).apply(ZONE, [unit("n.a.org")]) == ()
