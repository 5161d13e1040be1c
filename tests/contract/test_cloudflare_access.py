"""How Cloudflare lets in, and how it says that there were too many requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from contract.backends.cloudflare import too_many
from contract.backends.httpfaults import HttpFaults, faulty
from contract.conftest import closing
from contract.described.cloudflare_server import BASE
from contract.described.server import serving
from contract.test_cloudflare import TOKEN, provider, served
from zonewright.model.domain_filter import DomainFilter
from zonewright.providers.base import Denied, Provider, Throttled, Unavailable
from zonewright.providers.cloudflare.client import BURST, RATE, CloudflareClient
from zonewright.providers.cloudflare.credentials import Credentials, from_environment
from zonewright.providers.cloudflare.provider import Cloudflare, Options

KEY = {"CF_API_KEY": "an-older-key", "CF_API_EMAIL": "someone@example.org"}
# What the SDK reads of its own accord.
OTHERS = {
    "CLOUDFLARE_API_TOKEN": "another-token",
    "CLOUDFLARE_API_KEY": "another-key",
    "CLOUDFLARE_EMAIL": "another@example.org",
    "CLOUDFLARE_API_USER_SERVICE_KEY": "another-service-key",
}


@pytest.mark.parametrize("others", [{}, OTHERS], ids=["alone", "beside variables of the SDK"])
@pytest.mark.parametrize("environment", [{"CF_API_TOKEN": TOKEN}, KEY], ids=["token", "key"])
async def test_only_what_is_named_lets_in(
    environment: dict[str, str], others: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in others.items():
        monkeypatch.setenv(name, value)
    async with served() as server, closing(cloudflare := provider(server, from_environment(environment))):
        server.account = (KEY["CF_API_KEY"], KEY["CF_API_EMAIL"])
        assert len(await cloudflare.zones()) == 1


async def test_another_address_comes_from_the_variable_of_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    async with served() as server:
        monkeypatch.setenv("CLOUDFLARE_BASE_URL", server.url + BASE)
        client = CloudflareClient(Credentials(TOKEN))
        async with closing(Cloudflare(client, Options(DomainFilter.of(())))) as cloudflare:
            assert len(await cloudflare.zones()) == 1


async def test_many_requests_find_the_new_token_of_a_file_at_once(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    credentials = from_environment({"CF_API_TOKEN": f"file:{file}"})
    async with served() as server, closing(cloudflare := provider(server, credentials)):
        (zone,) = await cloudflare.zones()
        server.token = "a-new-token"
        file.write_text(server.token)
        assert await asyncio.gather(*(cloudflare.records(zone) for _ in range(10))) == [[]] * 10


@pytest.mark.parametrize("there", [True, False], ids=["not rotated", "gone"])
async def test_a_token_that_stays_wrong_is_tried_once(there: bool, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("wrong")
    credentials = from_environment({"CF_API_TOKEN": f"file:{file}"})
    if not there:
        file.unlink()
    async with served() as server, closing(cloudflare := provider(server, credentials)):
        with pytest.raises(Denied):
            await cloudflare.zones()
        assert len(server.calls) == 1


class Elsewhere:
    """Sends everybody to another address."""

    def __init__(self, to: str) -> None:
        self.url = ""
        self.violations: list[str] = []
        self.to = to

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPTemporaryRedirect(self.to + request.path_qs)


async def test_what_lets_in_follows_no_redirect() -> None:
    async with served() as server, serving(elsewhere := Elsewhere(server.url)):
        client = CloudflareClient(Credentials(key="k", email="e@x.io"), base_url=elsewhere.url + BASE)
        async with closing(Cloudflare(client, Options(DomainFilter.of(())))) as cloudflare:
            with pytest.raises(Unavailable):
                await cloudflare.zones()
        assert server.calls == []


# -- too many requests


def test_no_five_minutes_have_more_requests_than_a_token_may_make() -> None:
    assert BURST + 300 * RATE <= 1200


@asynccontextmanager
async def throttled(retry_after: int | None) -> AsyncIterator[tuple[HttpFaults, Provider]]:
    async with served() as server, faulty(server.url, throttled=too_many) as faults:
        client = CloudflareClient(Credentials(TOKEN), base_url=faults.url + BASE)
        async with closing(Cloudflare(client, Options(DomainFilter.of(())))) as cloudflare:
            faults.throttle(1, retry_after=retry_after)
            yield faults, cloudflare


@pytest.mark.parametrize(
    ("told", "waited"), [pytest.param(17, 17, id="told"), pytest.param(None, 300, id="the whole window")]
)
async def test_it_is_said_how_long_to_wait_and_nobody_asks_meanwhile(told: int | None, waited: float) -> None:
    async with throttled(told) as (faults, cloudflare):
        with pytest.raises(Throttled) as refused:
            await cloudflare.zones()
        assert refused.value.retry_after == waited
        assert f"{waited:g} s" in str(refused.value)
        before = faults.requests
        with pytest.raises(Throttled) as again:
            await cloudflare.zones()
        assert (again.value.retry_after or 0) <= waited
        assert faults.requests == before
        assert cloudflare.traffic.throttled == 1


async def test_when_the_wait_is_over_all_is_well() -> None:
    async with throttled(0) as (_, cloudflare):
        with pytest.raises(Throttled):
            await cloudflare.zones()
        assert len(await cloudflare.zones()) == 1
