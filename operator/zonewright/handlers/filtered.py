"""A watch without the lines that nobody needs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp


class Filtered:
    """The content of a watch, by whole lines, without those that `dropped` tells. Of a StreamReader kopf uses
    `iter_chunked` alone; all else is passed on, for aiohttp itself."""

    def __init__(self, content: aiohttp.StreamReader, dropped: Callable[[bytes], bool]) -> None:
        self._content = content
        self._dropped = dropped

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        rest = b""
        async for chunk in self._content.iter_chunked(size):
            *lines, rest = (rest + chunk).split(b"\n") if b"\n" in chunk else (rest + chunk,)
            if kept := [line for line in lines if not self._dropped(line)]:
                yield b"\n".join([*kept, b""])
        if rest:
            yield rest
