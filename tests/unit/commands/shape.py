"""What docs/commands.md says of JSON, as something that a document can be held against."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parents[3] / "docs" / "commands.md"
FREE = {"properties", "summary"}  # any keys; a summary has what the command counts


def documented(title: str) -> Any:
    """The example under a heading."""
    section = DOCUMENT.read_text().partition(f"## {title}\n")[2].partition("\n## ")[0]
    example = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert example, f"{title} has no example"
    return json.loads(example[1])


def misfits(found: Any, example: Any, path: str = "") -> list[str]:
    """Where a document has other fields, or values of another kind, than the example. null fits anything.

    An empty list in the example is one of which nothing is told there.
    """
    if found is None or example is None:
        return []
    if type(found) is not type(example):
        return [f"{path}: {type(found).__name__}, not {type(example).__name__}"]
    if isinstance(found, Mapping):
        wrong = [] if path.rpartition(".")[2] in FREE else [f"{path}.{key}" for key in found.keys() ^ example.keys()]
        return wrong + [
            m for key in found.keys() & example.keys() for m in misfits(found[key], example[key], f"{path}.{key}")
        ]
    if isinstance(found, list) and example:
        return [m for index, one in enumerate(found) for m in misfits(one, example[0], f"{path}[{index}]")]
    return []
