"""Ownership records of names for which the usual name would be too long for DNS.

ExternalDNS writes none there, and so creates records that nobody can ever change again. Here such a record has an
ownership record with a shorter name: instead of the record's first label stand the start of that label and a hash of
the whole name.

    a-a-very-long-label-…-1f6c2d0a9b3e4c57.example.com.  TXT  "heritage=external-dns,…,external-dns/record=<labels>"

A hash cannot be read back. So the text says what the name does not: the first labels of the record's name, those that
the hash stands for. The rest of the name follows them, as it does in the name of the ownership record.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from zonewright.model.hostname import MAX_LABEL, MAX_NAME, WILDCARD

_HASH = 16  # hexadecimal digits: by chance, two of a billion names have the same with a probability of 3 in 100
_ALABEL = "xn--"  # a label that begins so and is cut is refused by some servers


class Short(NamedTuple):
    """place: name of the ownership record; lead: the labels of the record's name for which the hash stands."""

    place: str
    lead: str


def too_long(name: str) -> bool:
    """Whether DNS cannot hold a name of this length (RFC 1035, section 2.3.4)."""
    if len(name) <= MAX_LABEL:
        return False
    return len(name) > MAX_NAME or any(len(label) > MAX_LABEL for label in name.split("."))


def shortened(name: str, front: str, back: str) -> Short:
    """`front` and `back` stand before and behind what is left of the first label. Still too long where they are.

    Only as many labels behind the first one give way as must, but never the last; then the first has the room there is.
    """
    label, _, rest = name.partition(".")
    token = sha256(name.encode()).hexdigest()[:_HASH]
    while len(front) + _HASH + len(back) + 1 + len(rest) > MAX_NAME and "." in rest:
        rest = rest.partition(".")[2]
    room = MAX_LABEL - len(front.rpartition(".")[2]) - len(back.partition(".")[0])
    room = min(room, MAX_NAME - len(front) - len(back) - 1 - len(rest)) - _HASH - 1
    start = "" if label == WILDCARD else label.removeprefix(_ALABEL)[: max(0, room)].rstrip("-")
    head = front + (f"{start}-{token}" if start else token) + back
    return Short(f"{head}.{rest}" if rest else head, name[: len(name) - len(rest)].removesuffix(".") if rest else name)
