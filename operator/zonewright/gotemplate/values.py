"""What expressions can be worth, and how one value is reached from another.

JSON is itself: text, numbers, booleans, lists, dicts, and None for null. What has a type of Go wears it: Struct, Slice,
Map, Pointer. Nothing else ever comes up, and no attribute of a Python object can be reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

from zonewright.gotemplate.schema import Basic, MapOf, PointerTo, SliceOf, StructOf, Type


class NoValue(Enum):
    """The one value that is none."""

    MISSING = "no value"


MISSING: Final = NoValue.MISSING  # no value at all; reflect.Value{} in Go


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
    | Literal[NoValue.MISSING]
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
        return opened(data)
    right = isinstance(data, _PYTHON[type_]) and (type_ is not Basic.INT or not isinstance(data, bool))
    return data if right else _ZERO[type_]


OPEN = StructOf("open")


def opened(data: Any) -> Value:
    """JSON of an object, by Go's names as far as they can be told from the keys."""
    if isinstance(data, dict):
        return Struct(OPEN, data)
    return Slice(Basic.OPEN, data) if isinstance(data, list) else data


def _pointer(target: Type, data: Any) -> Value:
    if data is None:
        return Pointer(target, None)
    value = typed(target, data)
    return value if isinstance(value, Struct) else Pointer(target, value)


def pointee(value: Value) -> Value:
    """Through a pointer; a nil pointer is None."""
    return value.target if isinstance(value, Pointer) else value


def truth(value: Value) -> bool:
    """Whether a value is not the zero value of its type. A struct is always true, and so is a pointer to anything."""
    match value:
        case NoValue.MISSING | None:
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
        case NoValue.MISSING | None | Pointer(_, None) | Slice(_, None) | Map(_, None):
            return True
    return False


def kind(value: Value) -> str:
    """The name of a value's type, for messages."""
    match value:
        case NoValue.MISSING | None:
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
