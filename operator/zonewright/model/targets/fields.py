"""The fields of a target, as zone files have them (RFC 1035, section 5.1): parted by blanks, save within quotes.

In them a backslash takes the meaning from the character behind it, and with three digits stands for an octet.
"""

from __future__ import annotations

import re

from zonewright.model.hostname import printable

MAX_STRING = 255  # octets of a <character-string> (RFC 1035, section 3.3)

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_FIELD = re.compile(rf'(?:[^ \t"\\]|\\.|{_QUOTED})+', re.DOTALL)
_FIELDS = re.compile(rf"[ \t]*(?:{_FIELD.pattern}(?:[ \t]+|$))*", re.DOTALL)
_STRING = re.compile(_QUOTED, re.DOTALL)
_STRINGS = re.compile(rf"(?:[ \t]*{_QUOTED})+[ \t]*", re.DOTALL)
_ESCAPE = re.compile(rb"\\([01][0-9]{2}|2[0-4][0-9]|25[0-5]|.)", re.DOTALL)


class Unfit(ValueError):
    """Why a text is no target of a type that the caller knows."""


def split(text: str) -> list[str]:
    """The fields as they are written. Raises Unfit where a quote is open or stands in the way."""
    if not _FIELDS.fullmatch(text):
        raise Unfit('a quote " is not closed, or needs a backslash before it')
    return _FIELD.findall(text)


def exactly(text: str, names: str) -> list[str]:
    """As many fields as there are names. Raises Unfit, which tells them."""
    fields, wanted = split(text), names.split()
    if len(fields) != len(wanted):
        raise Unfit(f"it needs {len(wanted)} fields ({names}), it has {len(fields)}")
    return fields


def number(text: str, most: int) -> int:
    """A whole number in decimal digits. Raises Unfit."""
    if not (text.isascii() and text.isdigit() and len(text) < 12 and int(text) <= most):
        raise Unfit(f"{printable(text)!r} is no number from 0 to {most}")
    return int(text)


def is_quoted(field: str) -> bool:
    """Whether a field is one text in quotes."""
    return _STRING.fullmatch(field) is not None


def strings(text: str) -> list[str] | None:
    """The texts in quotes that a target consists of, with their quotes; None when it is anything else."""
    return _STRING.findall(text) if _STRINGS.fullmatch(text) else None


def octets(field: str) -> bytes:
    """What a field stands for, without its quotes and backslashes. Never raises."""
    bare = field[1:-1] if is_quoted(field) else field
    return _ESCAPE.sub(_meant, bare.encode("utf-8", "surrogatepass"))


def _meant(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1])]) if len(escape[1]) == 3 else escape[1]


def _shown(octet: int) -> str:
    if octet in b'"\\':
        return "\\" + chr(octet)
    return chr(octet) if 32 <= octet < 127 else f"\\{octet:03}"


_SHOWN = tuple(map(_shown, range(256)))


def quoted(value: bytes) -> str:
    """Octets in the one spelling that they have within quotes."""
    return '"' + "".join(_SHOWN[octet] for octet in value) + '"'


def string(field: str) -> bytes:
    """A <character-string>. Raises Unfit when it is longer than one can be."""
    value = octets(field)
    if len(value) > MAX_STRING:
        raise Unfit(f"{printable(field, 20)} has {len(value)} octets, the limit is {MAX_STRING}")
    return value
