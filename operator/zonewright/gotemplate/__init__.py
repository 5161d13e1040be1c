"""Go's text/template, as far as names need it, with the functions of ExternalDNS.

`parse` reads a template and `render` carries it out on a value: JSON, or an object of Kubernetes as Go sees it
(`views`). No Python object can be reached from a template, and every evaluation ends: its steps, its depth and its
texts are counted (`budget`).
"""

from __future__ import annotations

from zonewright.gotemplate import externaldns, parser
from zonewright.gotemplate.errors import Exhausted, Failed, Malformed, TemplateError
from zonewright.gotemplate.evaluation import render
from zonewright.gotemplate.functions import BUILTINS, SHORT_CIRCUITS
from zonewright.gotemplate.nodes import Template

__all__ = ["Exhausted", "Failed", "Malformed", "Template", "TemplateError", "parse", "render"]

_NAMES = frozenset(BUILTINS) | frozenset(SHORT_CIRCUITS) | externaldns.NAMES


def parse(text: str) -> Template:
    """Raises Malformed, which says where and why."""
    return parser.parse(text, _NAMES)
