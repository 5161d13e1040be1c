"""Targets of HTTPS and SVCB records: priority name parameters (RFC 9460, section 2.1)."""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Callable, Mapping

from zonewright.model.hostname import printable
from zonewright.model.targets import addresses
from zonewright.model.targets.fields import Unfit, number, octets, quoted, split
from zonewright.model.targets.hosts import absolute

# Section 14.3.2, and later entries of that registry; others are written by number, as in key65333.
_KEYS = {
    "mandatory": 0,
    "alpn": 1,
    "no-default-alpn": 2,
    "port": 3,
    "ipv4hint": 4,
    "ech": 5,
    "ipv6hint": 6,
    "dohpath": 7,
    "ohttp": 8,
    "tls-supported-groups": 9,
}
_NUMBERED = re.compile(r"key(0|[1-9][0-9]{0,4})")
_WITHOUT_VALUE = frozenset({"no-default-alpn", "ohttp"})
_UINT16 = 2**16 - 1


def check(target: str) -> str:
    """The name with its final dot, parameters in the order of their numbers, values in quotes. Raises Unfit."""
    fields = split(target)
    if len(fields) < 2:
        raise Unfit(f"it needs a priority and a name, it has {len(fields)} fields")
    priority, name = number(fields[0], _UINT16), absolute(fields[1])
    found = _parameters(fields[2:])
    if found and not priority:
        raise Unfit("with priority 0 it is an alias, and parameters mean nothing (section 2.4.2 of RFC 9460)")
    _needs(found)
    return " ".join([str(priority), name, *(_written(key, found[key]) for key in sorted(found, key=_order))])


def _parameters(fields: list[str]) -> dict[str, bytes | None]:
    """Values by key, None where there is none."""
    found: dict[str, bytes | None] = {}
    for field in fields:
        key, equals, value = field.partition("=")
        if key in found or any(_order(key) == _order(other) for other in found):
            raise Unfit(f"parameter {printable(key)} stands twice")
        found[key] = _checked(key, octets(value) if equals else None)
    return found


def _order(key: str) -> int:
    """The number of a key. Raises Unfit."""
    match = _NUMBERED.fullmatch(key)
    order = int(match[1]) if match else _KEYS.get(key, _UINT16)
    if order >= _UINT16:
        raise Unfit(f"there is no parameter {printable(key)!r}: it is one of {', '.join(_KEYS)}, or keyNNNNN")
    return order


def _checked(key: str, value: bytes | None) -> bytes | None:
    _order(key)
    if key in _WITHOUT_VALUE and value is not None:
        raise Unfit(f"parameter {key} has no value")
    if key not in _VALUES:
        return value
    if not value:
        raise Unfit(f"parameter {key} needs a value")
    return _VALUES[key](value.decode("latin-1")).encode("latin-1")


def _port(value: str) -> str:
    return str(number(value, _UINT16))


def _addresses(check: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: ",".join(check(item) for item in value.split(","))


def _keys(value: str) -> str:
    keys = value.split(",")
    if len(set(keys)) != len(keys) or "mandatory" in keys:
        raise Unfit("parameter mandatory lists itself, or another one twice")
    return ",".join(sorted(keys, key=_order))


def _base64(value: str) -> str:
    try:
        a2b_base64(value, strict_mode=True)
    except ValueError as e:
        raise Unfit(f"parameter ech is no base64: {e}") from e
    return value


_VALUES: Mapping[str, Callable[[str], str]] = {
    "mandatory": _keys,
    "alpn": str,
    "port": _port,
    "ipv4hint": _addresses(addresses.ipv4),
    "ipv6hint": _addresses(addresses.ipv6),
    "ech": _base64,
    "dohpath": str,
}


def _needs(found: Mapping[str, bytes | None]) -> None:
    """Raises Unfit where one parameter is in need of another (sections 7.1 and 8)."""
    needed = (found.get("mandatory") or b"").decode("latin-1").split(",")
    if "no-default-alpn" in found:
        needed.append("alpn")
    if missing := [key for key in needed if key and key not in found]:
        raise Unfit(f"parameter {missing[0]} is missing, which another one needs")


def _written(key: str, value: bytes | None) -> str:
    return key if value is None else f"{key}={quoted(value)}"
