"""A part of an object that is kept for long and read seldom, as JSON instead of as a tree of Python objects.

A status of 1 kB takes some 5 kB as dictionaries, and there is one for each hostname.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

_EMPTY = b"{}"


class Packed(Mapping[str, Any]):
    """Reads as the mapping does; each look parses it anew (10 µs per kB): who looks more than once, unpacks it."""

    __slots__ = ("_data",)

    def __init__(self, mapping: Mapping[str, Any]) -> None:
        dumped = orjson.dumps(mapping, option=orjson.OPT_SORT_KEYS) if mapping else _EMPTY
        self._data = bytes(memoryview(dumped))  # orjson leaves room for twice as much

    def unpacked(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self._data)
        return found

    def __getitem__(self, key: str) -> Any:
        return self.unpacked()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.unpacked())

    def __len__(self) -> int:
        return len(self.unpacked())

    def __bool__(self) -> bool:
        return self._data != _EMPTY

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Packed):
            return self._data == other._data
        return self.unpacked() == other if isinstance(other, Mapping) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # like a dict


def unpacked(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same, for many looks."""
    return mapping.unpacked() if isinstance(mapping, Packed) else mapping
