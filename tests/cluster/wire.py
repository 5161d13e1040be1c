"""A way to a server that can be cut off in the middle, without anybody being told: bytes stay where they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlsplit

from cluster.beside import beside
from localcluster.ports import LOOPBACK


class Wire:
    """url: where to go instead of the server's own."""

    def __init__(self, server: str) -> None:
        self.url = ""
        self._server = urlsplit(server)
        self._whole = asyncio.Event()
        self._whole.set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._open: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """From now on nothing goes through; who asks gets no answer."""
        self._call(self._whole.clear)

    def mend(self) -> None:
        """What has been sent arrives, and all goes through."""
        self._call(self._whole.set)

    def _call(self, work: Callable[[], None]) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(work)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._whole.wait()
            far_reader, far_writer = await asyncio.open_connection(self._server.hostname, self._server.port)
            self._open.add(far_writer)
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
            self._open.discard(far_writer)
        except OSError:
            pass
        finally:
            self._open.discard(writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(2**16):
                await self._whole.wait()
                writer.write(data)
                await writer.drain()
        except OSError:  # one of the two ends has gone
            pass
        finally:
            writer.close()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Wire]:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._carry, LOOPBACK, 0)
        self.url = f"{self._server.scheme}://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            self._whole.set()
            for writer in list(self._open):
                writer.transport.abort()
            while self._open:  # noqa: ASYNC110  # nothing tells of it
                await asyncio.sleep(0.01)


@contextmanager
def wire(server: str) -> Iterator[Wire]:
    """On a free port of the loopback, until the end of the block."""
    with beside(lambda: Wire(server).serving()) as made:
        yield made
