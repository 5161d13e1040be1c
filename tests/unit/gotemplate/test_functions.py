"""Functions of Go's text/template and of ExternalDNS; the expectations are what Go 1.26 writes."""

from __future__ import annotations

import pytest

from unit.gotemplate.rendering import made
from zonewright import gotemplate


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{contains `hello` `ell`}} {{`ell` | contains `hello`}} {{contains `a` `b`}}", "true true false"),
        ("{{trimPrefix `hello` `h`}} {{trimPrefix `hello` `x`}} {{`h` | trimPrefix `hello`}}", "ello hello ello"),
        ("{{trimSuffix `hello` `o`}} {{trimSuffix .name `-prod`}}", "hell web"),
        ("[{{trim `  a b\n`}}]", "[a b]"),
        ('[{{trim "\\u00a0a\\u001f"}}]', "[a\x1f]"),
        ("{{toLower `HELLO`}} {{`ÄÖİ` | toLower}}", "hello äöi"),
        ("{{replace `l` `w` `hello`}} {{`a.b.c` | replace `.` `-`}} {{replace `` `-` `ab`}}", "hewwo a-b-c -a-b-"),
        ("{{isIPv4 `192.168.1.1`}} {{isIPv4 `01.2.3.4`}} {{isIPv4 `::1`}} {{isIPv4 ``}}", "true false false false"),
        ("{{isIPv6 `2001:db8::1`}} {{isIPv6 `::FFFF:192.168.1.1`}} {{isIPv6 `fe80::1%eth0`}}", "true true true"),
        ("{{isIPv6 `192.168.1.1`}} {{isIPv6 `not:ipv6:addr`}}", "false false"),
        ("{{hasKey nil `a`}} {{hasKey .nope `a`}}", "false false"),
        ('{{fromJson "{\\"a\\":[1.50,2]}"}} {{(fromJson `{"a":{"b":"c"}}`).a.b}}', "map[a:[1.5 2]] c"),
        ('{{range fromJson `[{"dns":"a.io"},{"dns":"b.io"}]`}}{{.dns}},{{end}}', "a.io,b.io,"),
        ("{{isSource `service`}} {{isSource `SERVICE`}} {{isSource `ingress`}}", "true true false"),
    ],
)
def test_function_of_externaldns(template: str, text: str) -> None:
    assert made(template) == text


@pytest.mark.parametrize("text", ["[1,", "", "nul", "NaN", "-Infinity", "1e999", "[" * 100_000, "'a'"])
def test_what_is_no_json_is_nil(text: str) -> None:
    assert made("{{fromJson .}}", text) == "<no value>"


def test_half_of_a_surrogate_pair_in_json_is_the_replacement_character() -> None:
    assert made("{{fromJson .}}", r'["\ud800", {"\udfff": 1}]') == "[\ufffd map[\ufffd:1]]"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{len .accent}} {{len .list}} {{len .map}} {{len ``}}", "6 3 2 0"),
        ("{{index .list 0}} {{index .map `a`}} {{index .deep `er` `est`}} {{index .accent 1}}", "a 1 here 195"),
        ("{{index .map `nope`}} {{index .list}} {{index .map}}", "<no value> [a b c] map[a:1 b:2]"),
        ("{{slice .list 1}} {{slice .list 1 2}} {{slice .list}} {{slice .list 0 1 2}}", "[b c] [b] [a b c] [a]"),
        ("{{slice .name 1}} {{slice .name 0 1}} {{slice .accent 0 3}}", "eb w hé"),
        ("{{not .name}} {{not .empty}} {{not .nope}} {{not .none}} {{.yes | not}}", "false true true true false"),
        ("{{print .name 1 2 `x` 3.5 nil}}", "web1 2x3.5 <nil>"),
        ("{{print}}[{{println}}][{{println 1 `x`}}]", "[\n][1 x\n]"),
        ("{{html `<a href='x'>&\"`}} {{html 1 .nope}}", "&lt;a href=&#39;x&#39;&gt;&amp;&#34; 1&lt;no value&gt;"),
        ("{{js `it's <>&=\"`}}", r"it\'s \u003C\u003E\u0026\u003D\""),
        ("{{urlquery `a b/c?é`}} {{urlquery `~-_.`}}", "a+b%2Fc%3F%C3%A9 ~-_."),
    ],
)
def test_function_of_go(template: str, text: str) -> None:
    assert made(template) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{eq .name `web`}} {{ne .name `web`}} {{eq .name `a` `b` `web`}}", "true false true"),
        ("{{eq 1 1}} {{eq 1.5 .half}} {{eq true .yes}} {{eq .five 5.0}}", "true false true true"),
        (
            "{{eq .nope nil}} {{eq .nope `a`}} {{eq .null nil}} {{eq .name nil}} {{ne .nope nil}}",
            "true false true false false",
        ),
        ("{{eq 1 1 `x`}}", "true"),
        ("{{lt 1 2}} {{le 2 2}} {{gt 3 2}} {{ge 1 2}} {{lt `a` `b`}} {{gt 2.5 1.5}}", "true true true false true true"),
    ],
)
def test_comparison(template: str, text: str) -> None:
    assert made(template) == text


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{toLower}}", "wrong number of args for toLower: want 1 got 0"),
        ("{{toLower `a` `b`}}", "wrong number of args for toLower: want 1 got 2"),
        ("{{toLower .five}}", "wrong type for value; expected string; got float64"),
        ("{{toLower 5}}", "wrong type for value; expected string; got int"),
        ("{{toLower .nope}}", "invalid value; expected string"),
        ("{{hasKey .map `a`}}", "expected map[string]string; got map[string]interface {}"),
        ("{{isSource `servics`}}", "unknown source 'servics' (valid: ingress, service, traefik-proxy)"),
        ("{{len 3}}", "error calling len: len of type int"),
        ("{{len .nope}}", "error calling len: len of type nil"),
        ("{{index .list 3}}", "error calling index: index out of range: 3"),
        ("{{index .list -1}}", "index out of range: -1"),
        ("{{index .list `a`}}", "cannot index list with type string"),
        ("{{index .list 1.0}}", "cannot index list with type float64"),
        ("{{index .list true}}", "cannot index list with type bool"),
        ("{{index .map 1}}", "key of a map has type int; should be string"),
        ("{{index .nope 1}}", "index of nil"),
        ("{{index .five 1}}", "can't index item of type float64"),
        ("{{slice .list 2 1}}", "invalid slice index: 2 > 1"),
        ("{{slice .list 4}}", "index out of range: 4"),
        ("{{slice .name 0 1 1}}", "cannot 3-index slice a string"),
        ("{{slice .list 0 1 2 3}}", "too many slice indexes: 4"),
        ("{{slice .map 1}}", "can't slice item of type map[string]interface {}"),
        ("{{slice .nope}}", "can't slice item of type nil"),
        ("{{eq}}", "wrong number of args for eq: want at least 1 got 0"),
        ("{{eq 1}}", "missing argument for comparison"),
        ("{{eq .five 5}}", "incompatible types for comparison: float64 and int"),
        ("{{eq .list .list}}", "non-comparable type []interface {}"),
        ("{{lt true false}}", "invalid type for comparison: bool"),
        ("{{lt 1 nil}}", "invalid type for comparison: nil"),
        ("{{lt 1 `a`}}", "incompatible types for comparison: int and string"),
        ("{{call .name}}", "non-function of type string"),
    ],
)
def test_unfit_arguments_are_told(template: str, why: str) -> None:
    with pytest.raises(gotemplate.Failed) as told:
        made(template)
    assert why in str(told.value)
