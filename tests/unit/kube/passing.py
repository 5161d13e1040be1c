"""Time that passes when a test says so, and leases as the API server keeps them, with its lock by resourceVersion."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Mapping
from typing import Any

from zonewright.kube.api import Conflict, NotFound, Unreachable
from zonewright.model.kind import Kind

Object = dict[str, Any]


class Clock:
    """Those who sleep are woken in their order by `pass_by`."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), sleeper))
        await sleeper

    async def pass_by(self, seconds: float) -> None:
        end = self.now + seconds
        await settled()
        while self._sleepers and self._sleepers[0][0] <= end:
            self.now, _, sleeper = heapq.heappop(self._sleepers)
            if not sleeper.done():
                sleeper.set_result(None)
            await settled()
        self.now = end


async def settled() -> None:
    """Let everybody go on who need not wait for time to pass."""
    for _ in range(50):
        await asyncio.sleep(0)


class Leases:
    """The one lease of a test, as several replicas see it.

    away       who has no way to the server
    unheard    whose writes land, and are not answered
    """

    def __init__(self) -> None:
        self.stored: Object | None = None
        self.away: set[str] = set()
        self.unheard: set[str] = set()
        self._versions = itertools.count(1)

    @property
    def holder(self) -> str:
        return str(self.stored["spec"]["holderIdentity"]) if self.stored else ""

    def way(self, who: str) -> Way:
        return Way(self, who)

    def write(self, obj: Mapping[str, Any]) -> Object:
        meta = {**obj["metadata"], "resourceVersion": str(next(self._versions))}
        self.stored = {**obj, "metadata": meta}
        return self.stored


class Way:
    """The part of `kube.api.Api` that an election uses."""

    def __init__(self, leases: Leases, who: str) -> None:
        self._leases = leases
        self._who = who

    async def get(self, path: str) -> Object:
        self._reach(path)
        if self._leases.stored is None:
            raise NotFound(path, 404, "it is not there")
        return self._leases.stored

    async def create(self, kind: Kind, obj: Mapping[str, Any]) -> Object:
        self._reach(kind.plural)
        if self._leases.stored is not None:
            raise Conflict(kind.plural, 409, "it is there already")
        return self._answer(self._leases.write(obj))

    async def replace(self, kind: Kind, obj: Mapping[str, Any]) -> Object:
        self._reach(kind.plural)
        if self._leases.stored is None:
            raise NotFound(kind.plural, 404, "it is not there")
        if self._leases.stored["metadata"]["resourceVersion"] != obj["metadata"].get("resourceVersion"):
            raise Conflict(kind.plural, 409, "the object has been modified")
        return self._answer(self._leases.write(obj))

    def _reach(self, what: str) -> None:
        if self._who in self._leases.away:
            raise Unreachable(what, 0, "no answer")

    def _answer(self, obj: Object) -> Object:
        if self._who in self._leases.unheard:
            raise Unreachable("lease", 0, "no answer")
        return obj
