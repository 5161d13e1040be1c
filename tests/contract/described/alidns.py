"""Alibaba Cloud's actions, as converted from the publisher's interface definition: a schema of request and response."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from contract.described.folder import folder
from contract.described.openapi import NotAllowed

Json = Any


class Actions:
    """operations: by the name of the action"""

    def __init__(self, document: Mapping[str, Json]) -> None:
        self.version = str(document["version"])
        self._operations = document["operations"]

    def request(self, action: str, method: str, path: str, query: Mapping[str, str], body: bytes) -> dict[str, Json]:
        """The parameters, typed. Raises NotAllowed."""
        if action not in self._operations:
            raise NotAllowed(f"{action}: there is no such action")
        operation = self._operations[action]
        schema = operation["request"] | {"additionalProperties": False}
        values = {name: _typed(text, schema["properties"].get(name, {})) for name, text in query.items()}
        wrong = _faults(values, schema)
        wrong += (
            [] if (method, path) == (operation["call"]["method"], operation["call"]["pathname"]) else [method + path]
        )
        wrong += ["there must be no body"] if body else []
        if wrong:
            raise NotAllowed(f"{action}: " + "; ".join(wrong))
        return values

    def response(self, action: str, value: Json) -> Json:
        """An answer of the test server's; it has to fit too."""
        assert _faults(value, self._operations[action]["response"] | {"additionalProperties": False}) == []
        return value


def _typed(text: str, schema: Mapping[str, Json]) -> Json:
    return int(text) if schema.get("type") == "integer" and text.isascii() and text.isdigit() else text


def _faults(value: Json, schema: Json) -> list[str]:
    errors = jsonschema.Draft7Validator(schema).iter_errors(value)
    return [f"{error.json_path}: {error.message[:200]}" for error in errors]


@cache
def alidns() -> Actions:
    return Actions(json.loads((folder() / "alibaba-alidns/alidns-2015-01-09.json").read_text()))


@cache
def private_zone() -> Actions:
    return Actions(json.loads(Path(__file__).with_name("privatezone-2018-01-01.json").read_text()))
