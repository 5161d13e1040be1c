"""Carrying out a template on a value (Go, text/template/exec.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from zonewright.gotemplate.access import field
from zonewright.gotemplate.budget import Budget
from zonewright.gotemplate.errors import Failed
from zonewright.gotemplate.functions import SHORT_CIRCUITS, Function
from zonewright.gotemplate.nodes import (
    Action,
    Call,
    Chain,
    Choice,
    Dot,
    Jump,
    Literal,
    Nil,
    Node,
    Operand,
    Path,
    Pipe,
    Range,
    Template,
    Text,
    Variable,
)
from zonewright.gotemplate.nodes import Function as FunctionName
from zonewright.gotemplate.printing import written
from zonewright.gotemplate.values import MISSING, Value, elements, entries, kind, pointee, truth
from zonewright.model.hostname import printable


def render(template: Template, dot: Value, functions: Mapping[str, Function], *, strict: bool = False) -> str:
    """What a template makes of a value. strict: a key that a map does not have is an error. Raises Failed."""
    run = _Run(template, functions, strict)
    run.walk(template.root, dot)
    return "".join(run.out)


class _Run:
    """One evaluation. Variables are a stack: a block forgets those that it has made."""

    def __init__(self, template: Template, functions: Mapping[str, Function], strict: bool) -> None:
        self.out: list[str] = []
        self._template = template
        self._functions = functions
        self._strict = strict
        self._budget = Budget()
        self._variables: list[tuple[str, Value]] = []

    # -- blocks

    def walk(self, nodes: Sequence[Node], dot: Value) -> None:
        """A whole template; it sees no variable but $."""
        outside, self._variables = self._variables, [("$", dot)]
        self._walk(nodes, dot)
        self._variables = outside

    def _walk(self, nodes: Sequence[Node], dot: Value) -> Jump | None:
        """The jump, if one has cut the nodes short."""
        for node in nodes:
            self._budget.step()
            jump = self._node(node, dot)
            if jump is not None:
                return jump
        return None

    def _node(self, node: Node, dot: Value) -> Jump | None:
        match node:
            case Text(text):
                self._write(text)
            case Action(pipe):
                value = self._pipe(pipe, dot)
                if not pipe.declares:
                    self._write(written(value))
            case Choice():
                return self._choice(node, dot)
            case Range():
                return self._range(node, dot)
            case Call(name, pipe):
                self._call(name, pipe, dot)
            case Jump():
                return node
        return None

    def _write(self, text: str) -> None:
        self._budget.output(len(text))
        self.out.append(text)

    def _block(self, nodes: Sequence[Node], dot: Value) -> Jump | None:
        self._budget.deeper()
        jump = self._walk(nodes, dot)
        self._budget.shallower()
        return jump

    def _choice(self, node: Choice, dot: Value) -> Jump | None:
        mark = len(self._variables)
        for pipe, body in node.arms:
            value = self._pipe(pipe, dot)
            if truth(value):
                jump = self._block(body, value if node.sets_dot else dot)
                break
        else:
            jump = self._block(node.otherwise, dot)
        del self._variables[mark:]
        return jump

    def _range(self, node: Range, dot: Value) -> Jump | None:
        outside = len(self._variables)
        value = pointee(self._pipe(node.pipe, dot))
        self._budget.read(value)  # the keys of a map are sorted
        mark = len(self._variables)
        turned = False
        for key, element in self._turns(value, node.pipe):
            turned = True
            self._set_turn(node.pipe, key, element)
            self._budget.step()
            jump = self._block(node.body, element)
            del self._variables[mark:]
            if jump is Jump.BREAK:
                break
        jump = None if turned else self._block(node.otherwise, dot)
        del self._variables[outside:]
        return jump

    def _turns(self, value: Value, pipe: Pipe) -> Iterator[tuple[Value, Value]]:
        if (listed := elements(value)) is not None:
            return enumerate(listed)
        if (mapped := entries(value)) is not None:
            return mapped
        if value is MISSING or value is None:
            return iter(())
        if isinstance(value, int) and not isinstance(value, bool):
            if len(pipe.declares) > 1:
                raise Failed(f"{pipe.written}: can't use a number to iterate over more than one variable")
            return ((MISSING, number) for number in range(value))
        raise Failed(f"{pipe.written}: range can't iterate over a {kind(value)}")

    def _set_turn(self, pipe: Pipe, key: Value, element: Value) -> None:
        """Index and element, or with one variable the element."""
        for name, value in zip(reversed(pipe.declares), (element, key), strict=False):
            self._assign(name, value)

    def _call(self, name: str, pipe: Pipe | None, dot: Value) -> None:
        if name not in self._template.defined:
            raise Failed(f"template {printable(name)!r} not defined")
        value = MISSING if pipe is None else self._pipe(pipe, dot)
        self._budget.deeper()
        self.walk(self._template.defined[name], value)
        self._budget.shallower()

    # -- variables

    def _assign(self, name: str, value: Value) -> None:
        for position in range(len(self._variables) - 1, -1, -1):
            if self._variables[position][0] == name:
                self._variables[position] = (name, value)
                return
        raise Failed(f"undefined variable: {name}")

    def _variable(self, name: str) -> Value:
        for known, value in reversed(self._variables):
            if known == name:
                return value
        raise Failed(f"undefined variable: {name}")

    # -- expressions

    def _pipe(self, pipe: Pipe, dot: Value) -> Value:
        self._budget.deeper()
        value: Value = MISSING
        for position, command in enumerate(pipe.commands):
            final = (value,) if position else ()
            value = self._command(command, final, dot)
            value = MISSING if value is None else value
        for name in pipe.declares:
            if pipe.assigns:
                self._assign(name, value)
            else:
                self._variables.append((name, value))
        self._budget.shallower()
        return value

    def _command(self, command: Sequence[Operand], final: tuple[Value, ...], dot: Value) -> Value:
        first, *rest = command
        if isinstance(first, FunctionName):
            return self._apply(first.written, rest, final, dot)
        if rest or final:
            raise Failed(f"can't give argument to non-function {first.written}")
        if isinstance(first, Nil):
            raise Failed("nil is not a command")
        return self._operand(first, dot)

    def _operand(self, operand: Operand, dot: Value) -> Value:
        self._budget.step()
        match operand:
            case Path(names):
                return self._fields(dot, names, operand)
            case Variable(name, names):
                return self._fields(self._variable(name), names, operand)
            case Literal(value, _):
                return value
            case Pipe():
                return self._pipe(operand, dot)
            case FunctionName(name):
                return self._apply(name, (), (), dot)
            case Chain(base, names):
                return self._fields(self._operand(base, dot), names, operand)
            case Dot():
                return dot
            case Nil():
                return MISSING

    def _fields(self, value: Value, names: Sequence[str], operand: Operand) -> Value:
        try:
            for name in names:
                value = field(value, name, self._strict)
        except Failed as e:
            raise Failed(f"{printable(operand.written)}: {e}") from None
        return value

    def _apply(self, name: str, operands: Sequence[Operand], final: tuple[Value, ...], dot: Value) -> Value:
        if name in SHORT_CIRCUITS:
            return self._decided(name, operands, final, dot)
        function = self._functions[name]
        function.check_count(name, len(operands) + len(final))
        arguments = [*(self._operand(operand, dot) for operand in operands), *final]
        return function.apply(name, arguments, self._budget)

    def _decided(self, name: str, operands: Sequence[Operand], final: tuple[Value, ...], dot: Value) -> Value:
        """and, or: the first argument that decides, else the last."""
        if not operands and not final:
            raise Failed(f"wrong number of args for {name}: want at least 1 got 0")
        value: Value = MISSING
        for operand in operands:
            value = self._operand(operand, dot)
            if truth(value) == SHORT_CIRCUITS[name]:
                return value
        return final[0] if final else value
