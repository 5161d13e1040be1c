"""The `ttl` annotation: a Go duration or a number of seconds (ExternalDNS, source/annotations/processors.go)."""

from __future__ import annotations

import re

from zonewright.model import duration
from zonewright.model.endpoint import MAX_TTL
from zonewright.model.hostname import printable

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")  # longer ones are no number of seconds below 2**31 either


def parse_ttl(text: str) -> int:
    """Seconds, 1 to 2**31 - 1; fractions of a second are cut off. Raises ValueError."""
    seconds = _seconds(text)
    if seconds is None:
        raise ValueError(f"{printable(text)!r} is not understood: write seconds (300) or a duration (5m, 1h30m)")
    if not 1 <= seconds <= MAX_TTL:
        raise ValueError(f"{printable(text)!r} is not between 1 second and {MAX_TTL} seconds")
    return seconds


def _seconds(text: str) -> int | None:
    if _INTEGER.fullmatch(text):
        return int(text)
    try:
        return int(duration.parse(text))
    except ValueError:
        return None
