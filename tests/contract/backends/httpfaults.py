"""Faults on the way to a server that speaks HTTP: a proxy that passes on all but what it is told to spoil."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import BytesIO

import aiohttp
from aiohttp import web
from yarl import URL

from localcluster.ports import LOOPBACK

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"}  # RFC 9110, 7.6.1
IsWrite = Callable[[web.Request, bytes], bool]
Throttled = Callable[[int | None], web.Response]


def too_many(retry_after: int | None) -> web.Response:
    """429, as most say it (RFC 6585, section 4)."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return web.Response(status=429, headers=headers, text="too many requests")


def not_a_get(request: web.Request, body: bytes) -> bool:
    return request.method not in ("GET", "HEAD")


class HttpFaults:
    """Implements `Faults`. url: where the provider is to go, in place of the server."""

    def __init__(self, server: str, is_write: IsWrite, throttled: Throttled) -> None:
        self.url = ""
        self.requests = 0
        self.writes = 0
        self._server = server
        self._is_write = is_write
        self._throttled = throttled
        self._spoiled: list[Callable[[], web.Response | None]] = []
        self._closing = asyncio.Event()

    def throttle(self, times: int, retry_after: int | None = None) -> None:
        self._spoiled += [lambda: self._throttled(retry_after)] * times

    def fail(self, times: int) -> None:
        self._spoiled += [lambda: web.Response(status=500, text="internal error")] * times

    def stall(self, times: int) -> None:
        self._spoiled += [lambda: None] * times

    def heal(self) -> None:
        self._spoiled.clear()

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.requests += 1
        self.writes += self._is_write(request, body)
        if not self._spoiled:
            return await self._forward(request, body)
        if (answer := self._spoiled.pop(0)()) is not None:
            return answer
        await self._closing.wait()
        return web.Response(status=503)

    async def _forward(self, request: web.Request, body: bytes) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP}
        address = URL(self._server + request.raw_path, encoded=True)
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.request(
                request.method, address, data=BytesIO(body) if body else None, headers=headers, allow_redirects=False
            ) as response,
        ):
            kept = {name: value for name, value in response.headers.items() if name.lower() not in _HOP_BY_HOP}
            encoding = response.headers.get("Content-Encoding")
            kept |= {"Content-Encoding": encoding} if encoding else {}
            return web.Response(status=response.status, body=await response.read(), headers=kept)

    def close(self) -> None:
        """Nobody has to wait any longer."""
        self._closing.set()


@asynccontextmanager
async def faulty(
    server: str, is_write: IsWrite = not_a_get, throttled: Throttled = too_many, kind: type[HttpFaults] | None = None
) -> AsyncIterator[HttpFaults]:
    """On a free port of the loopback. server: the URL that paths are put behind; kind: one that does more."""
    faults = (kind or HttpFaults)(server.rstrip("/"), is_write, throttled)
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", faults.dispatch)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, 0).start()
        host, port = runner.addresses[0][:2]
        faults.url = f"http://{host}:{port}"
        yield faults
    finally:
        faults.close()
        await runner.cleanup()
