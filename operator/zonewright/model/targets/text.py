"""Targets of TXT records: any text, which stays as it is written (ExternalDNS checks none).

People and providers write the same record as `v=spf1 -all` and as `"v=spf1 -all"`, and one of more than 255 octets in
one piece or in several. What is compared are the pieces as they go into DNS; where pieces are parted counts, since for
some uses each has its own meaning (RFC 6763, section 6.1).
"""

from __future__ import annotations

from collections.abc import Iterator

from zonewright.model.targets.fields import MAX_STRING, octets, quoted, strings


def compared(target: str) -> str:
    """The pieces, each in quotes."""
    written = strings(target)
    values = [target.encode("utf-8", "surrogatepass")] if written is None else [octets(text) for text in written]
    return " ".join(quoted(piece) for value in values for piece in _pieces(value))


def _pieces(value: bytes) -> Iterator[bytes]:
    for start in range(0, len(value) or 1, MAX_STRING):
        yield value[start : start + MAX_STRING]
