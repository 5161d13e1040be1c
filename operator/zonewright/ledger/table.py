"""A table of DynamoDB, by aiobotocore: three requests, no decision. Credentials and endpoint are those of AWS's tools:
AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_ENDPOINT_URL and their like, or the role of the pod.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore import exceptions as botocore

from zonewright.ledger.answers import NAME, Missing, UnfitTable, of_response, of_statements
from zonewright.model.hostname import printable
from zonewright.providers.base import Denied, ProviderError, Unavailable
from zonewright.registry.dynamodb.rows import Row, read_item
from zonewright.registry.dynamodb.schema import fault
from zonewright.registry.dynamodb.statements import Statement

# No repetition behind our back: an INSERT that was carried out, and is sent again, would look like another owner's.
_CONFIG = AioConfig(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 1})
_PAGE = 500  # rows of one answer: parsing them takes 20 ms, and the 1 MB that DynamoDB would send ten times as long
_NO_CREDENTIALS = (
    botocore.NoCredentialsError,
    botocore.PartialCredentialsError,
    botocore.CredentialRetrievalError,
    botocore.TokenRetrievalError,
    botocore.SSOError,
)
_NO_SETTINGS = (botocore.NoRegionError, botocore.ProfileNotFound, botocore.InvalidRegionError, ValueError)
_NO_ANSWER = (botocore.BotoCoreError, TimeoutError, OSError)


class DynamoDBTable:
    """Implements `ledger.Table`. region: "" is the one of the environment."""

    def __init__(self, name: str, region: str) -> None:
        self.name = name
        self._region = region
        self._open = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._client: Any = None
        self._checked = False

    async def check(self) -> None:
        client = await self._connected()
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
        client = await self._connected()
        found: list[Row] = []
        start: Mapping[str, Any] = {}
        while True:
            page = await self._ask("Scan", client.scan, **self._page(), **start)
            found += (row for item in page["Items"] if (row := read_item(item)))
            if not page.get("LastEvaluatedKey"):
                return found
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    async def execute(self, statements: Sequence[Statement]) -> Sequence[ProviderError | None]:
        client = await self._connected()
        what = "BatchExecuteStatement"
        requests = [statement.request(self.name) for statement in statements]
        answer = await self._ask(what, client.batch_execute_statement, Statements=requests)
        fates = of_statements(self.name, what, answer)
        if len(fates) != len(statements):
            raise Unavailable(f"{NAME} answered {len(fates)} of {len(statements)} statements on table {self.name}")
        return fates

    async def close(self) -> None:
        self._client = None
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

    async def _connected(self) -> Any:
        async with self._opening:
            if self._client is None:
                region = self._region or os.environ.get("AWS_REGION") or None  # botocore knows AWS_DEFAULT_REGION alone
                try:
                    session = get_session()  # type: ignore[no-untyped-call]
                    making = session.create_client("dynamodb", region_name=region, config=_CONFIG)
                    self._client = await self._open.enter_async_context(making)
                except botocore.NoRegionError as e:
                    raise UnfitTable("--dynamodb-region: no region is known; give it here or in AWS_REGION") from e
                except _NO_SETTINGS as e:
                    raise UnfitTable(f"--registry=dynamodb: {printable(str(e))}") from e
                except _NO_CREDENTIALS as e:
                    raise Denied(f"{NAME}: {printable(str(e))}") from e
                except _NO_ANSWER as e:
                    raise Unavailable(f"{NAME}: {printable(str(e))}") from e
            return self._client

    async def _ask(self, what: str, call: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        """One request. Raises ProviderError; of what was sent nothing is told but the name of the table."""
        try:
            return await call(**arguments)
        except botocore.ClientError as e:
            raise of_response(self.name, what, e.response) from e
        except _NO_CREDENTIALS as e:
            raise Denied(f"{NAME}: {printable(str(e))}") from e
        except _NO_ANSWER as e:
            why = printable(str(e)) or type(e).__name__
            raise Unavailable(f"{NAME} does not answer to {what} of table {self.name}: {why}") from e
