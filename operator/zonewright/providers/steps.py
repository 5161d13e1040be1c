"""Providers without transactions: the edits of a unit one after the other, and undone where a later one fails.

A step without an answer may have been done all the same. Then nothing is undone: an ownership record that were taken
away from a record that has come, or a record put back whose ownership has gone, would be nobody's for ever. What is
half done is found when the zone is read again, and finished.

Units go side by side, a few at a time. After an error that is none of a single record (no answer, too many requests,
credentials) no other unit is begun: all that are left share its fate.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Generic, TypeVar

from zonewright.model.change import Unit
from zonewright.providers.base import Changed, Failure, ProviderError, Rejected, Unavailable

S = TypeVar("S")
log = logging.getLogger(__name__)

SIDE_BY_SIDE = 4


class Steps(Generic[S]):
    """carry_out: does a step, and returns the step that undoes it; None for one that nothing has to undo."""

    def __init__(self, carry_out: Callable[[S], Awaitable[S | None]]) -> None:
        self._carry_out = carry_out
        self._ended: ProviderError | None = None

    async def run(self, planned: Iterable[tuple[Unit, Sequence[S]]]) -> list[Failure]:
        """Those that did not land, in the order in which they were given."""
        given = list(planned)
        limit = asyncio.Semaphore(SIDE_BY_SIDE)
        errors = await asyncio.gather(*(self._unit(steps, limit) for _, steps in given))
        return [Failure(unit, error) for (unit, _), error in zip(given, errors, strict=True) if error is not None]

    async def _unit(self, steps: Sequence[S], limit: asyncio.Semaphore) -> ProviderError | None:
        undo: list[S] = []
        async with limit:
            if self._ended is not None:
                return self._ended
            try:
                for step in steps:
                    undo += [back] if (back := await self._carry_out(step)) is not None else []
            except ProviderError as e:
                if not isinstance(e, Rejected | Changed):
                    self._ended = e
                if not isinstance(e, Unavailable):
                    await self._undo(undo)
                return e
        return None

    async def _undo(self, steps: Sequence[S]) -> None:
        """As far as it goes: what is left is found when the zone is read again."""
        try:
            for step in reversed(steps):
                await self._carry_out(step)
        except ProviderError as e:
            log.warning("A change that failed half-way could not be undone: %s", e)
