"""A discovery document of Google's: whether it allows a request, and which method that is.

Strict: a path, a query parameter or a field of a body that the document does not know is not allowed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import jsonschema

from contract.described.folder import folder
from contract.described.openapi import NotAllowed, Operation

Json = Any
_PARAMETER = re.compile(r"\{\+?([^}]+)\}")
_ANNOTATIONS = {"description", "enumDescriptions", "id", "readOnly", "annotations", "deprecated", "enumDeprecated"}


class Discovery:
    """document: as it is published; methods are told by their ids"""

    def __init__(self, document: Mapping[str, Json]) -> None:
        self._document = document
        self._definitions = {name: _schema(schema) for name, schema in document["schemas"].items()}
        self._methods = [(_pattern(m), m) for m in _methods(document)]

    @classmethod
    def read(cls, file: str) -> Discovery:
        return cls(json.loads((folder() / file).read_text()))

    def operation(self, method: str, path: str, query: Sequence[tuple[str, str]], body: bytes) -> Operation:
        """Which method a request is. path: as sent, without query. Raises NotAllowed."""
        fitting = [(m, match) for pattern, m in self._methods if (match := pattern.fullmatch(path.lstrip("/")))]
        found = next(((m, match) for m, match in fitting if m["httpMethod"] == method), None)
        if found is None:
            raise NotAllowed(f"{method} {path}: there is no such method")
        definition, match = found
        names = _PARAMETER.findall(definition.get("flatPath") or definition["path"])
        within = dict(zip(names, map(unquote, match.groups()), strict=True))
        wrong = self._wrong_query(definition, query)
        content = self._body(definition, body, wrong)
        if wrong:
            raise NotAllowed(f"{method} {path}: " + "; ".join(wrong))
        return Operation(str(definition["id"]), within, dict(query), content)

    def faults(self, value: Json, name: str) -> list[str]:
        """Where a value does not fit a schema of the document."""
        whole = {"$ref": f"#/definitions/{name}", "definitions": self._definitions}
        return [f"{e.json_path}: {e.message[:300]}" for e in jsonschema.Draft7Validator(whole).iter_errors(value)]

    def _wrong_query(self, definition: Mapping[str, Json], query: Sequence[tuple[str, str]]) -> list[str]:
        known = {n: p for n, p in definition["parameters"].items() if p["location"] == "query"}
        wrong = [f"query {name} is not known" for name, _ in query if name not in known]
        numbers = [(name, text) for name, text in query if name in known and known[name]["type"] == "integer"]
        return wrong + [f"query {name}: {text!r} is no number" for name, text in numbers if not text.isdigit()]

    def _body(self, definition: Mapping[str, Json], body: bytes, wrong: list[str]) -> Json:
        wanted = definition.get("request")
        if not wanted or not body:
            wrong += ["there must be no body"] if body else []
            wrong += ["there must be a body"] if wanted and not body else []
            return None
        value = json.loads(body)
        wrong += self.faults(value, wanted["$ref"])
        return value


def _methods(node: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    for resource in node.get("resources", {}).values():
        yield from resource.get("methods", {}).values()
        yield from _methods(resource)


def _pattern(method: Mapping[str, Json]) -> re.Pattern[str]:
    literals = _PARAMETER.split(method.get("flatPath") or method["path"])[::2]
    return re.compile("([^/]+)".join(map(re.escape, literals)))


def _schema(node: Json) -> Json:
    """As JSON Schema: references are bare names there, and what an object does not list it does not have."""
    if isinstance(node, list):
        return [_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _schema(value) for key, value in node.items() if key not in _ANNOTATIONS or isinstance(value, dict)}
    if isinstance(found.get("$ref"), str):
        return {"$ref": f"#/definitions/{found['$ref']}"}
    if found.get("type") == "any":
        found.pop("type")
    if isinstance(found.get("properties"), dict):
        found["properties"] = {name: _schema(value) for name, value in node["properties"].items()}
        found.setdefault("additionalProperties", False)
    found.pop("format", None)
    return found
