"""A provider behind a fence: nothing is changed in DNS by a process that may not write any more.

The fence is asked before a batch, where it is waited for, and again before each request of the batch. A batch that is
under way when the fence closes is broken off: then it is not known how much of it has landed.
"""

from __future__ import annotations

from collections.abc import Sequence

from zonewright.fence import Closed, Fence
from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint
from zonewright.model.zone import Zone
from zonewright.providers.base import Failure, Normalized, Provider, Unavailable
from zonewright.providers.sending import asking
from zonewright.providers.traffic import Traffic


class NotLeading(Unavailable):
    """Another replica leads, or may do so soon. Remedy: none is needed, it publishes the name."""


class Fenced:
    """Implements `providers.base.Provider`."""

    def __init__(self, provider: Provider, fence: Fence) -> None:
        self.name = provider.name
        self.capabilities = provider.capabilities
        self._provider = provider
        self._fence = fence

    @property
    def traffic(self) -> Traffic:
        return self._provider.traffic

    async def zones(self) -> Sequence[Zone]:
        return await self._provider.zones()

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        return await self._provider.records(zone)

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        return await self._provider.normalize(zone, endpoints)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        try:
            async with self._fence.guarded():
                with asking(self._check):
                    self._check()
                    return await self._provider.apply(zone, units)
        except Closed as e:
            raise NotLeading(str(e)) from None

    async def close(self) -> None:
        await self._provider.close()

    def _check(self) -> None:
        try:
            self._fence.check()
        except Closed as e:
            raise NotLeading(str(e)) from None
