"""What can be asked over HTTP: /metrics, /healthz, /readyz."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from aiohttp import web

from zonewright.metrics import CONTENT_TYPE, Metrics
from zonewright.settings.values import host_port

Probe = Callable[[], str | None]


class Probes(Protocol):
    """None is well; a text says what is not."""

    def alive(self) -> str | None:
        """Whether the process and its watches work; if not, it should be started anew."""
        ...

    def ready(self) -> str | None:
        """Whether the first full pass is done."""
        ...


class CannotListen(OSError):
    """The address cannot be had. Remedy: another --metrics-address."""

    def __init__(self, address: str, error: OSError) -> None:
        super().__init__(f"--metrics-address={address}: cannot listen there: {error.strerror or error}")


@asynccontextmanager
async def serve(
    address: str, probes: Probes, metrics: Metrics, refresh: Callable[[], None]
) -> AsyncIterator[tuple[str, int]]:
    """Serve until the end of the block; gives the host and port that are listened on.

    refresh  called before metrics are shown, so that counting costs nothing while nobody looks
    Raises CannotListen, and ValueError where `address` is none.
    """
    host, port = host_port(address)
    runner = web.AppRunner(application(probes, metrics, refresh), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as e:
            raise CannotListen(address, e) from e
        bound = runner.addresses[0]
        yield bound[0], bound[1]
    finally:
        await runner.cleanup()


def application(probes: Probes, metrics: Metrics, refresh: Callable[[], None]) -> web.Application:
    """The three answers, without a socket."""

    async def show_metrics(_: web.Request) -> web.Response:
        refresh()
        return web.Response(body=metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.add_routes(
        [
            web.get("/metrics", show_metrics),
            web.get("/healthz", _answer(probes.alive)),
            web.get("/readyz", _answer(probes.ready)),
        ]
    )
    return app


def _answer(probe: Probe) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """200 OK as ExternalDNS says it, or 503 and what is wrong."""

    async def answer(_: web.Request) -> web.StreamResponse:
        wrong = probe()
        return web.Response(text="OK") if wrong is None else web.Response(status=503, text=wrong)

    return answer
