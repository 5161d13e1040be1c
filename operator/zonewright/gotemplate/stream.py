"""The tokens of a template, as its parser wants them: looked at ahead, spaces skipped where they mean nothing."""

from __future__ import annotations

from collections import deque

from zonewright.gotemplate.errors import Malformed
from zonewright.gotemplate.lexer import Kind, Token, tokens
from zonewright.model.hostname import printable

MAX_NESTING = 100  # blocks, and parentheses, in each other


class Stream:
    """Tokens are made as they are asked for, so the first mistake in the text is the one that is told."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._source = tokens(text)
        self._ahead: deque[Token] = deque()
        self._depth = 0

    def peek(self, distance: int = 0) -> Token:
        while len(self._ahead) <= distance:
            end = Token(Kind.END, "", len(self.text))
            self._ahead.append(next(self._source, end))
        return self._ahead[distance]

    def next(self) -> Token:
        self.peek()
        return self._ahead.popleft()

    def skip_spaces(self) -> None:
        while self.peek().kind is Kind.SPACE:
            self.next()

    def peek_word(self) -> Token:
        self.skip_spaces()
        return self.peek()

    def next_word(self) -> Token:
        self.skip_spaces()
        return self.next()

    def at_keyword(self, *words: str) -> bool:
        token = self.peek_word()
        return token.kind is Kind.KEYWORD and token.text in words

    def expect(self, kind: Kind, context: str) -> Token:
        token = self.next_word()
        if token.kind is not kind:
            raise self.unexpected(token, context)
        return token

    def unexpected(self, token: Token, context: str) -> Malformed:
        word = "end" if token.kind is Kind.END else repr(printable(token.text, 30))
        return self.wrong(token, f"unexpected {word} in {context}")

    def wrong(self, token: Token, why: str) -> Malformed:
        return Malformed.at(self.text, token.at, why)

    def deeper(self) -> None:
        """Entering a block or a parenthesis; `shallower` leaves it."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise self.wrong(self.peek(), f"nested deeper than {MAX_NESTING}")

    def shallower(self) -> None:
        self._depth -= 1
