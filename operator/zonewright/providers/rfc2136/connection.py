"""Where the servers are, and how to get in: hosts, the TSIG key (RFC 8945), TLS (RFC 7858)."""

from __future__ import annotations

import binascii
import ssl
from dataclasses import dataclass, field

import dns.exception
import dns.name
import dns.tsig

ALGORITHMS = {
    "hmac-sha1": dns.tsig.HMAC_SHA1,
    "hmac-sha224": dns.tsig.HMAC_SHA224,
    "hmac-sha256": dns.tsig.HMAC_SHA256,
    "hmac-sha384": dns.tsig.HMAC_SHA384,
    "hmac-sha512": dns.tsig.HMAC_SHA512,
}


@dataclass(frozen=True, slots=True)
class Connection:
    """key: None for updates without a signature; tls: None for plain TCP."""

    hosts: tuple[str, ...]
    port: int
    key: dns.tsig.Key | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None


def key(name: str, secret: str, algorithm: str) -> dns.tsig.Key:
    """Raises ValueError, which names the flag, without the secret."""
    if not name or not secret:
        raise ValueError(
            "--rfc2136-tsig-keyname and --rfc2136-tsig-secret must be given, or --rfc2136-insecure for updates that"
            " nobody signs"
        )
    if algorithm not in ALGORITHMS:
        known = ", ".join(ALGORITHMS)
        raise ValueError(f"--rfc2136-tsig-secret-alg: there is no {algorithm!r}; there are {known}")
    try:
        return dns.tsig.Key(dns.name.from_text(name), secret, ALGORITHMS[algorithm])
    except (dns.exception.DNSException, UnicodeError) as e:
        raise ValueError(f"--rfc2136-tsig-keyname={name} is no name: {e}") from None
    except (binascii.Error, ValueError):
        raise ValueError("--rfc2136-tsig-secret is no base64") from None
