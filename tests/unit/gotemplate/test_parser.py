"""What is a template and what is none: as Go 1.26 has it, each line checked against text/template."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright import gotemplate

WORDS = [
    *[
        "{{",
        "}}",
        "{{-",
        "{{/*",
        "*/}}",
        "{{end}}",
        "{{else}}",
        "{{break}}",
        "{{continue}}",
        ".",
        "$",
        "$x",
        "|",
        "(",
        ")",
        ",",
        '"',
        "`",
        "'",
        "\\",
        "é",
        "٣",
        "\x00",
        ":=",
        "=",
    ],
    *[
        "eq",
        "printf",
        "index",
        "nil",
        "nope",
        "true",
        "1",
        "-1.5e3",
        "0x1f",
        "08",
        "1i",
        ".Name",
        ".A.B",
        "'a'",
        '"text"',
        "`raw`",
    ],
    *(" ", "\n", " -}}", "{{if .A}}", "{{else if .A}}", "{{with $x := .}}", "{{range $i, $e := .L}}"),
    *('{{define "d"}}', '{{template "d" .}}', '{{block "b" .}}'),
]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("plain, } text {", id="text alone"),
        pytest.param("{{.Name}}.example.org", id="a field"),
        pytest.param("{{ .Name }}{{\t.Name\n}}", id="blanks and line breaks in an action"),
        pytest.param("{{.Name|}}", id="a bar that nothing follows"),
        pytest.param("{{nil}}", id="nil, which fails only when it is carried out"),
        pytest.param("{{$x = 1}}", id="an assignment to nothing, which fails only then"),
        pytest.param("{{1 2}}", id="arguments for a number, which fail only then"),
        pytest.param("{{(1 | printf `%d`).Name}}", id="a field of an expression"),
        pytest.param("{{range .L}}{{break}}{{continue}}{{end}}", id="ways out of a range"),
        pytest.param("{{if .A}}{{else if .B}}{{else if .C}}{{else}}{{end}}", id="many arms"),
        pytest.param("{{with .A}}{{else with .B}}{{end}}", id="else with"),
        pytest.param('{{define "x"}}{{end}}{{template "x"}}{{template "y" .}}', id="a call of what is not there"),
        pytest.param('{{define "x"}} {{end}}{{define "x"}}a{{end}}', id="an empty definition gives way"),
        pytest.param("{{/* a comment }} */}}{{- /* another */ -}}", id="comments"),
        pytest.param("{{$x:=1}}{{$x}}", id="no blanks needed"),
        pytest.param("{{if $x := .A}}{{else if .B}}{{$x}}{{else}}{{$x}}{{end}}", id="a variable of an arm in the next"),
        pytest.param("{{range $x := .L}}{{else}}{{$x}}{{end}}", id="a variable of a range in its else"),
    ],
)
def test_template_is_accepted(text: str) -> None:
    gotemplate.parse(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("{{.Name", "unclosed action", id="no end of an action"),
        pytest.param("{{.Name}", "bad character", id="half an end"),
        pytest.param("{{}}", "missing value for command", id="an empty action"),
        pytest.param("{{ | .Name}}", "unexpected '|'", id="a bar before everything"),
        pytest.param("{{name}}", 'function "name" not defined', id="a field without its dot"),
        pytest.param("{{.Name | nope}}", 'function "nope" not defined', id="an unknown function"),
        pytest.param("{{$x}}", 'undefined variable "$x"', id="an unknown variable"),
        pytest.param("{{if .A}}{{$x := 1}}{{end}}{{$x}}", "undefined variable", id="a variable of a block behind it"),
        pytest.param("{{$x := 1}}{{define `d`}}{{$x}}{{end}}", "undefined variable", id="a variable in a definition"),
        pytest.param("{{if .A}}", "an {{end}} is missing", id="no end of a block"),
        pytest.param("{{end}}", "unexpected 'end' in input", id="an end of nothing"),
        pytest.param("{{else}}", "unexpected 'else' in input", id="an else of nothing"),
        pytest.param("{{if .A}}{{else}}{{else}}{{end}}", "unexpected {{else}}", id="two elses"),
        pytest.param("{{if .A}}{{else with .B}}{{end}}", "unexpected {{else with}}", id="else with of an if"),
        pytest.param("{{range .A}}{{else if .B}}{{end}}", "unexpected {{else if}}", id="else if of a range"),
        pytest.param("{{if}}{{end}}", "missing value for if", id="an if of nothing"),
        pytest.param("{{break}}", "{{break}} outside {{range}}", id="a break of nothing"),
        pytest.param("{{range .A}}{{else}}{{break}}{{end}}", "outside", id="a break in the else of a range"),
        pytest.param("{{range .A}}{{define `d`}}{{continue}}{{end}}{{end}}", "unexpected 'define'", id="define inside"),
        pytest.param("{{range .A}}{{break 1}}{{end}}", "unexpected '1'", id="a break with an argument"),
        pytest.param("{{1 | 2}}", "no command", id="a number that is given something"),
        pytest.param("{{.A | nil}}", "no command", id="nil that is given something"),
        pytest.param('{{"a".b}}', "unexpected .", id="a field of a constant"),
        pytest.param("{{(.A}}", "unclosed left paren", id="an open parenthesis"),
        pytest.param("{{.A)}}", "unexpected right paren", id="a parenthesis that closes nothing"),
        pytest.param("{{()}}", "missing value for parenthesized pipeline", id="an empty parenthesis"),
        pytest.param('{{"a}}', "unterminated quoted string", id="an open text"),
        pytest.param("{{`a}}", "unterminated raw quoted string", id="an open raw text"),
        pytest.param("{{'a}}", "unterminated character constant", id="an open character"),
        pytest.param("{{/* a }}", "unclosed comment", id="an open comment"),
        pytest.param("{{/* a */ }}", "comment ends before closing delimiter", id="a comment and more"),
        pytest.param("{{.A,.B}}", "unexpected ','", id="a comma"),
        pytest.param("{{.A & .B}}", "unexpected '&'", id="a sign that means nothing"),
        pytest.param("{{.A \0}}", "unrecognized character", id="a control character"),
        pytest.param("{{.A : .B}}", "expected :=", id="half a sign"),
        pytest.param("{{$x=1}}", "bad character", id="an assignment without blanks"),
        pytest.param("{{$x, $y := .L}}", "too many declarations", id="two variables outside of a range"),
        pytest.param("{{range $x, $y, $z := .L}}{{end}}", "too many declarations", id="three variables in a range"),
        pytest.param("{{range $x, 1 := .L}}{{end}}", "range can only initialize variables", id="a number as variable"),
        pytest.param("{{template .Name}}", "unexpected '.Name' in template clause", id="a call of no name"),
        pytest.param("{{template}}", "unexpected '}}' in template clause", id="a call of nothing"),
        pytest.param("{{define x}}{{end}}", "unexpected 'x' in define clause", id="a definition without quotes"),
        pytest.param("{{define `x`}}", "an {{end}} is missing", id="an open definition"),
        pytest.param("{{block `x`}}{{end}}", "missing value for block clause", id="a block of nothing"),
        pytest.param("{{define `x`}}a{{end}}{{define `x`}}b{{end}}", "multiple definition", id="two definitions"),
        pytest.param("{{08}}", "08 is no number", id="an octal number with an 8"),
        pytest.param("{{1i}}", "bad number syntax", id="an imaginary number, which Go has"),
    ],
)
def test_malformed_template_says_what_is_wrong(text: str, why: str) -> None:
    with pytest.raises(gotemplate.Malformed) as told:
        gotemplate.parse(text)
    assert why in str(told.value)


def test_mistake_is_found_by_its_line() -> None:
    with pytest.raises(gotemplate.Malformed, match=r"line 3, at '\.}}': unexpected '\.' in operand"):
        gotemplate.parse("{{.A}},\n{{.C}},\n{{.B.}}")


@pytest.mark.parametrize("levels", [100, 101, 5_000])
@pytest.mark.parametrize(("left", "right"), [("{{if .A}}", "{{end}}"), ("{{", "}}")])
def test_nesting_is_bounded(left: str, right: str, levels: int) -> None:
    text = left * levels + right * levels if len(left) > 2 else "{{" + "(" * levels + "1" + ")" * levels + "}}"
    if levels <= 100:
        gotemplate.parse(text)
        return
    with pytest.raises(gotemplate.Malformed, match="nested deeper than 100"):
        gotemplate.parse(text)


def test_arms_are_no_nesting() -> None:
    gotemplate.parse("{{if .A}}" + "{{else if .A}}" * 1_000 + "{{end}}")


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=20).map("".join))
def test_any_text_is_a_template_or_malformed(text: str) -> None:
    with suppress(gotemplate.Malformed):
        gotemplate.parse(text)
