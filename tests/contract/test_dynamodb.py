"""The table of ownership on moto's server: what ExternalDNS would find there, and what becomes of names."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from aiobotocore.session import get_session

from contract.test_fence import Permission
from localcluster import dynamodb
from localcluster.operator_process import PROGRAM, environment
from zonewright.ledger.answers import Taken, UnfitTable
from zonewright.ledger.catalog import joined
from zonewright.ledger.ledger import Ledger
from zonewright.ledger.recorded import Recorded
from zonewright.ledger.table import DynamoDBTable
from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.ownership import Ownership
from zonewright.model.zone import Zone
from zonewright.providers.awsclients import Access
from zonewright.providers.base import Denied, Unavailable
from zonewright.providers.fenced import NotLeading
from zonewright.providers.inmemory import InMemory
from zonewright.providers.sending import asking
from zonewright.registry.dynamodb.rows import Row
from zonewright.registry.dynamodb.statements import Statement, Verb
from zonewright.settings import Settings

ME = Ownership("me", "ingress/default/web", (("team", "a"),))
TABLE = "external-dns"
TEXT_KEY = {"AttributeName": "k", "AttributeType": "S"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with dynamodb.serving() as url:
        yield url


class Aws:
    """DynamoDB as an administrator sees it."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def create(self, name: str = TABLE, *, hash_key: str = "k", rtype: str = "S", range_key: str = "") -> None:
        keys = {hash_key: "HASH"} | ({range_key: "RANGE"} if range_key else {})
        await self._client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys.items()],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": rtype} for key in keys],
            BillingMode="PAY_PER_REQUEST",
        )

    async def drop(self, name: str = TABLE) -> None:
        await self._client.delete_table(TableName=name)

    async def put(self, k: str, owner: str, labels: Mapping[str, str] | None = None) -> None:
        fields = {key: {"S": value} for key, value in (labels or {}).items()}
        await self._client.put_item(TableName=TABLE, Item={"k": {"S": k}, "o": {"S": owner}, "l": {"M": fields}})

    async def remove(self, k: str) -> None:
        await self._client.delete_item(TableName=TABLE, Key={"k": {"S": k}})

    async def items(self) -> dict[str, tuple[str, dict[str, str]]]:
        """Owner and labels by key."""
        page = await self._client.scan(TableName=TABLE, ConsistentRead=True)
        return {
            item["k"]["S"]: (item["o"]["S"], {name: value["S"] for name, value in item["l"]["M"].items()})
            for item in page["Items"]
        }


@pytest_asyncio.fixture
async def aws(server: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Aws]:
    """A server without tables; the environment is that of a user."""
    for name, value in dynamodb.environment(server).items():
        monkeypatch.setenv(name, value)
    async with get_session().create_client("dynamodb", region_name="eu-central-1") as client:  # type: ignore[no-untyped-call]
        for name in (await client.list_tables())["TableNames"]:
            await client.delete_table(TableName=name)
        yield Aws(client)


@asynccontextmanager
async def a_table(name: str = TABLE) -> AsyncIterator[DynamoDBTable]:
    table = DynamoDBTable(name, Access())
    try:
        yield table
    finally:
        await table.close()


def row(name: str, ownership: Ownership = ME) -> Row:
    return Row.of(Key(name, "A", ""), ownership)


# -- the table itself


async def test_rows_are_written_as_externaldns_writes_them(aws: Aws) -> None:
    await aws.create()
    async with a_table() as table:
        wild = Row.of(Key("*.example.org", "CNAME", "blue#1"), Ownership("me"))
        statements = [Statement(Verb.INSERT, row("www.example.org")), Statement(Verb.INSERT, wild)]
        assert await table.execute(statements) == [None, None]
        assert await aws.items() == {
            "www.example.org#A#": ("me", {"resource": "ingress/default/web", "team": "a"}),
            "*.example.org#CNAME#blue#1": ("me", {}),
        }
        assert sorted(await table.scan(), key=lambda r: r.key) == [wild, row("www.example.org")]


async def test_rows_of_other_owners_are_known_and_never_changed(aws: Aws) -> None:
    await aws.create()
    await aws.put("www.example.org#A#", "other")
    async with a_table() as table:
        assert [found.ownership for found in await table.scan()] == [Ownership("other")]
        for verb in (Verb.INSERT, Verb.UPDATE, Verb.DELETE):
            (error,) = await table.execute([Statement(verb, row("www.example.org"))])
            assert isinstance(error, Taken)
    assert await aws.items() == {"www.example.org#A#": ("other", {})}


