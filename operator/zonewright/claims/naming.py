"""Names of generated DNSEndpoints: the hostname wherever it can be one, so that people find what they look for.

A name of an object is an RFC 1123 subdomain of at most 253 characters; a hostname may be a wildcard, may have
underscores, or may be any text that somebody took for a hostname.
"""

from __future__ import annotations

import re
from hashlib import sha256

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_OTHER = re.compile(r"[^a-z0-9-]+")
_LONGEST = 253
_HASH = 8  # hex digits; two hostnames of one namespace and one slug meet once in 4 billion


def object_name(hostname: str) -> str:
    """The hostname, or a readable slug of it with a hash."""
    if len(hostname) <= _LONGEST and _NAME.fullmatch(hostname):
        return hostname
    return _hashed(hostname, hostname)


def fallback_name(hostname: str, owner_id: str) -> str:
    """For when another object has the name: one that no other hostname, and no other installation, comes upon."""
    return _hashed(hostname, f"{owner_id}/{hostname}")


def _hashed(hostname: str, identity: str) -> str:
    digest = sha256(identity.encode(errors="surrogatepass")).hexdigest()[:_HASH]
    return f"{_slug(hostname)}-{digest}"


def _slug(hostname: str) -> str:
    """The letters, digits and dots of a hostname that a name of an object can hold; never empty."""
    text = re.sub(r"^\*(?=\.)", "wildcard", hostname[:_LONGEST].lower())
    labels = (_OTHER.sub("-", label).strip("-") for label in text.split("."))
    slug = ".".join(label for label in labels if label)
    return slug[: _LONGEST - _HASH - 1].rstrip("-.") or "name"
