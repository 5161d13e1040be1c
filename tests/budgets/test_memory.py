"""What the engine keeps of a name."""

from __future__ import annotations

import gc
import tracemalloc

from budgets.engine import settled

BYTES = 4030  # for each name with its record and that of its ownership: a fifth above what was found in November 2026


async def held(names: int) -> int:
    """Bytes, with what the provider in memory keeps: its records are the very same."""
    gc.collect()
    tracemalloc.start()
    try:
        engine = await settled(names)
        gc.collect()
        assert len(engine.outcomes) == names
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


async def test_a_name_takes_no_more_memory_than_it_did() -> None:
    few, many = await held(1000), await held(3000)
    assert (many - few) / 2000 <= BYTES
