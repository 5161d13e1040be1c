"""kopf, embedded: it discovers kinds, lists, watches, reconnects, and calls one handler per kind."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import kopf

from zonewright.handlers.session import Sink, Watches, open_session
from zonewright.kube.connection import Connection
from zonewright.kube.echoes import Echoes
from zonewright.model.kind import Kind

log = logging.getLogger(__name__)

_KOPF = Path(kopf.__file__).parent
LONGEST_END = 8.0  # seconds for kopf to come to its end; what it is given itself adds up to less

Event = Callable[[Kind, str, Mapping[str, Any]], None]


class EndlessBackoff:
    """Seconds between tries of a request, without an end: an exhausted retry would end the whole operator."""

    def __iter__(self) -> Iterator[float]:
        yield from (1.0, 2.0, 5.0, 10.0)
        while True:
            yield 20.0


class NoDiffBase(kopf.DiffBaseStorage):
    """Keeps no last-handled state: there are only event handlers, and building it costs 0.1 ms per event."""

    def build(self, **_: Any) -> Any:
        return {}

    def fetch(self, **_: Any) -> None:
        return None

    def store(self, **_: Any) -> None:
        return None


class NoProgress(kopf.ProgressStorage):
    """Keeps no progress: nothing is ever written to an object that is watched."""

    def fetch(self, **_: Any) -> None:
        return None

    def store(self, **_: Any) -> None:
        return None

    def purge(self, **_: Any) -> None:
        return None

    def touch(self, **_: Any) -> None:
        return None

    def clear(self, *, essence: Any) -> Any:
        return essence


def settings(*, scanning: bool) -> kopf.OperatorSettings:
    """kopf's settings; each with its measured reason in docs/decisions/0001-kopf.md."""
    result = kopf.OperatorSettings()
    result.persistence.diffbase_storage = NoDiffBase()
    result.persistence.progress_storage = NoProgress()
    result.posting.enabled = False
    result.queueing.idle_timeout = 0.5
    result.queueing.exit_timeout = 2.0
    result.watching.chunk_size = 500
    result.watching.server_timeout = 300
    result.networking.request_timeout = 60
    result.networking.error_backoffs = EndlessBackoff()
    result.process.ultimate_exiting_timeout = None
    result.scanning.disabled = not scanning
    return result


def register(registry: kopf.OperatorRegistry, kind: Kind, seen: Event) -> None:
    """One handler for all events of a kind."""

    @kopf.on.event(
        group=kind.group, version=kind.version, plural=kind.plural, id=f"seen-{kind.plural}", registry=registry
    )
    async def object_seen(event: kopf.RawEvent, **_: Any) -> None:
        """`async` without an await on purpose: kopf runs plain functions in a thread, at a cost per event."""
        seen(kind, event["type"] or "", event["object"])


async def watch(
    connection: Connection,
    sinks: Mapping[Kind, Sink],
    seen: Event,
    watches: Watches,
    stop: asyncio.Event,
    started: asyncio.Event,
    *,
    scanning: bool,
    echoes: Echoes | None = None,
) -> None:
    """Watch all kinds of `sinks` until `stop` is set; `started` is set when kopf has taken the signals.

    Raises what ends kopf itself, which should never happen.
    """
    known = Echoes() if echoes is None else echoes
    registry = kopf.OperatorRegistry()
    for kind in sinks:
        register(registry, kind, seen)

    @kopf.on.login(registry=registry)
    async def login(**_: Any) -> kopf.AiohttpSession:
        """Called again when the API server refuses the credentials: tokens are read afresh with each request."""
        session = open_session(connection, sinks, watches, known)
        return kopf.AiohttpSession(server=connection.server, aiohttp_session=session)

    tasks = await kopf.spawn_tasks(
        registry=registry,
        settings=settings(scanning=scanning),
        clusterwide=True,
        standalone=True,
        stop_flag=stop,
        ready_flag=started,
    )
    await _until_ended(tasks)


async def _until_ended(tasks: Collection[asyncio.Task[Any]]) -> None:
    """kopf ends with the first of its tasks. Its own way to end (kopf.run_tasks) takes everything in the loop with it
    that has begun after it, our workers and the renewal of our lease as well.

    One of its tasks that has failed may leave others that wait for ever: they are not waited for.
    """
    try:
        done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
    if others:
        await asyncio.wait(others, timeout=LONGEST_END)
    if left := {task for task in asyncio.all_tasks() if _is_kopfs(task)}:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=1.0)
    for task in done:
        await task


def _is_kopfs(task: asyncio.Task[Any]) -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and Path(code.co_filename).is_relative_to(_KOPF)
