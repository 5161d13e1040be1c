"""printf (Go, package fmt): verbs, flags, width and precision; what does not fit is said in the text, as Go does."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from zonewright.gotemplate.budget import MAX_TEXT, too_long
from zonewright.gotemplate.errors import Failed
from zonewright.gotemplate.printing import plain, represented, shortest, shown, shown_by
from zonewright.gotemplate.values import MISSING, Value, kind

_DIRECTIVE = re.compile(
    r"%(?P<flags>[-+# 0]*)(?P<width>\*|[0-9]{1,6})?(?:\.(?P<precision>\*|[0-9]{0,6}))?"
    r"(?:\[(?P<index>[0-9]{1,6})\])?(?P<verb>.)?",
    re.DOTALL,
)
_MOST_DIGITS = 1_100  # behind the decimal point: a float has no more


class _Spec:
    """One directive with its numbers: width and precision are None where they are not given."""

    def __init__(self, directive: re.Match[str], arguments: _Arguments) -> None:
        self.flags = frozenset(directive["flags"])
        self.width = arguments.number(directive["width"])
        self.precision = arguments.number(directive["precision"])
        if self.width is not None and self.width < 0:
            self.flags |= {"-"}
            self.width = -self.width
        self.verb = directive["verb"] or ""

    def padded(self, text: str) -> str:
        width = self.width or 0
        if "-" in self.flags:
            return text.ljust(width)
        if "0" in self.flags and len(text) < width:
            sign = text[0] if text[:1] in ("+", "-") and text[1:2].isdigit() else ""
            return sign + text[len(sign) :].rjust(width - len(sign), "0")
        return text.rjust(width)


class _Arguments:
    """The arguments, in turn or by number."""

    def __init__(self, values: Sequence[Value]) -> None:
        self._values = values
        self._next = 0
        self._reordered = False

    def number(self, text: str | None) -> int | None:
        if text != "*":
            return None if text is None else min(int(text or 0), MAX_TEXT)
        value = self.take()
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_TEXT:
            raise Failed("a * in a format of printf needs a whole number")
        return value

    def at(self, index: str | None) -> None:
        if index is not None:
            self._reordered = True
            self._next = int(index) - 1

    def ready(self) -> bool:
        return 0 <= self._next < len(self._values)

    def take(self) -> Value:
        if not self.ready():
            raise Failed("printf has too few arguments")
        self._next += 1
        return self._values[self._next - 1]

    def rest(self) -> Sequence[Value]:
        return () if self._reordered else self._values[self._next :]


def sprintf(template: str, values: Sequence[Value]) -> str:
    """The text that printf makes. Raises Failed when it becomes too long."""
    arguments = _Arguments(values)
    found: list[str] = []
    position = length = 0
    for directive in _DIRECTIVE.finditer(template):
        found += [template[position : directive.start()], _formatted(directive, arguments)]
        position = directive.end()
        length += len(found[-1])
        if length > MAX_TEXT:
            raise too_long()
    return "".join([*found, template[position:], _extra(arguments.rest())])


def _extra(values: Sequence[Value]) -> str:
    if not values:
        return ""
    return f"%!(EXTRA {', '.join(map(_said, values))})"


def _said(value: Value) -> str:
    absent = value is None or value is MISSING
    return "<nil>" if absent else f"{kind(value)}={shown(value)}"


def _formatted(directive: re.Match[str], arguments: _Arguments) -> str:
    spec = _Spec(directive, arguments)
    arguments.at(directive["index"])
    if not spec.verb:
        return "%!(NOVERB)"
    if spec.verb == "%":
        return "%"
    if not arguments.ready():
        return f"%!{spec.verb}({'BADINDEX' if directive['index'] else 'MISSING'})"
    value = arguments.take()
    if spec.verb == "T":
        return spec.padded("<nil>" if value is None or value is MISSING else kind(value))
    if (value is None or value is MISSING) and spec.verb != "v":
        return f"%!{spec.verb}(<nil>)"
    return shown_by(lambda leaf: _leaf(spec, leaf), represented(value))


_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\"}


def _quoted(text: str, quote: str) -> str:
    """As a constant of Go."""
    return quote + "".join(f"\\{char}" if char == quote else _escaped(char) for char in text) + quote


def _escaped(char: str) -> str:
    if char.isprintable() or char in _ESCAPES:
        return _ESCAPES.get(char, char)
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _leaf(spec: _Spec, value: Value) -> str:
    text: str | None = None
    if value is None or value is MISSING:
        text = "<nil>"
    elif isinstance(value, bool):
        text = plain(value) if spec.verb in "tv" else None
    elif isinstance(value, int):
        text = _whole(spec, value)
    elif isinstance(value, float):
        text = _fraction(spec, value)
    elif isinstance(value, str):
        text = _text(spec, value)
    return f"%!{spec.verb}({kind(value)}={plain(value)})" if text is None else spec.padded(text)


_RADIX: dict[str, Callable[[int], str]] = {
    "d": str,
    "v": str,
    "b": lambda number: f"{number:b}",
    "o": lambda number: f"{number:o}",
    "O": lambda number: f"0o{number:o}",
    "x": lambda number: f"{number:x}",
    "X": lambda number: f"{number:X}",
}
_MARKS = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}


def _whole(spec: _Spec, number: int) -> str | None:
    if spec.verb in ("c", "q", "U"):
        char = chr(number) if 0 <= number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else "\ufffd"
        return {"c": char, "q": _quoted(char, "'"), "U": f"U+{number:04X}"}[spec.verb]
    if spec.verb not in _RADIX:
        return None
    digits = _RADIX[spec.verb](abs(number)).rjust(spec.precision or 0, "0")
    mark = _MARKS.get(spec.verb, "") if "#" in spec.flags else ""
    return _sign(spec, number < 0) + mark + digits


def _sign(spec: _Spec, negative: bool) -> str:
    if negative:
        return "-"
    return "+" if "+" in spec.flags else " " if " " in spec.flags else ""


def _fraction(spec: _Spec, number: float) -> str | None:
    verb = {"v": "g", "F": "f"}.get(spec.verb, spec.verb)
    if verb not in ("e", "E", "f", "g", "G"):
        return None
    if verb in ("g", "G") and spec.precision is None:
        text = shortest(abs(number)).replace("e", "E" if verb == "G" else "e")
    else:
        text = f"{abs(number):.{6 if spec.precision is None else min(spec.precision, _MOST_DIGITS)}{verb}}"
    return _sign(spec, number < 0) + text


def _text(spec: _Spec, text: str) -> str | None:
    if spec.precision is not None:
        text = text[: spec.precision]
    if spec.verb in ("s", "v"):
        return text
    if spec.verb == "q":
        return f"`{text}`" if "#" in spec.flags and "`" not in text else _quoted(text, '"')
    if spec.verb in ("x", "X"):
        digits = text.encode("utf-8", "replace").hex()
        return digits.upper() if spec.verb == "X" else digits
    return None
