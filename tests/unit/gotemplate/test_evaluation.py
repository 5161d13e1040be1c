"""What a template makes of data: the expectations are what Go 1.26 writes."""

from __future__ import annotations

import pytest

from unit.gotemplate.rendering import DATA, made
from zonewright import gotemplate
from zonewright.gotemplate.values import MISSING


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("{{.name}}.example.org", "web.example.org", id="a field"),
        pytest.param("{{.deep.er.est}} {{(.deep).er.est}} {{(index .deep `er`).est}}", "here here here", id="fields"),
        pytest.param("{{.five}} {{.half}} {{.yes}} {{.null}}", "5 0.5 true <no value>", id="values"),
        pytest.param("{{.list}} {{.map}} {{.mixed}}", "[a b c] map[a:1 b:2] [1 x <nil> true]", id="values with parts"),
        pytest.param("{{.nope}} {{.nope.nope.nope}}", "<no value> <no value>", id="what is not there"),
        pytest.param(
            "{{1}} {{1.0}} {{1e6}} {{'a'}} {{0x10}} {{`r`}} {{true}}", "1 1 1e+06 97 16 r true", id="constants"
        ),
        pytest.param("{{$}}{{.}}", f"{'map[a:1]' * 2}", id="the whole"),
        pytest.param("{{.name | printf `%s-%s` `a` | len}}", "5", id="the value before is the last argument"),
        pytest.param("{{.name|}}", "web", id="a bar that nothing follows"),
        pytest.param("{{(printf `%s` (printf `%s!` .name))}}", "web!", id="parentheses"),
    ],
)
def test_expression(template: str, text: str) -> None:
    assert made(template, {"a": "1"} if "$" in template else DATA) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("a {{- .name -}} b", "awebb", id="blanks on both sides"),
        pytest.param("a \n{{- .name}} b", "aweb b", id="line breaks before"),
        pytest.param("a {{.name -}}\n\n b", "a webb", id="line breaks behind"),
        pytest.param("a {{- /* c */ -}} b{{/* c */}}", "ab", id="around a comment"),
        pytest.param("{{- -3}} {{-3}}", "-3 -3", id="a minus with its number is no marker"),
    ],
)
def test_trim_markers(template: str, text: str) -> None:
    assert made(template) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("{{if .name}}a{{end}}{{if .empty}}b{{end}}", "a", id="if"),
        pytest.param("{{if .empty}}a{{else if .none}}b{{else if .yes}}c{{else}}d{{end}}", "c", id="else if"),
        pytest.param("{{if .nope}}a{{else}}b{{end}}{{if .null}}a{{else}}b{{end}}", "bb", id="nothing is false"),
        pytest.param("{{with .deep}}{{.er.est}}{{$.name}}{{end}}{{.name}}", "herewebweb", id="with"),
        pytest.param("{{with .empty}}a{{else}}{{.name}}{{end}}", "web", id="the dot of an else is that around"),
        pytest.param("{{with .empty}}a{{else with .name}}{{.}}{{end}}", "web", id="else with"),
        pytest.param("{{with $x := .name}}{{$x}}{{.}}{{end}}", "webweb", id="a variable of with"),
        pytest.param("{{with $x := .empty}}{{else}}[{{$x}}]{{end}}", "[]", id="which its else sees, too"),
    ],
)
def test_if_and_with(template: str, text: str) -> None:
    assert made(template) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("{{range .list}}{{.}},{{end}}", "a,b,c,", id="a list"),
        pytest.param("{{range $x := .list}}{{$x}}{{end}}", "abc", id="one variable is the element"),
        pytest.param(
            "{{range $i, $x := .list}}{{if $i}},{{end}}{{$i}}{{$x}}{{end}}", "0a,1b,2c", id="index and element"
        ),
        pytest.param("{{range .map}}{{.}}{{end}}", "12", id="a map, by its keys in their order"),
        pytest.param("{{range $k, $v := .map}}{{$k}}={{$v}} {{end}}", "a=1 b=2 ", id="key and value"),
        pytest.param("{{range 3}}{{.}}{{end}}{{range -1}}a{{else}}b{{end}}", "012b", id="a number"),
        pytest.param("{{range .none}}a{{else}}b{{end}}{{range .nope}}a{{else}}b{{end}}", "bb", id="nothing"),
        pytest.param("{{range .list}}{{if eq . `b`}}{{break}}{{end}}{{.}}{{end}}", "a", id="break"),
        pytest.param("{{range .list}}{{if eq . `b`}}{{continue}}{{end}}{{.}}{{end}}", "ac", id="continue"),
        pytest.param("{{range .list}}{{range $.list}}{{break}}{{end}}{{.}}{{end}}", "abc", id="break of the inner one"),
        pytest.param("{{range .mixed}}{{.}};{{end}}", "1;x;<no value>;true;", id="null in a list"),
        pytest.param("{{$x := 0}}{{range $x = .list}}{{end}}{{$x}}", "c", id="an outer variable as element"),
        pytest.param("{{$i := 0}}{{$x := 0}}{{range $i, $x = .list}}{{end}}{{$i}}{{$x}}", "2c", id="two outer ones"),
    ],
)
def test_range(template: str, text: str) -> None:
    assert made(template) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("{{$x := .name}}{{$x}}", "web", id="declared, and nothing is written"),
        pytest.param("{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2", id="assigned in a block"),
        pytest.param("{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "21", id="declared anew in a block"),
        pytest.param("{{$x := 1}}{{range .list}}{{$x = .}}{{end}}{{$x}}", "c", id="assigned in a range"),
        pytest.param("{{$m := .deep}}{{$m.er.est}}", "here", id="a field of a variable"),
    ],
)
def test_variables(template: str, text: str) -> None:
    assert made(template) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param(
            "{{define `x`}}[{{.}}]{{end}}{{template `x` .name}}{{template `x`}}", "[web][<no value>]", id="define"
        ),
        pytest.param("{{template `x` .name}}{{define `x`}}[{{.}}]{{end}}", "[web]", id="before its definition"),
        pytest.param("{{block `x` .name}}<{{.}}>{{end}}", "<web>", id="block"),
        pytest.param("{{define `x`}}{{$}}{{end}}{{template `x` .name}}", "web", id="its dollar is its own"),
    ],
)
def test_definitions(template: str, text: str) -> None:
    assert made(template) == text


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{.name.x}}", "can't evaluate field x in type string"),
        ("{{.list.x}}", "can't evaluate field x in type []interface {}"),
        ("{{.null.x}}", "nil pointer evaluating nil.x"),
        ("{{range .mixed}}{{.x}}{{end}}", "can't evaluate field x in type float64"),
        ("{{.name `a`}}", "can't give argument to non-function .name"),
        ("{{`a` | .name}}", "can't give argument to non-function .name"),
        ("{{1 2}}", "can't give argument to non-function 1"),
        ("{{nil}}", "nil is not a command"),
        ("{{$y = 3}}", "undefined variable: $y"),
        ("{{range .name}}{{end}}", "range can't iterate over a string"),
        ("{{range 1.5}}{{end}}", "range can't iterate over a float64"),
        ("{{range true}}{{end}}", "range can't iterate over a bool"),
        ("{{range $i, $x := 3}}{{end}}", "more than one variable"),
        ("{{template `x`}}", "template 'x' not defined"),
        ("{{and}}", "wrong number of args for and: want at least 1 got 0"),
    ],
)
def test_failure_says_what_is_wrong(template: str, why: str) -> None:
    with pytest.raises(gotemplate.Failed) as told:
        made(template)
    assert why in str(told.value)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{or .empty .name `x`}}", "web"),
        ("{{or .empty .none}}", "[]"),
        ("{{and .name .five}}", "5"),
        ("{{and .name .empty .five}}", ""),
        ("{{or .name (index .list 9)}}", "web"),  # what is not needed cannot fail
        ("{{and .empty (index .list 9)}}", ""),
        ("{{.name | or .empty}}{{.name | and .yes}}", "webweb"),
        ("{{if and .yes (or .empty .name)}}y{{end}}", "y"),
    ],
)
def test_and_and_or_end_where_it_is_decided(template: str, text: str) -> None:
    assert made(template) == text


def test_strict_templates_do_not_take_what_is_not_there() -> None:
    assert made("{{.name}}", strict=True) == "web"
    for template in ("{{.nope}}", "{{.deep.nope}}", "{{if .nope}}{{end}}"):
        with pytest.raises(gotemplate.Failed, match="map has no entry for key 'nope'"):
            made(template, strict=True)


def test_template_may_be_carried_out_on_nothing() -> None:
    assert made("{{.}}{{.name}}", MISSING) == "<no value><no value>"
