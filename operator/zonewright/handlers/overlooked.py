"""Kinds that have come since the start, and that kopf does not see.

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


async def await_overlooked(api: Api, absent: Iterable[Kind], watches: Watches, pause: float) -> frozenset[Kind]:
    """Returns once kinds that were absent are served and kopf does not ask for them: those kinds, as they are served.

    pause  seconds between looks; what is served at two in a row, and was not asked for until then, is overlooked
    """
    before: frozenset[Kind] = frozenset()
    while True:
        await asyncio.sleep(pause)
        try:
            older = await preflight.older_versions(api, absent)
            unasked = await preflight.installed(api, (kind for kind in absent if not watches.asked_for(kind)))
        except ApiError as e:
            log.debug("What kinds the cluster has is not known at present: %s", e)
            continue
        if found := frozenset({*older.values(), *(before & unasked)}):
            return found
        before = unasked
