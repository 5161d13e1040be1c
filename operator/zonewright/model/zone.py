"""A zone of a provider."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Visibility(StrEnum):
    """Who can resolve names of a zone."""

    PUBLIC = "public"
    PRIVATE = "private"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Zone:
    """name: spelled as hostnames are, "" for a provider that holds any name; id: the provider's own, unique in it."""

    name: str
    id: str
    visibility: Visibility = Visibility.UNKNOWN

    def __str__(self) -> str:
        return self.name or "."
