from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.gotemplate import literals


@pytest.mark.parametrize(
    ("token", "text"),
    [
        ('""', ""),
        ('"a b"', "a b"),
        (r'"\a\b\f\n\r\t\v\\\""', '\a\b\f\n\r\t\v\\"'),
        (r'"\x41\101\u00e9\U0001F600"', "AAé\U0001f600"),
        (r'"\xc3\xa9"', "é"),  # octets, put together
        (r'"\xff"', "\ufffd"),
        (r"`a\nb`", r"a\nb"),
        ("`a\r\nb`", "a\nb"),
    ],
)
def test_text_is_read_as_go_reads_it(token: str, text: str) -> None:
    assert literals.unquoted(token) == text


@pytest.mark.parametrize("token", [r'"\q"', r'"\'"', r'"\400"', r'"\ud800"', r'"\U00110000"', r'"\x4"', r'"\12"'])
def test_wrong_escape_is_refused(token: str) -> None:
    with pytest.raises(ValueError):
        literals.unquoted(token)


@pytest.mark.parametrize(
    ("token", "code"), [("'a'", 97), (r"'\''", 39), (r"'\n'", 10), ("'é'", 233), (r"'\u00e9'", 233)]
)
def test_character_is_its_number(token: str, code: int) -> None:
    assert literals.character(token) == code


@pytest.mark.parametrize("token", ["''", "'ab'", "'''", r"'\"'", r"'\na'"])
def test_wrong_character_is_refused(token: str) -> None:
    with pytest.raises(ValueError):
        literals.character(token)


@pytest.mark.parametrize(
    ("token", "number"),
    [
        ("0", 0),
        ("-3", -3),
        ("+3", 3),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0b101", 5),
        ("0o17", 15),
        ("017", 15),
        ("0_7", 7),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("1.5", 1.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("08.5", 8.5),
        ("0x1p4", 16.0),
    ],
)
def test_number_is_read_as_go_reads_it(token: str, number: float) -> None:
    found = literals.number(token)
    assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize(
    "token", ["", "+", ".", "08", "0x", "1__0", "1_", "_1", "1e", "9223372036854775808", "1e400", "9" * 500, "٣"]
)
def test_wrong_number_is_refused(token: str) -> None:
    with pytest.raises(ValueError):
        literals.number(token)


@given(st.text(alphabet="\\xuU0aAn'\"` é\ud800", max_size=12))
def test_no_constant_can_raise_anything_else(inner: str) -> None:
    for read, token in (
        (literals.unquoted, f'"{inner}"'),
        (literals.character, f"'{inner}'"),
        (literals.number, inner),
    ):
        with suppress(ValueError):
            read(token)
