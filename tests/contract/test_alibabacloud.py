"""What is special about Alibaba Cloud: keys and signatures, lines, editions, refusals by code."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from contract.backends.alibabacloud import KEY_ID, account, connected
from contract.build import create, record, update
from contract.conftest import closing
from contract.described.alidns_server import AlidnsServer, PrivateZoneServer, Refused, SignedServer
from contract.described.server import serving
from zonewright.model.change import Change, Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.model.zone import Visibility
from zonewright.providers.alibabacloud.client import refusal
from zonewright.providers.alibabacloud.credentials import of_machine, source, vpc_of
from zonewright.providers.alibabacloud.provider import AlibabaCloud
from zonewright.providers.alibabacloud.signature import Keys
from zonewright.providers.base import Changed, Denied, ProviderError, Rejected, Throttled, Unavailable
from zonewright.providers.rest import Answer

ZONE, SECRET = "example.org", "a-secret-that-nobody-must-see"


@pytest_asyncio.fixture
async def server() -> AsyncIterator[AlidnsServer]:
    made = AlidnsServer(KEY_ID, SECRET, ZONE, "example.net")
    async with serving(made):
        yield made


def provider(server: SignedServer, keys: Keys | None = None, **options: Any) -> AlibabaCloud:
    client = connected(server, keys or Keys(KEY_ID, SECRET))
    return AlibabaCloud(account(server, client, **options), DomainFilter.of([ZONE]))


# -- keys


async def test_keys_are_read_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "alibaba-cloud.json"
    file.write_text(json.dumps({"regionId": "cn-hangzhou", "accessKeyId": KEY_ID, "accessKeySecret": SECRET}))
    assert await source(str(file))() == Keys(KEY_ID, SECRET)


@pytest.mark.parametrize(
    "text", [None, "", "{", "[]", f'{{"accessKeySecret": "{SECRET}"}}'], ids=["absent", "empty", "cut", "list", "half"]
)
def test_a_file_that_does_not_serve_is_told_by_the_flag_without_what_is_in_it(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "keys.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(ValueError, match="--alibaba-cloud-config-file") as caught:
        source(str(file))
    assert SECRET not in str(caught.value)


class Metadata:
    """A machine's metadata server, asked through a proxy, since its address is fixed."""

    def __init__(self) -> None:
        self.url = ""
        self.violations: list[str] = []
        self.broken = False

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        if self.broken:
            return web.Response(status=500, text=SECRET)
        if request.path.endswith("/api/token"):
            return web.Response(text="metadata-token")
        if request.path.endswith("/security-credentials/"):
            return web.Response(text="zonewright")
        assert request.path.endswith("/security-credentials/zonewright")
        keys = {"AccessKeyId": KEY_ID, "AccessKeySecret": SECRET, "SecurityToken": "temporary"}
        return web.json_response(keys | {"Code": "Success", "Expiration": "2099-01-01T00:00:00Z"})


async def test_the_role_of_a_machine_gives_temporary_keys_that_are_signed_with(server: AlidnsServer) -> None:
    server.token = "temporary"
    metadata = Metadata()
    async with serving(metadata):
        keys = await of_machine(metadata.url)()
    assert keys == Keys(KEY_ID, SECRET, "temporary")
    async with closing(provider(server, keys)) as alibaba:
        assert [zone.name for zone in await alibaba.zones()] == [ZONE]


async def test_a_machine_without_a_role_is_denied_without_what_was_answered() -> None:
    metadata = Metadata()
    metadata.broken = True
    async with serving(metadata):
        with pytest.raises(Denied) as denied:
            await of_machine(metadata.url)()
    assert SECRET not in str(denied.value)


@pytest.mark.parametrize("keys", [Keys("other", SECRET), Keys(KEY_ID, "other")], ids=["key id", "secret"])
async def test_wrong_keys_are_denied(server: AlidnsServer, keys: Keys) -> None:
    async with closing(provider(server, keys)) as alibaba:
        with pytest.raises(Denied):
            await alibaba.zones()


# -- records


