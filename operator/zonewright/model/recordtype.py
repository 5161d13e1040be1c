"""The types of record sets."""

from __future__ import annotations

from enum import StrEnum


class RecordType(StrEnum):
    """Record types that can be wanted. What stands in a zone may have others, so `Endpoint.rtype` is plain text."""

    A = "A"
    AAAA = "AAAA"
    CNAME = "CNAME"
    TXT = "TXT"
    SRV = "SRV"
    NS = "NS"
    PTR = "PTR"
    MX = "MX"
    NAPTR = "NAPTR"
    DNAME = "DNAME"
    CAA = "CAA"
    HTTPS = "HTTPS"
    SVCB = "SVCB"
    TLSA = "TLSA"


ADDRESS_TYPES = frozenset({RecordType.A, RecordType.AAAA})
ALIAS_TYPES = frozenset({RecordType.CNAME, RecordType.DNAME})
