"""Targets of TLSA records: usage selector matching-type data, the data in hex (RFC 6698, section 2.2)."""

from __future__ import annotations

import re

from zonewright.model.targets.fields import Unfit, number

_HEX = re.compile(r"(?:[0-9a-f]{2})+")
_DIGITS = {1: 64, 2: 128}  # of SHA-256 and SHA-512, by matching type


def check(target: str) -> str:
    """In small letters; blanks within the data are taken out. Raises Unfit."""
    fields = target.split()
    if len(fields) < 4:
        raise Unfit(f"it needs 4 fields (usage selector matching-type data), it has {len(fields)}")
    usage, selector, matching = (number(field, 255) for field in fields[:3])
    data = "".join(fields[3:]).lower()
    if not _HEX.fullmatch(data):
        raise Unfit("its data is no even number of hex digits")
    if len(data) != _DIGITS.get(matching, len(data)):
        raise Unfit(f"with matching type {matching} its data has {_DIGITS[matching]} hex digits, not {len(data)}")
    return f"{usage} {selector} {matching} {data}"
