"""Prints how many bytes the engine keeps of a name: in a process that has done nothing else before."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from functools import _lru_cache_wrapper

from budgets.engine import settled


async def held(names: int) -> int:
    """Bytes, with what the provider in memory keeps: its records are the very same."""
    tracemalloc.start()
    try:
        engine = await settled(names)
        _forget()
        assert len(engine.outcomes) == names
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def _forget() -> None:
    """Caches of functions have an end, and are no part of it."""
    for one in gc.get_objects():
        if isinstance(one, _lru_cache_wrapper):
            one.cache_clear()
    gc.collect()


async def of_a_name() -> float:
    few, many = await held(1000), await held(3000)
    return (many - few) / 2000


if __name__ == "__main__":
    print(asyncio.run(of_a_name()))
