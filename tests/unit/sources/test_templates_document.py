"""What docs/templates.md promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from unit.sources.builders import settings
from zonewright import gotemplate
from zonewright.gotemplate import budget, stream
from zonewright.gotemplate.externaldns import NAMES
from zonewright.gotemplate.functions import BUILTINS, SHORT_CIRCUITS
from zonewright.sources import templates

TEXT = (Path(__file__).parents[3] / "docs" / "templates.md").read_text(encoding="utf-8")
(SERVICE,) = re.findall(r"^```yaml\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
ROWS = re.findall(r"^\| `(.*?)` \| (.*?) \|$", TEXT.split("## Examples")[1], flags=re.MULTILINE)[1:]


@pytest.mark.parametrize(("template", "names"), ROWS)
def test_example_makes_the_names_beside_it(template: str, names: str) -> None:
    written = settings(fqdn_template=(template.replace(r"\|", "|"),))
    rendered = templates.hostnames(yaml.safe_load(SERVICE), "service", written)
    assert rendered.problems == ()
    assert rendered.names == tuple(re.findall("`(.*?)`", names))


def test_every_function_is_described() -> None:
    assert len(ROWS) > 10
    for name in {*BUILTINS, *SHORT_CIRCUITS, *NAMES}:
        assert f"`{name}`" in TEXT or f"`{name} " in TEXT, name


def test_every_block_is_described() -> None:
    for word in ("if", "else if", "else", "end", "with", "range", "break", "continue", "define", "template", "block"):
        assert f"`{{{{{word}}}}}`" in TEXT, word
    gotemplate.parse("{{define `a`}}{{end}}{{template `a`}}{{block `b` .}}{{end}}{{range .}}{{break}}{{else}}{{end}}")


def test_bounds_are_those_of_the_code() -> None:
    assert f"{budget.MAX_STEPS:,} steps, {budget.MAX_DEPTH} levels" in TEXT
    assert f"{budget.MAX_OUTPUT // 1024} KiB of output" in TEXT
    assert stream.MAX_NESTING == budget.MAX_DEPTH
