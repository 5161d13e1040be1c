"""What credentials may ask of a provider in a time, and what has been asked.

Providers count requests per account or token, whoever makes them, and refuse those that are too many, often for
minutes. So requests wait here for their turn, before they are made: a bucket of tokens that fills at a steady rate.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from zonewright.providers.sending import ask


@dataclass(slots=True)
class Traffic:
    """Counts since the start.

    requests   that have been made
    throttled  answers that there were too many
    waited     seconds, all waits for a turn added up
    """

    requests: int = 0
    throttled: int = 0
    waited: float = 0.0

    def sent(self) -> None:
        """A request goes out now: it is counted. Raises ProviderError where it may not, see `sending`."""
        ask()
        self.requests += 1


class Bucket:
    """Turns for requests, in the order in which they are asked for.

    rate   requests per second in the long run
    burst  requests that may be made at once after a rest
    """

    def __init__(
        self,
        rate: float,
        burst: float,
        traffic: Traffic | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if rate <= 0 or burst < 1:
            raise ValueError("a bucket has to fill, and to hold a request")
        self.traffic = traffic or Traffic()
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._tokens = burst  # below zero: that many have been promised to those who wait
        self._filled_at = clock()
        self._closed_until = float("-inf")

    async def turn(self) -> None:
        """Wait for the turn of one request, and count it. Raises ProviderError where it may not go, see `sending`."""
        self._fill()
        self._tokens -= 1
        wait = max(-self._tokens / self._rate, self._closed_until - self._clock(), 0.0)
        if wait > 0:
            self.traffic.waited += wait
            try:
                await self._sleep(wait)
            except BaseException:
                self._tokens += 1  # it will not be made
                raise
        self.traffic.sent()

    def refused(self, retry_after: float | None) -> None:
        """The provider says that there were too many; no turns for so many seconds."""
        self.traffic.throttled += 1
        self._closed_until = max(self._closed_until, self._clock() + (retry_after or 0.0))

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
