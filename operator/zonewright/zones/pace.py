"""When a zone's worker does its next round: at once when marked, later after an error, and now and then in any case."""

from __future__ import annotations

import asyncio
import time

from zonewright.clock import monotonic
from zonewright.providers.base import Changed, ProviderError
from zonewright.zones.retries import delay


class Pace:
    """Wakes and pauses of one worker. Times are of the monotonic clock, where not said otherwise.

    interval  seconds after which the zone is read again
    """

    def __init__(self, interval: float) -> None:
        self.stopping = False
        self._interval = interval
        self._read_at = float("-inf")
        self._pause_until = 0.0
        self._error: ProviderError | None = None
        self._attempts = 0
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """There is something to do."""
        self._awake.set()

    def stop(self) -> None:
        """End the wait; there will be no other."""
        self.stopping = True
        self._awake.set()

    def read(self) -> None:
        """The zone has just been read."""
        self._read_at = monotonic()

    def stale(self) -> bool:
        """Whether it is time to read the zone again."""
        return monotonic() >= self._read_at + self._interval

    def went_well(self) -> None:
        """The provider does what it is asked."""
        self._attempts, self._error = 0, None

    def pause(self, error: ProviderError) -> float:
        """No round before the provider may have recovered; returns the end of the pause, seconds since the epoch.

        A zone that has changed under us is read again at once, the first time.
        """
        self._attempts += 1
        seconds = 0.0 if isinstance(error, Changed) and self._attempts == 1 else delay(error, self._attempts)
        self._pause_until, self._error = monotonic() + seconds, error
        return time.time() + seconds

    def paused(self) -> tuple[ProviderError, float] | None:
        """For which error, and until when (seconds since the epoch); None when there is no pause."""
        left = self._pause_until - monotonic()
        return (self._error, time.time() + left) if self._error is not None and left > 0 else None

    async def rest(self) -> None:
        """Wait out a pause; only `stop` cuts it short."""
        while not self.stopping and (left := self._pause_until - monotonic()) > 0:
            await self._sleep(left)

    async def idle(self, until: float | None) -> None:
        """Wait until woken, until the zone is due to be read again, or until the given time."""
        due = self._read_at + self._interval
        due = due if until is None else min(due, until)
        await self._sleep(max(0.0, due - monotonic()))

    async def _sleep(self, seconds: float) -> None:
        self._awake.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._awake.wait()
        except TimeoutError:
            pass
