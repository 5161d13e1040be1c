"""ACS3-HMAC-SHA256, the signature of requests to Alibaba Cloud's API (its documentation, "Request syntax and signature
method V3"). Pure.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"
_NO_BODY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Keys:
    """token: of temporary ones; "" for those that last"""

    key_id: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Moment:
    """date: UTC, as 2023-10-26T10:22:32Z; nonce: never the same twice"""

    date: str
    nonce: str


def canonical_query(query: Mapping[str, str]) -> str:
    """As it is signed, and as it goes out."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(query.items()))


def headers(host: str, action: str, version: str, query: Mapping[str, str], keys: Keys, at: Moment) -> dict[str, str]:
    """Those of a POST to "/" that has its parameters in the query and no body."""
    given = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": _NO_BODY,
        "x-acs-date": at.date,
        "x-acs-signature-nonce": at.nonce,
        "x-acs-version": version,
    }
    if keys.token:
        given["x-acs-security-token"] = keys.token
    names = ";".join(sorted(given))
    signature = signed(given, query, keys.secret)
    return given | {
        "Authorization": f"{ALGORITHM} Credential={keys.key_id},SignedHeaders={names},Signature={signature}"
    }


def signed(given: Mapping[str, str], query: Mapping[str, str], secret: str) -> str:
    """The signature, in hexadecimal digits. given: the headers that are signed, by names in lower case."""
    lines = "".join(f"{name}:{given[name].strip()}\n" for name in sorted(given))
    request = "\n".join(("POST", "/", canonical_query(query), lines, ";".join(sorted(given)), _NO_BODY))
    text = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
