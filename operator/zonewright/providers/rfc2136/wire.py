"""One exchange of messages over TCP or TLS, and whole zone transfers (RFC 5936). Raises ProviderError only."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dns.exception
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdatatype
import dns.tsig
import dns.xfr
import dns.zone

from zonewright.model.hostname import printable
from zonewright.providers.base import Changed, Denied, ProviderError, Rejected, Unavailable
from zonewright.providers.rfc2136.connection import Connection
from zonewright.providers.traffic import Traffic

log = logging.getLogger(__name__)

_DENIED = frozenset({dns.rcode.REFUSED, dns.rcode.NOTAUTH, dns.rcode.BADSIG, dns.rcode.BADKEY, dns.rcode.BADTIME})
_CHANGED = frozenset({dns.rcode.NXDOMAIN, dns.rcode.YXDOMAIN, dns.rcode.YXRRSET, dns.rcode.NXRRSET})
_REJECTED = frozenset({dns.rcode.FORMERR, dns.rcode.NOTZONE, dns.rcode.NOTIMP})
# What is wrong with a message, and not with one record in it.
_BROKEN = (
    dns.message.ShortHeader,
    dns.message.TrailingJunk,
    dns.message.BadTSIG,
    dns.message.UnknownTSIGKey,
    dns.tsig.BadTime,
    dns.tsig.BadSignature,
    dns.tsig.BadKey,
    dns.tsig.BadAlgorithm,
    dns.tsig.PeerError,
)


class Refused(Denied):
    """The key is good, and what is asked is not allowed: that may be one name or type of many."""


class Unreached(Unavailable):
    """Nothing was sent."""


class Server:
    """One server. timeout: seconds for one exchange, or between two messages of a transfer."""

    def __init__(self, host: str, connection: Connection, traffic: Traffic, timeout: float = 10.0) -> None:
        self.host = host
        self._connection = connection
        self._traffic = traffic
        self._timeout = timeout

    async def transfer(self, zone: str) -> dns.zone.Zone:
        """All of a zone. One that breaks off is an error, never a smaller zone."""
        found = dns.zone.Zone(dns.name.from_text(zone), relativize=False)
        what = f"the transfer of {zone}"
        try:
            async with self._stream(what) as (reader, writer):
                unreadable = await self._receive(found, what, reader, writer)
        except dns.xfr.TransferError as e:
            raise refusal(what, self.host, e.rcode) from None
        except dns.tsig.PeerError as e:
            raise Denied(f"{self.host} refuses the key for {what}: {type(e).__name__}") from None
        except (dns.exception.DNSException, ValueError) as e:
            raise Unavailable(f"{self.host} broke off {what}: {printable(str(e) or type(e).__name__, 200)}") from None
        if found.get_rdataset(dns.name.from_text(zone), dns.rdatatype.SOA) is None:
            raise Unavailable(f"{self.host} broke off {what}: there is no SOA in it")
        if unreadable:
            log.warning("%d records make no sense and are left alone: %s", unreadable, zone, extra={"zone": zone})
        return found

    async def _receive(
        self, zone: dns.zone.Zone, what: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> int:
        """Fills a zone; returns how many records make no sense."""
        query, serial = dns.xfr.make_query(zone)
        self._sign(query)
        await self._send(writer, query)
        with dns.xfr.Inbound(zone, dns.rdatatype.AXFR, serial) as inbound:
            done, context, unreadable = False, None, 0
            while not done:
                async with asyncio.timeout(self._timeout):
                    answer = _parsed(await _read(reader), query, context)
                if answer.rcode() != dns.rcode.NOERROR:
                    raise refusal(what, self.host, answer.rcode())
                first, context = context is None, answer.tsig_ctx
                done = inbound.process_message(answer)
                unreadable += len(answer.errors)
                if query.keyring and (first or done) and not answer.had_tsig:  # RFC 8945, section 5.3.1
                    raise ValueError("missing TSIG")
                await asyncio.sleep(0)
        return unreadable

    async def update(self, message: dns.message.Message, zone: str) -> None:
        """All of it lands, or nothing; after Unavailable that is not known."""
        self._sign(message)
        what = f"the update of {zone}"
        try:
            async with self._stream(what) as (reader, writer), asyncio.timeout(self._timeout):
                await self._send(writer, message)
                answer = _parsed(await _read(reader), message, None)
        except dns.exception.TooBig:
            raise Rejected("it does not fit into one message of DNS, of 65,535 octets") from None
        except dns.tsig.PeerError as e:
            raise Denied(f"{self.host} refuses the key for {what}: {type(e).__name__}") from None
        except (dns.exception.DNSException, ValueError) as e:
            raise Unavailable(f"{self.host}'s answer to {what} makes no sense: {type(e).__name__}") from None
        if answer.rcode() != dns.rcode.NOERROR:
            raise refusal(what, self.host, answer.rcode())

    def _sign(self, message: dns.message.Message) -> None:
        if self._connection.key is not None:
            message.use_tsig(self._connection.key)

    async def _send(self, writer: asyncio.StreamWriter, message: dns.message.Message) -> None:
        wire = message.to_wire(max_size=65_535)
        self._traffic.sent()
        writer.write(len(wire).to_bytes(2, "big") + wire)
        await writer.drain()

    @asynccontextmanager
    async def _stream(self, what: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        try:
            async with asyncio.timeout(self._timeout):
                reader, writer = await asyncio.open_connection(
                    self.host, self._connection.port, ssl=self._connection.tls
                )
        except (TimeoutError, OSError) as e:
            raise Unreached(self._silence(what, e)) from None
        try:
            yield reader, writer
        except (TimeoutError, OSError, EOFError) as e:
            raise Unavailable(self._silence(what, e)) from None
        finally:
            writer.close()

    def _silence(self, what: str, error: Exception) -> str:
        why = "time-out" if isinstance(error, TimeoutError) else printable(str(error) or type(error).__name__, 200)
        return f"{self.host}:{self._connection.port} does not answer to {what}: {why}"


async def _read(reader: asyncio.StreamReader) -> bytes:
    """One message (RFC 1035, section 4.2.2)."""
    length = int.from_bytes(await reader.readexactly(2), "big")
    return await reader.readexactly(length)


def _parsed(wire: bytes, query: dns.message.Message, context: object) -> dns.message.Message:
    """A message that is signed where ours was; an error may come without.

    In a transfer a record that makes no sense to us is left out, not all the zone with it: nothing is ever written over
    it, as the prerequisites of an update would not hold.
    """
    transfer = query.opcode() == dns.opcode.QUERY
    answer = dns.message.from_wire(
        wire,
        keyring=query.keyring,
        request_mac=query.mac,
        xfr=transfer,
        origin=None,
        tsig_ctx=context,  # type: ignore[arg-type]
        multi=transfer,
        one_rr_per_rrset=transfer,
        continue_on_error=transfer,
    )
    if transfer:
        _check(answer, int.from_bytes(wire[6:8], "big"))
    if not transfer and query.keyring and not answer.had_tsig and answer.rcode() == dns.rcode.NOERROR:
        raise ValueError("the answer is not signed")
    if answer.id != query.id:
        raise ValueError("the answer is to another question")
    return answer


def _check(answer: dns.message.Message, records: int) -> None:
    """records: how many the message says that it has"""
    errors = [one.exception for one in answer.errors]
    for error in errors:
        if isinstance(error, _BROKEN):
            raise error
    if len(answer.answer) + len(errors) != records:
        raise ValueError("a message is cut off")


def refusal(what: str, host: str, rcode: int) -> ProviderError:
    """What a response code means (RFC 2136, section 2.2; RFC 8945, section 5.2)."""
    text = f"{host} answered {dns.rcode.to_text(dns.rcode.Rcode(rcode))} to {what}"
    if rcode in _DENIED:
        told = f"{text}: it has to be allowed for the key"
        return Refused(told) if rcode == dns.rcode.REFUSED else Denied(told)
    if rcode in _CHANGED:
        return Changed(text)
    return Rejected(text) if rcode in _REJECTED else Unavailable(text)
