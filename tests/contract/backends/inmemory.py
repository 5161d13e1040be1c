"""Memory: no server, and so no faults."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from contract.backends.others import put, take_away
from zonewright.model.endpoint import Endpoint
from zonewright.providers.base import Provider
from zonewright.providers.inmemory import InMemory


class Memory:
    """Implements `Backend`."""

    faults = None
    secret = ""
    answers_wildcards = False

    def __init__(self, domain: str) -> None:
        self._memory = InMemory([domain])

    def provider(self, *, wrong_secret: bool = False, patience: float = 30.0) -> Provider:
        return self._memory

    async def write(self, endpoint: Endpoint) -> None:
        await put(self._memory, endpoint)

    async def remove(self, endpoint: Endpoint) -> None:
        await take_away(self._memory, endpoint)

    async def vanish(self) -> None:
        pytest.skip("memory does not lose its zones")

    def refused(self) -> Endpoint | None:
        return None

    async def answer(self, name: str, rtype: str) -> set[str] | None:
        return None


@asynccontextmanager
async def make(domain: str, request: pytest.FixtureRequest) -> AsyncIterator[Memory]:
    yield Memory(domain)
