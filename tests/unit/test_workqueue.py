from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from zonewright.workqueue import Retry, WorkQueue, backoff


@asynccontextmanager
async def running(work: Callable[[str], Awaitable[None]], workers: int = 2) -> AsyncIterator[WorkQueue[str]]:
    queue: WorkQueue[str] = WorkQueue("test", work, workers)
    queue.start()
    try:
        yield queue
    finally:
        await queue.stop()


async def test_a_key_added_many_times_is_worked_on_once() -> None:
    done: list[str] = []

    async def work(key: str) -> None:
        done.append(key)

    async with running(work) as queue:
        queue.add(["a", "b", "a", "a"])
        await queue.drained()
    assert sorted(done) == ["a", "b"]


async def test_a_key_added_while_it_is_worked_on_is_worked_on_again_and_never_twice_at_a_time() -> None:
    entered, release = asyncio.Event(), asyncio.Event()
    active = most = rounds = 0

    async def work(key: str) -> None:
        nonlocal active, most, rounds
        active, rounds = active + 1, rounds + 1
        most = max(most, active)
        entered.set()
        await release.wait()
        active -= 1

    async with running(work, workers=4) as queue:
        queue.add(["a"])
        await entered.wait()
        queue.add(["a"])
        queue.add(["a"])
        assert queue.pending("a")
        release.set()
        await queue.drained()
        assert not queue.pending("a")
    assert (most, rounds) == (1, 2)


async def test_a_crowd_does_not_keep_those_waiting_who_come_one_by_one() -> None:
    done: list[str] = []

    async def work(key: str) -> None:
        done.append(key)
        await asyncio.sleep(0)

    crowd = [f"crowd{number}" for number in range(1000)]
    async with running(work, workers=1) as queue:
        queue.add(crowd)
        queue.add(["one"])
        queue.add(["two", "three"])
        await queue.drained()
    assert [key for key in done if not key.startswith("crowd")] == ["one", "two", "three"]
    assert done.index("three") < 10
    assert [key for key in done if key.startswith("crowd")] == crowd


async def test_a_key_of_a_crowd_that_comes_again_alone_comes_first_and_once() -> None:
    done: list[str] = []

    async def work(key: str) -> None:
        done.append(key)

    crowd = [f"crowd{number}" for number in range(1000)]
    async with running(work, workers=1) as queue:
        queue.add(crowd)
        queue.add(["crowd999"])
        queue.add(crowd)
        await queue.drained()
    assert done.index("crowd999") < 10
    assert sorted(done) == sorted(crowd)


async def test_who_follows_a_queue_works_alone_while_a_crowd_waits_there() -> None:
    ahead, active, most = asyncio.Event(), 0, [0, 0]

    async def first(_: str) -> None:
        await ahead.wait()

    async def second(_: str) -> None:
        nonlocal active
        active += 1
        most[ahead.is_set()] = max(most[ahead.is_set()], active)
        await asyncio.sleep(0)
        active -= 1

    async with running(first, workers=1) as leading, running(second, workers=4) as following:
        following.follow(leading)
        leading.add([f"crowd{number}" for number in range(100)])
        following.add(["a", "b", "c"])
        await following.drained()
        ahead.set()
        await leading.drained()
        following.add([f"late{number}" for number in range(8)])
        await following.drained()
    assert most == [1, 4]


async def test_who_follows_a_queue_goes_on_when_the_crowd_is_gone() -> None:
    release, together = asyncio.Event(), asyncio.Barrier(3)

    async def first(_: str) -> None:
        await release.wait()

    async def second(_: str) -> None:
        await together.wait()

    async with running(first, workers=1) as leading, running(second, workers=3) as following, asyncio.timeout(10):
        following.follow(leading)
        leading.add([f"crowd{number}" for number in range(100)])
        following.add(["a", "b", "c"])
        await asyncio.sleep(0)
        release.set()
        await following.drained()


async def test_different_keys_are_worked_on_side_by_side() -> None:
    both = asyncio.Barrier(2)

    async def work(key: str) -> None:
        await both.wait()

    async with running(work) as queue:
        queue.add(["a", "b"])
        async with asyncio.timeout(5):
            await queue.drained()


async def test_a_failed_key_comes_again_and_the_others_are_not_held_up(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []
    again = asyncio.Event()

    async def work(key: str) -> None:
        seen.append(key)
        if key == "bad" and seen.count("bad") == 1:
            raise Retry("not now", 0.0)
        if seen.count("bad") == 2:
            again.set()

    async with running(work, workers=1) as queue:
        queue.add(["bad", "good"])
        async with asyncio.timeout(5):
            await again.wait()
            await queue.drained()
        assert queue.failing == frozenset()
    assert seen.count("good") == 1
    assert seen.count("bad") == 2


async def test_a_bug_in_the_work_is_told_and_does_not_end_the_worker(caplog: pytest.LogCaptureFixture) -> None:
    async def work(key: str) -> None:
        raise ZeroDivisionError("bug")

    async with running(work, workers=1) as queue:
        queue.add(["a", "b"])
        await queue.drained()
        assert queue.failing == {"a", "b"}
        assert queue.pending("a")  # it is in back-off
    assert [r.levelno for r in caplog.records].count(logging.ERROR) == 2


async def test_adding_a_key_in_backoff_brings_it_forward() -> None:
    tries = 0

    async def work(key: str) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise Retry("much later", 3600.0)

    async with running(work) as queue:
        queue.add(["a"])
        await queue.drained()
        assert tries == 1
        queue.add(["a"])
        await queue.drained()
    assert tries == 2


@pytest.mark.parametrize(("attempt", "least", "most"), [(1, 0.4, 0.6), (2, 0.8, 1.2), (30, 48.0, 72.0)])
def test_backoff_doubles_within_its_limit(attempt: int, least: float, most: float) -> None:
    assert all(least <= backoff(attempt) <= most for _ in range(50))
