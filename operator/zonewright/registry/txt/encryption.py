"""Ownership under AES-256-GCM, in ExternalDNS's form (endpoint/crypto.go).

    "base64(nonce ‖ AES-256-GCM(gzip(text)) ‖ tag)"

It is one quoted string like plain text, in the standard alphabet of base64, without associated data. Of 255 octets of
text it makes at most 408, so it may be longer than one character-string of TXT data (RFC 1035, section 3.3). That is as
with ExternalDNS: whoever turns records into DNS messages splits it, and a value in several strings is read. What is
left out of a text is therefore the same as without encryption, and a record says the same either way.
"""

from __future__ import annotations

import hmac
import os
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zonewright.model.endpoint import Key
from zonewright.model.ownership import Ownership
from zonewright.registry.txt.values import bare, decode, encode

NONCE_SIZE = 12  # octets (NIST SP 800-38D, section 8.2)
LONGEST_TEXT = 65_535  # octets, more than any TXT record holds: what unpacks to more is no text of ours
_GZIP = 16  # added to the size of a window: the form of the stream (zlib manual, deflateInit2)
_WINDOW, _MEMORY = 10, 4  # 1024 octets are more than a text has; zlib's usual sizes take ten times as long to set up
_ENCRYPTED = re.compile(r"[A-Za-z0-9+/]{64,}={0,2}")  # nonce, tag and an empty gzip stream are 48 octets

Nonces = Callable[[Key, str], bytes]


def keyed_nonces() -> Nonces:
    """A source of nonces: to all others as good as random, yet the same text of the same record has the same one.

    So planning is a function: planned twice, as in a dry run at every interval, a change is the same change. No two
    texts share a nonce, other than by the chance that random ones have. The secret is a new one at each start.
    """
    secret = os.urandom(32)

    def nonce(place: Key, text: str) -> bytes:
        about = repr((place.name, place.set_identifier, text))
        return hmac.digest(secret, about.encode(), "sha256")[:NONCE_SIZE]

    return nonce


class Opened(NamedTuple):
    """What a value says, and by which key: its number, 0 is the first."""

    ownership: Ownership | None
    key: int


class EncryptedTexts:
    """Implements `values.Texts`. Any key reads, and plain text is read as ever.

    keys     of 32 octets each, at least one
    encrypts whether the first key writes; otherwise plain text is written
    """

    def __init__(self, keys: Sequence[bytes], *, encrypts: bool, nonces: Nonces) -> None:
        self._ciphers = tuple(AESGCM(key) for key in keys)
        self._encrypts = encrypts
        self._nonces = nonces
        self._opened = lru_cache(maxsize=32_768)(self._open)  # as `values.decode`

    def write(self, ownership: Ownership, place: Key) -> str:
        plain = encode(ownership)
        if not self._encrypts:
            return plain
        text = bare(plain)
        nonce = self._nonces(place, text)
        sealed = self._ciphers[0].encrypt(nonce, pack(text), None)
        return f'"{b64encode(nonce + sealed).decode()}"'

    def read(self, text: str) -> Ownership | None:
        opened = self._opened(text)
        return decode(text) if opened is None else opened.ownership

    def is_current(self, text: str) -> bool:
        opened = self._opened(text)
        return (opened is not None and opened.key == 0) if self._encrypts else opened is None

    def _open(self, text: str) -> Opened | None:
        """None: not encrypted, or with a key that we do not have."""
        value = bare(text)
        if not _ENCRYPTED.fullmatch(value) or len(value) % 4:
            return None
        data = b64decode(value)
        for number, cipher in enumerate(self._ciphers):
            try:
                packed = cipher.decrypt(data[:NONCE_SIZE], data[NONCE_SIZE:], None)
            except InvalidTag:
                continue
            unpacked = unpack(packed)
            return Opened(decode(unpacked) if unpacked is not None else None, number)
        return None


def pack(text: str) -> bytes:
    """gzip (RFC 1952), without a time, so that the same text gives the same octets."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP + _WINDOW, _MEMORY)
    return packer.compress(text.encode()) + packer.flush()


def unpack(packed: bytes) -> str | None:
    """The text; None for what is no gzip, no UTF-8, incomplete, or longer than LONGEST_TEXT, which is not unpacked."""
    unpacker = zlib.decompressobj(_GZIP + zlib.MAX_WBITS)
    try:
        text = unpacker.decompress(packed, LONGEST_TEXT + 1)
        return text.decode() if unpacker.eof and len(text) <= LONGEST_TEXT else None
    except (zlib.error, UnicodeDecodeError):
        return None