async def test_what_is_no_row_is_passed_over(aws: Aws) -> None:
    await aws.create()
    await aws.put("not a key", "me")
    await aws.put("WWW.Example.org#a#", "me", {"resource": "ingress/default/web", "txt-encryption-nonce": "AA=="})
    async with a_table() as table:
        (found,) = await table.scan()
    assert (found.key, found.text) == (Key("www.example.org", "A", ""), "WWW.Example.org#a#")
    assert found.ownership == Ownership("me", "ingress/default/web")


async def test_all_pages_of_a_table_are_read(aws: Aws) -> None:
    await aws.create()
    async with a_table() as table:
        rows = [row(f"n{number}.example.org") for number in range(1100)]
        for start in range(0, len(rows), 25):
            await table.execute([Statement(Verb.INSERT, each) for each in rows[start : start + 25]])
        assert len(await table.scan()) == 1100


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        pytest.param({"hash_key": "id"}, "its hash key must be k, not id", id="another hash key"),
        pytest.param({"rtype": "N"}, "its hash key k must have the type S", id="hash key is no text"),
        pytest.param({"range_key": "o"}, "it must not have a range key; it has o", id="a range key"),
    ],
)
async def test_table_of_another_shape_is_refused_by_the_name_of_the_flag(
    aws: Aws, shape: dict[str, str], why: str
) -> None:
    await aws.create(**shape)
    async with a_table() as table:
        with pytest.raises(UnfitTable, match=f"--dynamodb-table: {TABLE} cannot hold ownership: {why}"):
            await table.check()


async def test_missing_table_is_told(aws: Aws) -> None:
    async with a_table("nowhere") as table:
        with pytest.raises(UnfitTable, match="--dynamodb-table: there is no table nowhere"):
            await table.check()


async def test_table_that_goes_later_is_for_a_person_to_mend(aws: Aws) -> None:
    await aws.create()
    async with a_table() as table:
        await table.check()
        await aws.drop()
        with pytest.raises(Denied, match="ResourceNotFoundException to Scan of table external-dns"):
            await table.scan()


