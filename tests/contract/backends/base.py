"""What a provider is tested against: a server with a zone of the test's own, and the faults in front of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import pytest

from zonewright.model.endpoint import Endpoint
from zonewright.providers.base import Provider


class Faults(Protocol):
    """Between a provider and its server.

    requests  how many have been made, those among them that were answered wrongly too
    writes    how many of them would have changed records
    """

    requests: int
    writes: int

    def throttle(self, times: int, retry_after: int | None = None) -> None:
        """So many requests are answered as the server does where there are too many; retry_after: in seconds."""
        ...

    def fail(self, times: int) -> None:
        """So many requests are answered with an error of the server's own, and change nothing."""
        ...

    def stall(self, times: int) -> None:
        """So many requests are never answered, and change nothing."""
        ...

    def heal(self) -> None:
        """All is well from now on."""
        ...


class Backend(Protocol):
    """A server that holds one zone of this test alone, empty at first.

    faults  None where there is nothing between provider and server, as in memory
    secret  what no error and no log may show; "" where there is none
    answers_wildcards  whether the DNS that it serves, if any, knows wildcards
    """

    @property
    def faults(self) -> Faults | None: ...
    @property
    def secret(self) -> str: ...
    @property
    def answers_wildcards(self) -> bool: ...

    def provider(self, *, wrong_secret: bool = False, patience: float = 30.0) -> Provider:
        """A provider for the zone. wrong_secret: with credentials that the server refuses; where it knows none, not
        asked. patience: seconds after which a request is given up.
        """
        ...

    async def write(self, endpoint: Endpoint) -> None:
        """Somebody else creates or replaces a record set, past the provider and past the faults."""
        ...

    async def remove(self, endpoint: Endpoint) -> None:
        """Somebody else deletes a record set, likewise."""
        ...

    async def vanish(self) -> None:
        """Somebody deletes the zone."""
        ...

    def refused(self) -> Endpoint | None:
        """A record set that the provider sends and the server refuses; None where there is none such."""
        ...

    async def answer(self, name: str, rtype: str) -> set[str] | None:
        """What DNS answers, by a real question: targets in the spelling of `Endpoint`; None where nobody serves DNS."""
        ...


# Makes the backend of a domain; the request is for fixtures, which only the backend that is chosen needs.
Maker = Callable[[str, pytest.FixtureRequest], AbstractAsyncContextManager[Backend]]
