"""CoreDNS and the etcd that it reads. DNS is asked for answers; all else is asked of etcd, and of its own figures."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from benchmarks.backends.base import Backend
from benchmarks.backends.question import Asker
from benchmarks.population import DOMAIN
from benchmarks.watching import now
from localcluster.dnsserver import DnsServer

_HANDLED = re.compile(
    r'^grpc_server_handled_total\{.*grpc_method="(\w+)",grpc_service="etcdserverpb\.KV".*\} (\S+)$', re.M
)


class CoreDns(Backend):
    title = "CoreDNS/etcd"

    def __init__(self, server: DnsServer) -> None:
        self._server = server
        self._prefix = f"{server.path}/{'/'.join(reversed(DOMAIN.split('.')))}/"
        self._own: Counter[str] = Counter()
        self._asker: Asker | None = None
        self._http = aiohttp.ClientSession()

    @property
    def flags(self) -> Sequence[str]:
        return ("--provider=coredns",)

    @property
    def env(self) -> Mapping[str, str]:
        return {"ETCD_URLS": self._server.etcd}

    async def close(self) -> None:
        if self._asker:
            self._asker.close()
        await self._http.close()

    async def reset(self) -> None:
        if self._asker is None:
            self._asker = Asker()
            await self._asker.open(self._server.host, self._server.port)
        await self._send("deleterange", "DeleteRange", {**self._range("/"), "prev_kv": False})

    async def count(self) -> int:
        found = await self._send("range", "Range", {**self._range(self._prefix), "count_only": True})
        return int(found.get("count", 0))

    async def revision(self) -> int:
        found = await self._send("range", "Range", {**self._range("/nothing/"), "count_only": True})
        return int(found["header"]["revision"])

    async def landed(self, hostname: str, address: str) -> float | None:
        assert self._asker
        return now() if await self._asker.ask(hostname, address) else None

    async def calls(self) -> Mapping[str, float]:
        """CoreDNS's own questions are among them: no DNS question may be asked while calls are counted."""
        async with self._http.get(f"{self._server.etcd}/metrics") as response:
            text = await response.text()
        found: Counter[str] = Counter()
        for method, value in _HANDLED.findall(text):
            found[method] += int(float(value))
        return found - self._own

    async def addresses(self) -> Mapping[str, str]:
        found: dict[str, set[str]] = {}
        for key, value in await self._values():
            if host := value.get("host"):
                labels = key.removeprefix(f"{self._server.path}/").split("/")
                labels = labels[: len(labels) - value.get("targetstrip", 0)]
                found.setdefault(".".join(reversed(labels)), set()).add(host)
        return {name: " ".join(sorted(hosts)) for name, hosts in found.items()}

    async def spoil(self, hostname: str, address: str) -> None:
        for key, value in await self._values():
            if value.get("host") == address and f"/{hostname.partition('.')[0]}" in key:
                encoded = base64.b64encode(key.encode()).decode()
                await self._send("deleterange", "DeleteRange", {"key": encoded})

    async def _values(self) -> list[tuple[str, dict[str, Any]]]:
        found = await self._send("range", "Range", self._range(self._prefix))
        return [(_decoded(kv["key"]), json.loads(_decoded(kv["value"]))) for kv in found.get("kvs", ())]

    async def _send(self, path: str, method: str, body: object) -> Any:
        self._own[method] += 1
        async with self._http.post(f"{self._server.etcd}/v3/kv/{path}", json=body) as response:
            response.raise_for_status()
            return await response.json()

    @staticmethod
    def _range(prefix: str) -> dict[str, Any]:
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        return {"key": base64.b64encode(prefix.encode()).decode(), "range_end": base64.b64encode(end.encode()).decode()}


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()
