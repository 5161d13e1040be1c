"""Kinds that the cluster has and that kopf does not see: they have come since the start, or have gone and come back.

kopf follows one version of a kind, so that an older one means nothing to it. It looks for kinds when a definition
changes, which the API server may tell before it serves the kind; and never where it may not watch definitions.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from zonewright.handlers.session import Watches
from zonewright.kube import preflight
from zonewright.kube.api import Api, ApiError
from zonewright.model.kind import Kind

log = logging.getLogger(__name__)


async def await_overlooked(api: Api, kinds: Iterable[Kind], watches: Watches, pause: float) -> frozenset[Kind]:
    """Returns once some of the kinds are served and kopf does not watch them: those kinds, as they are served.

    pause  seconds between looks, more than kopf ever pauses between two tries; what is served at two looks in a row,
           and was not asked for at or between them, is overlooked
    """
    kinds = frozenset(kinds)
    before: frozenset[tuple[Kind, int]] = frozenset()
    while True:
        await asyncio.sleep(pause)
        unwatched = {kind: watches.questions(kind) for kind in kinds if not watches.watched(kind)}
        try:
            older = await preflight.older_versions(api, unwatched)
            served = await preflight.installed(api, unwatched)
        except ApiError as e:
            log.debug("What kinds the cluster has is not known at present: %s", e)
            continue
        unasked = frozenset((kind, unwatched[kind]) for kind in served)
        if found := frozenset([*older.values(), *(kind for kind, _ in before & unasked)]):
            return found
        before = unasked
