"""Whether a table is one that ownership can be kept in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def fault(table: Mapping[str, Any]) -> str | None:
    """What is wrong with a table, as DescribeTable tells of it; None when it will do (ExternalDNS, readLabels)."""
    keys = {key["KeyType"]: key["AttributeName"] for key in table.get("KeySchema", ())}
    types = {each["AttributeName"]: each["AttributeType"] for each in table.get("AttributeDefinitions", ())}
    if keys.get("HASH") != "k":
        return f"its hash key must be k, not {keys.get('HASH')}"
    if types.get("k") != "S":
        return "its hash key k must have the type S, a text"
    if "RANGE" in keys:
        return f"it must not have a range key; it has {keys['RANGE']}"
    return None
