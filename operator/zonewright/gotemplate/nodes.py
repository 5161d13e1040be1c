"""A template as it was read: what is written out, what is decided, and the expressions in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

# -- operands


@dataclass(frozen=True, slots=True)
class Dot:
    """The value in question: the object, or what `range` and `with` have made of it."""

    written: str = "."


@dataclass(frozen=True, slots=True)
class Nil:
    """nil."""

    written: str = "nil"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: str | int | float | bool
    written: str


@dataclass(frozen=True, slots=True)
class Path:
    """.Spec.Rules: fields of dot, one after the other."""

    names: tuple[str, ...]

    @property
    def written(self) -> str:
        return "".join(f".{name}" for name in self.names)


@dataclass(frozen=True, slots=True)
class Variable:
    """$x.Name: a variable, with its dollar sign, and fields of its value."""

    name: str
    names: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        return ".".join((self.name, *self.names))


@dataclass(frozen=True, slots=True)
class Function:
    """A function by its name; its arguments are the rest of the command."""

    written: str


@dataclass(frozen=True, slots=True)
class Chain:
    """(…).Name: fields of the value of an expression."""

    base: Operand
    names: tuple[str, ...]

    @property
    def written(self) -> str:
        return ".".join((f"({self.base.written})", *self.names))


@dataclass(frozen=True, slots=True)
class Pipe:
    """Commands one after the other, each with the value of the one before as its last argument.

    declares  variables that get the value at the end; in a range, index and element
    assigns   whether they were there before (=), or are new (:=)
    """

    commands: tuple[tuple[Operand, ...], ...]
    declares: tuple[str, ...] = ()
    assigns: bool = False
    written: str = field(default="", compare=False)


Operand: TypeAlias = Dot | Nil | Literal | Path | Variable | Function | Chain | Pipe

# -- what is walked through


@dataclass(frozen=True, slots=True)
class Text:
    """Written out as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Action:
    """{{ … }}: the value is written out, unless it went into a variable."""

    pipe: Pipe


@dataclass(frozen=True, slots=True)
class Choice:
    """if, or with: the first arm whose value is true is taken. `with` makes the value the dot of its arm."""

    arms: tuple[tuple[Pipe, tuple[Node, ...]], ...]
    otherwise: tuple[Node, ...]
    sets_dot: bool


@dataclass(frozen=True, slots=True)
class Range:
    """The body for each entry of a list or map, or of the numbers below one; `otherwise` where there is none."""

    pipe: Pipe
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """template: a definition is carried out with the value as its dot; without a pipe there is none."""

    name: str
    pipe: Pipe | None


class Jump(Enum):
    """The way out of a turn of a range: out of the range as well, or to the next turn."""

    BREAK = "break"
    CONTINUE = "continue"


Node: TypeAlias = Text | Action | Choice | Range | Call | Jump


@dataclass(frozen=True, slots=True)
class Template:
    """What is carried out, and the definitions that it may call."""

    root: tuple[Node, ...]
    defined: dict[str, tuple[Node, ...]] = field(default_factory=dict)
