from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.handlers.filtered import Filtered


class Chunks:
    """A content that comes in pieces."""

    total_bytes = 17

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks

    async def iter_chunked(self, _: int) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk


async def passed(*chunks: bytes, drop: bytes = b"no") -> bytes:
    content = cast("aiohttp.StreamReader", Chunks(*chunks))
    return b"".join([part async for part in Filtered(content, lambda line: line == drop).iter_chunked(1024)])


async def test_whole_lines_are_dropped_wherever_a_chunk_ends() -> None:
    assert await passed(b"one\nn", b"o\ntw", b"o\nno\n", b"three") == b"one\ntwo\nthree"


@given(st.lists(st.sampled_from([b"a", b"no", b"bb", b""]), max_size=8), st.integers(1, 5))
@pytest.mark.asyncio
async def test_all_others_pass_unchanged(lines: list[bytes], size: int) -> None:
    text = b"".join(line + b"\n" for line in lines)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert await passed(*pieces) == b"".join(line + b"\n" for line in lines if line != b"no")


async def test_a_chunk_of_echoes_alone_is_no_chunk() -> None:
    content = cast("aiohttp.StreamReader", Chunks(b"no\nno\n"))
    assert [part async for part in Filtered(content, lambda line: line == b"no").iter_chunked(1024)] == []


def test_all_else_of_the_content_is_there() -> None:
    assert Filtered(cast("aiohttp.StreamReader", Chunks()), bool).total_bytes == 17
