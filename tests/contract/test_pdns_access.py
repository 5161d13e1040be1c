"""Ways into PowerDNS, and all that can go wrong there: keys, TLS, answers that make no sense, and none."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientTimeout, web

from contract.authority import Authority
from contract.build import create, record
from contract.conftest import a_powerdns
from contract.pdns_proxy import Proxy, proxied
from localcluster.pdns import PowerDns
from localcluster.ports import LOOPBACK, free_port
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.zone import Zone
from zonewright.providers.base import Changed, Denied, ProviderError, Rejected, Throttled, Unavailable
from zonewright.providers.catalog import build
from zonewright.providers.pdns.client import PdnsClient
from zonewright.providers.pdns.connection import Connection
from zonewright.providers.pdns.provider import PowerDNS
from zonewright.settings import Settings, from_args

ZONE = Zone("example.org", "example.org.")
KEY = "hunter2-hunter2"


def provider_at(url: str, key: str = KEY, server_id: str = "localhost", **more: ClientTimeout) -> PowerDNS:
    return PowerDNS(PdnsClient(Connection(url, server_id, key), **more), DomainFilter.of())


async def failing(action: Callable[[], Awaitable[object]]) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await action()
    return caught.value


# -- the key


async def test_a_wrong_key_is_denied_and_told_nowhere(
    powerdns: PowerDns, domain: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    powerdns.add_zone(domain)
    zone, unit = Zone(domain, f"{domain}."), create(record(f"a.{domain}", "A", "192.0.2.1"))
    async with a_powerdns(powerdns, url=powerdns.url, key=KEY) as provider:
        actions: list[Callable[[], Awaitable[object]]] = [
            provider.zones,
            lambda: provider.records(zone),
            lambda: provider.apply(zone, [unit]),
        ]
        errors = [await failing(action) for action in actions]
        assert {type(error) for error in errors} == {Denied}
    said = f"{errors} {caplog.text} {provider!r} {Connection(powerdns.url, 'localhost', KEY)!r}"
    assert KEY not in said
    powerdns.delete_zone(domain)


async def test_the_key_goes_to_nobody_that_the_server_sends_us_to(powerdns: PowerDns) -> None:
    async with proxied(powerdns) as elsewhere, proxied(powerdns) as proxy:
        proxy.answer = lambda request: web.Response(status=307, headers={"Location": f"{elsewhere.url}{request.path}"})
        provider = provider_at(proxy.url)
        assert isinstance(await failing(provider.zones), Unavailable)
        assert elsewhere.calls == []
        await provider.close()


# -- the server


async def test_a_server_that_there_is_not_is_told_with_the_flags_that_name_it(powerdns: PowerDns) -> None:
    provider = provider_at(powerdns.url, powerdns.key, server_id="other")
    error = await failing(provider.zones)
    assert (type(error), "--pdns-server-id" in str(error)) == (Unavailable, True)
    await provider.close()


async def test_a_zone_that_has_vanished_is_read_anew(powerdns: PowerDns, domain: str) -> None:
    powerdns.add_zone(domain)
    async with a_powerdns(powerdns, domain) as provider:
        (zone,) = await provider.zones()
        await provider.records(zone)
        powerdns.delete_zone(domain)
        for action in (
            lambda: provider.records(zone),
            lambda: provider.apply(zone, [create(record(f"a.{domain}", "A", "192.0.2.1"))]),
        ):
            error = await failing(action)
            assert (type(error), domain in str(error)) == (Changed, True)
        assert list(await provider.zones()) == []


async def test_what_the_server_refuses_is_told_in_its_own_words(powerdns: PowerDns, domain: str) -> None:
    powerdns.add_zone(domain)
    async with a_powerdns(powerdns, domain) as provider:
        (zone,) = await provider.zones()
        error = await failing(lambda: provider.apply(zone, [create(record("a.example.net", "A", "192.0.2.1"))]))
        assert isinstance(error, Rejected)
        assert "RRset a.example.net. IN A: Name is out of zone" in str(error)
    powerdns.delete_zone(domain)


async def test_a_server_that_is_not_there_is_unavailable_and_no_secret_is_told() -> None:
    port = free_port()
    provider = provider_at(f"http://user:secret@{LOOPBACK}:{port}")
    error = await failing(provider.zones)
    assert (type(error), f"http://{LOOPBACK}:{port} does not answer" in str(error)) == (Unavailable, True)
    assert "secret" not in str(error)
    await provider.close()


async def test_a_server_that_does_not_answer_in_time_is_unavailable() -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        url = f"http://{LOOPBACK}:{silent.getsockname()[1]}"
        provider = provider_at(url, timeout=ClientTimeout(total=0.05))
        error = await failing(provider.zones)
        assert (type(error), "time-out" in str(error)) == (Unavailable, True)
        await provider.close()


# -- answers


@pytest_asyncio.fixture
async def proxy(powerdns: PowerDns) -> AsyncIterator[Proxy]:
    async with proxied(powerdns) as proxy:
        yield proxy


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Rejected),
        (401, Denied),
        (403, Denied),
        (404, Changed),
        (408, Unavailable),
        (409, Changed),
        (413, Rejected),
        (422, Rejected),
        (429, Throttled),
        (500, Unavailable),
        (502, Unavailable),
        (503, Unavailable),
    ],
)
async def test_each_status_is_the_error_with_its_remedy(proxy: Proxy, status: int, error: type[ProviderError]) -> None:
    body = {"error": "its own words", "errors": ["and more"]}
    proxy.answer = lambda _: web.json_response(body, status=status, headers={"Retry-After": "7"})
    provider = provider_at(proxy.url)
    caught = await failing(lambda: provider.records(ZONE))
    assert type(caught) is error
    if isinstance(caught, Throttled):
        assert caught.retry_after == 7
    else:
        assert "its own words; and more" in str(caught)
    await provider.close()


async def test_older_servers_say_in_another_way_that_a_zone_is_not_there(proxy: Proxy) -> None:
    proxy.answer = lambda _: web.json_response({"error": "Could not find domain 'example.org.'"}, status=422)
    provider = provider_at(proxy.url)
    assert isinstance(await failing(lambda: provider.records(ZONE)), Changed)
    await provider.close()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "7",
        "[7]",
        "null",
        "{}",
        '{"rrsets": 7}',
        '{"rrsets": {}}',
        '{"rrsets": ""}',
        '{"rrsets": [{"name": "a."}]}',
        '[{"name": "a."}]',
    ],
)
async def test_an_answer_of_another_shape_is_unavailable(proxy: Proxy, body: str) -> None:
    proxy.answer = lambda _: web.Response(text=body)
    provider = provider_at(proxy.url)
    for action in (provider.zones, lambda: provider.records(ZONE)):
        assert isinstance(await failing(action), Unavailable)
    await provider.close()


# -- TLS


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def settings_of(server: PowerDns, url: str, *flags: str) -> Settings:
    return from_args(["--provider=pdns", f"--pdns-server={url}", f"--pdns-api-key={server.key}", *flags], {})


@pytest.mark.parametrize("asks", [False, True], ids=["", "the server wants to see a certificate"])
@pytest.mark.parametrize(
    ("flags", "trusting"),
    [
        pytest.param([], False, id="nobody knows the authority"),
        pytest.param(["--tls-ca={ca}"], True, id="the authority is named"),
        pytest.param(["--pdns-skip-tls-verify"], True, id="anything goes"),
    ],
)
@pytest.mark.parametrize("shows", [False, True], ids=["", "a certificate is shown"])
async def test_tls_is_as_the_flags_say(
    powerdns: PowerDns, authority: Authority, flags: list[str], trusting: bool, asks: bool, shows: bool
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.issue("server"))
    if asks:
        context.load_verify_locations(authority.file)
        context.verify_mode = ssl.CERT_REQUIRED
    certificate, key = authority.issue("client")
    shown = [f"--tls-client-cert={certificate}", f"--tls-client-cert-key={key}"] if shows else []
    async with proxied(powerdns, tls=context) as proxy:
        given = [flag.format(ca=authority.file) for flag in flags]
        provider = build(settings_of(powerdns, proxy.url, *given, *shown))
        if trusting and (shows or not asks):
            await provider.zones()
        else:
            assert isinstance(await failing(provider.zones), Unavailable)
        await provider.close()


@pytest.mark.parametrize("flag", ["tls-ca", "tls-client-cert"])
@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_that_is_none_is_told_with_its_flag(
    powerdns: PowerDns, tmp_path: Path, flag: str, content: str | None
) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_text(content)
    more = [f"--tls-client-cert-key={file}"] if flag == "tls-client-cert" else []
    with pytest.raises(ValueError, match=f"--{flag}"):
        build(settings_of(powerdns, powerdns.url, f"--{flag}={file}", *more))
