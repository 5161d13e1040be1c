"""TLS for providers whose server's certificate may be anybody's: --tls-ca, --tls-client-cert, --tls-client-cert-key."""

from __future__ import annotations

import ssl
from collections.abc import Callable


def context(authority: str, certificate: str, key: str, *, verify: bool = True) -> ssl.SSLContext:
    """All three are files, "" is none. The system's authorities count besides the one that is given.

    Raises ValueError, which names the flag.
    """
    made = ssl.create_default_context()
    if not verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if authority:
        _load("--tls-ca", lambda: made.load_verify_locations(cafile=authority))
    if certificate:
        _load("--tls-client-cert, --tls-client-cert-key", lambda: made.load_cert_chain(certificate, key))
    return made


def _load(flags: str, load: Callable[[], None]) -> None:
    try:
        load()
    except (OSError, ssl.SSLError) as e:
        raise ValueError(f"{flags}: {e}") from e
