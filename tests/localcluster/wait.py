"""Waiting for a condition, never for time to pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.2


class NotYet(Exception):
    """Raised by a condition that is not met, to tell what it saw."""


def wait_until(look: Callable[[], T | None], timeout: float = 10.0, what: str = "") -> T:
    """Call `look` until it says yes, and return what it returned.

    No is: anything false, None too, or an AssertionError, NotYet or OSError. Any other error passes through at once.
    Raises TimeoutError, whose text tells what was seen last. A look begun in time counts, however long it takes.
    """
    deadline = time.monotonic() + timeout
    pause = FIRST_PAUSE
    while True:
        try:
            seen = look()
            if seen:
                return seen
            last = repr(seen)
        except (AssertionError, NotYet, OSError) as error:
            last = f"{type(error).__name__}: {error}"
        if time.monotonic() > deadline:
            waited_for = what or getattr(look, "__name__", "the condition")
            raise TimeoutError(f"Waited {timeout:g} s for {waited_for}. Last seen: {last}")
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)
