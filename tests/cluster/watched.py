"""kopf in a thread of the test, as the operator runs it: what it hands on, and what it does when the network fails."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from localcluster.cluster import Cluster
from zonewright.handlers.session import Sink, Watches
from zonewright.handlers.watching import watch
from zonewright.kube.connection import Connection, connect
from zonewright.kube.store import ObjectId, Store
from zonewright.model.kind import Kind

SECONDS = 20.0
LONG_FORGOTTEN = "1"  # a resourceVersion from before the definition of any kind of ours


class Notebook:
    """A sink that writes down what it is told, beside a store that is kept as the operator keeps its own.

    told    "begin", the names of a page, "finish"
    events  (type, name); the type is "" where kopf makes an event of an item of a list
    """

    def __init__(self, kind: Kind, namespace: str = "") -> None:
        self.kind = kind
        self.namespace = namespace
        self.told: list[Any] = []
        self.events: list[tuple[str, str]] = []
        self._store = Store(kind, dict)

    def begin(self) -> None:
        self._store.begin()
        self.told.append("begin")

    def page(self, items: list[dict[str, Any]]) -> None:
        self._store.page(items)
        self.told.append(sorted(item["metadata"]["name"] for item in items))

    def finish(self, version: str) -> None:
        for oid in self._store.finish(version).missing:
            self._store.forget(oid)
        self.told.append("finish")

    def seen(self, event: str, obj: Mapping[str, Any]) -> None:
        _ = self._store.drop(obj) if event == "DELETED" else self._store.put(obj)
        self.events.append((event, obj["metadata"]["name"]))

    @property
    def listed(self) -> bool:
        """Whether a list has been complete."""
        return "finish" in self.told

    def knows(self, name: str) -> bool:
        return self._store.get(ObjectId(self.namespace, name)) is not None


@dataclass(slots=True)
class Wire(Connection):
    """A connection on which the requests for one kind can be cut off, as by a network that fails.

    path     that of the requests
    is_cut   whether they fail
    expired  whether the next watch comes so late that the API server has forgotten where it was
    """

    path: str = ""
    is_cut: bool = False
    expired: bool = False
    _streams: list[tuple[str, asyncio.Transport]] = field(default_factory=list)
    _sockets: list[socket.socket] = field(default_factory=list)

    def session(
        self,
        response_class: type[aiohttp.ClientResponse] = aiohttp.ClientResponse,
        middlewares: tuple[aiohttp.ClientMiddlewareType, ...] = (),
    ) -> aiohttp.ClientSession:
        return Connection.session(self, response_class, (*middlewares, self._carry))

    async def _carry(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        path = request.url.path
        if path == self.path and self.expired and "watch" in request.url.query:
            self.expired = False
            request.url = request.url.update_query(resourceVersion=LONG_FORGOTTEN)
        answer = await handler(request)
        if answer.connection is not None and answer.connection.transport is not None:
            self._streams.append((path, answer.connection.transport))
            self._sockets.append(answer.connection.transport.get_extra_info("socket"))
        if path == self.path and self.is_cut:
            answer.close()
            raise aiohttp.ClientConnectionError("cut")
        return answer

    def cut(self) -> None:
        """From now on; `is_cut = False` mends it."""
        self.is_cut = True
        for path, transport in self._streams:
            if path == self.path:
                transport.abort()

    async def closed(self) -> None:
        """Wait until all is closed: kopf does not, and Python complains of what is open when a loop ends."""
        while any(one.fileno() != -1 for one in self._sockets):  # noqa: ASYNC110  # no event tells of it
            await asyncio.sleep(0.01)


class Watching:
    """kopf as the operator runs it, in a thread of its own. The wire is that of the first kind."""

    wire: Wire

    def __init__(self, cluster: Cluster, sinks: Sequence[Notebook]) -> None:
        self.watches = Watches()
        self._cluster = cluster
        self._sinks = {sink.kind: sink for sink in sinks}
        self._path = sinks[0].kind.path(sinks[0].namespace)
        self._connected = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def start(self) -> None:
        self._thread.start()
        assert self._connected.wait(SECONDS), self._error

    def end(self) -> None:
        self.call(self._stop.set)
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()
        assert self._error is None

    def call(self, work: Callable[[], None]) -> None:
        """Do something in the thread of the watches."""
        self._loop.call_soon_threadsafe(work)

    async def _run(self) -> None:
        try:
            found = await connect(self._cluster.kubeconfig, "", 10.0)
            self.wire = Wire(found.server, found.timeout, found.configuration, found.loader, self._path)
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            self._connected.set()
            sinks: dict[Kind, Sink] = dict(self._sinks)
            await watch(self.wire, sinks, self._seen, self.watches, self._stop, asyncio.Event(), scanning=True)
            await asyncio.wait_for(self.wire.closed(), SECONDS)
        except BaseException as error:
            self._error = error

    def _seen(self, kind: Kind, event: str, obj: Mapping[str, Any]) -> None:
        self._sinks[kind].seen(event, obj)


@contextmanager
def watching(cluster: Cluster, *sinks: Notebook) -> Iterator[Watching]:
    running = Watching(cluster, sinks)
    running.start()
    try:
        yield running
    finally:
        running.end()
