"""Writes outcomes into the status of DNSEndpoints; only what has changed, and only once an object's fate is known."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zonewright.kube.api import Api, ApiError, Conflict, NotFound
from zonewright.kube.packed import unpacked
from zonewright.kube.store import ObjectId, Store
from zonewright.model.kind import DNSENDPOINT
from zonewright.model.outcome import Outcome
from zonewright.workqueue import Retry, WorkQueue
from zonewright.zones.announcements import Announcement, announcements
from zonewright.zones.desired import Origin
from zonewright.zones.status import Line, build, same, tells_less

log = logging.getLogger(__name__)

WORKERS = 8  # fewer than the writer has: a name in DNS comes before the note that it is there


class Reporter:
    """A work queue of DNSEndpoints.

    lines    what is to be said of an object, given its outcomes; None while some of it is not known yet
    written  told of the object as the API server has stored it
    announce  told what is worth an Event on an object
    """

    def __init__(
        self,
        api: Api,
        store: Store,
        *,
        lines: Callable[[ObjectId, Mapping[int, Outcome]], Sequence[Line] | None],
        written: Callable[[Mapping[str, Any]], None],
        announce: Callable[[Mapping[str, Any], Sequence[Announcement]], None] = lambda _, __: None,
    ) -> None:
        self._api = api
        self._store = store
        self._lines = lines
        self._written = written
        self._announce = announce
        self._outcomes: dict[ObjectId, dict[int, Outcome]] = {}
        self.queue: WorkQueue[ObjectId] = WorkQueue("reporter", self._write, WORKERS)

    def report(self, outcomes: Mapping[Origin, Outcome]) -> None:
        """What has become of wishes; of objects that are gone, nothing is kept."""
        touched: set[ObjectId] = set()
        for origin, outcome in outcomes.items():
            oid = ObjectId(origin.namespace, origin.name)
            if self._store.get(oid) is None:
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
        before = unpacked(obj.get("status") or {})
        meta = obj["metadata"]
        generation = meta.get("generation") or 0
        status = build(lines, generation, before, time.time())
        if same(before, status) or tells_less(lines, generation, before):
            return
        try:
            body = {"metadata": {"uid": meta["uid"]}, "status": status}
            stored = await self._api.patch(DNSENDPOINT, oid.namespace, oid.name, body, "status")
        except (NotFound, Conflict):
            return  # deleted, or another one by now: its own event brings it back here
        except ApiError as e:
            log.info("Status of %s/%s not written: %s", oid.namespace, oid.name, e)
            raise Retry(str(e), e.retry_after) from e
        self._written(stored)
        if worth := announcements(lines, before, status):
            self._announce(obj, worth)
