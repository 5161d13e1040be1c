"""Whose credentials a request to AWS is signed with, and what becomes of a request that gets no good answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from contract.aws_server import AwsServer, serving
from localcluster import dynamodb
from zonewright.ledger.table import DynamoDBTable
from zonewright.model.endpoint import Key
from zonewright.model.ownership import Ownership
from zonewright.providers.awsclients import Access, Clients, access
from zonewright.providers.base import Denied, ProviderError, Throttled, Unavailable
from zonewright.registry.dynamodb.rows import Row
from zonewright.registry.dynamodb.statements import Statement, Verb
from zonewright.settings import Settings

ROLE = "arn:aws:iam::123456789012:role/dns"
INSERT = Statement(Verb.INSERT, Row.of(Key("www.example.org", "A", ""), Ownership("me")))
FILES = """
[default]
aws_access_key_id = DEFAULTKEY
aws_secret_access_key = none
[dns]
aws_access_key_id = DNSKEY
aws_secret_access_key = none
"""


@pytest.fixture
def shared_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials of two profiles, and none in the environment."""
    (tmp_path / "credentials").write_text(FILES)
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest_asyncio.fixture
async def aws(shared_files: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AwsServer]:
    async with serving() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        monkeypatch.setenv("AWS_REGION", "eu-central-1")
        yield server


@asynccontextmanager
async def writing(found: Access, attempts: int = 1) -> AsyncIterator[DynamoDBTable]:
    table = DynamoDBTable("t", found, attempts)
    try:
        yield table
    finally:
        await table.close()


async def write(table: DynamoDBTable) -> None:
    """The server answers it with nothing, which is no good answer."""
    with pytest.raises(Unavailable, match="answered 0 of 1 statements"):
        await table.execute([INSERT])


def test_flags_say_what_to_ask_with() -> None:
    settings = Settings(provider="inmemory", aws_assume_role=ROLE, aws_assume_role_external_id="x")
    assert access(settings, "dns", "eu-central-1") == Access("dns", ROLE, "x", "eu-central-1")


@pytest.mark.parametrize(("profile", "key"), [("", "DEFAULTKEY"), ("dns", "DNSKEY")])
async def test_requests_are_signed_with_the_keys_of_the_profile(aws: AwsServer, profile: str, key: str) -> None:
    async with writing(Access(profile)) as table:
        await write(table)
    assert [(one.key, one.what) for one in aws.asked] == [(key, "BatchExecuteStatement")]


async def test_a_profile_that_is_not_there_is_named(aws: AwsServer) -> None:
    async with writing(Access("missing")) as table:
        with pytest.raises(ValueError, match="missing"):
            await table.execute([INSERT])
    assert aws.asked == []


async def test_a_role_is_taken_on_once_with_the_keys_of_the_profile_and_serves_all_requests(aws: AwsServer) -> None:
    async with writing(Access("dns", ROLE)) as table:
        await write(table)
        await write(table)
    first, *others = aws.asked
    assert (first.key, first.what, first.fields["RoleArn"]) == ("DNSKEY", "AssumeRole", ROLE)
    assert "ExternalId" not in first.fields
    assert [(one.key, one.what) for one in others] == [("ROLE1", "BatchExecuteStatement")] * 2


async def test_the_external_id_goes_with_the_role(aws: AwsServer) -> None:
    async with writing(Access("", ROLE, "of ours")) as table:
        await write(table)
    assert aws.asked[0].fields["ExternalId"] == "of ours"


async def test_keys_of_a_role_that_are_about_to_end_are_renewed(aws: AwsServer) -> None:
    aws.lasting = 60.0  # less than botocore's ten minutes before the end
    async with writing(Access("", ROLE)) as table:
        await write(table)
        await write(table)
    first, second = (one.key for one in aws.asked if one.what != "AssumeRole")
    assert first != second
    assert {one.key for one in aws.asked if one.what == "AssumeRole"} == {"DEFAULTKEY"}


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        pytest.param(403, "AccessDenied", Denied, id="no right to it"),
        pytest.param(400, "Throttling", Throttled, id="too many requests"),
        pytest.param(503, "ServiceUnavailable", Unavailable, id="no good answer"),
    ],
)
async def test_a_role_that_cannot_be_had_is_told_as_such(
    aws: AwsServer, status: int, code: str, error: type[ProviderError]
) -> None:
    aws.refusal = status, code
    async with writing(Access("", ROLE)) as table:
        with pytest.raises(error) as caught:
            await table.execute([INSERT])
    assert "STS" in str(caught.value) or ("--aws-assume-role" in str(caught.value) and ROLE in str(caught.value))


async def test_what_reads_is_tried_again_and_what_writes_is_not(aws: AwsServer) -> None:
    aws.status = 500
    async with writing(Access(), attempts=2) as table:
        with pytest.raises(ProviderError):
            await table.check()
        with pytest.raises(ProviderError):
            await table.execute([INSERT])
    assert [one.what for one in aws.asked] == ["DescribeTable", "DescribeTable", "BatchExecuteStatement"]


async def test_moto_knows_us_by_the_role(monkeypatch: pytest.MonkeyPatch) -> None:
    with dynamodb.serving() as url:
        for name, value in dynamodb.environment(url).items():
            monkeypatch.setenv(name, value)
        async with await Clients(Access("", ROLE)).client("sts") as sts:
            who: dict[str, Any] = await sts.get_caller_identity()
    assert who["Arn"].endswith(":assumed-role/dns/zonewright")
