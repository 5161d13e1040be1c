"""Writing to the API server, many requests at a time, and what it counts."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

import aiohttp
import yaml
from prometheus_client.parser import text_string_to_metric_families

from localcluster.cluster import Cluster

T = TypeVar("T")
IN_FLIGHT = 16
_PREFIX = "/registry/externaldns.k8s.io/dnsendpoints/"


class Refused(Exception):
    """The API server said no."""


class ApiServer:
    """`async with ApiServer(cluster) as api:`. All requests go through here, so that they can be told from a tool's."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        document = yaml.safe_load(Path(cluster.kubeconfig).read_text())
        authority = base64.b64decode(document["clusters"][0]["cluster"]["certificate-authority-data"]).decode()
        self._ssl = ssl.create_default_context(cadata=authority)
        self._own: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=IN_FLIGHT + 4, ssl=self._ssl)
        headers = {"Authorization": f"Bearer {self.cluster.token}"}
        timeout = aiohttp.ClientTimeout(total=120)
        self._http = aiohttp.ClientSession(connector=connector, headers=headers, timeout=timeout)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def send(self, method: str, path: str, body: object = None, kind: str = "application/json") -> Any:
        """The JSON of the answer. Raises Refused, aiohttp.ClientError."""
        self._own[_label(method, path)] += 1
        data = None if body is None else json.dumps(body).encode()
        url = self.cluster.server + path
        async with self._http.request(method, url, data=data, headers={"Content-Type": kind}) as response:
            text = await response.read()
            if response.status >= 400:
                raise Refused(f"{method} {path}: {response.status} {text[:500].decode(errors='replace')}")
            return json.loads(text)

    async def create(self, collection: str, manifest: Mapping[str, Any]) -> None:
        await self.send("POST", collection, manifest)

    async def set_status(self, collection: str, name: str, status: Mapping[str, Any]) -> None:
        body = {"status": status}
        await self.send("PATCH", f"{collection}/{name}/status", body, "application/merge-patch+json")

    async def delete_collection(self, collection: str, selector: str = "") -> None:
        await self.send("DELETE", f"{collection}?labelSelector={selector}" if selector else collection)

    async def count(self, collection: str) -> int:
        """How many objects there are, without reading them."""
        found = await self.send("GET", f"{collection}?limit=1")
        return len(found["items"]) + int(found["metadata"].get("remainingItemCount", 0))

    async def listed(self, collection: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        more = ""
        while True:
            page = await self.send("GET", f"{collection}?limit=500{more}")
            found += page["items"]
            token = page["metadata"].get("continue")
            if not token:
                return found
            more = f"&continue={token}"

    async def requests(self) -> Counter[str]:
        """All requests so far by "VERB resource", without ours. Watches count when they end."""
        async with self._http.get(f"{self.cluster.server}/metrics") as response:
            text = await response.text()
        # Of the many megabytes only these lines are parsed.
        lines = [line for line in text.splitlines() if line.startswith("apiserver_request_total{")]
        return parse_requests("\n".join(lines) + "\n") - self._own

    async def last_written(self) -> int:
        """The revision at which any DNSEndpoint was last written; 0 where there is none. The store is asked."""
        body = {
            "key": base64.b64encode(_PREFIX.encode()).decode(),
            "range_end": base64.b64encode((_PREFIX[:-1] + "0").encode()).decode(),
            "keys_only": True,
            "limit": 1,
            "sort_target": "MOD",
            "sort_order": "DESCEND",
        }
        async with self._http.post(f"{self.cluster.etcd}/v3/kv/range", json=body) as response:
            found = await response.json()
        return max((int(kv["mod_revision"]) for kv in found.get("kvs", ())), default=0)


def parse_requests(text: str) -> Counter[str]:
    """By "VERB resource", or "VERB resource refused"."""
    found: Counter[str] = Counter()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = sample.labels
            resource = labels.get("resource", "")
            if resource:
                part = f"/{labels['subresource']}" if labels.get("subresource") else ""
                refused = labels.get("code", "200") >= "400"
                found[f"{labels['verb']} {resource}{part}{' refused' if refused else ''}"] += int(sample.value)
    return found


_VERBS = {"POST": "POST", "PATCH": "PATCH", "DELETE": "DELETECOLLECTION", "GET": "LIST", "PUT": "PUT"}


def _label(method: str, path: str) -> str:
    """As the API server's metrics name a request; all of our GETs are lists, all of our DELETEs of collections."""
    words = path.partition("?")[0].strip("/").split("/")
    words = words[3:] if words[0] == "apis" else words[2:]
    if words[0] == "namespaces" and len(words) > 2:
        words = words[2:]
    part = f"/{words[2]}" if len(words) > 2 else ""
    return f"{_VERBS[method]} {words[0]}{part}"


async def all_of(work: Callable[[T], Awaitable[None]], things: Iterable[T], in_flight: int = IN_FLIGHT) -> None:
    """Do something to each of many things, some at a time, in their order. The first error ends it."""
    waiting = iter(list(things))

    async def one_after_the_other() -> None:
        for thing in waiting:
            await work(thing)

    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(one_after_the_other())
