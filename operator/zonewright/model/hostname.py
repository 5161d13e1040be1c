"""DNS names as text: one canonical spelling, and which zone a name is in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from sys import intern

import idna

WILDCARD = "*"
_ACE = "xn--"  # how A-labels begin (RFC 5890, section 2.3.2.5)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")
MAX_LABEL = 63  # octets (RFC 1035, section 2.3.4)
MAX_NAME = 253  # characters of the text form, without the final dot


class InvalidName(ValueError):
    """A name that no DNS server can hold. Remedy: correct the name in the object that asks for it."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{printable(name)!r} is not a DNS name: {why}")
        self.name = name
        self.why = why


def printable(text: str, limit: int = 80) -> str:
    """Foreign text for a message: bounded, without control characters."""
    clean = "".join(c if c.isprintable() else "?" for c in text[: limit + 1])
    return clean if len(text) <= limit else clean[:limit] + "…"


def spelled(name: str) -> str:
    """The spelling by which names are compared, whatever they contain: lower case, A-labels, no final dot.

    For names that come from a zone, where anything may stand. Never raises: what has no A-label stays as it is. Equal
    names are one string: a name stands in a dozen places.
    """
    name = name.removesuffix(".").lower()
    return intern(name if name.isascii() else ".".join(map(_alabel_or_same, name.split("."))))


def unicode(name: str) -> str:
    """A spelled name with the letters that its A-labels stand for. Never raises: what stands for nothing stays."""
    return ".".join(map(_ulabel_or_same, name.split("."))) if _ACE in name else name


def canonical(name: str) -> str:
    """Absolute, lower case, A-labels, no final dot; a leading "*." is a wildcard (RFC 4592).

    Underscores are allowed (RFC 8552). Raises InvalidName, which says what is wrong.
    """
    labels = [_alabel(name, label) for label in name.removesuffix(".").lower().split(".")]
    result = ".".join(labels)
    if len(result) > MAX_NAME:
        raise InvalidName(name, f"it has {len(result)} characters, the limit is {MAX_NAME}")
    for index, label in enumerate(labels):
        if label == WILDCARD and index == 0 and len(labels) > 1:
            continue
        _check_label(name, label)
    return intern(result)


def _alabel(name: str, label: str) -> str:
    """A label with other than ASCII letters as its A-label (RFC 5891, by way of UTS 46)."""
    if label.isascii():
        return label
    try:
        return idna.encode(label, uts46=True).decode("ascii")
    except idna.IDNAError as e:
        raise InvalidName(name, f"label {printable(label)!r} cannot be written in IDNA: {e}") from e


def _alabel_or_same(label: str) -> str:
    try:
        return _alabel(label, label)
    except InvalidName:
        return label


@lru_cache(maxsize=4096)
def _ulabel_or_same(label: str) -> str:
    if not label.startswith(_ACE):
        return label
    try:
        return idna.decode(label)
    except idna.IDNAError:
        return label


def _check_label(name: str, label: str) -> None:
    if not label:
        raise InvalidName(name, "it has an empty label" if name.strip(".") else "it is empty")
    if len(label) > MAX_LABEL:
        raise InvalidName(name, f"label {printable(label, 20)!r} has {len(label)} octets, the limit is {MAX_LABEL}")
    if WILDCARD in label:
        raise InvalidName(name, "a wildcard is a first label of its own, followed by a domain")
    if not _LABEL.fullmatch(label):
        raise InvalidName(name, f"label {printable(label)!r} has other than letters, digits, - and _")


def is_under(name: str, domain: str) -> bool:
    """Whether a name equals a domain or lies below it, by whole labels. Both spelled; "" is the root."""
    return not domain or name == domain or name.endswith("." + domain)


def longest_suffix(name: str, domains: Iterable[str]) -> str | None:
    """The most specific of the domains that hold the name; None when none does."""
    return max((d for d in domains if is_under(name, d)), key=len, default=None)
