"""The clock of the engine: that of the event loop, so that a simulation can pass a day in a second."""

from __future__ import annotations

import asyncio


def monotonic() -> float:
    """Seconds since an unknown start, never set back; like the loop's timers. Only while a loop runs."""
    return asyncio.get_running_loop().time()
