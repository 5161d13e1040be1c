"""The command line as flags and their texts, by the rules of ExternalDNS's parser (kingpin).

--name=value    --name value    --switch    --no-switch    and also --switch=true, --switch=false
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from zonewright.model.hostname import printable
from zonewright.settings.errors import Problem


class Given(NamedTuple):
    """A flag as it was written; a bare switch has the text "true" or "false". None: a value is missing."""

    name: str
    text: str | None


def given(args: Sequence[str], switches: Container[str], secrets: Container[str] = ()) -> Iterator[Given | Problem]:
    """Flags in their order, known or not.

    switches  names of those that stand without a value
    secrets   names of those whose value must be in no Problem, however it is written
    """
    rest = list(reversed(args))
    name = ""
    while rest:
        arg = rest.pop()
        if not arg.startswith("--") or arg == "--":
            origin = f"after --{name}" if name in secrets else printable(arg.partition("=")[0])
            yield Problem(origin, "not expected here; a flag begins with --, such as --policy=sync")
            continue
        name, separator, text = arg[2:].partition("=")
        if separator:
            yield Given(name, text)
        elif name in switches:
            yield Given(name, "true")
        elif name.startswith("no-") and name[3:] in switches:
            yield Given(name[3:], "false")
        else:
            yield Given(name, _secret(rest) if name in secrets else _value(rest))


def _value(rest: list[str]) -> str | None:
    """What follows a flag, unless it looks like a flag."""
    return rest.pop() if rest and (rest[-1] == "-" or not rest[-1].startswith("-")) else None


def _secret(rest: list[str]) -> str | None:
    """The same of a secret, which may begin with a hyphen. What begins with two is taken away, lest it be repeated."""
    text = rest.pop() if rest else None
    return None if text is None or text.startswith("--") else text
