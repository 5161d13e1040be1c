"""What the test servers have in common: a request that its description does not allow is noted, and refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from aiohttp import web

from localcluster.ports import LOOPBACK


class Server(Protocol):
    """violations: what was asked that the publisher's description does not allow; a test fails where there are any"""

    url: str
    violations: list[str]

    async def dispatch(self, request: web.Request) -> web.StreamResponse: ...


@asynccontextmanager
async def serving(server: Server) -> AsyncIterator[None]:
    """On a free port of the loopback; at the end there must have been no violation."""
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", server.dispatch)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, 0).start()
        host, port = runner.addresses[0][:2]
        server.url = f"http://{host}:{port}"
        yield
    finally:
        await runner.cleanup()
    assert server.violations == []
