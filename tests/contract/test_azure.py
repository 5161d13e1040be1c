"""What is special about Azure DNS: the configuration file, tokens of Entra, etags, tags, aliases, filters."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from contract.authority import Authority
from contract.backends.azure import Given
from contract.build import create, record, update
from contract.conftest import closing
from contract.described.azure_server import GROUP, SUBSCRIPTION, AzureServer
from contract.described.server import serving
from localcluster.ports import LOOPBACK
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.reason import Reason
from zonewright.model.zone import Visibility
from zonewright.providers.azure.client import AzureClient
from zonewright.providers.azure.credentials import Tokens, credential
from zonewright.providers.azure.provider import Azure, Options
from zonewright.providers.azure.settings import Config, over, read
from zonewright.providers.base import Changed, Denied, Rejected, Throttled, Unavailable
from zonewright.providers.traffic import Bucket

ZONE, TOKEN, SECRET = "example.org", "a-token", "a-secret-that-nobody-must-see"
FILE = {"tenantId": "t", "subscriptionId": SUBSCRIPTION, "resourceGroup": GROUP}


@asynccontextmanager
async def served(*zones: str, private: bool = False, page: int = 100) -> AsyncIterator[AzureServer]:
    server = AzureServer(TOKEN, *(zones or (ZONE,)), private=private, page=page)
    async with serving(server):
        yield server


def provider(server: AzureServer, **options: Any) -> Azure:
    given: dict[str, Any] = {"names": DomainFilter.of(())} | options
    config = Config(SUBSCRIPTION, GROUP, server.url, server.url, "")
    client = AzureClient(config, Tokens(Given(TOKEN), ""), private=server.private, bucket=Bucket(10_000, 10_000))
    return Azure(client, Options(**given), private=server.private)


# -- writing


async def test_one_change_costs_a_request_for_each_record_set_and_no_look_before() -> None:
    async with served() as server, closing(provider(server)) as azure:
        (zone,) = await azure.zones()
        await azure.records(zone)
        server.calls.clear()
        await azure.apply(
            zone, [create(record(f"a-www.{ZONE}", "TXT", "mine"), record(f"www.{ZONE}", "A", "192.0.2.1"))]
        )
        assert [call.split("/")[-2:] for call in server.calls] == [["TXT", "a-www"], ["A", "www"]]


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
async def test_what_somebody_has_changed_is_not_overwritten(private: bool) -> None:
    async with served(private=private) as server, closing(provider(server)) as azure:
        (zone,) = await azure.zones()
        old = record(f"www.{ZONE}", "A", "192.0.2.1")
        await azure.apply(zone, [create(old)])
        server._store(ZONE, "A", "www", {"aRecords": [{"ipv4Address": "198.51.100.1"}], "ttl": 60})
        (failure,) = await azure.apply(zone, [update(old, record(old.name, "A", "192.0.2.2"))])
        assert isinstance(failure.error, Changed)
        assert (await azure.records(zone))[-1].targets == ("198.51.100.1",)


async def test_what_somebody_has_created_is_not_created_over() -> None:
    async with served() as server, closing(provider(server)) as azure:
        (zone,) = await azure.zones()
        await azure.records(zone)
        server._store(ZONE, "A", "www", {"ARecords": [{"ipv4Address": "198.51.100.1"}], "TTL": 60})
        (failure,) = await azure.apply(zone, [create(record(f"www.{ZONE}", "A", "192.0.2.1"))])
        assert isinstance(failure.error, Changed)


async def test_more_records_than_a_set_holds_are_refused_and_their_ownership_goes() -> None:
    async with served() as server, closing(provider(server)) as azure:
        (zone,) = await azure.zones()
        many = record(f"www.{ZONE}", "A", *(f"192.0.2.{number}" for number in range(1, 30)))
        (failure,) = await azure.apply(zone, [create(record(f"a-www.{ZONE}", "TXT", "mine"), many)])
        assert isinstance(failure.error, Rejected)
        assert [key for key in server.zones[ZONE] if key[1] != "SOA"] == []


async def test_an_undo_leaves_what_somebody_else_has_written_meanwhile() -> None:
    async with served() as server, closing(provider(server)) as azure:
        (zone,) = await azure.zones()
        await azure.records(zone)
        operate = server._operate

        def meddling(*given: Any) -> web.Response:
            if given[2].get("recordType") == "A":
                server._store(ZONE, "TXT", "a-www", {"TTL": 60, "TXTRecords": [{"value": ["theirs"]}]})
            return operate(*given)

        server._operate = meddling  # type: ignore[method-assign,assignment]
        many = record(f"www.{ZONE}", "A", *(f"192.0.2.{number}" for number in range(1, 30)))
        (failure,) = await azure.apply(zone, [create(record(f"a-www.{ZONE}", "TXT", "mine"), many)])
        assert isinstance(failure.error, Rejected)
        assert server.zones[ZONE]["a-www", "TXT"]["properties"]["TXTRecords"] == [{"value": ["theirs"]}]


async def test_an_alias_is_left_alone_whoever_owns_its_name() -> None:
    async with served() as server, closing(provider(server)) as azure:
        (zone,) = await azure.zones()
        server._store(ZONE, "A", "www", {"TTL": 60, "targetResource": {"id": "/x"}})
        (found,) = [one for one in await azure.records(zone) if one.rtype == "A"]
        (failure,) = await azure.apply(zone, [update(found, record(found.name, "A", "192.0.2.9"))])
        assert isinstance(failure.error, Rejected)
        assert server.zones[ZONE]["www", "A"]["properties"]["targetResource"] == {"id": "/x"}


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        pytest.param(("TXT", '"\\255"'), Reason.INVALID_TARGET, id="octets that are no text"),
        pytest.param(("TXT", f'"{"a" * 254}é"'), Reason.INVALID_TARGET, id="a letter on the border of two strings"),
        pytest.param(("A", *(f"192.0.2.{n}" for n in range(1, 22))), Reason.REJECTED, id="more than 20 records"),
    ],
)
async def test_what_azure_cannot_hold_is_told_without_a_call(wanted: tuple[str, ...], reason: Reason) -> None:
    async with served() as server, closing(provider(server)) as azure:
        (zone,) = await azure.zones()
        calls = len(server.calls)
        asked = record(f"www.{ZONE}", *wanted)
        assert (await azure.normalize(zone, [asked])).problems[asked.key].reason is reason
        assert len(server.calls) == calls


async def test_a_list_that_makes_no_sense_is_no_empty_zone() -> None:
    async with served() as server, closing(provider(server)) as azure:
        (zone,) = await azure.zones()
        server._store(ZONE, "A", "www", {"TTL": 60, "ARecords": [{"address": "192.0.2.1"}]})
        with pytest.raises(Unavailable, match="makes no sense"):
            await azure.records(zone)


async def test_all_pages_are_read() -> None:
    async with served(page=7) as server, closing(provider(server)) as azure:
        (zone,) = await azure.zones()
        await azure.apply(zone, [create(record(f"n{i}.{ZONE}", "A", "192.0.2.1")) for i in range(30)])
        assert len(await azure.records(zone)) == 31


# -- what Azure keeps beside records


async def test_tags_are_metadata_and_are_read_again() -> None:
    async with served() as server, closing(provider(server)) as azure:
        (zone,) = await azure.zones()
        wanted = record(f"www.{ZONE}", "A", "192.0.2.1", azure_tags="team=web, env=prod")
        normal = (await azure.normalize(zone, [wanted])).endpoints[wanted.key]
        await azure.apply(zone, [create(normal)])
        assert server.zones[ZONE]["www", "A"]["properties"]["metadata"] == {"team": "web", "env": "prod"}
        found = next(one for one in await azure.records(zone) if one.key == wanted.key)
        assert found.properties == normal.properties == (("azure/tags", "env=prod,team=web"),)


async def test_aliases_of_azure_and_what_it_registers_itself_are_seen_and_left_alone() -> None:
    async with served() as server, closing(provider(server)) as azure:
        (zone,) = await azure.zones()
        server._store(ZONE, "A", "alias", {"TTL": 60, "targetResource": {"id": "/subscriptions/x"}})
        server._store(ZONE, "A", "vm", {"TTL": 10, "isAutoRegistered": True, "ARecords": [{"ipv4Address": "10.0.0.1"}]})
        found = {one.name: one.targets for one in await azure.records(zone)}
        assert (found[f"alias.{ZONE}"], found[f"vm.{ZONE}"]) == ((), ())


# -- zones


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, ["a.org", "b.org"], id="all"),
        pytest.param({"names": DomainFilter.of(["www.b.org"])}, ["b.org"], id="domain filter"),
        pytest.param({"zone_ids": ("/b.org",)}, ["b.org"], id="the end of an id"),
        pytest.param({"zone_names": ("a.org",)}, ["a.org"], id="name"),
    ],
)
@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
async def test_zones_are_filtered(options: dict[str, Any], expected: list[str], private: bool) -> None:
    async with served("a.org", "b.org", private=private) as server, closing(provider(server, **options)) as azure:
        zones = await azure.zones()
        assert [zone.name for zone in zones] == expected
        assert {zone.visibility for zone in zones} == {Visibility.PRIVATE if private else Visibility.PUBLIC}


async def test_a_private_zone_has_no_ns_and_caa() -> None:
    async with served(private=True) as server, closing(provider(server)) as azure:
        (zone,) = await azure.zones()
        asked = [record(f"x.{ZONE}", "NS", "ns.example.com"), record(f"x.{ZONE}", "CAA", '0 issue "ca.io"')]
        problems = (await azure.normalize(zone, asked)).problems
        assert {problem.reason for problem in problems.values()} == {Reason.UNSUPPORTED_TYPE}


# -- configuration


def configuration(tmp_path: Path, **fields: Any) -> str:
    file = tmp_path / "azure.json"
    file.write_text(json.dumps(FILE | fields))
    return str(file)


@pytest.mark.parametrize(
    ("cloud", "endpoint"),
    [
        ("", "https://management.azure.com"),
        ("AzurePublicCloud", "https://management.azure.com"),
        ("AzureChinaCloud", "https://management.chinacloudapi.cn"),
        ("AzureUSGovernmentCloud", "https://management.usgovcloudapi.net"),
    ],
)
def test_clouds_have_their_addresses(tmp_path: Path, cloud: str, endpoint: str) -> None:
    found = read(configuration(tmp_path, cloud=cloud))
    assert (found.endpoint, found.audience) == (endpoint, endpoint)


@pytest.mark.parametrize(
    ("content", "word"),
    [("{", "no JSON"), ("[]", "an object"), ('{"cloud": "Nephele"}', "Nephele")],
    ids=["no JSON", "no object", "unknown cloud"],
)
def test_a_bad_file_is_told_by_its_flag(tmp_path: Path, content: str, word: str) -> None:
    (tmp_path / "azure.json").write_text(content)
    with pytest.raises(ValueError, match=f"--azure-config-file.*{word}"):
        read(str(tmp_path / "azure.json"))


def test_a_file_that_is_not_there_is_told_by_its_flag() -> None:
    with pytest.raises(ValueError, match="--azure-config-file=/nowhere"):
        read("/nowhere")


def test_flags_win_over_the_file_and_what_is_missing_is_told(tmp_path: Path) -> None:
    config = read(configuration(tmp_path))
    found = over(config, subscription="s", group="g", identity="i")
    assert (found.subscription, found.group, found.identity) == ("s", "g", "i")
    with pytest.raises(ValueError, match="--azure-resource-group"):
        over(read(configuration(tmp_path, resourceGroup="")), subscription="", group="", identity="")


def test_a_file_without_a_way_in_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="names no way in"):
        credential(read(configuration(tmp_path, aadClientId="msi", aadClientSecret="msi")))
    assert SECRET not in repr(read(configuration(tmp_path, aadClientSecret=SECRET)))


# -- tokens, by azure-identity's own requests


class Entra:
    """Gives tokens for a secret or an assertion."""

    def __init__(self) -> None:
        self.url = ""
        self.given: list[dict[str, str]] = []
        self.status = 200

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        if not request.path.endswith("/oauth2/v2.0/token"):
            return web.Response(status=404)
        asked = {key: str(value) for key, value in (await request.post()).items()}
        self.given.append(asked)
        if self.status != 200:
            return web.Response(status=self.status)
        if SECRET not in (asked.get("client_secret"), asked.get("client_assertion")):
            told = {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."}
            return web.json_response(told, status=401)
        return web.json_response({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"})


@asynccontextmanager
async def entra(authority: Authority) -> AsyncIterator[Entra]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("entra"))
    server, app = Entra(), web.Application()
    app.router.add_route("*", "/{path:.*}", server.dispatch)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, 0, ssl_context=context).start()
        server.url = f"https://{LOOPBACK}:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()


async def test_a_client_secret_gets_a_token_once(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with entra(authority) as server:
        file = configuration(
            tmp_path, aadClientId="app", aadClientSecret=SECRET, activeDirectoryAuthorityHost=server.url
        )
        tokens = Tokens(credential(read(file), connection_verify=authority.file), "https://management.azure.com")
        for _ in range(3):
            assert await tokens.headers() == {"Authorization": f"Bearer {TOKEN}"}
        await tokens.close()
        assert [one["scope"] for one in server.given] == ["https://management.azure.com/.default"]


async def test_a_wrong_secret_is_denied_without_showing_it(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with entra(authority) as server:
        file = configuration(
            tmp_path, aadClientId="app", aadClientSecret="wrong-" + SECRET, activeDirectoryAuthorityHost=server.url
        )
        tokens = Tokens(credential(read(file), connection_verify=authority.file), "https://management.azure.com")
        with pytest.raises(Denied) as denied:
            await tokens.headers()
        await tokens.close()
        assert SECRET not in str(denied.value)


async def test_the_identity_of_a_pod_gets_a_token_for_its_assertion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    (tmp_path / "assertion").write_text(SECRET)
    async with entra(authority) as server:
        for name, value in {
            "AZURE_CLIENT_ID": "app",
            "AZURE_TENANT_ID": "t",
            "AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "assertion"),
            "AZURE_AUTHORITY_HOST": server.url,
        }.items():
            monkeypatch.setenv(name, value)
        file = configuration(tmp_path, useWorkloadIdentityExtension=True, activeDirectoryAuthorityHost=server.url)
        tokens = Tokens(credential(read(file), connection_verify=authority.file), "https://management.azure.com")
        assert await tokens.headers() == {"Authorization": f"Bearer {TOKEN}"}
        await tokens.close()
        assert server.given[0]["client_id"] == "app"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_an_authority_that_is_busy_is_asked_once_and_is_no_denial(tmp_path: Path, status: int) -> None:
    authority = Authority(tmp_path)
    async with entra(authority) as server:
        server.status = status
        file = configuration(
            tmp_path, aadClientId="app", aadClientSecret=SECRET, activeDirectoryAuthorityHost=server.url
        )
        tokens = Tokens(credential(read(file), connection_verify=authority.file), "https://management.azure.com")
        with pytest.raises((Throttled, Unavailable)):
            await tokens.headers()
        await tokens.close()
        assert len(server.given) == 1


async def test_a_token_that_is_refused_is_not_used_again() -> None:
    async with served() as server, closing(azure := provider(server)):
        (zone,) = await azure.zones()
        known = azure._client._tokens
        assert known._good_until > 0
        server.token = "another"
        with pytest.raises(Denied):
            await azure.records(zone)
        assert known._good_until == 0
