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


def given(args: Sequence[str], switches: Container[str]) -> Iterator[Given | Problem]:
    """Flags in their order, known or not; `switches` are the names of those that stand without a value."""
    rest = list(reversed(args))
    while rest:
        arg = rest.pop()
        if not arg.startswith("--") or arg == "--":
            yield Problem(printable(arg), "not expected here; a flag begins with --, such as --policy=sync")
            continue
        name, separator, text = arg[2:].partition("=")
        if separator:
            yield Given(name, text)
        elif name in switches:
            yield Given(name, "true")
        elif name.startswith("no-") and name[3:] in switches:
            yield Given(name[3:], "false")
        else:
            follows = bool(rest) and (rest[-1] == "-" or not rest[-1].startswith("-"))
            yield Given(name, rest.pop() if follows else None)
