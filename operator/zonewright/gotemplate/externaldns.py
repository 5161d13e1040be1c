"""ExternalDNS's functions, with its orders of arguments (ExternalDNS, source/template/functions.go)."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Any, NoReturn

from zonewright.gotemplate.budget import MAX_TEXT, too_long
from zonewright.gotemplate.errors import Failed
from zonewright.gotemplate.functions import Function, Takes
from zonewright.gotemplate.values import Map, Value
from zonewright.model.hostname import printable

# What Unicode calls white space, as strings.TrimSpace has it; str.strip() takes more.
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_TEXT = (Takes.TEXT,)
_TWO = (Takes.TEXT, Takes.TEXT)


def functions(source: str, known: Collection[str]) -> Mapping[str, Function]:
    """source: whose objects are read, by the name that --source gives it; known: all such names."""

    def is_source(wanted: str) -> Value:
        if wanted.lower() not in known:
            raise Failed(f"unknown source {printable(wanted)!r} (valid: {', '.join(sorted(known))})")
        return wanted.lower() == source

    return {**_FUNCTIONS, "isSource": Function(is_source, _TEXT)}


def _replace(old: str, new: str, text: str) -> Value:
    count = text.count(old)
    if len(text) + count * (len(new) - len(old)) > MAX_TEXT:
        raise too_long()
    return text.replace(old, new)


def _lower(text: str) -> Value:
    """Character by character: no character becomes two."""
    return text.lower() if text.isascii() else "".join(char.lower()[0] for char in text)


def _is_ipv4(text: str) -> Value:
    return _is(IPv4Address, text)


def _is_ipv6(text: str) -> Value:
    return _is(IPv6Address, text)


def _is(family: type[IPv4Address] | type[IPv6Address], text: str) -> bool:
    try:
        family(text)
    except AddressValueError:
        return False
    return True


def _has_key(texts: Map, key: str) -> Value:
    return key in (texts.data or {})


def _from_json(text: str) -> Value:
    """None where the text is no JSON. All numbers are fractions, as Go reads them into an interface."""
    try:
        found: Value = _sound(json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_refused))
    except (ValueError, RecursionError):
        return None
    return found


def _number(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


def _refused(text: str) -> NoReturn:
    raise ValueError(text)


def _sound(value: Any) -> Any:
    """Half of a surrogate pair is no character, and could not be written out."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_sound(entry) for entry in value]
    if isinstance(value, dict):
        return {_sound(key): _sound(entry) for key, entry in value.items()}
    return value


_FUNCTIONS: Mapping[str, Function] = {
    "contains": Function(lambda text, part: part in text, _TWO),
    "trimPrefix": Function(lambda text, prefix: text.removeprefix(prefix), _TWO),
    "trimSuffix": Function(lambda text, suffix: text.removesuffix(suffix), _TWO),
    "trim": Function(lambda text: text.strip(SPACES), _TEXT),
    "toLower": Function(_lower, _TEXT),
    "replace": Function(_replace, (Takes.TEXT, Takes.TEXT, Takes.TEXT)),
    "isIPv4": Function(_is_ipv4, _TEXT),
    "isIPv6": Function(_is_ipv6, _TEXT),
    "hasKey": Function(_has_key, (Takes.TEXTS, Takes.TEXT)),
    "fromJson": Function(_from_json, _TEXT),
}
NAMES = frozenset(_FUNCTIONS) | {"isSource"}
