"""Until when this process may write, in the cluster and in DNS: what keeps a deposed leader from writing.

A leader may write for some seconds after it has last been told that it leads, and those end well before anybody else
can lead. The fence is asked before each write, as late as possible, and what is under way when it closes is broken off.
It may open again: a leader that was cut off for a while, and whose place nobody has taken, goes on where it was. So
whoever comes to a closed fence waits, until it opens or is closed for good.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from zonewright.clock import elapsed


class Closed(Exception):
    """This process may not write now. Remedy: none is needed, the replica that may does the work."""

    def __init__(self) -> None:
        super().__init__("this replica is not the leader any more")


class Fence:
    """until: a time of `clock`; it is closed at first."""

    def __init__(self, clock: Callable[[], float] = elapsed, until: float = -math.inf) -> None:
        self._clock = clock
        self._until = until
        self._final = False
        self._changed = asyncio.Event()
        self._limits: set[asyncio.Timeout] = set()

    @classmethod
    def none(cls) -> Fence:
        """Always open: for those who need not ask anybody."""
        return cls(until=math.inf)

    @property
    def is_open(self) -> bool:
        return self._clock() < self._until

    @property
    def is_closed(self) -> bool:
        """Whether it is neither open, nor will be in time for anybody who waits."""
        return self._final and not self.is_open

    def check(self) -> None:
        """Raises Closed when it is not open."""
        if not self.is_open:
            raise Closed

    def begin(self, until: float) -> None:
        """This process may write, from now on and until then."""
        self._final = False
        self.extend(until)

    def extend(self, until: float) -> None:
        """It still may, for longer."""
        self._until = until
        self._tell()

    def refuse_waiting(self) -> None:
        """From now on, who would have to wait is refused at once."""
        self._final = True
        self._tell()

    def close(self) -> None:
        """Closed for good, or until `begin`: who waits is refused, and what is under way is broken off."""
        self._until, self._final = -math.inf, True
        self._tell()

    @asynccontextmanager
    async def guarded(self) -> AsyncIterator[None]:
        """For a write: waits until the fence is open, and cancels the block when it closes. Raises Closed."""
        await self._opened()
        if math.isinf(self._until):
            yield
            return
        limit = asyncio.timeout_at(self._deadline())
        try:
            async with limit:
                self._limits.add(limit)
                try:
                    yield
                finally:
                    self._limits.discard(limit)
        except TimeoutError:
            if limit.expired():
                raise Closed from None
            raise

    async def _opened(self) -> None:
        while not self.is_open:
            if self._final:
                raise Closed
            self._changed.clear()
            await self._changed.wait()

    def _deadline(self) -> float:
        """In time of the event loop, whose timers may stand still while the machine sleeps: `check` does not."""
        return asyncio.get_running_loop().time() + max(0.0, self._until - self._clock())

    def _tell(self) -> None:
        self._changed.set()
        for limit in self._limits:
            if not limit.expired():
                limit.reschedule(self._deadline())
