"""How values are written out, and printf; the expectations are what Go 1.26 writes."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.gotemplate.rendering import made
from zonewright import gotemplate
from zonewright.gotemplate.formatting import sprintf
from zonewright.gotemplate.printing import shortest


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (80.0, "80"),
        (65535.0, "65535"),
        (999999.0, "999999"),
        (1000000.0, "1e+06"),
        (123456789.0, "1.23456789e+08"),
        (0.1, "0.1"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (-1234.5, "-1234.5"),
        (1e20, "1e+20"),
        (1e100, "1e+100"),
        (1.5e-7, "1.5e-07"),
        (float("inf"), "+Inf"),
        (float("nan"), "NaN"),
    ],
)
def test_fraction_is_written_with_the_fewest_digits(number: float, text: str) -> None:
    assert shortest(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_fraction_is_read_back_as_the_same(number: float) -> None:
    assert float(shortest(number)) == number


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{{printf "%s|%v|%q|%x|%X" "hé" "hé" "h\\"é" "hé" "hé"}}', 'hé|hé|"h\\"é"|68c3a9|68C3A9'),
        ('{{printf "%5s|%-5s|%.2s|%05d|%5d|%-5d|" "ab" "ab" "abc" 42 42 42}}', "   ab|ab   |ab|00042|   42|42   |"),
        (
            '{{printf "%+d|% d|%b|%o|%x|%X|%#x|%c|%U|%q" 5 5 5 8 255 255 255 65 65 65}}',
            "+5| 5|101|10|ff|FF|0xff|A|U+0041|'A'",
        ),
        (
            '{{printf "%f|%.1f|%6.2f|%e|%g|%v" 3.14159 2.25 2.0 1234.5 2.5 3.0}}',
            "3.141590|2.2|  2.00|1.234500e+03|2.5|3",
        ),
        ('{{printf "%t|%v|%6v|" true false true}}', "true|false|  true|"),
        ('{{printf "%T %T %T %T %T" 1 "a" 1.5 true nil}}', "int string float64 bool <nil>"),
        ('{{printf "%s %d" .list .mixed}}', "[a b c] [%!d(float64=1) %!d(string=x) <nil> %!d(bool=true)]"),
        ('{{printf "%v %v" .map .nope}}', "map[a:1 b:2] <nil>"),
        ('{{printf "%*d|%-*d|" 5 42 5 42}}', "   42|42   |"),
        ('{{printf "%[2]s %[1]v" 1 "x"}}', "x 1"),
        ('{{printf "%%"}}{{printf "a"}}', "%a"),
        ('{{printf "%d" "x"}} {{printf "%s" 5}} {{printf "%z" 1}}', "%!d(string=x) %!s(int=5) %!z(int=1)"),
        ('{{printf "%d %d" 1}} {{printf "%[3]d" 1}} {{printf "%"}}', "1 %!d(MISSING) %!d(BADINDEX) %!(NOVERB)"),
        ('{{printf "a" 1 nil}} {{printf "%s" nil}}', "a%!(EXTRA int=1, <nil>) %!s(<nil>)"),
        ('{{printf "%q" "\\a\\b\\f\\n\\r\\t\\v\\\\\\x00\\u200b"}}', r'"\a\b\f\n\r\t\v\\\x00\u200b"'),
        ('{{printf "%#q" "abc"}} {{printf "%05s" "ab"}} {{printf "%+.2e" 12345.678}}', "`abc` 000ab +1.23e+04"),
    ],
)
def test_printf(template: str, text: str) -> None:
    assert made(template) == text


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{printf 5}}", "expected string; got int"),
        ("{{printf `%*d` `x` 1}}", "needs a whole number"),
        ("{{printf `%*d`}}", "too few arguments"),
    ],
)
def test_width_that_is_no_number_is_an_error_and_no_text(template: str, why: str) -> None:
    with pytest.raises(gotemplate.Failed, match=why):
        made(template)


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.lists(st.integers(), max_size=2)
)


@given(st.text(alphabet="%+-# 0123.*[]dsvqxXtTcUbeEfgGoz\n", max_size=12), st.lists(VALUES, max_size=3))
def test_any_format_makes_a_text_or_fails(form: str, values: list[None]) -> None:
    with suppress(gotemplate.Failed):
        assert len(sprintf(form, values)) < 300_000
