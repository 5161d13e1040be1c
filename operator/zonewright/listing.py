"""Lists by our own requests: for --once, and for kinds whose lists kopf has not brought us."""

from __future__ import annotations

import logging
from typing import Any, Protocol

from zonewright.kube.api import Api, ApiError
from zonewright.model.kind import Kind

log = logging.getLogger(__name__)


class Sink(Protocol):
    """Takes the list of one kind, page by page."""

    namespace: str

    def begin(self) -> None: ...

    def page(self, items: list[dict[str, Any]]) -> None: ...

    def finish(self, version: str) -> None: ...


async def read(api: Api, kind: Kind, sink: Sink) -> bool:
    """List a kind into its store; False when that failed."""
    sink.begin()
    try:
        async for page in api.pages(kind, sink.namespace):
            sink.page(page.items)
            if page.last:
                sink.finish(page.version)
    except ApiError as e:
        log.error("%s cannot be listed: %s", kind.plural, e)
        return False
    return True
