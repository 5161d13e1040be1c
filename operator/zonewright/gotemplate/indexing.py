"""index, slice and len: parts of texts, lists and maps (Go, text/template/funcs.go)."""

from __future__ import annotations

from collections.abc import Sequence

from zonewright.gotemplate.errors import Failed
from zonewright.gotemplate.values import MISSING, Map, Slice, Value, kind, pointee, typed


def index(value: Value, *keys: Value) -> Value:
    """value[key][key]…; a key that a map does not have gives the zero value. Texts are counted in octets."""
    if value is MISSING or value is None:
        raise Failed("index of nil")
    for key in keys:
        value = _entry(pointee(value), pointee(key))
    return value


def _entry(value: Value, key: Value) -> Value:
    match value:
        case Map(element, data):
            return typed(element, (data or {}).get(_map_key(key)))
        case dict():
            return value.get(_map_key(key))
        case str():
            octets = _octets(value)
            return octets[_position(key, len(octets) - 1)]
        case list():
            return value[_position(key, len(value) - 1)]  # type: ignore[no-any-return]
        case Slice(element, data):
            return typed(element, (data or ())[_position(key, len(data or ()) - 1)])
    raise Failed(f"can't index item of type {kind(value)}")


def _map_key(key: Value) -> str:
    if not isinstance(key, str):
        raise Failed(f"key of a map has type {kind(key)}; should be string")
    return key


def _position(position: Value, last: int) -> int:
    if isinstance(position, bool) or not isinstance(position, int):
        raise Failed(f"cannot index list with type {kind(position)}")
    if not 0 <= position <= last:
        raise Failed(f"index out of range: {position}")
    return position


def part(value: Value, *bounds: Value) -> Value:
    """slice: value[from:to] of a text, in octets, or of a list."""
    if len(bounds) > 3:
        raise Failed(f"too many slice indexes: {len(bounds)}")
    match pointee(value):
        case str() as text:
            if len(bounds) == 3:
                raise Failed("cannot 3-index slice a string")
            octets = _octets(text)
            start, end = _bounds(bounds, len(octets))
            return octets[start:end].decode("utf-8", "replace")
        case list() as found:
            start, end = _bounds(bounds, len(found))
            return found[start:end]
        case Slice(element, data):
            start, end = _bounds(bounds, len(data or ()))
            return Slice(element, list(data or ())[start:end])
        case other:
            raise Failed(f"can't slice item of type {kind(other)}")


def _bounds(written: Sequence[Value], length: int) -> tuple[int, int]:
    """Where a slice begins and ends; the third bound, its capacity, is only checked."""
    bounds = [_position(pointee(bound), length) for bound in written]
    start, end, *_ = [*bounds, *(0, length)[len(bounds) :]]
    if sorted([start, end, *bounds[2:]]) != [start, end, *bounds[2:]]:
        raise Failed(f"invalid slice index: {' > '.join(map(str, bounds or (start, end)))}")
    return start, end


def length(value: Value) -> int:
    """len: octets of a text, entries of a list or a map."""
    match pointee(value):
        case str() as text:
            return len(_octets(text))
        case list() | dict() as found:
            return len(found)
        case Slice(_, data) | Map(_, data):
            return len(data or ())
        case other:
            raise Failed(f"len of type {kind(other)}")


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "replace")
