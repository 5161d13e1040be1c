"""The rows of a table: read now and then, written before records come and after they have gone.

All zones share one reading, and own writes are added to it. A write that finds another row than it thought, or whose
fate is not known, is met by reading again: the table is asked, not our memory of it.
"""

from __future__ import annotations

import logging
import time
from asyncio import Lock
from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from zonewright.ledger.answers import Taken
from zonewright.model.change import Unit
from zonewright.model.endpoint import Key
from zonewright.providers.base import ProviderError
from zonewright.registry.dynamodb.rows import Row
from zonewright.registry.dynamodb.statements import BATCH, Statement, Verb, deletes, writes

log = logging.getLogger(__name__)

Failures = dict[Unit, ProviderError]


class Table(Protocol):
    """Where rows are kept. All methods raise ProviderError only, and `check` UnfitTable."""

    name: str

    async def check(self) -> None:
        """Whether rows can be kept here. Raises UnfitTable where a person has to change the table or the flags."""
        ...

    async def scan(self) -> Sequence[Row]:
        """All rows, as they are at this time."""
        ...

    async def execute(self, statements: Sequence[Statement]) -> Sequence[ProviderError | None]:
        """At most BATCH statements; what became of each. Taken: the row is there, or is not, or not as was said."""
        ...

    async def close(self) -> None: ...


class Ledger:
    """fresh: seconds for which a reading of the table serves all who ask."""

    def __init__(self, table: Table, fresh: float) -> None:
        self._table = table
        self._fresh = fresh
        self._read_at = float("-inf")
        self._reading = Lock()
        self._rows: dict[Key, Row] = {}
        self._written: list[Statement] = []  # while the table is read, to be added to what is read

    async def check(self) -> None:
        """Raises UnfitTable or ProviderError."""
        await self._table.check()

    async def rows(self) -> Collection[Row]:
        """The rows, not older than `fresh` seconds. Raises ProviderError."""
        async with self._reading:
            if time.monotonic() >= self._read_at + self._fresh:
                await self._read()
        return list(self._rows.values())

    async def before(self, units: Iterable[Unit]) -> Failures:
        """Write rows for what is to come; returns the units that must not be sent.

        Raises ProviderError where the table as a whole has failed: then no unit may be sent.
        """
        if self._read_at == float("-inf"):  # a write is in doubt
            await self.rows()
        failures = await self._write(units)
        surprised = [unit for unit, error in failures.items() if isinstance(error, Taken)]
        if surprised:
            self._forget()
            await self.rows()
            failures = {unit: error for unit, error in failures.items() if unit not in surprised}
            failures |= await self._write(surprised)
        return failures

    async def after(self, units: Iterable[Unit]) -> Failures:
        """Delete the rows of what has gone; returns the units of which rows are left. Raises nothing."""
        try:
            failures = await self._execute([(unit, s) for unit in units for s in deletes(unit.changes, self._rows)])
        except _Interrupted as e:
            failures = e.failures
        return {unit: error for unit, error in failures.items() if not isinstance(error, Taken)}

    async def close(self) -> None:
        await self._table.close()

    async def _read(self) -> None:
        self._written.clear()
        started = time.monotonic()
        read = await self._table.scan()
        # A row whose key is spelled in another way than ours counts only where there is no other.
        rows = {row.key: row for row in sorted(read, key=lambda row: row == Row.of(row.key, row.ownership))}
        for statement in self._written:
            _note(rows, statement)
        self._rows = rows
        self._read_at = started

    def _forget(self) -> None:
        self._read_at = float("-inf")

    async def _write(self, units: Iterable[Unit]) -> Failures:
        try:
            return await self._execute([(unit, s) for unit in units for s in writes(unit.changes, self._rows)])
        except _Interrupted as e:
            raise e.error from e

    async def _execute(self, planned: Sequence[tuple[Unit, Statement]]) -> Failures:
        """Raises _Interrupted when a batch fails as a whole."""
        failures: Failures = {}
        for start in range(0, len(planned), BATCH):
            batch = planned[start : start + BATCH]
            try:
                errors = await self._table.execute([statement for _, statement in batch])
            except ProviderError as e:
                self._forget()
                raise _Interrupted(e, failures | dict.fromkeys((unit for unit, _ in planned[start:]), e)) from e
            for (unit, statement), error in zip(batch, errors, strict=True):
                if error is not None:
                    failures.setdefault(unit, error)
                else:
                    self._landed(statement)
        return failures

    def _landed(self, statement: Statement) -> None:
        row = statement.row
        log.info("%s row %s", statement.verb, row.text, extra={"table": self._table.name})
        _note(self._rows, statement)
        self._written.append(statement)


class _Interrupted(Exception):
    """A batch has failed as a whole. failures: of all units that have statements left."""

    def __init__(self, error: ProviderError, failures: Failures) -> None:
        super().__init__(str(error))
        self.error = error
        self.failures = failures


def _note(rows: dict[Key, Row], statement: Statement) -> None:
    if statement.verb is Verb.DELETE:
        rows.pop(statement.row.key, None)
    else:
        rows[statement.row.key] = statement.row
