"""Writes outcomes into the status of DNSEndpoints; only what has changed, and only once an object's fate is known."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zonewright.kube.api import Api, ApiError, Conflict, NotFound
from zonewright.kube.store import ObjectId, Store
from zonewright.model.kind import DNSENDPOINT
from zonewright.model.outcome import Outcome
from zonewright.workqueue import Retry, WorkQueue
from zonewright.zones.announcements import Announcement, announcements
from zonewright.zones.desired import Origin
from zonewright.zones.sharedstatus import Beside, build_beside
from zonewright.zones.status import Line, build, same, tells_less

log = logging.getLogger(__name__)

WORKERS = 16  # as many as the writer has; while that has a crowd to write, it waits (see controller)


class Reporter:
    """A work queue of DNSEndpoints.

    lines    what is to be said of an object, given its outcomes; None while some of it is not known yet
    written  told of the object as the API server has stored it
    announce  told what is worth an Event on an object
    beside   whose the names of an object are, where some are another shard's, which writes into its status as well
    """

    def __init__(
        self,
        api: Api,
        store: Store,
        *,
        lines: Callable[[ObjectId, Mapping[int, Outcome]], Sequence[Line] | None],
        written: Callable[[Mapping[str, Any]], None],
        announce: Callable[[Mapping[str, Any], Sequence[Announcement]], None] = lambda _, __: None,
        beside: Callable[[ObjectId], Beside | None] = lambda _: None,
    ) -> None:
        self._api = api
        self._store = store
        self._lines = lines
        self._written = written
        self._announce = announce
        self._beside = beside
        self._outcomes: dict[ObjectId, dict[int, Outcome]] = {}
        self.queue: WorkQueue[ObjectId] = WorkQueue("reporter", self._write, WORKERS)

    def report(self, outcomes: Mapping[Origin, Outcome]) -> None:
        """What has become of wishes; of objects that are gone, nothing is kept."""
        touched: set[ObjectId] = set()
        for origin, outcome in outcomes.items():
            oid = ObjectId(origin.namespace, origin.name)
            if oid not in self._store:
                continue
            known = self._outcomes.setdefault(oid, {})
            if known.get(origin.entry) != outcome:
                known[origin.entry] = outcome
                touched.add(oid)
        self.queue.add(touched)

    def expect(self, oid: ObjectId, entries: frozenset[int]) -> None:
        """An object has other wishes than before, but for those of these entries: all other outcomes are void."""
        known = self._outcomes.get(oid, {})
        kept = {entry: outcome for entry, outcome in known.items() if entry in entries}
        if kept:
            self._outcomes[oid] = kept
        else:
            self._outcomes.pop(oid, None)
        self.queue.add([oid])

    def outcomes(self) -> Mapping[ObjectId, Mapping[int, Outcome]]:
        """All outcomes that are known."""
        return self._outcomes

    async def _write(self, oid: ObjectId) -> None:
        obj = self._store.get(oid)
        if obj is None:
            self._outcomes.pop(oid, None)
            return
        lines = self._lines(oid, self._outcomes.get(oid, {}))
        if lines is None:
            return
        before = obj.get("status") or {}
        meta = obj["metadata"]
        generation = meta.get("generation") or 0
        beside = self._beside(oid)
        if beside is None:
            status = build(lines, generation, before, time.time())
            known, marks = before, {"uid": meta["uid"]}
        else:
            status = build_beside(lines, beside, generation, before, time.time())
            known, marks = beside.ours(before), {"uid": meta["uid"], "resourceVersion": meta["resourceVersion"]}
        if same(before, status) or tells_less(lines, generation, known):
            return
        try:
            body = {"metadata": marks, "status": status}
            stored = await self._api.patch(DNSENDPOINT, oid.namespace, oid.name, body, "status")
        except NotFound:
            return
        except Conflict:  # another one by now: its own event brings it back here
            if beside is not None:
                await self._read_again(oid)
            return
        except ApiError as e:
            log.info("Status of %s/%s not written: %s", oid.namespace, oid.name, e)
            raise Retry(str(e), e.retry_after) from e
        self._written(stored)
        if worth := announcements(lines, before, status):
            self._announce(obj, worth)

    async def _read_again(self, oid: ObjectId) -> None:
        """Another shard was faster: what it has written must stand. Raises Retry."""
        try:
            self._written(await self._api.get(DNSENDPOINT.path(oid.namespace, oid.name)))
        except NotFound:
            return
        except ApiError as e:
            raise Retry(str(e), e.retry_after) from e
        raise Retry("another shard has written the status meanwhile", 0.0)
