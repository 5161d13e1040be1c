"""The session that kopf is given, against a real HTTP server that plays the API server's lists."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from kubernetes_asyncio.client import Configuration

from zonewright.handlers.session import Sink, Watches, open_session
from zonewright.kube.connection import Connection
from zonewright.kube.echoes import Echoes
from zonewright.model.kind import GATEWAY, INGRESS, NAMESPACE, Kind

LIST = INGRESS.path()


class Notebook:
    """A sink that writes down what it is told."""

    def __init__(self, kind: Kind, namespace: str = "") -> None:
        self.kind = kind
        self.namespace = namespace
        self.told: list[Any] = []

    def begin(self) -> None:
        self.told.append("begin")

    def page(self, items: list[dict[str, Any]]) -> None:
        self.told.append([item["name"] for item in items])

    def finish(self, version: str) -> None:
        self.told.append(("finish", version))


class Server:
    """Answers every request with `status` and, for lists, two pages; notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.authorization: list[str | None] = []
        self.status = 200
        self.url = ""
        self.end = asyncio.Event()  # what a watch waits for
        self.end.set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        self.authorization.append(request.headers.get("Authorization"))
        if self.status != 200:
            return web.json_response({"message": "no"}, status=self.status)
        if "watch" in request.query:
            return await self._stream(request)
        if "continue" in request.query:
            return web.json_response({"items": [{"name": "c"}], "metadata": {"resourceVersion": "7"}})
        page = {"items": [{"name": "a"}, {"name": "b"}], "metadata": {"resourceVersion": "7", "continue": "x"}}
        return web.json_response(page)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await self.end.wait()
        return response


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    played = Server()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", played.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    played.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield played
    await runner.cleanup()


@asynccontextmanager
async def session(server: Server, watches: Watches, *sinks: Sink) -> AsyncIterator[aiohttp.ClientSession]:
    configuration = type.__call__(Configuration)
    configuration.api_key["BearerToken"] = "Bearer secret"
    opened = open_session(Connection(server.url, 5.0, configuration), {s.kind: s for s in sinks}, watches, Echoes())
    async with opened:
        yield opened


async def test_pages_go_to_the_sink_and_the_caller_gets_an_empty_list(server: Server) -> None:
    sink = Notebook(INGRESS)
    async with session(server, Watches(), sink) as http:
        for query in ("?limit=2", "?limit=2&continue=x"):
            async with http.get(server.url + LIST + query) as response:
                document = await response.json()
                assert document["items"] == []
                assert document["metadata"]["resourceVersion"] == "7"
    assert sink.told == ["begin", ["a", "b"], ["c"], ("finish", "7")]


async def test_a_kind_without_sink_passes_through(server: Server) -> None:
    async with session(server, Watches(), Notebook(INGRESS)) as http, http.get(server.url + "/apis") as response:
        assert len((await response.json())["items"]) == 2


async def test_each_kind_is_asked_for_in_its_own_namespace(server: Server) -> None:
    sinks = Notebook(INGRESS, "shop"), Notebook(GATEWAY), Notebook(NAMESPACE, "shop")
    async with session(server, Watches(), *sinks) as http:
        for kind in (INGRESS, GATEWAY, NAMESPACE):
            async with http.get(server.url + kind.path() + "?watch=true&resourceVersion=7") as response:
                await response.read()
    assert server.asked == [
        INGRESS.path("shop") + "?watch=true&resourceVersion=7",
        GATEWAY.path() + "?watch=true&resourceVersion=7",
        NAMESPACE.path() + "?watch=true&resourceVersion=7",
    ]


async def test_every_request_is_authenticated(server: Server) -> None:
    async with session(server, Watches(), Notebook(INGRESS)) as http, http.get(server.url + LIST) as response:
        await response.read()
    assert server.authorization == ["Bearer secret"]


async def test_failing_kinds_are_noted_until_they_work_again(server: Server) -> None:
    watches = Watches()
    async with session(server, watches, Notebook(INGRESS, "shop")) as http:
        server.status = 403
        async with http.get(server.url + LIST) as response:
            await response.read()
        assert watches.failing() == {INGRESS: "403 Forbidden"}
        assert watches.failing(for_seconds=60.0) == {}
        server.status = 200
        async with http.get(server.url + LIST) as response:
            await response.read()
        assert watches.failing() == {}


async def test_a_server_that_does_not_answer_is_noted(server: Server) -> None:
    watches = Watches()
    async with session(server, watches, Notebook(INGRESS)) as http:
        with pytest.raises(aiohttp.ClientError):
            await http.get("http://127.0.0.1:1" + LIST)
    assert list(watches.failing()) == [INGRESS]


async def test_a_kind_is_watched_while_a_question_or_its_answer_is_open(server: Server) -> None:
    watches = Watches()
    server.end.clear()
    async with session(server, watches, Notebook(INGRESS)) as http:
        assert not watches.watched(INGRESS)
        async with http.get(server.url + LIST, params={"watch": "true"}) as response:
            assert watches.watched(INGRESS)
            server.end.set()
            await response.read()
        assert not watches.watched(INGRESS)
        with watches.asking(INGRESS):
            assert watches.watched(INGRESS)
        assert not watches.watched(INGRESS)
        with pytest.raises(aiohttp.ClientError):
            await http.get("http://127.0.0.1:1" + LIST)
        assert not watches.watched(INGRESS)
    assert watches.questions(INGRESS) == 3
    assert watches.questions(GATEWAY) == 0
