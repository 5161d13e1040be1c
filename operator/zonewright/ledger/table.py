"""A table of DynamoDB, by aiobotocore: three requests, no decision."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from botocore import exceptions as botocore

from zonewright.ledger.answers import NAME, Missing, UnfitTable, of_response, of_statements
from zonewright.model.hostname import printable
from zonewright.providers.awsclients import NO_ANSWER, NO_CREDENTIALS, NO_SETTINGS, Access, Clients, role_refusal
from zonewright.providers.base import Denied, ProviderError, Unavailable
from zonewright.registry.dynamodb.rows import Row, read_item
from zonewright.registry.dynamodb.schema import fault
from zonewright.registry.dynamodb.statements import Statement

_PAGE = 500  # rows of one answer: parsing them takes 20 ms, and the 1 MB that DynamoDB would send ten times as long


class DynamoDBTable:
    """Implements `ledger.Table`. attempts: how often a request that only reads is sent in all.

    What writes is sent once: an INSERT that was carried out, and is sent again, would look like another owner's.
    """

    def __init__(self, name: str, access: Access, attempts: int = 1) -> None:
        self.name = name
        self._access = access
        self._attempts = attempts
        self._clients = Clients(access, attempts)
        self._open = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._reading: Any = None
        self._writing: Any = None
        self._checked = False

    async def check(self) -> None:
        client, _ = await self._connected()
        try:
            description = await self._ask("DescribeTable", client.describe_table, TableName=self.name)
        except Missing as e:
            raise UnfitTable(
                f"--dynamodb-table: there is no table {self.name}; make it, with the hash key k of type S (text)"
            ) from e
        if wrong := fault(description["Table"]):
            raise UnfitTable(f"--dynamodb-table: {self.name} cannot hold ownership: {wrong}")
        self._checked = True

    async def scan(self) -> Sequence[Row]:
        if not self._checked:
            await self._check_again()
        client, _ = await self._connected()
        found: list[Row] = []
        start: Mapping[str, Any] = {}
        while True:
            page = await self._ask("Scan", client.scan, **self._page(), **start)
            found += (row for item in page["Items"] if (row := read_item(item)))
            if not page.get("LastEvaluatedKey"):
                return found
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    async def execute(self, statements: Sequence[Statement]) -> Sequence[ProviderError | None]:
        _, client = await self._connected()
        what = "BatchExecuteStatement"
        requests = [statement.request(self.name) for statement in statements]
        answer = await self._ask(what, client.batch_execute_statement, Statements=requests)
        fates = of_statements(self.name, what, answer)
        if len(fates) != len(statements):
            raise Unavailable(f"{NAME} answered {len(fates)} of {len(statements)} statements on table {self.name}")
        return fates

    async def close(self) -> None:
        self._reading = self._writing = None
        await self._open.aclose()

    def _page(self) -> dict[str, Any]:
        """A request for rows. ExternalDNS leaves those of other owners out, which costs as many read units."""
        return {"TableName": self.name, "ProjectionExpression": "k,o,l", "ConsistentRead": True, "Limit": _PAGE}

    async def _check_again(self) -> None:
        """A table that could not be asked at the start."""
        try:
            await self.check()
        except UnfitTable as e:
            raise Denied(str(e)) from e

    async def _connected(self) -> tuple[Any, Any]:
        """The clients that read and that write."""
        async with self._opening:
            if self._writing is None:
                try:
                    self._reading = self._reading or await self._opened(self._attempts)
                    self._writing = await self._opened(1)
                except botocore.NoRegionError as e:
                    raise UnfitTable("--dynamodb-region: no region is known; give it here or in AWS_REGION") from e
                except NO_SETTINGS as e:
                    raise UnfitTable(f"--registry=dynamodb: {printable(str(e))}") from e
                except NO_CREDENTIALS as e:
                    raise Denied(f"{NAME}: {printable(str(e))}") from e
                except NO_ANSWER as e:
                    raise Unavailable(f"{NAME}: {printable(str(e))}") from e
            return self._reading, self._writing

    async def _opened(self, attempts: int) -> Any:
        return await self._open.enter_async_context(await self._clients.client("dynamodb", attempts))

    async def _ask(self, what: str, call: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        """One request. Raises ProviderError; of what was sent nothing is told but the name of the table."""
        try:
            return await call(**arguments)
        except botocore.ClientError as e:
            if refused := role_refusal(e, self._access.role):
                raise refused from e
            raise of_response(self.name, what, e.response) from e
        except NO_CREDENTIALS as e:
            raise Denied(f"{NAME}: {printable(str(e))}") from e
        except NO_ANSWER as e:
            why = printable(str(e)) or type(e).__name__
            raise Unavailable(f"{NAME} does not answer to {what} of table {self.name}: {why}") from e
