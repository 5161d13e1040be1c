"""From the text of a template to tokens (Go, text/template/parse/lex.go)."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from enum import Enum, auto
from typing import NamedTuple

from zonewright.gotemplate.errors import Malformed

_LEFT, _RIGHT = "{{", "}}"
_SPACES = " \t\r\n"
_SPACES_SET = frozenset(_SPACES)
_STOPS = frozenset(" \t\r\n.,|:)(")
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"')
_CHARACTER = re.compile(r"'(?:[^'\\\n]|\\[^\n])*'")
_RAW = re.compile(r"`[^`]*`")
_NUMBER = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*|0[bB][01_]*"
    r"|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)"
)


class Kind(Enum):
    """What a token is."""

    TEXT = auto()
    LEFT = auto()
    RIGHT = auto()
    SPACE = auto()
    DOT = auto()
    FIELD = auto()
    VARIABLE = auto()
    NAME = auto()
    KEYWORD = auto()
    BOOL = auto()
    NIL = auto()
    NUMBER = auto()
    CHARACTER = auto()
    STRING = auto()
    PIPE = auto()
    DECLARE = auto()
    ASSIGN = auto()
    OPEN = auto()
    CLOSE = auto()
    OTHER = auto()
    END = auto()


KEYWORDS = frozenset({"block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"})
_WORDS = {"true": Kind.BOOL, "false": Kind.BOOL, "nil": Kind.NIL} | dict.fromkeys(KEYWORDS, Kind.KEYWORD)
_SIGNS = {"=": Kind.ASSIGN, "|": Kind.PIPE}


class Token(NamedTuple):
    """A word of a template, and the position of its first character in the text."""

    kind: Kind
    text: str
    at: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens, END last. Raises Malformed where it comes to something that can be none."""
    position = 0
    while (left := text.find(_LEFT, position)) >= 0:
        inside = left + len(_LEFT)
        trims = text[inside : inside + 1] == "-" and text[inside + 1 : inside + 2] in _SPACES_SET
        before = text[position:left]
        before = before.rstrip(_SPACES) if trims else before
        if before:
            yield Token(Kind.TEXT, before, position)
        inside += 2 if trims else 0
        if text.startswith("/*", inside):
            position = _after_comment(text, inside)
        else:
            yield Token(Kind.LEFT, _LEFT, left)
            position = yield from _action(text, inside)
    if text[position:]:
        yield Token(Kind.TEXT, text[position:], position)
    yield Token(Kind.END, "", len(text))


def _after_comment(text: str, start: int) -> int:
    end = text.find("*/", start + 2)
    if end < 0:
        raise Malformed.at(text, start, "unclosed comment")
    after = _after_right(text, end + 2)
    if after is None:
        raise Malformed.at(text, start, "comment ends before closing delimiter")
    return after


def _after_right(text: str, position: int) -> int | None:
    """Where the text goes on behind a right delimiter; None when there is none at the position."""
    if text.startswith(_RIGHT, position):
        return position + len(_RIGHT)
    if not (text[position : position + 1] in _SPACES_SET and text.startswith("-" + _RIGHT, position + 1)):
        return None
    position += 2 + len(_RIGHT)
    while text[position : position + 1] in _SPACES_SET:
        position += 1
    return position


def _action(text: str, position: int) -> Generator[Token, None, int]:
    """The tokens up to the right delimiter; returns where the text goes on behind it."""
    depth = 0
    while (after := _after_right(text, position)) is None:
        token = _token(text, position)
        depth += {Kind.OPEN: 1, Kind.CLOSE: -1}.get(token.kind, 0)
        if depth < 0:
            raise Malformed.at(text, position, "unexpected right paren")
        yield token
        position += len(token.text)
    if depth:
        raise Malformed.at(text, position, "unclosed left paren")
    yield Token(Kind.RIGHT, _RIGHT, position)
    return after


def _token(text: str, at: int) -> Token:
    """The token at a position inside of an action."""
    first = text[at : at + 1]
    if not first:
        raise Malformed.at(text, at, "unclosed action")
    if first in _SPACES_SET:
        return Token(Kind.SPACE, _spaces(text, at), at)
    if first in "\"`'":
        return _quoted(text, at)
    if first == "$" or (first == "." and not "0" <= text[at + 1 : at + 2] <= "9"):
        return _dotted(text, at)
    if first in "+-." or "0" <= first <= "9":
        return _number(text, at)
    if _is_letter(first):
        return _word(text, at)
    return _sign(text, at)


def _spaces(text: str, at: int) -> str:
    """The last space of a run belongs to a trim marker behind it."""
    end = at
    while text[end : end + 1] in _SPACES_SET and (end == at or _after_right(text, end) is None):
        end += 1
    return text[at:end]


def _quoted(text: str, at: int) -> Token:
    pattern, kind, what = {
        '"': (_QUOTED, Kind.STRING, "quoted string"),
        "`": (_RAW, Kind.STRING, "raw quoted string"),
        "'": (_CHARACTER, Kind.CHARACTER, "character constant"),
    }[text[at]]
    found = pattern.match(text, at)
    if found is None:
        raise Malformed.at(text, at, f"unterminated {what}")
    return Token(kind, found[0], at)


def _dotted(text: str, at: int) -> Token:
    """$, $name, . or .Name."""
    end = _end_of_word(text, at + 1)
    _check_stop(text, end)
    kind = Kind.VARIABLE if text[at] == "$" else Kind.DOT if end == at + 1 else Kind.FIELD
    return Token(kind, text[at:end], at)


def _number(text: str, at: int) -> Token:
    found = _NUMBER.match(text, at)
    written = found[0] if found else ""
    after = text[at + len(written) : at + len(written) + 1]
    if after and (_is_letter(after) or after in "+-"):
        raise Malformed.at(text, at, "bad number syntax")
    return Token(Kind.NUMBER, written, at)


def _word(text: str, at: int) -> Token:
    end = _end_of_word(text, at)
    _check_stop(text, end)
    word = text[at:end]
    return Token(_WORDS.get(word, Kind.NAME), word, at)


def _sign(text: str, at: int) -> Token:
    sign = text[at]
    if sign == ":":
        if text[at + 1 : at + 2] != "=":
            raise Malformed.at(text, at, "expected :=")
        return Token(Kind.DECLARE, ":=", at)
    if sign in "()":
        return Token(Kind.OPEN if sign == "(" else Kind.CLOSE, sign, at)
    if not " " <= sign <= "~":
        raise Malformed.at(text, at, "unrecognized character in action")
    return Token(_SIGNS.get(sign, Kind.OTHER), sign, at)


def _end_of_word(text: str, position: int) -> int:
    while position < len(text) and _is_letter(text[position]):
        position += 1
    return position


def _is_letter(char: str) -> bool:
    return char == "_" or char.isalpha() or char.isdecimal()


def _check_stop(text: str, end: int) -> None:
    if end < len(text) and text[end] not in _STOPS and not text.startswith(_RIGHT, end):
        raise Malformed.at(text, end, "bad character")
