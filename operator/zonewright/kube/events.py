"""Events (events.k8s.io/v1) on objects: what `kubectl describe` shows of them. For people, so none is worth a delay.

They go out one after the other, at a bounded rate, from a bounded queue; what does not fit is dropped. Where they may
not be written, that is said once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from zonewright.kube.api import Api, ApiError, Forbidden
from zonewright.model.kind import EVENT

log = logging.getLogger(__name__)

CONTROLLER = "zonewright.io/operator"
MAX_NOTE = 1024  # octets, as the API server checks
_QUEUE = 1000
_RATE, _BURST = 10.0, 50.0  # Events per second in the long run, and at once
_OF_THE_CLUSTER = frozenset({"Node"})
_ANYWHERE = "default"  # where Events on objects without namespace are


@dataclass(frozen=True, slots=True)
class Subject:
    """The object that an Event is about; namespace: "" for one of the whole cluster."""

    api_version: str
    kind: str
    namespace: str
    name: str
    uid: str


@dataclass(frozen=True, slots=True)
class Event:
    """reason: one word in CamelCase; note: a sentence"""

    subject: Subject
    warning: bool
    reason: str
    note: str


def body(event: Event, instance: str, at: float, unique: str) -> dict[str, Any]:
    """The object to create. at: seconds since the epoch; unique: makes its name one of its own."""
    subject = event.subject
    return {
        "apiVersion": EVENT.api_version,
        "kind": EVENT.kind,
        "metadata": {"name": f"{subject.name[:200]}.{unique}", "namespace": subject.namespace or _ANYWHERE},
        "eventTime": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "reportingController": CONTROLLER,
        "reportingInstance": instance[:128],
        "action": "Publish",
        "reason": event.reason,
        "type": "Warning" if event.warning else "Normal",
        "note": event.note.encode()[:MAX_NOTE].decode(errors="ignore"),
        "regarding": {
            "apiVersion": subject.api_version,
            "kind": subject.kind,
            "namespace": subject.namespace,
            "name": subject.name,
            "uid": subject.uid,
        },
    }


def concerned(obj: Mapping[str, Any], resource: str) -> Iterator[Subject]:
    """An object itself, and of its owners the one that a resource, "kind/namespace/name", names."""
    meta = obj["metadata"]
    namespace = meta.get("namespace") or ""
    yield Subject(obj["apiVersion"], obj["kind"], namespace, meta["name"], meta["uid"])
    kind, _, rest = resource.partition("/")
    name = rest.rpartition("/")[2]
    for owner in meta.get("ownerReferences") or ():
        if (owner["kind"].lower(), owner["name"]) == (kind.lower(), name):
            within = "" if owner["kind"] in _OF_THE_CLUSTER else namespace
            yield Subject(owner["apiVersion"], owner["kind"], within, owner["name"], owner["uid"])


class Recorder:
    """Writes Events in the background, from `start` to `stop`; `add` never waits and never fails."""

    def __init__(self, api: Api) -> None:
        self.dropped = 0
        self._api = api
        self._instance = os.environ.get("POD_NAME") or socket.gethostname()
        self._queue: deque[Event] = deque()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._forbidden: set[str] = set()  # namespaces
        self._task: asyncio.Task[None] | None = None

    def add(self, event: Event) -> None:
        if event.subject.namespace in self._forbidden or len(self._queue) >= _QUEUE:
            self.dropped += 1
            return
        self._queue.append(event)
        self._idle.clear()
        self._wake.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="events")

    async def drained(self, seconds: float) -> None:
        """Wait until all have been written, or dropped; no longer than so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            pass

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        tokens, filled = _BURST, time.monotonic()
        while True:
            while not self._queue:
                self._idle.set()
                self._wake.clear()
                await self._wake.wait()
            now = time.monotonic()
            tokens, filled = min(_BURST, tokens + (now - filled) * _RATE), now
            if tokens < 1:
                await asyncio.sleep((1 - tokens) / _RATE)
                continue
            tokens -= 1
            await self._write(self._queue.popleft())

    async def _write(self, event: Event) -> None:
        try:
            await self._api.create(EVENT, body(event, self._instance, time.time(), secrets.token_hex(8)))
        except Forbidden as e:
            if not self._forbidden:
                log.warning("Events are not written, the right to create them is missing: %s", e)
            self._forbidden.add(event.subject.namespace)
        except ApiError as e:  # the namespace may be going, or the API server away: the status says it all
            self.dropped += 1
            log.debug("An Event was dropped: %s", e)
