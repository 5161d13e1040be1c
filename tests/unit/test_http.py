from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
import pytest

from zonewright.http import CannotListen, serve
from zonewright.metrics import Counts, Metrics
from zonewright.settings.values import host_port


@dataclass
class Health:
    """What the probes say."""

    wrong: str | None = None
    missing: str | None = None

    def alive(self) -> str | None:
        return self.wrong

    def ready(self) -> str | None:
        return self.missing


def nothing() -> None:
    """Nothing to refresh."""


async def ask(path: str, health: Health | None = None, refresh: Callable[[], None] = nothing) -> tuple[int, str]:
    return await ask_of(Metrics(), path, health, refresh)


async def ask_of(
    metrics: Metrics, path: str, health: Health | None = None, refresh: Callable[[], None] = nothing
) -> tuple[int, str]:
    async with (
        serve("127.0.0.1:0", health or Health(), metrics, refresh) as (host, port),
        aiohttp.ClientSession() as session,
        session.get(f"http://{host}:{port}{path}") as answer,
    ):
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("path", "health", "answer"),
    [
        pytest.param("/healthz", Health(), (200, "OK"), id="alive"),
        pytest.param("/healthz", Health(wrong="no watch on pods"), (503, "no watch on pods"), id="not alive, and why"),
        pytest.param("/healthz", Health(missing="not yet"), (200, "OK"), id="alive before it is ready"),
        pytest.param("/readyz", Health(), (200, "OK"), id="ready"),
        pytest.param("/readyz", Health(missing="not yet"), (503, "not yet"), id="not ready, and why"),
    ],
)
async def test_probe_answers(path: str, health: Health, answer: tuple[int, str]) -> None:
    assert await ask(path, health) == answer


async def test_probe_is_asked_each_time() -> None:
    health = Health(missing="not yet")
    async with (
        serve("127.0.0.1:0", health, Metrics(), nothing) as (host, port),
        aiohttp.ClientSession(f"http://{host}:{port}") as session,
    ):
        async with session.get("/readyz") as before:
            pass
        health.missing = None
        async with session.get("/readyz") as after:
            pass
    assert (before.status, after.status) == (503, 200)


async def test_metrics_are_refreshed_before_they_are_shown() -> None:
    metrics = Metrics()
    status, text = await ask_of(metrics, "/metrics", refresh=lambda: metrics.set_counts(Counts(source={"A": 7})))
    assert status == 200
    assert "external_dns_source_endpoints_total 7.0" in text.splitlines()


async def test_metrics_have_the_content_type_of_their_format() -> None:
    async with (
        serve("127.0.0.1:0", Health(), Metrics(), nothing) as (host, port),
        aiohttp.ClientSession() as session,
        session.get(f"http://{host}:{port}/metrics") as answer,
    ):
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


async def test_other_paths_are_not_found() -> None:
    assert (await ask("/"))[0] == 404


async def test_requests_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await ask("/healthz")
    assert not [entry for entry in caplog.records if entry.name == "aiohttp.access"]


async def test_nothing_listens_after_the_end() -> None:
    async with serve("127.0.0.1:0", Health(), Metrics(), nothing) as (host, port):
        pass
    with socket.socket() as probe:
        assert probe.connect_ex((host, port)) != 0


async def test_port_in_use_is_told_with_the_flag() -> None:
    async with serve("127.0.0.1:0", Health(), Metrics(), nothing) as (_, port):
        with pytest.raises(CannotListen, match=f"--metrics-address=127.0.0.1:{port}: cannot listen there: .*in use"):
            async with serve(f"127.0.0.1:{port}", Health(), Metrics(), nothing):
                pass


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        (":7979", None, 7979),
        ("127.0.0.1:0", "127.0.0.1", 0),
        ("[::1]:7979", "::1", 7979),
        ("[::]:80", "::", 80),
        ("localhost:7979", "localhost", 7979),
        ("0.0.0.0:65535", "0.0.0.0", 65535),
    ],
)
def test_address_is_taken_apart(address: str, host: str | None, port: int) -> None:
    assert host_port(address) == (host, port)


@pytest.mark.parametrize("address", ["", "7979", ":", ":x", ":65536", "::1:7979", "[::1]", "a:b:1", ":-1", " :7979"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="is no address to listen on"):
        host_port(address)


async def test_loopback_of_ipv6_can_be_listened_on() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    async with serve("[::1]:0", Health(), Metrics(), nothing) as (host, port):
        assert (host, port > 0) == ("::1", True)
