"""A way to a server that can be cut off in the middle, without anybody being told: bytes stay where they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
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
        self._tasks: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """From now on nothing goes through; who asks gets no answer."""
        self._call(self._whole.clear)

    def mend(self) -> None:
        """What has been sent arrives, and all goes through."""
        self._call(self._whole.set)

    def _call(self, work: object) -> None:
        assert self._loop is not None
        assert callable(work)
        self._loop.call_soon_threadsafe(work)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._whole.wait()
            far_reader, far_writer = await asyncio.open_connection(self._server.hostname, self._server.port)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._pump(reader, far_writer))
                    group.create_task(self._pump(far_reader, writer))
            finally:
                far_writer.close()
        except* OSError:
            pass
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(2**16):
            await self._whole.wait()
            writer.write(data)
            await writer.drain()
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
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)


@contextmanager
def wire(server: str) -> Iterator[Wire]:
    """On a free port of the loopback, until the end of the block."""
    with beside(lambda: Wire(server).serving()) as made:
        yield made
