"""The grammar of expressions: pipelines of commands, commands of operands (Go, text/template/parse/parse.go)."""

from __future__ import annotations

from collections.abc import Collection

from zonewright.gotemplate import literals
from zonewright.gotemplate.lexer import Kind, Token
from zonewright.gotemplate.nodes import Chain, Dot, Function, Literal, Nil, Operand, Path, Pipe, Variable
from zonewright.gotemplate.stream import Stream

_OPERANDS = frozenset(
    {
        Kind.BOOL,
        Kind.CHARACTER,
        Kind.DOT,
        Kind.FIELD,
        Kind.NAME,
        Kind.NUMBER,
        Kind.NIL,
        Kind.STRING,
        Kind.VARIABLE,
        Kind.OPEN,
    }
)


class Pipelines:
    """Reads expressions. `variables` are those that can be seen at the present place."""

    def __init__(self, stream: Stream, functions: Collection[str]) -> None:
        self._stream = stream
        self._functions = functions
        self.variables = ["$"]

    def pipeline(self, context: str, end: Kind = Kind.RIGHT) -> Pipe:
        """Up to and with the token that ends it. Variables that it declares are known from here on."""
        start = self._stream.peek_word()
        declares, assigns = self._declarations(context)
        commands: list[tuple[Operand, ...]] = []
        while (token := self._stream.peek_word()).kind is not end:
            if token.kind not in _OPERANDS:
                raise self._stream.unexpected(self._stream.next(), context)
            commands.append(self._command())
        self._check(commands, token, context)
        self._stream.next()
        written = self._stream.text[start.at : token.at].strip()
        return Pipe(tuple(commands), tuple(declares), assigns, written)

    def _check(self, commands: list[tuple[Operand, ...]], token: Token, context: str) -> None:
        if not commands:
            raise self._stream.wrong(token, f"missing value for {context}")
        for command in commands[1:]:
            if isinstance(command[0], Dot | Nil | Literal):
                raise self._stream.wrong(token, f"{command[0].written} is no command that could follow a |")

    def _declarations(self, context: str) -> tuple[list[str], bool]:
        """`$x :=`, `$x =`, and `$i, $x :=` of a range; the names, and whether they are assigned to."""
        names: list[str] = []
        while (variable := self._stream.peek_word()).kind is Kind.VARIABLE:
            behind = self._behind_variable()
            sign = self._stream.peek(behind)
            if sign.kind not in (Kind.DECLARE, Kind.ASSIGN) and sign.text != ",":
                break
            for _ in range(behind + 1):
                self._stream.next()
            names.append(variable.text)
            self.variables.append(variable.text)
            if sign.kind is not Kind.OTHER:
                return names, sign.kind is Kind.ASSIGN
            self._check_second(context, names, variable)
        return names, False

    def _behind_variable(self) -> int:
        distance = 1
        while self._stream.peek(distance).kind is Kind.SPACE:
            distance += 1
        return distance

    def _check_second(self, context: str, names: list[str], variable: Token) -> None:
        if context != "range" or len(names) > 1:
            raise self._stream.wrong(variable, f"too many declarations in {context}")
        if self._stream.peek_word().kind not in (Kind.VARIABLE, Kind.RIGHT, Kind.CLOSE):
            raise self._stream.wrong(variable, "range can only initialize variables")

    def _command(self) -> tuple[Operand, ...]:
        """Operands, separated by spaces; the | behind them is taken, another end is left."""
        found: list[Operand] = []
        while True:
            first = self._stream.peek_word()
            operand = self._operand()
            if operand is not None:
                found.append(operand)
            kind = self._stream.peek().kind
            if kind in (Kind.RIGHT, Kind.CLOSE):
                break
            token = self._stream.next()
            if kind is Kind.PIPE:
                break
            if kind is not Kind.SPACE:
                raise self._stream.unexpected(token, "operand")
        if not found:
            raise self._stream.wrong(first, "empty command")
        return tuple(found)

    def _operand(self) -> Operand | None:
        """A term, and the fields that are asked of it; None when what comes is no operand."""
        start = self._stream.peek_word()
        if start.kind not in _OPERANDS:
            return None
        term = self._term(self._stream.next())
        names = []
        while self._stream.peek().kind is Kind.FIELD:
            names.append(self._stream.next().text[1:])
        if not names:
            return term
        if isinstance(term, Path):
            return Path((*term.names, *names))
        if isinstance(term, Variable):
            return Variable(term.name, (*term.names, *names))
        if isinstance(term, Pipe | Function):
            return Chain(term, tuple(names))
        raise self._stream.wrong(start, f"unexpected . after {start.text}")

    def _term(self, token: Token) -> Operand:
        match token.kind:
            case Kind.NAME:
                if token.text not in self._functions:
                    raise self._stream.wrong(token, f'function "{token.text}" not defined')
                return Function(token.text)
            case Kind.VARIABLE:
                if token.text not in self.variables:
                    raise self._stream.wrong(token, f'undefined variable "{token.text}"')
                return Variable(token.text)
            case Kind.OPEN:
                self._stream.deeper()
                inner = self.pipeline("parenthesized pipeline", Kind.CLOSE)
                self._stream.shallower()
                return inner
            case Kind.FIELD:
                return Path((token.text[1:],))
            case Kind.DOT:
                return Dot()
            case Kind.NIL:
                return Nil()
            case _:
                return self._literal(token)

    def _literal(self, token: Token) -> Literal:
        try:
            match token.kind:
                case Kind.BOOL:
                    return Literal(token.text == "true", token.text)
                case Kind.STRING:
                    return Literal(literals.unquoted(token.text), token.text)
                case Kind.CHARACTER:
                    return Literal(literals.character(token.text), token.text)
                case _:
                    return Literal(literals.number(token.text), token.text)
        except ValueError as e:
            raise self._stream.wrong(token, str(e)) from None
