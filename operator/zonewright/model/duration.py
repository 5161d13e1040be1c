"""Durations as Go writes them, "1h30m" or "1.5h": the form that ExternalDNS's flags and annotations take."""

from __future__ import annotations

import re
from fractions import Fraction

_SECONDS = {
    "ns": Fraction(1, 10**9),
    "us": Fraction(1, 10**6),
    "µs": Fraction(1, 10**6),  # U+00B5, the micro sign
    "μs": Fraction(1, 10**6),  # U+03BC, the Greek letter
    "ms": Fraction(1, 10**3),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
}
_LIMIT = Fraction(2**63 - 1, 10**9)  # Go counts nanoseconds in 64 bits, some 292 years
_PART = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h)"
_DURATION = re.compile(rf"([+-]?)((?:{_PART})+)")
_PARTS = re.compile(r"([0-9.]+)([a-zµμ]+)")


def parse(text: str) -> float:
    """A duration in seconds; may be negative. The rules are those of Go's time.ParseDuration.

    Raises ValueError when the text is no duration: a bare number has no unit, save for "0", and there are no days.
    """
    if text in ("0", "+0", "-0"):
        return 0.0
    match = _DURATION.fullmatch(text) if len(text) < 200 else None
    if match is None:
        raise ValueError("not a duration: write a number with a unit, such as 90s, 1m30s or 1.5h")
    sign, parts = match.groups()
    seconds = sum((Fraction(_number(number)) * _SECONDS[unit] for number, unit in _PARTS.findall(parts)), Fraction())
    if seconds > _LIMIT:
        raise ValueError("not a duration: more than 292 years")
    return float(-seconds if sign == "-" else seconds)


def _number(text: str) -> str:
    """A decimal number as Fraction reads it: Go also takes "1." and ".5"."""
    whole, _, rest = text.partition(".")
    return f"{whole or '0'}.{rest or '0'}"


def spelled(seconds: float) -> str:
    """The shortest way to write a duration that is not negative, to the millisecond: "1m30s"; `parse` reads it back."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "m"), (rest, "s"), (thousandths, "ms")]
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"
