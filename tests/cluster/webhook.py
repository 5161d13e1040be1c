"""The webhook provider of the contract tests, beside a test that waits for other processes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from aiohttp import web

from cluster.testsite import Site
from contract.webhook_server import WebhookServer, serving
from localcluster.operator_process import Operator

T = TypeVar("T")


@contextmanager
def webhook() -> Iterator[WebhookServer]:
    """A server in a thread of its own, until the end of the block. What it answers may be changed meanwhile."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="webhook")
    thread.start()

    def call(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(10)

    try:
        server = serving()
        yield call(_entered(server))
        call(_left(server))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _entered(server: Any) -> WebhookServer:
    entered: WebhookServer = await server.__aenter__()
    return entered


async def _left(server: Any) -> None:
    await server.__aexit__(None, None, None)


def broken() -> web.StreamResponse:
    """For `respond`: what a provider says that is out of order."""
    return web.Response(status=500, text="out of order")


def operator(site: Site, server: WebhookServer, *, ready: bool = True) -> Operator:
    """An operator of the site on that provider. It reads the zone each second, and so soon notices what fails."""
    flags = (
        f"--webhook-provider-url={server.url}",
        f"--namespace={site.namespace}",
        f"--domain-filter={site.domain}",
        f"--txt-owner-id={site.owner}",
        "--interval=1s",
    )
    return Operator(site.cluster, "--provider=webhook", *flags, ready=ready)
