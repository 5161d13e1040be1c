"""Templates on JSON, as Go reads it into an interface, and on objects."""

from __future__ import annotations

from typing import Any

from zonewright import gotemplate
from zonewright.gotemplate import externaldns, kubernetes
from zonewright.gotemplate.functions import BUILTINS
from zonewright.gotemplate.values import Value

FUNCTIONS = {**BUILTINS, **externaldns.functions("service", {"service", "ingress", "traefik-proxy"})}

DATA: dict[str, Any] = {
    "name": "web",
    "empty": "",
    "accent": "héllo",
    "yes": True,
    "five": 5.0,
    "half": 0.5,
    "null": None,
    "list": ["a", "b", "c"],
    "mixed": [1.0, "x", None, True],
    "none": [],
    "map": {"b": "2", "a": "1"},
    "deep": {"er": {"est": "here"}},
}


def made(template: str, data: Value = DATA, *, strict: bool = False) -> str:
    """What a template makes of data."""
    return gotemplate.render(gotemplate.parse(template), data, FUNCTIONS, strict=strict)


def of_service(template: str, **fields: Any) -> str:
    """What it makes of a Service by Go's names."""
    return made(template, kubernetes.by_go("Service", {"metadata": {"name": "app"}} | fields))
