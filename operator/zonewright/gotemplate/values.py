"""What expressions can be worth, and how one value is reached from another.

JSON is itself: text, numbers, booleans, lists, dicts, and None for null. What has a type of Go wears it: Struct, Slice,
Map, Pointer. Nothing else ever comes up, and no attribute of a Python object can be reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

from zonewright.gotemplate.errors import Failed
from zonewright.gotemplate.schema import Basic, MapOf, PointerTo, SliceOf, StructOf, Type


class _Missing(Enum):
    MISSING = "no value"


MISSING: Final = _Missing.MISSING  # no value at all; reflect.Value{} in Go


@dataclass(frozen=True, slots=True, eq=False)
class Struct:
    """JSON as a struct; see `field`."""

    type: StructOf
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """data None: a nil slice."""

    element: Type
    data: Sequence[Any] | None


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """data None: a nil map."""

    element: Type
    data: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, eq=False)
class Pointer:
    """To something else than a struct; a pointer to a struct is as good as the struct. target None: nil."""

    type: Type
    target: Value


Value: TypeAlias = (
    str
    | int
    | float
    | bool
    | list[Any]
    | dict[str, Any]
    | Struct
    | Slice
    | Map
    | Pointer
    | Literal[_Missing.MISSING]
    | None
)
_PYTHON = {Basic.STRING: str, Basic.INT: int, Basic.FLOAT: float, Basic.BOOL: bool}
_ZERO: Mapping[Basic, Value] = {Basic.STRING: "", Basic.INT: 0, Basic.FLOAT: 0.0, Basic.BOOL: False}


def typed(type_: Type, data: Any) -> Value:
    """JSON as a value of a type. What is absent, or of another type, is the zero value."""
    match type_:
        case Basic():
            return _basic(type_, data)
        case SliceOf(element):
            return Slice(element, data if isinstance(data, list) else None)
        case MapOf(element):
            return Map(element, data if isinstance(data, dict) else None)
        case PointerTo(target):
            return _pointer(target, data)
        case StructOf():
            fields = type_.read(data) if type_.read else data
            return Struct(type_, fields if isinstance(fields, Mapping) else {})


def _basic(type_: Basic, data: Any) -> Value:
    if type_ is Basic.ANY:
        return data  # type: ignore[no-any-return]
    if type_ is Basic.OPEN:
        return _open(data)
    right = isinstance(data, _PYTHON[type_]) and (type_ is not Basic.INT or not isinstance(data, bool))
    return data if right else _ZERO[type_]


_OPEN = StructOf("open")


def _open(data: Any) -> Value:
    if isinstance(data, dict):
        return Struct(_OPEN, data)
    return Slice(Basic.OPEN, data) if isinstance(data, list) else data


def _pointer(target: Type, data: Any) -> Value:
    if data is None:
        return Pointer(target, None)
    value = typed(target, data)
    return value if isinstance(value, Struct) else Pointer(target, value)


def pointee(value: Value) -> Value:
    """Through a pointer; a nil pointer is None."""
    return value.target if isinstance(value, Pointer) else value


# -- fields


def field(value: Value, name: str, strict: bool) -> Value:
    """.Name of a value. A key that a map does not have is no value at all; where `strict`, it is an error."""
    match value:
        case _Missing.MISSING:
            return _no_entry(f"nil data; no entry for key {name!r}", strict)
        case Struct():
            return _of_struct(value, name)
        case Map(element, data):
            if data is not None and name in data:
                return typed(element, data[name])
            return _no_entry(f"map has no entry for key {name!r}", strict)
        case dict():
            return value[name] if name in value else _no_entry(f"map has no entry for key {name!r}", strict)
        case Pointer(_, target) if target is not None:
            return field(target, name, strict)
        case None | Pointer():
            raise Failed(f"nil pointer evaluating {kind(value)}.{name}")
    raise Failed(f"can't evaluate field {name} in type {kind(value)}")


def _no_entry(why: str, strict: bool) -> Value:
    if strict:
        raise Failed(why)
    return MISSING


def _of_struct(struct: Struct, name: str) -> Value:
    type_, data = struct.type, struct.data
    own = type_.fields.get(name) or type_.embedded.get(name)
    if own is not None:
        return typed(own.type, data.get(own.key) if own.key else data)
    for inner in type_.embedded.values():
        if isinstance(inner.type, StructOf) and inner.type.has(name):
            return field(typed(inner.type, data.get(inner.key) if inner.key else data), name, strict=False)
    return _unknown(struct, name)


def _unknown(struct: Struct, name: str) -> Value:
    """Clusters are newer than tables: a field that is there can be asked for, by Go's or by JSON's spelling."""
    known = {known.key for known in struct.type.fields.values()}
    for key, value in struct.data.items():
        if key not in known and key.lower() == name.lower() and name[0].isupper():
            return _open(value)
    raise Failed(f"can't evaluate field {name} in type {struct.type.name}")


# -- truth, kinds, entries


def truth(value: Value) -> bool:
    """Whether a value is not the zero value of its type. A struct is always true, and so is a pointer to anything."""
    match value:
        case _Missing.MISSING | None:
            return False
        case Struct():
            return True
        case Pointer(_, target):
            return target is not None
        case Slice(_, data) | Map(_, data):
            return bool(data)
    return bool(value)


def is_nil(value: Value) -> bool:
    """Whether a value is nil, or none."""
    match value:
        case _Missing.MISSING | None | Pointer(_, None) | Slice(_, None) | Map(_, None):
            return True
    return False


def kind(value: Value) -> str:
    """The name of a value's type, for messages."""
    match value:
        case _Missing.MISSING | None:
            return "nil"
        case Struct(type_, _):
            return type_.name
        case Pointer(type_, _):
            return f"*{_spelled(type_)}"
        case Slice(element, _):
            return f"[]{_spelled(element)}"
        case Map(element, _):
            return f"map[string]{_spelled(element)}"
        case list():
            return "[]interface {}"
        case dict():
            return "map[string]interface {}"
    return {bool: "bool", int: "int", float: "float64"}.get(type(value), "string")


def _spelled(type_: Type) -> str:
    match type_:
        case Basic():
            return type_.value
        case SliceOf(element):
            return f"[]{_spelled(element)}"
        case MapOf(element):
            return f"map[string]{_spelled(element)}"
        case PointerTo(target):
            return f"*{_spelled(target)}"
        case StructOf():
            return type_.name


def elements(value: Value) -> Iterator[Value] | None:
    """The elements of a list; None for what is no list."""
    match value:
        case Slice(element, data):
            return (typed(element, entry) for entry in data or ())
        case list():
            return iter(value)
    return None


def size(value: Value) -> int:
    """Of how many parts a value consists at its first level."""
    match value:
        case str() | list() | dict():
            return len(value)
        case Slice(_, data) | Map(_, data):
            return len(data or ())
        case Pointer(_, target):
            return size(target)
    return 0


def entries(value: Value) -> Iterator[tuple[str, Value]] | None:
    """The entries of a map, by key; None for what is no map."""
    match value:
        case Map(element, data):
            return ((key, typed(element, data[key])) for key in sorted(data or {})) if data else iter(())
        case dict():
            return ((key, value[key]) for key in sorted(value))
    return None


def fields(struct: Struct) -> list[tuple[str, Value]]:
    """All fields of a struct, those of embedded structs in one; for writing the whole out."""
    if struct.type is _OPEN:
        return [(name, _open(value)) for name, value in struct.data.items()]
    return [(name, _of_struct(struct, name)) for name in (*struct.type.embedded, *struct.type.fields)]
