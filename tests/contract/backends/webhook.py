"""A strict webhook provider."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from contract.backends.httpfaults import HttpFaults, faulty
from contract.backends.others import put, take_away
from contract.webhook_server import serving
from zonewright.model.endpoint import Endpoint
from zonewright.providers.base import Provider
from zonewright.providers.webhook.client import WebhookClient
from zonewright.providers.webhook.provider import Webhook


class WebhookBackend:
    """Implements `Backend`."""

    secret = ""
    answers_wildcards = False

    def __init__(self, url: str, faults: HttpFaults) -> None:
        self.faults = faults
        self._url = url

    def provider(self, *, wrong_secret: bool = False, patience: float = 30.0) -> Provider:
        return Webhook(WebhookClient(self.faults.url, 2**20, aiohttp.ClientTimeout(total=patience)))

    async def write(self, endpoint: Endpoint) -> None:
        async with self._directly() as somebody:
            await put(somebody, endpoint)

    async def remove(self, endpoint: Endpoint) -> None:
        async with self._directly() as somebody:
            await take_away(somebody, endpoint)

    @asynccontextmanager
    async def _directly(self) -> AsyncIterator[Provider]:
        client = WebhookClient(self._url, 2**20)
        yield Webhook(client)
        await client.close()

    async def vanish(self) -> None:
        pytest.skip("a webhook does not tell its zones")

    def refused(self) -> Endpoint | None:
        return None  # the protocol has no answer about a single record

    async def answer(self, name: str, rtype: str) -> set[str] | None:
        return None


def _is_write(request: web.Request, body: bytes) -> bool:
    return (request.method, request.path) == ("POST", "/records")


@asynccontextmanager
async def make(domain: str, request: pytest.FixtureRequest) -> AsyncIterator[WebhookBackend]:
    async with serving() as server, faulty(server.url, _is_write) as faults:
        yield WebhookBackend(server.url, faults)
