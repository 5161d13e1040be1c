"""The webhook provider of the contract tests, beside a test that waits for other processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from cluster.beside import beside
from cluster.testsite import Site
from contract.webhook_server import WebhookServer, serving
from localcluster.operator_process import Operator


@contextmanager
def webhook() -> Iterator[WebhookServer]:
    """A server, until the end of the block. What it answers may be changed meanwhile."""
    with beside(serving) as server:
        yield server


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
        f"--leader-election-namespace={site.namespace}",
        "--interval=1s",
    )
    return Operator(site.cluster, "--provider=webhook", *flags, ready=ready)
