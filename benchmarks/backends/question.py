"""A question to a DNS server, as cheap as can be: the same datagram each time, and two looks at the answer."""

from __future__ import annotations

import asyncio
import ipaddress
import struct
from typing import Any

TIMEOUT = 1.0
_A, _IN, _RECURSION = 1, 1, 0x0100


def question(ident: int, hostname: str) -> bytes:
    """A query for the A records of a name (RFC 1035, section 4.1)."""
    header = struct.pack("!6H", ident, _RECURSION, 1, 0, 0, 0)
    labels = b"".join(bytes([len(label)]) + label.encode() for label in hostname.split("."))
    return header + labels + b"\0" + struct.pack("!2H", _A, _IN)


def leads_to(answer: bytes, address: str) -> bool:
    """Whether an answer has one record, with this address."""
    count = struct.unpack("!H", answer[6:8])[0]
    return count == 1 and b"\x00\x04" + ipaddress.IPv4Address(address).packed in answer


class Asker(asyncio.DatagramProtocol):
    """Questions to one server, many at a time."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self._ident = 0
        self.asked = 0

    async def open(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=(host, port))

    def close(self) -> None:
        self._transport.close()

    async def ask(self, hostname: str, address: str) -> bool:
        """Whether the name leads to the address and to no other. A lost answer is a no."""
        self._ident = (self._ident + 1) & 0xFFFF
        ident, future = self._ident, asyncio.get_running_loop().create_future()
        self._waiting[ident] = future
        self._transport.sendto(question(ident, hostname))
        self.asked += 1
        try:
            return leads_to(await asyncio.wait_for(future, TIMEOUT), address)
        except TimeoutError:
            return False
        finally:
            self._waiting.pop(ident, None)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        future = self._waiting.get(int.from_bytes(data[:2], "big"))
        if future and not future.done():
            future.set_result(data)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens: the question runs into its time limit."""
