"""What is asked of a DNS server: to be emptied, to be counted, to be looked at, without costing anybody anything."""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from typing import Literal

Name = Literal["coredns", "pdns", "route53"]


class Backend(abc.ABC):
    """flags, env: for both tools, true once `reset` has returned.

    title        for tables
    least_pause  seconds between two questions whether something has landed
    """

    title: str
    least_pause = 0.001

    @property
    @abc.abstractmethod
    def flags(self) -> Sequence[str]: ...

    @property
    @abc.abstractmethod
    def env(self) -> Mapping[str, str]: ...

    @abc.abstractmethod
    async def reset(self) -> None:
        """Empty it."""

    @abc.abstractmethod
    async def count(self) -> int:
        """How many records there are, ownership among them: another number whenever a name comes or goes."""

    @abc.abstractmethod
    async def revision(self) -> int:
        """Another number after each write."""

    @abc.abstractmethod
    async def landed(self, hostname: str, address: str) -> float | None:
        """When a name began to lead to an address and to nothing else, at the latest; None while it does not."""

    @abc.abstractmethod
    async def calls(self) -> Mapping[str, float]:
        """Requests so far by name, without ours."""

    @abc.abstractmethod
    async def addresses(self) -> Mapping[str, str]:
        """All hostnames and what they lead to, several addresses in one text; costly."""

    @abc.abstractmethod
    async def spoil(self, hostname: str, address: str) -> None:
        """Take a record away, as a person would by hand; its ownership stays."""

    async def close(self) -> None:  # noqa: B027  # most have nothing to do
        """Stop what is not stopped with the control plane."""
