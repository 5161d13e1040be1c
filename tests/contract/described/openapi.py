"""A publisher's OpenAPI 3 document: whether it allows a request, and which operation that is.

Strict: a path, a query parameter or a body that the document does not know is not allowed. Where a document is known to
be wrong, the server that uses it amends it, and says why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

import jsonschema
import yaml

from contract.described.folder import folder

Json = Any
_METHODS = {"get", "put", "post", "delete", "patch"}
_PARAMETER = re.compile(r"\{([^}]+)\}")


class NotAllowed(Exception):
    """A request that the description does not allow; the text says everything that is wrong with it."""


@dataclass(frozen=True, slots=True)
class Operation:
    """id: its operationId; path and query: the values of parameters, typed by their schemas; body: None for none"""

    id: str
    path: Mapping[str, Json]
    query: Mapping[str, Json]
    body: Json


@dataclass(frozen=True, slots=True)
class _Route:
    """names: of the parameters in the path, in their order"""

    method: str
    pattern: re.Pattern[str]
    names: Sequence[str]
    definition: Mapping[str, Json]
    parameters: Sequence[Mapping[str, Json]]

    def named(self, place: str) -> dict[str, Mapping[str, Json]]:
        """The parameters in "path" or "query", by name."""
        return {parameter["name"]: parameter for parameter in self.parameters if parameter["in"] == place}


class Description:
    """document: OpenAPI 3, all references within itself; base: of its server, before every path"""

    def __init__(self, document: Mapping[str, Json], base: str = "") -> None:
        self._base = base
        self._document = document
        self._components = _draft(document.get("components", {}))
        self._routes = list(self._read_routes())

    @classmethod
    def read(cls, file: str, base: str = "", amended: Callable[[Json], None] = lambda _: None) -> Description:
        """A document below the folder of descriptions. amended: changes it where it is known to be wrong."""
        document = json.loads(_parsed(file))
        amended(document)
        return cls(document, base)

    def operation(self, method: str, path: str, query: Sequence[tuple[str, str]], body: bytes) -> Operation:
        """Which operation a request is. path: as sent, without query. Raises NotAllowed."""
        route, match = self._route(method, path)
        wrong: list[str] = []
        texts = {name: unquote(text) for name, text in zip(route.names, match.groups(), strict=True)}
        within = {name: self._value(route.named("path")[name], text, wrong) for name, text in texts.items()}
        asked = self._query(route, query, wrong)
        content = self._body(route, body, wrong)
        if wrong:
            raise NotAllowed(f"{method} {path}: " + "; ".join(wrong))
        return Operation(str(route.definition["operationId"]), within, asked, content)

    def faults(self, value: Json, schema: Json, what: str) -> list[str]:
        """Where a value does not fit a schema of the document."""
        whole = {**_draft(schema), "components": self._components}
        errors = jsonschema.Draft202012Validator(whole).iter_errors(value)
        return [f"{what}{error.json_path.removeprefix('$')}: {error.message[:300]}" for error in errors]

    def _read_routes(self) -> Iterator[_Route]:
        for template, item in self._document["paths"].items():
            literals = _PARAMETER.split(template)[::2]
            pattern = re.compile("([^/]+)".join(map(re.escape, literals)))
            for method, definition in item.items():
                if method in _METHODS:
                    given = (*item.get("parameters", ()), *definition.get("parameters", ()))
                    parameters = [self._resolved(parameter) for parameter in given]
                    yield _Route(method.upper(), pattern, _PARAMETER.findall(template), definition, parameters)

    def _route(self, method: str, path: str) -> tuple[_Route, re.Match[str]]:
        """Of several that fit, the one with the fewest parameters."""
        below = path.removeprefix(self._base) if path.startswith(self._base) else ""
        fitting = [(route, match) for route in self._routes if (match := route.pattern.fullmatch(below))]
        if not fitting:
            raise NotAllowed(f"{method} {path}: there is no such path")
        offered = [(route, match) for route, match in fitting if route.method == method]
        if not offered:
            raise NotAllowed(f"{method} {path}: there is only {', '.join(sorted(r.method for r, _ in fitting))}")
        return min(offered, key=lambda found: len(found[0].names))

    def _query(self, route: _Route, query: Sequence[tuple[str, str]], wrong: list[str]) -> dict[str, Json]:
        known = route.named("query")
        wrong += [f"query {name} is not known" for name, _ in query if name not in known]
        values = {name: self._value(known[name], text, wrong) for name, text in query if name in known}
        wrong += [f"query {name} is missing" for name, p in known.items() if p.get("required") and name not in values]
        return values

    def _value(self, parameter: Mapping[str, Json], text: str, wrong: list[str]) -> Json:
        schema = self._resolved(parameter["schema"])
        value = _typed(text, str(schema.get("type", "string")))
        wrong += self.faults(value, schema, str(parameter["name"]))
        return value

    def _body(self, route: _Route, body: bytes, wrong: list[str]) -> Json:
        asked = self._resolved(route.definition.get("requestBody", {}))
        media = asked.get("content", {}).get("application/json")
        if not body or media is None:
            wrong += ["there must be no body"] if body else []
            wrong += ["there must be a body"] if asked.get("required") and not body else []
            return None
        try:
            value = json.loads(body)
        except ValueError as error:
            wrong.append(f"the body is no JSON: {error}")
            return None
        wrong += self.faults(value, media["schema"], "body")
        return value

    def _resolved(self, node: Mapping[str, Json]) -> Mapping[str, Json]:
        """What a reference within the document leads to."""
        while "$ref" in node:
            found: Json = self._document
            for step in str(node["$ref"]).removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            node = found
        return node


@cache
def _parsed(file: str) -> str:
    """As JSON text, so that nobody amends the document of another."""
    text = (folder() / file).read_text()
    return text if file.endswith(".json") else json.dumps(yaml.safe_load(text), default=str)


def _typed(text: str, kind: str) -> Json:
    """A parameter's text by the type of its schema; the text itself where it is none such."""
    if kind in ("integer", "number") and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def _draft(schema: Json) -> Json:
    """An OpenAPI 3.0 schema as JSON Schema: `nullable` is a type there, and exclusive bounds are numbers."""
    if isinstance(schema, list):
        return [_draft(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _draft(value) for key, value in schema.items() if key not in ("example", "examples", "discriminator")}
    for bound, word in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(found.get(word), bool) and found.pop(word):
            found[word] = found.pop(bound)
    if found.pop("nullable", False) is True:
        return {"anyOf": [found, {"type": "null"}]}
    return found
