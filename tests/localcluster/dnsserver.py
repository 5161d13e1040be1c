"""Asking a DNS server, as its clients do."""

from __future__ import annotations

from dataclasses import dataclass

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.rdtypes.ANY.TXT

TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered to one question.

    rcode    NOERROR, NXDOMAIN, SERVFAIL ... (RFC 6895, section 2.3)
    records  of the type that was asked for, as in a zone file but without final dots and quotes; sorted
    ttl      seconds; None without records
    aliases  names that CNAME records lead to before `records` are reached, in that order
    """

    rcode: str
    records: tuple[str, ...]
    ttl: int | None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DnsServer:
    """A CoreDNS on the loopback, and the etcd that it reads.

    etcd  URL of the store (ETCD_URLS of the provider `coredns`)
    path  below which it looks for records, such as /skydns
    """

    host: str
    port: int
    etcd: str
    path: str

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def query(self, name: str, rtype: str = "A", timeout: float = TIMEOUT) -> Answer:
        """Ask for `name`. Raises OSError (also for a time-out) when there is no answer."""
        question = dns.message.make_query(name, rtype)
        try:
            response, _ = dns.query.udp_with_fallback(question, self.host, timeout=timeout, port=self.port)
        except dns.exception.Timeout as error:
            raise TimeoutError(f"no answer from {self.address} to {name} {rtype}") from error
        return parse(response, rtype)


def parse(response: dns.message.Message, rtype: str) -> Answer:
    wanted = dns.rdatatype.from_text(rtype)
    matching = [rrset for rrset in response.answer if rrset.rdtype == wanted]
    records = tuple(sorted(_text(rdata) for rrset in matching for rdata in rrset))
    ttl = min((rrset.ttl for rrset in matching), default=None)
    return Answer(dns.rcode.to_text(response.rcode()), records, ttl, _aliases(response, wanted))


def _aliases(response: dns.message.Message, wanted: dns.rdatatype.RdataType) -> tuple[str, ...]:
    cname = dns.rdatatype.CNAME
    if wanted == cname:
        return ()
    return tuple(_text(rdata) for rrset in response.answer if rrset.rdtype == cname for rdata in rrset)


def _text(rdata: dns.rdata.Rdata) -> str:
    if isinstance(rdata, dns.rdtypes.ANY.TXT.TXT):
        return b"".join(rdata.strings).decode()
    return rdata.to_text().removesuffix(".")
