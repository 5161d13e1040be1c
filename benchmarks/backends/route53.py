"""Route 53 as moto has it, in a process of its own that counts operations and notes when a change has landed."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp

import benchmarks
from benchmarks.backends.base import Backend
from benchmarks.population import DOMAIN
from localcluster.controlplane import answers
from localcluster.dynamodb import environment
from localcluster.ports import LOOPBACK, free_port
from localcluster.process import Daemon

_STARTUP = 60.0
_ROOT = Path(benchmarks.__file__).parents[1]


class Route53(Backend):
    """Each `reset` is a new server: nothing of the last tool is left, neither records nor memory."""

    title = "Route 53 (moto)"

    least_pause = 0.01  # it tells the moment, however late it is asked

    def __init__(self, directory: Path) -> None:
        self._daemon = Daemon(directory, "moto")
        self._http = aiohttp.ClientSession()
        self._url = ""

    @property
    def flags(self) -> Sequence[str]:
        return "--provider=aws", "--aws-zone-type=public"

    @property
    def env(self) -> Mapping[str, str]:
        return environment(self._url)

    async def close(self) -> None:
        await self._http.close()
        await asyncio.to_thread(self._daemon.stop)

    async def reset(self) -> None:
        await asyncio.to_thread(self._daemon.stop)
        port = free_port()
        command = [sys.executable, "-m", "benchmarks.backends.motoserver", DOMAIN, str(port)]
        self._daemon.start(command, {**os.environ, "PYTHONPATH": f"{_ROOT / 'tests'}:{_ROOT}"})
        self._url = f"http://{LOOPBACK}:{port}"
        await asyncio.to_thread(self._daemon.wait_ready, lambda: answers(f"{self._url}/benchmark/state"), _STARTUP)

    async def count(self) -> int:
        return int((await self._ask("state"))["records"])

    async def revision(self) -> int:
        return int((await self._ask("state"))["writes"])

    async def landed(self, hostname: str, address: str) -> float | None:
        moment: float | None = (await self._ask("landed", name=hostname, value=address))["at"]
        return moment

    async def calls(self) -> Mapping[str, float]:
        found: dict[str, float] = (await self._ask("state"))["calls"]
        return found

    async def addresses(self) -> Mapping[str, str]:
        found: dict[str, str] = await self._ask("addresses")
        return found

    async def spoil(self, hostname: str, address: str) -> None:
        await self._ask("spoil", name=hostname)

    async def _ask(self, what: str, **parameters: str) -> Any:
        async with self._http.get(f"{self._url}/benchmark/{what}", params=parameters) as response:
            response.raise_for_status()
            return await response.json()
