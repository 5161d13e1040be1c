"""What a source may ask about other objects while it reads one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from zonewright.sources.fields import Object


class Lookups(Protocol):
    """Answers from stores that are complete: None means that there is no such object."""

    def gateway(self, namespace: str, name: str) -> Object | None:
        """A Gateway, projected by `gateway.project` or whole."""
        ...

    def namespace_labels(self, name: str) -> Mapping[str, str] | None:
        """The labels of a namespace."""
        ...