async def test_all_pages_are_read(server: AlidnsServer) -> None:
    async with closing(provider(server, page=2)) as alibaba:
        (zone,) = await alibaba.zones()
        await alibaba.apply(zone, [create(record(f"n{i}.{ZONE}", "A", "192.0.2.1")) for i in range(5)])
        assert len(await alibaba.records(zone)) == 5


async def test_a_new_target_takes_the_record_of_the_one_that_goes(server: AlidnsServer) -> None:
    async with closing(provider(server)) as alibaba:
        (zone,) = await alibaba.zones()
        old = record(f"www.{ZONE}", "A", "192.0.2.1", "192.0.2.2", ttl=60)
        await alibaba.apply(zone, [create(old)])
        server.calls.clear()
        await alibaba.apply(zone, [update(old, record(old.name, "A", "192.0.2.2", "192.0.2.3", ttl=60))])
        assert server.calls == ["DescribeSubDomainRecords", "UpdateDomainRecord"]


async def test_records_of_other_lines_are_neither_seen_nor_touched(server: AlidnsServer) -> None:
    other = {"RecordId": "1", "RR": "www", "Type": "A", "Value": "192.0.2.9", "TTL": 600, "Line": "oversea"}
    server.domains[ZONE]["1"] = other | {"Locked": False}
    async with closing(provider(server)) as alibaba:
        (zone,) = await alibaba.zones()
        assert await alibaba.records(zone) == []
        assert list(await alibaba.apply(zone, [create(record(f"www.{ZONE}", "A", "192.0.2.1"))])) == []
    assert server.domains[ZONE]["1"]["Value"] == "192.0.2.9"


async def test_a_locked_record_is_rejected(server: AlidnsServer) -> None:
    old = record(f"www.{ZONE}", "A", "192.0.2.1")
    async with closing(provider(server)) as alibaba:
        (zone,) = await alibaba.zones()
        await alibaba.apply(zone, [create(old)])
        for one in server.domains[ZONE].values():
            one["Locked"] = True
        (failure,) = await alibaba.apply(zone, [update(old, record(old.name, "A", "192.0.2.2"))])
        assert isinstance(failure.error, Rejected)
        assert "DomainRecordLocked" in str(failure.error)


async def test_a_record_that_came_without_an_answer_is_still_ours(server: AlidnsServer) -> None:
    """Its ownership stays with it, whatever became of it."""
    operate = server._operate

    def losing(action: str, asked: dict[str, Any]) -> dict[str, Any]:
        answer = operate(action, asked)
        if action == "AddDomainRecord" and asked["Type"] == "A":
            raise Refused("ServiceUnavailable", 503)
        return answer

    server._operate = losing  # type: ignore[method-assign]
    async with closing(provider(server)) as alibaba:
        (zone,) = await alibaba.zones()
        text, app = record(f"a-www.{ZONE}", "TXT", "mine"), record(f"www.{ZONE}", "A", "192.0.2.1")
        (failure,) = await alibaba.apply(zone, [Unit(app.name, (Change(None, text), Change(None, app)))])
        assert isinstance(failure.error, Unavailable)
        assert {e.rtype for e in await alibaba.records(zone)} == {"A", "TXT"}


@pytest.mark.parametrize(
    ("asked", "held"), [(None, None), (60, 600), (600, 600), (3600, 3600), (10**6, 86400)], ids=str
)
async def test_ttls_are_brought_to_what_the_edition_has(
    server: AlidnsServer, asked: int | None, held: int | None
) -> None:
    server.least_ttl = 600
    async with closing(provider(server)) as alibaba:
        (zone,) = await alibaba.zones()
        asked_for = record(f"www.{ZONE}", "A", "192.0.2.1", ttl=asked)
        (wanted,) = (await alibaba.normalize(zone, [asked_for])).endpoints.values()
        assert wanted.ttl == held
        assert list(await alibaba.apply(zone, [create(wanted)])) == []


