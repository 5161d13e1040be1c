"""The API server as it would be: what is read is real, what is written stays in memory.

Writes are answered as the server would, with uids and resourceVersions that are made up, and newer than all real ones.
So the whole machine runs as it does otherwise, and nothing leaves the process but GET.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from uuid import uuid4

from zonewright.kube.api import Api, Conflict, NotFound, Page
from zonewright.kube.connection import Connection
from zonewright.kube.store import ObjectId, object_id
from zonewright.model.kind import DNSENDPOINT, Kind
from zonewright.model.timestamp import timestamp

Object = dict[str, Any]

MADE_UP = 2**62  # the first resourceVersion of ours: etcd counts from 1, once for each write


class Rehearsal(Api):
    """An `Api` that sends nothing but GET.

    amend    changes DNSEndpoints as they are read: to see what would be if they were so
    writes   how often what would have been written: "create", "patch", "delete"
    created  what exists in memory only
    """

    def __init__(self, connection: Connection, amend: Callable[[Object], Object] = lambda obj: obj) -> None:
        super().__init__(connection)
        self._amend = amend
        self._objects: dict[str, Object] = {}  # by the path of its URL
        self._made = 0
        self.writes: Counter[str] = Counter()
        self.created: set[ObjectId] = set()

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Object:
        found = self._objects.get(path)
        return await super().get(path, params) if found is None else found

    async def pages(self, kind: Kind, namespace: str = "", *, metadata_only: bool = False) -> AsyncIterator[Page]:
        """DNSEndpoints are kept: they are what writes are about."""
        async for page in super().pages(kind, namespace, metadata_only=metadata_only):
            if kind != DNSENDPOINT:
                yield page
                continue
            items = [self._amend(item) for item in page.items]
            self._objects |= {_path(kind, item): item for item in items}
            yield Page(items, page.version, page.last)

    async def create(self, kind: Kind, obj: Mapping[str, Any]) -> Object:
        path = _path(kind, obj)
        if path in self._objects:
            raise Conflict(f"POST {path}", 409, "it is there already")
        now = timestamp(time.time())
        self.created.add(object_id(obj))
        made = {"uid": str(uuid4()), "generation": 1, "creationTimestamp": now}
        return self._stored("create", path, {**obj, "metadata": {**obj["metadata"], **made}})

    async def patch(
        self, kind: Kind, namespace: str, name: str, body: Mapping[str, Any], subresource: str = ""
    ) -> Object:
        path = kind.path(namespace, name)
        before = self._standing(path, (body.get("metadata") or {}).get("uid"))
        after = merged(before, body)
        if after.get("spec") != before.get("spec"):
            generation = int(before["metadata"].get("generation") or 0) + 1
            after = merged(after, {"metadata": {"generation": generation}})
        return self._stored("patch", path, after)

    async def delete(self, kind: Kind, namespace: str, name: str, uid: str) -> None:
        path = kind.path(namespace, name)
        self._standing(path, uid)
        del self._objects[path]
        self.writes["delete"] += 1

    async def _send(self, method: str, path: str, *args: Any, **kwargs: Any) -> Object:
        if method != "GET":  # whatever else is built upon us
            raise AssertionError(f"{method} {path} in a rehearsal")
        return await super()._send(method, path, *args, **kwargs)

    def _standing(self, path: str, uid: str | None) -> Object:
        found = self._objects.get(path)
        if found is None:
            raise NotFound(path, 404, "it is not there")
        if uid and found["metadata"].get("uid") != uid:
            raise Conflict(path, 409, "it is another one")
        return found

    def _stored(self, verb: str, path: str, obj: Object) -> Object:
        self._made += 1
        self.writes[verb] += 1
        stored = merged(obj, {"metadata": {"resourceVersion": str(MADE_UP + self._made)}})
        self._objects[path] = stored
        return stored


def merged(before: Mapping[str, Any], patch: Mapping[str, Any]) -> Object:
    """A JSON merge patch (RFC 7386): null takes away, objects are merged, everything else is replaced."""
    result = dict(before)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            old = result.get(key)
            result[key] = merged(old if isinstance(old, Mapping) else {}, value)
        else:
            result[key] = value
    return result


def _path(kind: Kind, obj: Mapping[str, Any]) -> str:
    meta = obj.get("metadata") or {}
    return kind.path(meta.get("namespace") or "", meta.get("name") or "")
