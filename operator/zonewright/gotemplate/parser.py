"""The grammar of blocks: if, range, with, define and what stands between them (Go, text/template/parse/parse.go)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from zonewright.gotemplate import literals
from zonewright.gotemplate.lexer import Kind, Token
from zonewright.gotemplate.nodes import Action, Call, Choice, Jump, Node, Pipe, Range, Template, Text
from zonewright.gotemplate.pipelines import Pipelines
from zonewright.gotemplate.stream import Stream

_Body = tuple[Node, ...]


def parse(text: str, functions: Collection[str]) -> Template:
    """A template that may call the functions of these names. Raises Malformed."""
    defined: dict[str, _Body] = {}
    root = _Parser(Stream(text), functions, defined).document()
    return Template(root, defined)


class _Parser:
    """Reads one template; a definition in it is read by a parser of its own, since it sees no variables of others."""

    def __init__(self, stream: Stream, functions: Collection[str], defined: dict[str, _Body]) -> None:
        self._stream = stream
        self._functions = functions
        self._defined = defined
        self._expressions = Pipelines(stream, functions)
        self._ranges = 0

    def document(self) -> _Body:
        found: list[Node] = []
        while (token := self._stream.next()).kind is not Kind.END:
            if token.kind is Kind.TEXT:
                found.append(Text(token.text))
            elif self._stream.at_keyword("define"):
                self._define()
            elif self._stream.at_keyword("end", "else"):
                raise self._stream.unexpected(self._stream.peek(), "input")
            else:
                found.append(self._action())
        return tuple(found)

    def body(self) -> tuple[_Body, str]:
        """Up to {{end}} or {{else}}, which is taken; and which of them it was."""
        self._stream.deeper()
        found: list[Node] = []
        while (token := self._stream.next()).kind is not Kind.END:
            if token.kind is Kind.TEXT:
                found.append(Text(token.text))
            elif self._stream.at_keyword("end", "else"):
                self._stream.shallower()
                return tuple(found), self._stop()
            else:
                found.append(self._action())
        raise self._stream.wrong(token, "unexpected end: an {{end}} is missing")

    def _stop(self) -> str:
        """{{end}}, {{else}}, or the beginning of {{else if …}}."""
        word = self._stream.next().text
        if word == "else" and self._stream.at_keyword("if", "with"):
            return f"else {self._stream.next().text}"
        self._stream.expect(Kind.RIGHT, word)
        return word

    def _action(self) -> Node:
        """What begins with {{, which has been taken."""
        if self._stream.peek_word().kind is not Kind.KEYWORD:
            return Action(self._expressions.pipeline("command"))
        token = self._stream.next()
        match token.text:
            case "if" | "with" as word:
                return self._choice(word)
            case "range":
                return self._range()
            case "template":
                return self._call()
            case "block":
                return self._block()
            case "break" | "continue" as word:
                return self._jump(token, word)
            case _:
                raise self._stream.unexpected(token, "command")

    def _choice(self, word: str) -> Choice:
        """The variables of all arms end together, at the {{end}}."""
        known = len(self._expressions.variables)
        arms: list[tuple[Pipe, _Body]] = []
        otherwise: _Body = ()
        stop = f"else {word}"
        while stop == f"else {word}":
            pipe = self._expressions.pipeline(word)
            body, stop = self.body()
            arms.append((pipe, body))
        if stop == "else":
            otherwise, stop = self.body()
        self._check_end(stop)
        del self._expressions.variables[known:]
        return Choice(tuple(arms), otherwise, sets_dot=word == "with")

    def _range(self) -> Range:
        known = len(self._expressions.variables)
        pipe = self._expressions.pipeline("range")
        self._ranges += 1
        body, stop = self.body()
        self._ranges -= 1
        otherwise: _Body = ()
        if stop == "else":
            otherwise, stop = self.body()
        self._check_end(stop)
        del self._expressions.variables[known:]
        return Range(pipe, body, otherwise)

    def _check_end(self, stop: str) -> None:
        if stop != "end":
            raise self._stream.wrong(self._stream.peek(), f"unexpected {{{{{stop}}}}}")

    def _jump(self, token: Token, word: str) -> Jump:
        self._stream.expect(Kind.RIGHT, f"{{{{{word}}}}}")
        if not self._ranges:
            raise self._stream.wrong(token, f"{{{{{word}}}}} outside {{{{range}}}}")
        return Jump(word)

    def _call(self) -> Call:
        name = self._name("template clause")
        if self._stream.peek_word().kind is Kind.RIGHT:
            self._stream.next()
            return Call(name, None)
        return Call(name, self._expressions.pipeline("template clause"))

    def _block(self) -> Call:
        """A definition that is called at once."""
        name = self._name("block clause")
        pipe = self._expressions.pipeline("block clause")
        self._defined_as(name)
        return Call(name, pipe)

    def _define(self) -> None:
        self._stream.next()
        name = self._name("define clause")
        self._stream.expect(Kind.RIGHT, "define clause")
        self._defined_as(name)

    def _defined_as(self, name: str) -> None:
        start = self._stream.peek()
        body, stop = _Parser(self._stream, self._functions, self._defined).body()
        self._check_end(stop)
        if not _is_empty(self._defined.get(name, ())):
            if not _is_empty(body):
                raise self._stream.wrong(start, f"multiple definition of template {name!r}")
            return
        self._defined[name] = body

    def _name(self, context: str) -> str:
        token = self._stream.expect(Kind.STRING, context)
        try:
            return literals.unquoted(token.text)
        except ValueError as e:
            raise self._stream.wrong(token, str(e)) from None


def _is_empty(body: Sequence[Node]) -> bool:
    """Nothing but space; such a definition gives way to another one of its name."""
    return all(isinstance(node, Text) and not node.text.strip() for node in body)