async def test_a_preference_that_it_cannot_hold_is_told_without_a_write(server: AlidnsServer) -> None:
    async with closing(provider(server)) as alibaba:
        (zone,) = await alibaba.zones()
        mail = Endpoint.found(ZONE, "MX", ["100 mail.example.com"])
        (problem,) = (await alibaba.normalize(zone, [mail])).problems.values()
        assert "from 1 to 50" in problem.message


# -- refusals


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "Throttling.User", Throttled),
        (400, "Throttling", Throttled),
        (400, "LastOperationNotFinished", Throttled),
        (503, "ServiceUnavailable", Unavailable),
        (404, "InvalidAccessKeyId.NotFound", Denied),
        (400, "SignatureDoesNotMatch", Denied),
        (403, "Forbidden.RAM", Denied),
        (400, "DomainRecordNotBelongToUser", Changed),
        (400, "DomainRecordDuplicate", Changed),
        (400, "DomainRecordConflict", Rejected),
        (400, "QuotaExceeded.Record", Rejected),
    ],
)
def test_what_a_code_means(status: int, code: str, error: type[ProviderError]) -> None:
    assert type(refusal("AddDomainRecord", Answer(status, {"Code": code, "Message": "no"}, {}))) is error


def test_a_refused_signature_does_not_repeat_the_request_with_its_token() -> None:
    said = {"Code": "SignatureDoesNotMatch", "Message": f"server string to sign is: x-acs-security-token:{SECRET}"}
    assert SECRET not in str(refusal("DescribeDomains", Answer(400, said, {})))


# -- private zones


@pytest_asyncio.fixture
async def private() -> AsyncIterator[PrivateZoneServer]:
    made = PrivateZoneServer(KEY_ID, SECRET, ZONE, f"app.{ZONE}")
    async with serving(made):
        yield made


async def test_private_zones_are_those_of_the_vpc(private: PrivateZoneServer) -> None:
    private.vpcs = {ZONE: {"vpc-1", "vpc-2"}, f"app.{ZONE}": {"vpc-2"}}
    for vpc, expected in {"": [ZONE, f"app.{ZONE}"], "vpc-1": [ZONE], "vpc-3": []}.items():
        async with closing(provider(private, vpc=vpc)) as alibaba:
            zones = await alibaba.zones()
            assert [zone.name for zone in zones] == expected
            assert all(zone.visibility is Visibility.PRIVATE for zone in zones)


@pytest.mark.parametrize(
    ("asked", "held"), [(None, None), (1, 5), (30, 30), (59, 30), (300, 60), (86400, 86400), (10**6, 86400)]
)
async def test_a_ttl_becomes_one_that_a_private_zone_has(
    private: PrivateZoneServer, asked: int | None, held: int | None
) -> None:
    async with closing(provider(private)) as alibaba:
        (zone, _) = await alibaba.zones()
        wanted = record(f"www.{ZONE}", "A", "192.0.2.1", ttl=asked)
        normal = (await alibaba.normalize(zone, [wanted])).endpoints[wanted.key]
        assert normal.ttl == held
        assert list(await alibaba.apply(zone, [create(normal)])) == []
        assert [one.ttl for one in await alibaba.records(zone)] == [held or 60]


async def test_what_a_private_zone_cannot_hold_is_told_without_a_call(private: PrivateZoneServer) -> None:
    async with closing(provider(private)) as alibaba:
        (zone, _) = await alibaba.zones()
        calls = len(private.calls)
        asked = [record(f"a.{ZONE}", "NS", "ns.example.net"), record(f"a.{ZONE}", "TXT", "x" * 300)]
        problems = (await alibaba.normalize(zone, asked)).problems
        assert {key.rtype: problem.reason for key, problem in problems.items()} == {
            "NS": Reason.UNSUPPORTED_TYPE,
            "TXT": Reason.INVALID_TARGET,
        }
        assert len(private.calls) == calls


@pytest.mark.parametrize("text", ['{"vpcId": "vpc-1"}', "{}", '{"vpcId": null}'])
def test_the_vpc_is_that_of_the_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)
    assert vpc_of(str(tmp_path / "keys.json")) == ("vpc-1" if "vpc-1" in text else "")
    assert vpc_of("") == ""
