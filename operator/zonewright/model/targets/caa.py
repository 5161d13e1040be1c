"""Targets of CAA records: flags tag "value" (RFC 8659, section 4.1.1)."""

from __future__ import annotations

import re

from zonewright.model.hostname import printable
from zonewright.model.targets.fields import Unfit, exactly, number, octets, quoted

_TAG = re.compile(r"[A-Za-z0-9]{1,255}")


def check(target: str) -> str:
    """The tag in small letters, the value in quotes. Raises Unfit."""
    flags, tag, value = exactly(target, 'flags tag "value"')
    if not _TAG.fullmatch(tag):
        raise Unfit(f"the tag {printable(tag)!r} has other than letters and digits")
    return f"{number(flags, 255)} {tag.lower()} {quoted(octets(value))}"
