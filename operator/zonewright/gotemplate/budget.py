"""Templates are an administrator's and data is anybody's: what one evaluation may cost at most."""

from __future__ import annotations

from zonewright.gotemplate.errors import Exhausted
from zonewright.gotemplate.values import Value, size

MAX_STEPS = 100_000  # expressions, turns of a range and calls; about half a second
MAX_DEPTH = 100  # blocks, parentheses and called templates in each other, well below Python's own limit
MAX_OUTPUT = 64 * 1024  # characters that are written out
MAX_TEXT = 256 * 1024  # characters of a text on the way there: as many as all annotations of an object can have
_PARTS_PER_STEP = 8  # characters of a text, or entries of a list or a map, that cost as much as a step


def too_long() -> Exhausted:
    """For texts whose length is known before they are made."""
    return Exhausted(f"it makes a text of more than {MAX_TEXT} characters")


class Budget:
    """Counts down; raises Exhausted when something is used up."""

    def __init__(self) -> None:
        self._steps = MAX_STEPS
        self._depth = 0
        self._room = MAX_OUTPUT

    def step(self) -> None:
        self._steps -= 1
        if self._steps < 0:
            raise Exhausted(f"it takes more than {MAX_STEPS} steps")

    def read(self, value: Value) -> None:
        """For what a function is given."""
        self._steps -= size(value) // _PARTS_PER_STEP
        self.step()

    def made(self, value: Value) -> None:
        """For what a function has made."""
        self.read(value)
        if isinstance(value, str) and len(value) > MAX_TEXT:
            raise too_long()

    def output(self, length: int) -> None:
        self._room -= length
        if self._room < 0:
            raise Exhausted(f"it writes more than {MAX_OUTPUT} characters")

    def deeper(self) -> None:
        """`shallower` undoes it; after an error nobody has to."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Exhausted(f"it goes deeper than {MAX_DEPTH} levels")

    def shallower(self) -> None:
        self._depth -= 1
