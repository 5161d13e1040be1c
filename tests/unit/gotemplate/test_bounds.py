"""Templates are an administrator's, data is anybody's: every evaluation ends soon, and no object is reached."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unit.gotemplate.rendering import DATA, FUNCTIONS, made
from zonewright import gotemplate
from zonewright.gotemplate.budget import MAX_OUTPUT, MAX_TEXT

LONG = "a" * 200_000
MANY = json.dumps([""] * 60_000)
KEYS = json.dumps({str(n): n for n in range(20_000)})


@pytest.mark.parametrize(
    ("template", "data", "why"),
    [
        pytest.param("{{range 1000000000}}{{end}}", "", "more than 100000 steps", id="turns"),
        pytest.param("{{range 999}}{{range 999}}{{range 999}}x{{end}}{{end}}{{end}}", "", "steps", id="turns in turns"),
        pytest.param("{{range 70000}}ab{{end}}", "", "more than 65536 characters", id="output"),
        pytest.param("{{.}}", LONG, "more than 65536 characters", id="output of a long text"),
        pytest.param("{{define `x`}}{{template `x` .}}{{end}}{{template `x`}}", "", "deeper than 100", id="recursion"),
        pytest.param(
            "{{define `x`}}{{if 1}}{{template `x`}}{{end}}{{end}}{{template `x`}}", "", "deeper", id="in a block"
        ),
        pytest.param("{{$x := `a`}}{{range 99}}{{$x = print $x $x}}{{end}}", "", "more than", id="doubling"),
        pytest.param("{{$x := printf `%999999d%999999d` 1 1}}", "", "262144 characters", id="a wide format"),
        pytest.param("{{$x := printf `%99999v` (fromJson `[1,1,1,1]`)}}", "", "262144 characters", id="of a list"),
        pytest.param("{{$x := replace `a` `aaaa` .}}", LONG, "262144 characters", id="a text that grows"),
        pytest.param("{{range 99999}}{{$x := fromJson $}}{{end}}", MANY, "steps", id="JSON again and again"),
        pytest.param(
            "{{$l := fromJson .}}{{range 99999}}{{$x := print $l}}{{end}}", MANY, "steps", id="a list written"
        ),
        pytest.param("{{$l := fromJson .}}{{range 99999}}{{$x := slice $l}}{{end}}", MANY, "steps", id="a list cut"),
        pytest.param(
            "{{$m := fromJson .}}{{range 99999}}{{range $m}}{{break}}{{end}}{{end}}", KEYS, "steps", id="a map"
        ),
        pytest.param("{{range 99999}}{{$x := contains $ `ab`}}{{end}}", LONG, "steps", id="a text searched"),
        pytest.param("{{fromJson .}}", "[" * 60 + "]" * 60, "nested deeper than 50", id="a nested value written"),
    ],
)
def test_evaluation_is_bounded(template: str, data: str, why: str) -> None:
    with pytest.raises(gotemplate.Exhausted, match=why):
        made(template, data)


def test_output_up_to_the_limit_is_written() -> None:
    assert len(made("{{.}}", "a" * MAX_OUTPUT)) == MAX_OUTPUT
    assert made("{{len (replace `b` `c` .)}}", "a" * MAX_TEXT) == str(MAX_TEXT)


@pytest.mark.parametrize("name", ["__class__", "__init__", "items", "keys", "upper", "format", "real", "data", "type"])
def test_no_attribute_of_python_can_be_reached(name: str) -> None:
    """Letters and _ are a field to the grammar; whatever it is called, it is looked up in data alone."""
    for value in ("text", 1, 1.5, True, ["a"]):
        with pytest.raises(gotemplate.Failed, match="can't evaluate field"):
            made(f"{{{{.{name}}}}}", value)
    assert made(f"{{{{.{name}}}}}", {}) == "<no value>"


OPERANDS = st.sampled_from(
    ["1", "-1", "1.5", "`x`", "true", "nil", ".", "$", "$x", *(f".{name}" for name in (*DATA, "nope", "deep.er"))]
)
CALLS = st.sampled_from([*FUNCTIONS, "and", "or"])
PIPES = st.recursive(
    OPERANDS,
    lambda inner: (
        st.builds(lambda name, rest: " ".join([name, *rest]), CALLS, st.lists(inner.map("({})".format), max_size=4))
        | st.builds("({}) | {} {}".format, inner, CALLS, OPERANDS)
        | st.builds("({}).name".format, inner)
    ),
    max_leaves=6,
)
BLOCKS = st.recursive(
    st.builds("{{{{{}{}}}}}".format, st.sampled_from(["", "$x = "]), PIPES) | st.text(alphabet="a,. \n", max_size=3),
    lambda inner: (
        st.builds(
            "{{{{{} {}}}}}{}{}{{{{else}}}}{}{{{{end}}}}".format,
            st.sampled_from(["if", "with", "range", "with $y :=", "range $x :=", "range $i, $x :=", "range $x ="]),
            PIPES,
            inner,
            st.sampled_from(["", "", "{{template `d` .}}"]),
            inner,
        )
        | st.lists(inner, max_size=3).map("".join)
    ),
    max_leaves=6,
)
VALUES: st.SearchStrategy[Any] = st.sampled_from([DATA, None, "text", 5, ["a"], {}]) | st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "list", "map"]), inner),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(BLOCKS, VALUES, st.booleans())
def test_evaluation_always_ends_with_a_text_or_a_failure(block: str, data: Any, strict: bool) -> None:
    with suppress(gotemplate.Failed):
        text = made("{{$x := 1}}{{define `d`}}<{{.}}{{template `d` .}}>{{end}}" + block, data, strict=strict)
        assert len(text) <= MAX_OUTPUT
