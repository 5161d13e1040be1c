"""A way to a server, by which a test sees what the operator asks, and can break anything of it at any time.

It stands before the API server, before etcd and before PowerDNS alike: all of them speak HTTP.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import yaml
from aiohttp import web
from yarl import URL

from cluster.beside import beside
from localcluster.cluster import Cluster
from localcluster.ports import LOOPBACK

_NOT_CARRIED = {"Host", "Content-Length", "Transfer-Encoding", "Connection", "Content-Encoding", "Accept-Encoding"}
_READS = ("GET", "HEAD", "OPTIONS")


class Cut(Exception):
    """Raised by a fault: the connection breaks, without an answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the operator."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes

    @property
    def watches(self) -> bool:
        return self.query.get("watch") in ("true", "1")

    @property
    def lists(self) -> bool:
        return self.method == "GET" and not self.watches

    @property
    def writes(self) -> bool:
        """Whether it changes what somebody wants or what DNS says: an Event and a lease do not."""
        if self.path.startswith("/v3/"):
            return self.path == "/v3/kv/txn"
        return self.method not in _READS and "/events" not in self.path and "/leases" not in self.path

    def json(self) -> Any:
        return json.loads(self.body)


Forward = Callable[[Call], Awaitable[web.StreamResponse]]  # it may be another one than was made
Fault = Callable[[Call, Forward], Awaitable[web.StreamResponse]]


async def passing(call: Call, forward: Forward) -> web.StreamResponse:
    """No fault."""
    return await forward(call)


@dataclass
class Way:
    """upstream: URL of the server; url: of the way to it; fault: what is done with each request; calls: all so far."""

    upstream: str
    url: str = ""
    fault: Fault = passing
    calls: list[Call] = field(default_factory=list)
    _session: aiohttp.ClientSession | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _open: set[asyncio.Transport] = field(default_factory=set)
    _is_cut: bool = False

    def cut(self) -> None:
        """Break what is open, and let nobody in until `mend`: a network that is gone."""
        self._is_cut = True
        self.hang_up()

    def mend(self) -> None:
        self._is_cut = False

    def hang_up(self) -> None:
        """Break what is open, watches above all."""
        assert self._loop is not None
        done = asyncio.run_coroutine_threadsafe(self._abort(), self._loop)
        done.result(10)

    async def _abort(self) -> None:
        for transport in list(self._open):
            transport.abort()

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        if transport is None or self._is_cut:
            return self._broken(request)
        self._open.add(transport)
        try:
            call = Call(request.method, request.path, dict(request.query), await request.read())
            self.calls.append(call)
            return await self.fault(call, lambda passed: self._forward(request, passed))
        except (Cut, aiohttp.ClientError, OSError):
            return self._broken(request)
        finally:
            self._open.discard(transport)

    def _broken(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    async def _forward(self, request: web.Request, call: Call) -> web.StreamResponse:
        assert self._session is not None
        headers = {name: value for name, value in request.headers.items() if name not in _NOT_CARRIED}
        target = URL(self.upstream + request.path_qs, encoded=True)
        body = BytesIO(call.body) if call.body else None
        async with self._session.request(call.method, target, data=body, headers=headers) as response:
            kept = {name: value for name, value in response.headers.items() if name not in _NOT_CARRIED}
            if not call.watches:
                return web.Response(status=response.status, body=await response.read(), headers=kept)
            stream = web.StreamResponse(status=response.status, headers=kept)
            await stream.prepare(request)
            async for chunk in response.content.iter_any():
                if self._is_cut:
                    raise Cut
                await stream.write(chunk)
            return stream

    def asked(self, *, writes: bool) -> list[Call]:
        return [call for call in self.calls if call.writes == writes]


@contextmanager
def way_to(upstream: str) -> Iterator[Way]:
    """On a free port of the loopback, until the end of the block. The server's certificate is not looked at."""
    with beside(lambda: _way_to(upstream)) as way:
        yield way


@asynccontextmanager
async def _way_to(upstream: str) -> AsyncIterator[Way]:
    way = Way(upstream, _loop=asyncio.get_running_loop())
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", way.dispatch)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    connector = aiohttp.TCPConnector(limit=0, ssl=trusting)
    timeout = aiohttp.ClientTimeout(total=None)
    try:
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=True) as session:
            way._session = session
            await web.TCPSite(runner, LOOPBACK, 0).start()
            host, port = runner.addresses[0][:2]
            way.url = f"http://{host}:{port}"
            yield way
            await way._abort()
            await runner.cleanup()
    finally:
        await runner.cleanup()


@contextmanager
def way_to_cluster(cluster: Cluster) -> Iterator[tuple[Way, Cluster]]:
    """A way to the API server, and the cluster as it is seen by that way. Needs a kubeconfig with a token."""
    with way_to(cluster.server) as way, TemporaryDirectory(prefix="zonewright-way-") as folder:
        document = yaml.safe_load(Path(cluster.kubeconfig).read_text())
        for entry in document["clusters"]:
            entry["cluster"] = {"server": way.url}
        kubeconfig = Path(folder) / "kubeconfig"
        kubeconfig.write_text(yaml.safe_dump(document))
        yield way, replace(cluster, kubeconfig=str(kubeconfig), server=way.url)
