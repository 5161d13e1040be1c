"""Options that a command has of its own, beside the flags of `run`, and what it is given without a flag.

They may stand in any order: `zonewright explain www.example.org --provider=coredns` and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from zonewright.model.hostname import printable
from zonewright.settings.reading import FLAGS


class WrongOption(ValueError):
    """The text says which option, and what is allowed."""


@dataclass(frozen=True, slots=True)
class Option:
    """name as in --name. choices: the values that it takes, the first is the default; without any it is a switch."""

    name: str
    help: str
    choices: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        return f"--{self.name}={'|'.join(self.choices)}" if self.choices else f"--{self.name}"


@dataclass(slots=True)
class Given:
    """values of options by name, "" for a switch that is not set; operands; flags for `run`, with their values."""

    values: dict[str, str] = field(default_factory=dict)
    operands: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.values[name]


def divide(args: Sequence[str], options: Iterable[Option]) -> Given:
    """The arguments of a command by whose they are. Raises WrongOption."""
    known = {option.name: option for option in options}
    given = Given({option.name: next(iter(option.choices), "") for option in known.values()})
    rest = list(reversed(args))
    while rest:
        arg = rest.pop()
        name, separator, _ = arg.removeprefix("--").partition("=")
        if not arg.startswith("--"):
            given.operands.append(arg)
        elif name in known:
            given.values[name] = _value(known[name], arg, rest)
        else:
            given.flags.append(arg)
            if not separator and _takes_value(name) and rest and not rest[-1].startswith("--"):
                given.flags.append(rest.pop())
    return given


def with_defaults(flags: Sequence[str], defaults: Mapping[str, str], environ: Mapping[str, str]) -> list[str]:
    """Flags, and those of `defaults` ("--log-level": "warning") that neither they nor the environment give."""
    named = {flag.partition("=")[0] for flag in flags}
    variables = {f"--{flag.name}": flag.variable for flag in FLAGS.values()}
    absent = (flag for flag in defaults if flag not in named and not environ.get(variables[flag]))
    return [*flags, *(f"{flag}={defaults[flag]}" for flag in absent)]


def _takes_value(name: str) -> bool:
    return name in FLAGS and FLAGS[name].kind is not bool


def _value(option: Option, arg: str, rest: list[str]) -> str:
    _, separator, text = arg.partition("=")
    if not option.choices:
        if separator and text not in ("true", "false"):
            raise WrongOption(f"--{option.name}: it takes no value")
        return "" if text == "false" else "true"
    if not separator:
        text = rest.pop() if rest and not rest[-1].startswith("--") else ""
    if text not in option.choices:
        *others, last = option.choices
        raise WrongOption(f"--{option.name}: {printable(text)!r} is not allowed; choose {', '.join(others)} or {last}")
    return text
