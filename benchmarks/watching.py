"""Asking until something is so, and when it became so.

One clock: time.monotonic, which is the same for all processes of a machine.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

now = time.monotonic


class TooSlow(Exception):
    """What was waited for did not come in time. The text has what, how long, and what was seen last."""


async def until(look: Callable[[], Awaitable[T | None]], limit: float, what: str, pause: float = 0.05) -> T:
    """Ask until the answer is true; that answer. Raises TooSlow."""
    begun = now()
    while True:
        seen = await look()
        if seen:
            return seen
        if now() - begun > limit:
            raise TooSlow(f"waited {limit:.0f} s for {what}; last seen: {seen!r}")
        await asyncio.sleep(pause)


def next_pause(elapsed: float) -> float:
    """The pause before the next question: no more than 2 % of what is measured, and not below a millisecond."""
    return max(0.001, elapsed * 0.02)


async def settled(
    value: Callable[[], Awaitable[int]],
    enough: Callable[[int], bool],
    limit: float,
    what: str,
    quiet: float = 3.0,
    least_pause: float = 0.02,
) -> float:
    """The moment at which a value became what it then stays for `quiet` seconds. Raises TooSlow.

    The pause between two looks is twenty times what a look takes: looking must not slow down what is looked at.
    """
    begun = changed = now()
    last: int | None = None
    while True:
        before = now()
        seen = await value()
        after = now()
        if seen != last:
            last, changed = seen, after
        elif enough(seen) and after - changed > quiet:
            return changed
        if after - begun > limit:
            raise TooSlow(f"waited {limit:.0f} s for {what}; last seen: {last}")
        await asyncio.sleep(max(least_pause, 20 * (after - before)))
