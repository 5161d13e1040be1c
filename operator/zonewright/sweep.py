"""What no event has told: objects that have vanished, and such as have come, while a watch was broken.

A list that comes anew shows what is not there any more. It is not believed at once: an API server that is being
replaced may answer with less than there is (ExternalDNS #414), so each object that is missing is asked for by name
before it counts as gone. And now and then the names and versions alone are listed, to find what a watch has missed.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Mapping

from zonewright.kube.api import Api, ApiError, NotFound
from zonewright.kube.store import ObjectId, Store, object_id, version_of
from zonewright.model.kind import Kind
from zonewright.workqueue import Retry, WorkQueue

log = logging.getLogger(__name__)

WORKERS = 8  # requests in flight


class Sweep:
    """A work queue of objects to ask for by name, and a look at everything every so often.

    stores   by kind, with the namespace that each of them is limited to
    readable kinds that can be listed at present
    changed  told of objects whose store has changed
    interval seconds between two looks; 0 is never
    """

    def __init__(
        self,
        api: Api,
        stores: Mapping[Kind, tuple[Store, str]],
        interval: float,
        *,
        readable: Callable[[], Iterable[Kind]],
        changed: Callable[[Kind, Iterable[ObjectId]], None],
    ) -> None:
        self._api = api
        self._stores = stores
        self._interval = interval
        self._readable = readable
        self._changed = changed
        self.queue: WorkQueue[tuple[Kind, ObjectId]] = WorkQueue("sweep", self._ask, WORKERS)

    def doubt(self, kind: Kind, oids: Iterable[ObjectId]) -> None:
        """Objects that are not in a list any more, or that may have changed: ask for each."""
        self.queue.add((kind, oid) for oid in oids)

    async def run(self) -> None:
        """Look at everything every so often, until cancelled."""
        while self._interval > 0:
            await asyncio.sleep(self._interval * random.uniform(0.9, 1.1))  # noqa: S311  # replicas should not meet
            for kind in sorted(self._readable()):
                await self._look(kind)

    async def _look(self, kind: Kind) -> None:
        store, namespace = self._stores[kind]
        listed: dict[ObjectId, int] = {}
        version = 0
        try:
            async for page in self._api.pages(kind, namespace, metadata_only=True):
                listed |= {object_id(item): version_of(item) for item in page.items}
                version = max(version, int(page.version) if page.version.isdigit() else 0)
        except ApiError as e:
            log.debug("%s cannot be looked at: %s", kind.plural, e)
            return
        if strange := store.strange(listed, version):
            log.info("%d of %s are not as they were last seen: each is asked for", len(strange), kind.plural)
            self.doubt(kind, strange)

    async def _ask(self, key: tuple[Kind, ObjectId]) -> None:
        kind, oid = key
        store, _ = self._stores[kind]
        known = store.version(oid)
        try:
            obj = await self._api.get(kind.path(oid.namespace, oid.name))
        except NotFound:
            # While the question was under way, an event may have told of another one of that name.
            if store.version(oid) == known and store.forget(oid):
                log.info("%s %s is gone, which no event told", kind.kind, "/".join(filter(None, oid)))
                self._changed(kind, [oid])
        except ApiError as e:
            raise Retry(str(e), e.retry_after) from e
        else:
            if store.put(obj):
                self._changed(kind, [oid])
