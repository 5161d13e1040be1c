"""How much is done: the short form runs with all other tests, the long one is `make chaos`."""

from __future__ import annotations

import os

LONG = os.environ.get("ZONEWRIGHT_TEST_CHAOS") == "long"


def extent(short: float, long: float) -> float:
    """Seconds, or whatever else there may be more or less of."""
    return long if LONG else short


def count(short: int, long: int) -> int:
    """The same for what is counted."""
    return long if LONG else short
