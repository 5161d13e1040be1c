"""eq, ne, lt, le, gt and ge (Go, text/template/funcs.go). A pointer is compared by what it leads to."""

from __future__ import annotations

from zonewright.gotemplate.errors import Failed
from zonewright.gotemplate.printing import represented
from zonewright.gotemplate.values import MISSING, Value, is_nil, kind

_BASIC = frozenset({"string", "int", "float64", "bool"})
_ORDERED = _BASIC - {"bool"}


def equal(first: Value, *others: Value) -> bool:
    """Whether the first value equals one of the others."""
    if not others:
        raise Failed("missing argument for comparison")
    return any(_same(represented(first), represented(other)) for other in others)


def unequal(first: Value, second: Value) -> bool:
    """Not equal."""
    return not equal(first, second)


def _same(one: Value, other: Value) -> bool:
    if is_nil(one) or is_nil(other):
        return is_nil(one) and is_nil(other)
    if kind(one) != kind(other):
        raise Failed(f"incompatible types for comparison: {kind(one)} and {kind(other)}")
    if kind(one) not in _BASIC:
        raise Failed(f"non-comparable type {kind(one)}")
    return one == other


def less(first: Value, second: Value) -> bool:
    """Of two numbers of one kind, or two texts."""
    one, other = represented(first), represented(second)
    for value in (one, other):
        if value is MISSING or kind(value) not in _ORDERED:
            raise Failed(f"invalid type for comparison: {kind(value)}")
    if kind(one) != kind(other):
        raise Failed(f"incompatible types for comparison: {kind(one)} and {kind(other)}")
    return one < other  # type: ignore[operator]


def less_or_equal(first: Value, second: Value) -> bool:
    """Not greater."""
    return less(first, second) or equal(first, second)


def greater(first: Value, second: Value) -> bool:
    """Neither less nor equal."""
    return not less_or_equal(first, second)


def greater_or_equal(first: Value, second: Value) -> bool:
    """Not less."""
    return not less(first, second)
