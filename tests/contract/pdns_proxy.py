"""Between a provider and a real PowerDNS: what is asked can be seen, and answers can be others than the server's."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from localcluster.pdns import PowerDns
from localcluster.ports import LOOPBACK

Answer = Callable[[web.Request], Awaitable[web.StreamResponse] | web.StreamResponse]
_FORWARDED = ("X-API-Key", "Content-Type", "Accept")


@dataclass
class Proxy:
    """prefix: before the API's path; calls: method and path with query; bodies: of the PATCHes; answer: in place of the
    server's"""

    server: PowerDns
    prefix: str
    url: str = ""
    calls: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    answer: Answer | None = None

    @property
    def patches(self) -> list[list[dict[str, Any]]]:
        """The RRsets of each PATCH."""
        return [body["rrsets"] for body in self.bodies]

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        if not request.path.startswith(f"{self.prefix}/api/v1/"):
            return web.Response(status=404, text="not behind this proxy")
        path = request.path_qs.removeprefix(self.prefix)
        self.calls.append(f"{request.method} {path.removeprefix('/api/v1/servers/localhost')}")
        body = await request.read()
        if request.method == "PATCH":
            self.bodies.append(json.loads(body))
        if self.answer is not None:
            answered = self.answer(request)
            return answered if isinstance(answered, web.StreamResponse) else await answered
        return await self._forward(request, path, body)

    async def _forward(self, request: web.Request, path: str, body: bytes) -> web.Response:
        headers = {name: request.headers[name] for name in _FORWARDED if name in request.headers}
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                request.method,
                URL(self.server.url + path, encoded=True),
                data=BytesIO(body) if body else None,
                headers=headers,
            ) as response,
        ):
            kept = {name: value for name, value in response.headers.items() if name == "Content-Type"}
            return web.Response(status=response.status, body=await response.read(), headers=kept)


@asynccontextmanager
async def proxied(server: PowerDns, prefix: str = "", tls: ssl.SSLContext | None = None) -> AsyncIterator[Proxy]:
    """On a free port of the loopback, with TLS where a context is given."""
    proxy = Proxy(server, prefix)
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", proxy.dispatch)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, 0, ssl_context=tls).start()
        host, port = runner.addresses[0][:2]
        proxy.url = f"{'https' if tls else 'http'}://{host}:{port}{prefix}"
        yield proxy
    finally:
        await runner.cleanup()
