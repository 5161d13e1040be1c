"""How values are written out: fmt.Sprint and the verb %v of Go."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from zonewright.gotemplate.access import field, fields
from zonewright.gotemplate.budget import MAX_TEXT, too_long
from zonewright.gotemplate.errors import Exhausted
from zonewright.gotemplate.values import MISSING, Pointer, Struct, Value, elements, entries, pointee

NO_VALUE = "<no value>"
_NIL = "<nil>"
_MAX_NESTING = 50


def written(value: Value) -> str:
    """A value as an action writes it."""
    if value is MISSING or value is None:
        return NO_VALUE
    return shown(value)


def shown(value: Value) -> str:
    """A value by %v."""
    return shown_by(plain, value)


def shown_by(leaf: Callable[[Value], str], value: Value, nesting: int = 0) -> str:
    """A value whose parts that have no parts of their own are written by `leaf`; the others in brackets."""
    if nesting > _MAX_NESTING:
        raise Exhausted(f"it writes a value that is nested deeper than {_MAX_NESTING}")
    value = represented(value)
    if (listed := elements(value)) is not None:
        return _joined("[", (shown_by(leaf, element, nesting + 1) for element in listed), "]")
    if (mapped := entries(value)) is not None:
        pairs = (f"{leaf(key)}:{shown_by(leaf, entry, nesting + 1)}" for key, entry in mapped)
        return _joined("map[", pairs, "]")
    if isinstance(value, Struct):
        return _joined("{", (shown_by(leaf, part, nesting + 1) for _, part in fields(value)), "}")
    return leaf(value)


def represented(value: Value) -> Value:
    """The value that stands for another one: what a pointer leads to, the text of a time."""
    value = pointee(value) if isinstance(value, Pointer) else value
    if isinstance(value, Struct) and value.type.shown:
        return field(value, value.type.shown, strict=False)
    return value


def _joined(left: str, parts: Iterable[str], right: str) -> str:
    """Stops when it becomes too long, and not when it has become so."""
    found, length = [], 0
    for part in parts:
        found.append(part)
        length += len(part) + 1
        if length > MAX_TEXT:
            raise too_long()
    return left + " ".join(found) + right


def plain(value: Value) -> str:
    """A value without parts."""
    if value is MISSING or value is None:
        return _NIL
    if isinstance(value, bool):
        return "true" if value else "false"
    return shortest(value) if isinstance(value, float) else str(value)


def shortest(number: float) -> str:
    """As few digits as tell the number from others; with an exponent below 1e-4 and from a million on."""
    if not math.isfinite(number):
        return {math.inf: "+Inf", -math.inf: "-Inf"}.get(number, "NaN")
    if not number:
        return "-0" if math.copysign(1, number) < 0 else "0"
    mantissa, _, power = f"{number!r}".partition("e")
    digits, point = _digits(mantissa)
    exponent = point - 1 + int(power or 0)
    sign = "-" if number < 0 else ""
    if -4 <= exponent < 6:
        return sign + _positional(digits, exponent)
    fraction = f".{digits[1:]}" if digits[1:] else ""
    return f"{sign}{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _digits(mantissa: str) -> tuple[str, int]:
    """The digits that count, and where the decimal point stands among them."""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    together = whole + fraction
    leading = len(together) - len(together.lstrip("0"))
    return together.strip("0"), len(whole) - leading


def _positional(digits: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    fraction = digits[exponent + 1 :]
    return f"{whole}.{fraction}" if fraction else whole
