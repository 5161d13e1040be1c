"""The HTTP session that kopf uses, with four additions of ours.

1. Pages of a list go straight into our stores, and kopf gets an empty list: 0.04 ms per object instead of 0.49, the
   exact moment at which a list is complete, and with it what has vanished while a watch was broken (kopf tells no
   handler of that).
2. Each kind has its own namespace: kopf knows one scope for all kinds, but Gateways may live elsewhere than routes.
3. Events of our own writes are left out of the watch on DNSEndpoints (`kube/echoes.py`).
4. It is noted when a kind was last listed or watched with success, for the probes and for holding deletes.

The first rests on two private facts of kopf 1.45: `response.json()` is called for lists, and items that are absent are
no events. tests/cluster/test_intake.py fails when that ends; events would then come one by one, and all still work.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import aiohttp
import orjson

from zonewright.handlers.filtered import Filtered
from zonewright.kube.connection import Connection
from zonewright.kube.echoes import Echoes
from zonewright.model.kind import DNSENDPOINT, Kind

# Of refusals kopf tries these again, the first one with new credentials. By any other it would end, with all watches.
_TRIED_AGAIN = (401, 403, 429)
_PAUSE = 2.0  # seconds before a request that would have ended it is made again


class Sink(Protocol):
    """Takes the lists of one kind, page by page."""

    kind: Kind
    namespace: str

    def begin(self) -> None:
        """A list starts, or starts over."""
        ...

    def page(self, items: list[dict[str, Any]]) -> None:
        """Some of its objects."""
        ...

    def finish(self, version: str) -> None:
        """The list is complete."""
        ...


class Watches:
    """When each kind was last heard of. Times are of the monotonic clock."""

    def __init__(self) -> None:
        self._failing: dict[Kind, tuple[float, str]] = {}
        self._questions: Counter[Kind] = Counter()
        self._unanswered: Counter[Kind] = Counter()
        self._answers: dict[Kind, aiohttp.ClientResponse] = {}

    @contextmanager
    def asking(self, kind: Kind) -> Iterator[None]:
        """Around a request, until its answer begins."""
        self._questions[kind] += 1
        self._unanswered[kind] += 1
        try:
            yield
        finally:
            self._unanswered[kind] -= 1

    def answered(self, kind: Kind, answer: aiohttp.ClientResponse) -> None:
        """An answer begins; that of a watch goes on for minutes."""
        self._answers[kind] = answer

    def heard(self, kind: Kind) -> None:
        """Also that the API server has no such kind, or has it no more: nothing waits for what cannot be heard."""
        self._failing.pop(kind, None)

    def failed(self, kind: Kind, why: str) -> None:
        since = self._failing.get(kind, (time.monotonic(), ""))[0]
        self._failing[kind] = (since, why)

    def watched(self, kind: Kind) -> bool:
        """Whether kopf lists or watches a kind at this moment. It may just pause between two tries: see `questions`."""
        answer = self._answers.get(kind)
        return self._unanswered[kind] > 0 or (answer is not None and not answer.closed)

    def questions(self, kind: Kind) -> int:
        """How many times kopf has listed or watched a kind, or tried to."""
        return self._questions[kind]

    def failing(self, for_seconds: float = 0.0) -> dict[Kind, str]:
        """Kinds whose last list or watch failed, and has not worked since, for at least so long; with the reason."""
        now = time.monotonic()
        return {kind: why for kind, (since, why) in self._failing.items() if now - since >= for_seconds}


def open_session(
    connection: Connection, sinks: Mapping[Kind, Sink], watches: Watches, echoes: Echoes
) -> aiohttp.ClientSession:
    """A session for kopf. The caller, or kopf itself, closes it."""
    by_path = {kind.path(): sink for kind, sink in sinks.items()}
    return connection.session(
        _response_class(by_path, echoes), (_scope(by_path), _note(by_path, watches), connection.authorize)
    )


def _response_class(sinks: Mapping[str, Sink], echoes: Echoes) -> type[aiohttp.ClientResponse]:
    written = DNSENDPOINT.path("")
    group, _, plural = written.rpartition("/")

    class OurResponse(aiohttp.ClientResponse):
        """Hands the items of a list to their sink instead of to the caller, and keeps echoes from a watch."""

        async def start(self, connection: Any) -> aiohttp.ClientResponse:
            await super().start(connection)
            path = self.url.path
            if "watch" in self.url.query and path.startswith(group) and path.endswith(f"/{plural}"):
                self.content = Filtered(self.content, echoes.is_one)  # type: ignore[assignment]
            return self

        async def json(self, **_: Any) -> Any:
            document = orjson.loads(await self.read())
            sink = sinks.get(self.url.path)
            if sink is not None and isinstance(document, dict) and "items" in document:
                _feed(sink, document, first="continue" not in self.url.query)
            return document

    return OurResponse


def _feed(sink: Sink, document: dict[str, Any], *, first: bool) -> None:
    if first:
        sink.begin()
    sink.page(document["items"] or [])
    document["items"] = []
    meta = document.get("metadata") or {}
    if not meta.get("continue"):
        sink.finish(meta.get("resourceVersion") or "")


def _scope(sinks: Mapping[str, Sink]) -> aiohttp.ClientMiddlewareType:
    async def scope(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        sink = sinks.get(request.url.path)
        if sink is not None and sink.namespace and sink.kind.namespaced:
            request.url = request.url.with_path(sink.kind.path(sink.namespace), keep_query=True)
        return await handler(request)

    return scope


def _note(sinks: Mapping[str, Sink], watches: Watches) -> aiohttp.ClientMiddlewareType:
    kinds = {path: sink.kind for path, sink in sinks.items()}
    kinds |= {sink.kind.path(sink.namespace): sink.kind for sink in sinks.values()}

    async def note(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        kind = kinds.get(request.url.path)
        if kind is None:
            return await handler(request)
        try:
            with watches.asking(kind):
                response = await handler(request)
        except (aiohttp.ClientError, OSError) as e:
            watches.failed(kind, str(e) or type(e).__name__)
            raise
        watches.answered(kind, response)
        if response.status < 400 or response.status == 404:
            watches.heard(kind)
        else:
            watches.failed(kind, f"{response.status} {response.reason}")
        return await _bearable(response)

    return note


async def _bearable(response: aiohttp.ClientResponse) -> aiohttp.ClientResponse:
    """An answer that kopf can cope with; else ClientPayloadError, after which it asks anew, as if it had been cut off.

    A definition that is removed is such a case: until kopf hears of it, it watches what is not there any more.
    """
    if response.status < 400 or response.status >= 500 or response.status in _TRIED_AGAIN:
        return response
    response.close()
    await asyncio.sleep(_PAUSE)
    raise aiohttp.ClientPayloadError(f"{response.status} {response.reason}")
