"""The clocks of the program: the event loop's, so that a simulation can pass a day in a second, and one for leases."""

from __future__ import annotations

import asyncio
import time

# CLOCK_BOOTTIME goes on while the machine sleeps, which CLOCK_MONOTONIC does not; only Linux has it.
_UPTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def monotonic() -> float:
    """Seconds since an unknown start, never set back; like the loop's timers."""
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:  # no loop runs: the clock that loops have otherwise
        return time.monotonic()


def elapsed() -> float:
    """Seconds since an unknown start, never set back, and counted while the machine sleeps too."""
    return time.clock_gettime(_UPTIME)


_STARTED = time.time() - elapsed()


def epoch() -> float:
    """Seconds since the epoch, by the clock on the wall as it was when the program started: setting it ends no wait.

    For a wait that goes on in the next process; what people read is written by the clock on the wall.
    """
    return _STARTED + elapsed()
