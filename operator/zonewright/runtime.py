"""How Python runs the operator: the event loop, and how often it looks for garbage."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

# What is held of objects lives long and is many: the young generations are looked through in vain (a third of the CPU
# of a start with 5,000 names, see docs/performance.md). Reference counts free nearly all of what is dropped.
_THRESHOLDS = (50_000, 50, 50)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run it to its end, on uvloop where that is installed: a tenth of the CPU less, since it speaks TLS in C."""
    gc.set_threshold(*_THRESHOLDS)
    try:
        from uvloop import new_event_loop
    except ImportError:  # Windows, PyPy: asyncio's own
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(main)
