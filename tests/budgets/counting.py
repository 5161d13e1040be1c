"""Work that does not depend on the machine: how many Python functions are called.

A loop that calls nothing, and a copy that is made in C, are not seen by it: those are for the benchmarks to find.
"""

from __future__ import annotations

import cProfile
from collections.abc import Callable, Coroutine
from typing import Any


def calls_of(work: Callable[[], Any]) -> int:
    """Calls of functions of Python, and resumptions of generators and coroutines; not of what is written in C."""
    profile = cProfile.Profile(builtins=False)  # the profiler of `sys.setprofile`, in C: it has to count millions
    profile.runcall(work)
    return _count(profile)


async def calls_while(work: Coroutine[Any, Any, Any]) -> int:
    """Of this coroutine, and of all that runs meanwhile."""
    profile = cProfile.Profile(builtins=False)
    profile.enable()
    try:
        await work
    finally:
        profile.disable()
    return _count(profile)


def _count(profile: cProfile.Profile) -> int:
    return sum(entry.callcount for entry in profile.getstats())
