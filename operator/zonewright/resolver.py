"""Looks up names outside of the cluster, again and again, for those who decide without any I/O.

With --resolve-service-load-balancer-hostname the addresses of a load balancer are those of its name. They change
without an event, so every name is looked up in rounds, and a new one at once. A lookup that fails says nothing: what
was known stays (ExternalDNS takes the addresses away).
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

from zonewright.model.hostname import printable

log = logging.getLogger(__name__)

Lookup = Callable[[str], Awaitable[tuple[str, ...]]]

AT_A_TIME = 8  # lookups: each holds a thread
PATIENCE = 15.0  # seconds for one lookup; the C library asks two or three servers, five seconds each


async def look_up(host: str) -> tuple[str, ...]:
    """The addresses of both families, sorted, by the resolver of the process's host. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(sorted({str(address[0]) for *_, address in found}))


class Names(Protocol):
    """Those who follow names."""

    def due(self) -> Collection[str]:
        """All names, at the start of a round."""
        ...

    def unanswered(self) -> Collection[str]:
        """Those that have never been looked up."""
        ...

    def answered(self, host: str, addresses: tuple[str, ...] | None) -> None:
        """A name has been looked up; None: in vain."""
        ...


class Resolver:
    """Keeps answers up to date; `interval` is in seconds."""

    def __init__(self, names: Names, interval: float, lookup: Lookup = look_up) -> None:
        self._names = names
        self._interval = interval
        self._lookup = lookup
        self._free = asyncio.Semaphore(AT_A_TIME)
        self._new = asyncio.Event()
        self._failing: set[str] = set()

    def wake(self) -> None:
        """There are names that have never been looked up."""
        self._new.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._each(self._names.due())
            await self._new_ones(self._interval)

    async def settle(self) -> None:
        """Look up what has never been."""
        self._new.clear()
        await self._each(self._names.unanswered())

    async def _new_ones(self, seconds: float) -> None:
        """For a while, look at nothing but new names."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self._new.wait()
                    await self.settle()
        except TimeoutError:
            pass

    async def _each(self, hosts: Collection[str]) -> None:
        async with asyncio.TaskGroup() as group:
            for host in sorted(hosts):
                group.create_task(self._one(host))

    async def _one(self, host: str) -> None:
        async with self._free:
            try:
                async with asyncio.timeout(PATIENCE):
                    addresses = await self._lookup(host)
            except (OSError, TimeoutError, UnicodeError) as e:  # the last for labels that IDNA does not allow
                self._failed(host, e)
                self._names.answered(host, None)
                return
        self._failing.discard(host)
        self._names.answered(host, addresses)

    def _failed(self, host: str, error: Exception) -> None:
        """Said once, until it works again."""
        level = logging.DEBUG if host in self._failing else logging.WARNING
        self._failing.add(host)
        log.log(
            level, "%s cannot be resolved, what is known of it stays: %s", printable(host), str(error) or "no answer"
        )
