"""What a waiting person wants to know: what is being done, and how long it will take yet."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

# So many seconds of the measured pace are taken for granted before this machine's own pace counts.
TRUST = 60.0
# A program that takes longer than expected is "nearly done" from here on.
NEARLY = 0.95


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def pace(elapsed: float, done: float) -> float:
    """Seconds here per second of the measured build: 2.0 on a machine half as fast.

    Early on, when little is known, it stays near 1.
    """
    return (elapsed + TRUST) / (done + TRUST)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Where a build stands. All in seconds: `shares` and `current` as measured, the others as they pass here.

    shares      of the programs to build, in their order
    finished    how many are built
    elapsed     since the first was begun
    in_current  since the current one was begun
    """

    shares: Sequence[float]
    finished: int
    elapsed: float
    in_current: float

    def fraction(self) -> float:
        """How much of the current program is built: by time, since Go does not tell."""
        before = sum(self.shares[: self.finished])
        expected = self.shares[self.finished] * pace(self.elapsed - self.in_current, before)
        return min(NEARLY, self.in_current / expected)

    def left(self) -> float:
        """Seconds until all are built."""
        if self.finished >= len(self.shares):
            return 0.0
        before = sum(self.shares[: self.finished])
        done = before + self.fraction() * self.shares[self.finished]
        return (sum(self.shares) - done) * pace(self.elapsed - self.in_current, before)


def duration(seconds: float) -> str:
    """For people: "40 s", "3 min", "1 h 05 min". Rounded up, to tens of seconds below two minutes."""
    if seconds < 120:
        return f"{-int(-seconds // 10) * 10} s"
    minutes = -int(-seconds // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Says `what` and, when it has succeeded, how long it took."""
    started = time.monotonic()
    yield
    say(f"{what} in {time.monotonic() - started:.1f} s")