async def test_nobody_listens(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    async with a_table() as table:
        with pytest.raises(Unavailable, match="DynamoDB does not answer to DescribeTable"):
            await table.check()


async def test_without_a_region_the_flag_is_named(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    async with a_table() as table:
        with pytest.raises(UnfitTable, match="--dynamodb-region: no region is known"):
            await table.check()


async def test_a_region_of_the_flag_will_do(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    await aws.create()  # in eu-central-1
    table = DynamoDBTable(TABLE, Access(region="eu-central-1"))
    await table.check()
    await table.close()


async def test_without_credentials_it_is_denied(aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    async with a_table() as table:
        with pytest.raises(Denied, match=r"(?i)credentials"):
            await table.check()


# -- with a provider


def created(name: str, ownership: Ownership = ME) -> Unit:
    record = Endpoint.found(name, "A", ["192.0.2.1"])
    return Unit(name, (Change(None, row(name, ownership).endpoint), Change(None, record)))


@asynccontextmanager
async def recorded(zone: str = "example.org") -> AsyncIterator[tuple[Recorded, InMemory, Zone]]:
    memory = InMemory([zone])
    provider = Recorded(memory, Ledger(DynamoDBTable(TABLE, Access()), fresh=0.0))
    (only,) = await provider.zones()
    try:
        yield provider, memory, only
    finally:
        await provider.close()


async def test_rows_stand_among_the_records_of_their_zone(aws: Aws) -> None:
    await aws.create()
    await aws.put("www.example.net#A#", "me")
    async with recorded() as (provider, memory, zone):
        assert await provider.apply(zone, [created("www.example.org")]) == []
        standing = set(await provider.records(zone))
        assert standing == {Endpoint.found("www.example.org", "A", ["192.0.2.1"]), row("www.example.org").endpoint}
        assert [record.name for record in await memory.records(zone)] == ["www.example.org"]


async def test_name_whose_row_is_another_owners_is_not_sent_and_the_rest_lands(aws: Aws) -> None:
    await aws.create()
    await aws.put("b.example.org#A#", "other")
    async with recorded() as (provider, memory, zone):
        units = [created(f"{letter}.example.org") for letter in "abc"]
        (failure,) = await provider.apply(zone, units)
        assert failure.unit is units[1]
        assert isinstance(failure.error, Taken)
        assert {record.name for record in await memory.records(zone)} == {"a.example.org", "c.example.org"}
    assert (await aws.items())["b.example.org#A#"] == ("other", {})


async def test_row_that_was_written_without_our_notice_is_ours_all_the_same(aws: Aws) -> None:
    """As after an answer that got lost, or a batch that the provider then refused."""
    await aws.create()
    async with recorded() as (provider, _, zone):
        await provider.records(zone)
        await aws.put("www.example.org#A#", "me", {"resource": "ingress/default/old"})  # after the table was read
        assert await provider.apply(zone, [created("www.example.org")]) == []
    assert await aws.items() == {"www.example.org#A#": ("me", {"resource": "ingress/default/web", "team": "a"})}


async def test_row_that_was_taken_away_is_written_again(aws: Aws) -> None:
    await aws.create()
    async with recorded() as (provider, _, zone):
        await provider.apply(zone, [created("www.example.org")])
        await aws.remove("www.example.org#A#")
        before, after = row("www.example.org").endpoint, row("www.example.org", Ownership("me", "ingress/x/y")).endpoint
        assert await provider.apply(zone, [Unit("www.example.org", (Change(before, after),))]) == []
    assert await aws.items() == {"www.example.org#A#": ("me", {"resource": "ingress/x/y"})}


@pytest.mark.parametrize("granted", [0, 1])
async def test_no_row_is_written_by_a_replica_that_does_not_lead_any_more(aws: Aws, granted: int) -> None:
    """Rows go in batches of 25: the first may have been sent."""
    await aws.create()
    async with recorded() as (provider, memory, zone):
        await provider.records(zone)
        units = [created(f"n{number:02}.example.org") for number in range(60)]
        with asking(Permission(granted)), pytest.raises(NotLeading):
            await provider.apply(zone, units)
        assert not await memory.records(zone)
    assert len(await aws.items()) == 25 * granted


async def test_rows_go_after_their_records(aws: Aws) -> None:
    await aws.create()
    async with recorded() as (provider, memory, zone):
        units = [created(f"n{number}.example.org") for number in range(60)]
        await provider.apply(zone, units)
        assert len(await aws.items()) == 60
        gone = [Unit(u.name, tuple(Change(c.new, None) for c in reversed(u.changes))) for u in units]
        assert await provider.apply(zone, gone) == []
        assert not await memory.records(zone)
    assert await aws.items() == {}


async def test_the_table_is_joined_where_the_registry_asks_for_it(aws: Aws) -> None:
    provider = InMemory(["example.org"])
    settings = Settings(provider="inmemory")
    assert await joined(settings, provider) is provider
    settings = replace(settings, registry="dynamodb")
    with pytest.raises(ValueError, match="--dynamodb-table: there is no table external-dns"):
        await joined(settings, provider)
    await aws.create()
    both = await joined(settings, provider)
    assert isinstance(both, Recorded)
    await both.close()


async def test_table_that_does_not_answer_at_the_start_is_asked_later(
    aws: Aws, server: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await aws.create(hash_key="id")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    provider = await joined(Settings(provider="inmemory", registry="dynamodb"), InMemory(["example.org"]))
    assert "Not checked: DynamoDB does not answer" in caplog.text
    (zone,) = await provider.zones()
    with pytest.raises(Unavailable):
        await provider.records(zone)
    await provider.close()


async def test_the_program_ends_with_2_where_the_table_will_not_do_and_tells_no_secret(aws: Aws) -> None:
    await aws.create(hash_key="id")
    command = [str(PROGRAM), "run", "--once", "--provider=inmemory", "--registry=dynamodb", "--log-level=trace"]
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment({**os.environ, "AWS_SESSION_TOKEN": "SECRET-TOKEN"}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 2, output
    assert b"--dynamodb-table: external-dns cannot hold ownership: its hash key must be k, not id" in output
    assert not any(secret in output for secret in (b"SECRET-TOKEN", b"not-a-secret", b"AKIDEXAMPLE"))
