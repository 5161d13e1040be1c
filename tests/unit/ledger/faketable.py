"""A table in memory that answers as DynamoDB does, and fails on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from zonewright.ledger.answers import failure
from zonewright.providers.base import ProviderError
from zonewright.registry.dynamodb.rows import Row
from zonewright.registry.dynamodb.statements import BATCH, Statement, Verb


class FakeTable:
    """rows: by key of the table; shared between tables of several owners.

    errors       for the next calls of `execute`, before anything is done
    lost         for the next calls of `execute`, after everything is done
    refused      by key: what a statement about it is answered
    scan_errors  for the next readings
    pause        a reading waits for it, with what it has read
    """

    name = "t"

    def __init__(self, rows: dict[str, Row] | None = None) -> None:
        self.rows = {} if rows is None else rows
        self.errors: list[ProviderError] = []
        self.lost: list[ProviderError] = []
        self.refused: dict[str, ProviderError] = {}
        self.scan_errors: list[ProviderError] = []
        self.pause: asyncio.Event | None = None
        self.reading = asyncio.Event()  # somebody waits for `pause`
        self.scans = 0
        self.batches: list[list[str]] = []

    async def check(self) -> None: ...

    async def scan(self) -> Sequence[Row]:
        self.scans += 1
        if self.scan_errors:
            raise self.scan_errors.pop(0)
        read = list(self.rows.values())
        if self.pause is not None:
            self.reading.set()
            await self.pause.wait()
        return read

    async def execute(self, statements: Sequence[Statement]) -> Sequence[ProviderError | None]:
        assert 1 <= len(statements) <= BATCH
        self.batches.append([f"{statement.verb} {statement.row.text}" for statement in statements])
        if self.errors:
            raise self.errors.pop(0)
        fates = [self._execute(statement) for statement in statements]
        if self.lost:
            raise self.lost.pop(0)
        return fates

    async def close(self) -> None: ...

    def _execute(self, statement: Statement) -> ProviderError | None:
        row = statement.row
        if row.text in self.refused:
            return self.refused[row.text]
        standing = self.rows.get(row.text)
        if statement.verb is Verb.INSERT and standing is not None:
            return failure(self.name, "BatchExecuteStatement", "DuplicateItem", "")
        ours = standing is not None and standing.ownership.owner == row.ownership.owner
        if statement.verb is Verb.DELETE and standing is None:
            return None
        if statement.verb is not Verb.INSERT and not ours:
            return failure(self.name, "BatchExecuteStatement", "ConditionalCheckFailed", "")
        if statement.verb is Verb.DELETE:
            del self.rows[row.text]
        else:
            self.rows[row.text] = row
        return None
