"""Constants as Go writes them: "text", `text`, 'c', 1, 0x1f, 1.5e3 (Go, strconv/quote.go and strconv/atoi.go)."""

from __future__ import annotations

import re

_SIMPLE = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92}
_ESCAPE = re.compile(
    r"\\(?:x(?P<x>[0-9a-fA-F]{2})|(?P<o>[0-7]{3})|u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})|(?P<c>.))"
)
_DIGITS = r"[0-9](?:_?[0-9])*"
_HEX = r"(?:_?[0-9a-fA-F])+"
_INTEGER = re.compile(
    rf"[+-]?(?:0[xX]{_HEX}|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)", re.ASCII
)
_FLOAT = re.compile(rf"[+-]?(?:{_DIGITS}\.?(?:{_DIGITS})?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?", re.ASCII)
_HEX_FLOAT = re.compile(rf"[+-]?0[xX](?:{_HEX}\.?(?:{_HEX})?|\.{_HEX})[pP][+-]?{_DIGITS}", re.ASCII)
_MAX_NUMBER = 400  # characters; no number that Go can hold is longer by need


def unquoted(token: str) -> str:
    """The text of a constant in "" or ``. Raises ValueError."""
    if token[0] == "`":
        return token[1:-1].replace("\r", "")
    return _characters(token[1:-1], '"').decode("utf-8", "replace")


def character(token: str) -> int:
    """The number of a character in ''. Raises ValueError."""
    inner = token[1:-1]
    if inner in ("", "'"):
        raise ValueError("a character constant holds one character")
    escape = _ESCAPE.match(inner)
    if escape is None:
        number, length = ord(inner[0]), 1
    else:
        number, length = _code(escape, "'"), escape.end()
    if length != len(inner):
        raise ValueError(f"malformed character constant {token}")
    return number


def number(token: str) -> int | float:
    """A whole number of 64 bits, or one with a fraction. Raises ValueError."""
    if len(token) > _MAX_NUMBER:
        raise ValueError("a number is too long")
    if _INTEGER.fullmatch(token):
        return _whole(token)
    if token.lstrip("+-").isdecimal() or not (_FLOAT.fullmatch(token) or _HEX_FLOAT.fullmatch(token)):
        raise ValueError(f"{token} is no number")
    plain = token.replace("_", "")
    found = float.fromhex(plain) if _HEX_FLOAT.fullmatch(token) else float(plain)
    if found in (float("inf"), float("-inf")):
        raise ValueError(f"{token} is too large")
    return found


def _whole(token: str) -> int:
    sign, digits = (token[0], token[1:]) if token[0] in "+-" else ("", token)
    octal = len(digits) > 1 and digits[0] == "0" and digits[1] in "01234567_"
    found = int("0o" + digits[1:].lstrip("_") if octal else digits, 0)
    found = -found if sign == "-" else found
    if not -(2**63) <= found < 2**63:
        raise ValueError(f"{token} overflows a whole number of 64 bits")
    return found


def _characters(inner: str, quote: str) -> bytes:
    """\\x and \\nnn are octets, so the whole has to be put together before it is text."""
    found = bytearray()
    position = 0
    for escape in _ESCAPE.finditer(inner):
        found += inner[position : escape.start()].encode("utf-8", "replace")
        code = _code(escape, quote)
        found += bytes([code]) if escape["x"] or escape["o"] else chr(code).encode()
        position = escape.end()
    return bytes(found + inner[position:].encode("utf-8", "replace"))


def _code(escape: re.Match[str], quote: str) -> int:
    if escape["c"]:
        return _simple(escape["c"], quote)
    code = int(escape["o"], 8) if escape["o"] else int(escape["x"] or escape["u"] or escape["U"], 16)
    if (escape["o"] and code > 255) or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise ValueError(f"{escape[0]} is no character")
    return code


def _simple(letter: str, quote: str) -> int:
    if letter == quote:
        return ord(quote)
    if letter not in _SIMPLE:
        raise ValueError(f"\\{letter} is no escape sequence")
    return _SIMPLE[letter]
