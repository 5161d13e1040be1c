"""Brings the DNSEndpoint of a slot in line with its claims: create, patch, delete.

The API server is asked only when something differs. Its answer goes into the store at once, so nobody waits for the
event. What people wrote is never overwritten: where such an object has the name, ours takes another.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from zonewright.claims.book import Book, Slot
from zonewright.claims.generated import annotations_to_write, differs, fallback_name, manifest, object_name
from zonewright.claims.holding import Patience
from zonewright.claims.objects import Objects
from zonewright.clock import epoch
from zonewright.kube.api import Api, ApiError, Conflict, Invalid, NotFound
from zonewright.kube.store import object_id
from zonewright.model.hostname import printable
from zonewright.model.kind import DNSENDPOINT
from zonewright.workqueue import Retry, WorkQueue

log = logging.getLogger(__name__)

WORKERS = 12  # requests in flight: 4 to 16 is the knee of the API server, beyond only the tail grows


class Writer:
    """A work queue of slots.

    complete  whether every source has been listed: before, nothing is deleted
    ours      whether an object that nobody asks for is ours to delete
    written   told of each object that the API server has confirmed
    deleted   told of each object that is gone
    settled   told of each slot that is in line with its claims
    patience  for how long record sets stay whose targets are missing
    confirm   asked before an object is written anew that has vanished: drops claims whose objects are gone as well
    mine      whether the objects of a hostname are ours to write and delete, and not another shard's; None is all
    """

    def __init__(
        self,
        api: Api,
        book: Book,
        objects: Objects,
        owner_id: str,
        *,
        complete: Callable[[], bool],
        ours: Callable[[Mapping[str, Any]], bool],
        written: Callable[[Mapping[str, Any]], None],
        deleted: Callable[[Mapping[str, Any]], None],
        settled: Callable[[Slot], None],
        confirm: Callable[[Slot], Awaitable[None]],
        patience: Patience,
        mine: Callable[[str], bool] | None = None,
    ) -> None:
        self._api = api
        self._book = book
        self._objects = objects
        self._owner_id = owner_id
        self._complete = complete
        self._ours = ours
        self._written = written
        self._deleted = deleted
        self._settled = settled
        self._confirm = confirm
        self._patience = patience
        self._mine = mine
        self._ends: dict[Slot, asyncio.TimerHandle] = {}  # of the patience with each slot whose targets are missing
        self.queue: WorkQueue[Slot] = WorkQueue("writer", self._settle, WORKERS)

    async def _settle(self, slot: Slot) -> None:
        """Raises Retry when the API server does not do its part."""
        if self._mine is not None and not self._mine(slot.hostname):
            self._wait_no_more(slot)
            return
        try:
            await self._bring_in_line(slot)
        except ApiError as e:
            level = logging.WARNING if isinstance(e, Invalid) else logging.INFO
            log.log(level, "DNSEndpoint for %s not written: %s", printable(slot.hostname), e)
            raise Retry(str(e), e.retry_after) from e
        self._settled(slot)

    async def _bring_in_line(self, slot: Slot) -> None:
        claims = self._book.at(slot)
        existing = self._objects.of_slot(slot)
        self._wait_no_more(slot)
        if not claims:
            for obj in existing:
                if self._complete() and self._ours(obj):
                    await self._delete(obj)
            return
        if not existing:
            await self._confirm(slot)
            if self._book.at(slot):
                await self._create(slot)
            return
        keep, *surplus = existing
        wanted, until = self._patience.manifest(slot, claims, self._owner_id, keep, epoch())
        if until is not None:
            self._look_again(slot, until)
        if differs(keep, wanted):
            await self._patch(keep, wanted)
        for obj in surplus:
            await self._delete(obj)

    def _wait_no_more(self, slot: Slot) -> None:
        if (end := self._ends.pop(slot, None)) is not None:
            end.cancel()

    def _look_again(self, slot: Slot, until: float) -> None:
        """When the targets are still missing then, they are let go; until: seconds since the epoch."""
        seconds = max(0.0, until - epoch()) + 0.01
        self._ends[slot] = asyncio.get_running_loop().call_later(seconds, self.queue.add, [slot])

    @property
    def waited_for(self) -> int:
        """Names that keep targets which are missing for now."""
        return len(self._ends)

    async def _create(self, slot: Slot) -> None:
        """Under the hostname; where that name is taken, under one with a hash."""
        claims = self._book.at(slot)
        names = object_name(slot.hostname), fallback_name(slot.hostname, self._owner_id)
        for name in names:
            try:
                created = await self._api.create(DNSENDPOINT, manifest(slot, claims, self._owner_id, name))
            except Conflict:
                if await self._adopt(slot, name):
                    return
                continue
            log.debug("DNSEndpoint created: %s/%s", slot.namespace, name)
            self._written(created)
            return
        raise Retry(f"the names {names[0]} and {names[1]} are both taken in {slot.namespace}")

    async def _adopt(self, slot: Slot, name: str) -> bool:
        """An object that has the name: whether it is ours after all, written by a run that did not see the answer."""
        try:
            obj = await self._api.get(DNSENDPOINT.path(slot.namespace, name))
        except NotFound:
            raise Retry(f"{name} was there and is gone") from None
        self._written(obj)
        ours = any(object_id(o) == object_id(obj) for o in self._objects.of_slot(slot))
        if ours:
            await self._bring_in_line(slot)
        return ours

    async def _patch(self, obj: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        meta = obj["metadata"]
        marks = {"annotations": annotations_to_write(obj, wanted), "uid": meta["uid"]}
        body = {"metadata": {**wanted["metadata"], **marks}, "spec": wanted["spec"]}
        try:
            patched = await self._api.patch(DNSENDPOINT, meta["namespace"], meta["name"], body)
        except (NotFound, Conflict):
            self._deleted(obj)
            raise Retry(f"{meta['name']} has been deleted meanwhile", 0.0) from None
        log.debug("DNSEndpoint patched: %s/%s", meta["namespace"], meta["name"])
        self._written(patched)

    async def _delete(self, obj: Mapping[str, Any]) -> None:
        meta = obj["metadata"]
        try:
            await self._api.delete(DNSENDPOINT, meta["namespace"], meta["name"], meta["uid"])
        except (NotFound, Conflict):  # gone, or another one has its name: the aim is reached
            pass
        log.debug("DNSEndpoint deleted: %s/%s", meta["namespace"], meta["name"])
        self._deleted(obj)
