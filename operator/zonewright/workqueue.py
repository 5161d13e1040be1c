"""A queue of keys to bring to their present state: each key once, never twice at a time, failures with back-off.

Level-triggered: a key says only "look at this again". A key that is added while it is being worked on is worked on
once more afterwards, so the last change is never missed, and a thousand changes to one key cost one or two rounds.

A crowd that comes at once (an object that asks for thousands of names, all that is there at the start) does not keep
the others waiting: turns alternate between crowds and those who came one by one.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)

log = logging.getLogger(__name__)

CROWD = 50  # keys that are added at once and together are no crowd yet


class Retry(Exception):
    """Raised by the work on a key: not now. `after` seconds, None is the usual back-off."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


def backoff(attempt: int, *, base: float = 0.5, limit: float = 60.0, spread: float = 0.2) -> float:
    """Seconds until attempt number `attempt` (from 1): doubling, bounded, with jitter so that many do not meet."""
    return float(min(limit, base * 2 ** min(attempt - 1, 20))) * random.uniform(1 - spread, 1 + spread)  # noqa: S311


class WorkQueue(Generic[K]):
    """Runs `work` for added keys with a number of workers. Create it, `add` keys, `start`, and `stop` at the end."""

    def __init__(self, name: str, work: Callable[[K], Awaitable[None]], workers: int) -> None:
        self._name = name
        self._work = work
        self._workers = workers
        # Ordered sets, with no key in both; a plain dict would take longer and longer to give its first key.
        self._waiting: OrderedDict[K, None] = OrderedDict()  # who came one by one, or a few together
        self._crowd: OrderedDict[K, None] = OrderedDict()
        self._turn = False  # whether the crowd is next, where both wait
        self._active: set[K] = set()
        self._again: set[K] = set()
        self._attempts: dict[K, int] = {}
        self._timers: dict[K, asyncio.TimerHandle] = {}
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._tasks: list[asyncio.Task[None]] = []
        self._ahead: WorkQueue[Any] | None = None
        self._followers: list[WorkQueue[Any]] = []

    def __len__(self) -> int:
        """Keys that wait or are being worked on, without those in back-off."""
        return len(self._waiting) + len(self._crowd) + len(self._active)

    @property
    def failing(self) -> frozenset[K]:
        """Keys whose last work failed."""
        return frozenset(self._attempts)

    def pending(self, key: K) -> bool:
        """Whether a key waits, is being worked on, or is in back-off."""
        return key in self._waiting or key in self._crowd or key in self._active or key in self._timers

    def add(self, keys: Iterable[K]) -> None:
        """Look at these again, also those that are in back-off."""
        added = tuple(keys)
        for key in added:
            if timer := self._timers.pop(key, None):
                timer.cancel()
            if key in self._active:
                self._again.add(key)
            elif len(added) <= CROWD:
                self._crowd.pop(key, None)
                self._waiting[key] = None
            elif key not in self._waiting:
                self._crowd[key] = None
        if self._waiting or self._crowd:
            self._idle.clear()
            self._wake.set()

    def follow(self, other: WorkQueue[Any]) -> None:
        """As long as a crowd waits in the other queue, one worker alone is at work here."""
        self._ahead = other
        other._followers.append(self)

    def start(self) -> None:
        """Begin to work, in tasks of the running loop."""
        self._tasks = [asyncio.create_task(self._run(n), name=f"{self._name}-{n}") for n in range(self._workers)]

    async def stop(self) -> None:
        """End the workers; what they are at is cancelled."""
        for timer in self._timers.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def drained(self) -> None:
        """Wait until no key waits and none is being worked on. Keys in back-off do not count."""
        await self._idle.wait()

    async def _run(self, number: int) -> None:
        while True:
            while not (self._waiting or self._crowd) or (number > 0 and self._is_to_wait()):
                self._wake.clear()
                await self._wake.wait()
            key = self._next()
            self._active.add(key)
            try:
                await self._attempt(key)
            finally:
                self._finish(key)

    def _is_to_wait(self) -> bool:
        return self._ahead is not None and bool(self._ahead._crowd)

    def _next(self) -> K:
        both = bool(self._waiting and self._crowd)
        lane = self._crowd if not self._waiting or (both and self._turn) else self._waiting
        if both:
            self._turn = not self._turn
        key, _ = lane.popitem(last=False)
        if lane is self._crowd and not lane:
            for follower in self._followers:
                follower._wake.set()
        return key

    async def _attempt(self, key: K) -> None:
        try:
            await self._work(key)
        except Retry as e:
            self._later(key, e.after)
            log.debug("Will be tried again: %s", e, extra={"queue": self._name, "key": str(key)})
        except Exception as e:  # the top of a worker: one key never ends the others
            self._later(key, None)
            log.exception("Unexpected error: %s", e, extra={"queue": self._name, "key": str(key)})
        else:
            self._attempts.pop(key, None)

    def _later(self, key: K, after: float | None) -> None:
        attempt = self._attempts[key] = self._attempts.get(key, 0) + 1
        delay = backoff(attempt) if after is None else after
        self._timers[key] = asyncio.get_running_loop().call_later(delay, self._due, key)

    def _due(self, key: K) -> None:
        self._timers.pop(key, None)
        self.add([key])

    def _finish(self, key: K) -> None:
        self._active.discard(key)
        if key in self._again:
            self._again.discard(key)
            self.add([key])
        if not self._waiting and not self._crowd and not self._active:
            self._idle.set()
