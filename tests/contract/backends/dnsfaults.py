"""Faults on the way to a server that speaks DNS over TCP: passes on all but what it is told to spoil."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import pytest

from localcluster.ports import LOOPBACK

_OPCODE = slice(2, 3)  # of a message without its length (RFC 1035, section 4.1.1)


class DnsFaults:
    """Implements `Faults`. port: where the provider is to go, in place of the server's."""

    def __init__(self, server: int) -> None:
        self.port = 0
        self.requests = 0
        self.writes = 0
        self._server = server
        self._failing = 0
        self._stalling = 0
        self._closing = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def throttle(self, times: int, retry_after: int | None = None) -> None:
        pytest.skip("DNS has no answer that asks to slow down")

    def fail(self, times: int) -> None:
        self._failing += times

    def stall(self, times: int) -> None:
        self._stalling += times

    def heal(self) -> None:
        self._failing = self._stalling = 0

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, and all that is answered to it."""
        try:
            length = await reader.readexactly(2)
            request = await reader.readexactly(int.from_bytes(length, "big"))
            self.requests += 1
            self.writes += request[_OPCODE][0] >> 3 & 15 == dns.opcode.UPDATE
            if self._stalling:
                self._stalling -= 1
                await self._closing.wait()
            elif self._failing:
                self._failing -= 1
                answer = _failure(request)
                writer.write(len(answer).to_bytes(2, "big") + answer)
            else:
                await self._forward(length + request, reader, writer)
        except (OSError, EOFError):
            pass  # who asks gives up now and then
        finally:
            writer.close()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.append(asyncio.create_task(self.connection(reader, writer)))

    async def _forward(self, request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until who asks has enough."""
        answers, asking = await asyncio.open_connection(LOOPBACK, self._server)
        asking.write(request)
        passing = asyncio.create_task(_pass_on(answers, writer))
        try:
            await reader.read()
        finally:
            passing.cancel()
            await asyncio.gather(passing, return_exceptions=True)
            asking.close()

    async def close(self) -> None:
        """Nobody has to wait any longer."""
        self._closing.set()
        await asyncio.gather(*self._tasks)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(2**16):
        writer.write(data)
        await writer.drain()


def _failure(request: bytes) -> bytes:
    """SERVFAIL, without a signature, as of a server that has lost its zone."""
    answer = dns.message.Message(int.from_bytes(request[:2], "big"))
    answer.flags |= dns.flags.QR
    answer.set_opcode(dns.opcode.Opcode(request[_OPCODE][0] >> 3 & 15))
    answer.set_rcode(dns.rcode.SERVFAIL)
    return answer.to_wire()


@asynccontextmanager
async def faulty(server: int, tls: ssl.SSLContext | None = None) -> AsyncIterator[DnsFaults]:
    """On a free port of the loopback, by TLS if given. server: the port of the server, there as well."""
    faults = DnsFaults(server)
    listening = await asyncio.start_server(faults.accept, LOOPBACK, 0, ssl=tls)
    faults.port = listening.sockets[0].getsockname()[1]
    try:
        yield faults
    finally:
        listening.close()
        await faults.close()
