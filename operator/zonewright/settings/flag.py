"""What a flag is: declared once in `fields`, read by `reading`, written out by `document`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from zonewright.model import duration

T = TypeVar("T")
ENV_PREFIX = "EXTERNAL_DNS_"
_METADATA = "flag"
HIDDEN = "******"  # as ExternalDNS shows secrets


class Theme(StrEnum):
    """Groups of flags, in the order in which help shows them."""

    SOURCES = "What to publish"
    NAMES = "Which names and types"
    TARGETS = "Which targets, and what goes with them"
    PROVIDER = "Where to publish"
    OWNERSHIP = "Whose records are whose"
    WORK = "How to work"
    CLUSTER = "The Kubernetes API"
    OBSERVATION = "What can be seen"


@dataclasses.dataclass(frozen=True, slots=True)
class Flag:
    """One setting, as users know it.

    name      as in --name
    kind      type of the value: bool, int, float (a duration in seconds), str, or tuple (a list of str)
    default   None: must be given
    help      one or two sentences
    unit      of a number
    between   least and greatest value of a number; None is no limit on that side
    choices   the values allowed; empty: any
    elsewhere values that ExternalDNS has and Zonewright does not have yet
    check     raises ValueError on a text that cannot be used; returns it in its canonical form
    shown     the default in words, where its value says little
    repeats   whether a list may be given in several parts
    secret    whether its value is never shown
    """

    name: str
    theme: Theme
    kind: type
    default: Any
    help: str
    unit: str
    between: tuple[float | None, float | None]
    choices: tuple[str, ...]
    elsewhere: tuple[str, ...]
    check: Callable[[str], str] | None
    shown: str
    repeats: bool
    secret: bool

    @property
    def repeatable(self) -> bool:
        """Whether the flag may be given more than once."""
        return self.kind is tuple and self.repeats

    @property
    def usage(self) -> str:
        """How the flag is written: --policy=…, --[no-]once."""
        return f"--[no-]{self.name}" if self.kind is bool else f"--{self.name}=…"

    @property
    def default_shown(self) -> str:
        """The default as people read it; "" where there is none to speak of."""
        if self.shown or self.default in (None, "", ()):
            return self.shown
        return f"{self.spelled(self.default)} {self.unit}".rstrip()

    def spelled(self, value: Any) -> str:
        """A value as it is written after the =; lists by commas, for reading only. Each part of a secret is hidden."""
        if self.secret:
            return ", ".join(HIDDEN for part in (value if isinstance(value, tuple) else (value,)) if part)
        if isinstance(value, bool):
            return str(value).lower()
        if self.kind is float:
            return duration.spelled(value)
        return ", ".join(value) if isinstance(value, tuple) else str(value)

    @property
    def variable(self) -> str:
        """The environment variable that stands in for the flag."""
        return variable(self.name)

    @property
    def field(self) -> str:
        """The field of Settings that holds the value."""
        return self.name.replace("-", "_")


def variable(name: str) -> str:
    """The environment variable of a flag by ExternalDNS's rule."""
    return ENV_PREFIX + name.replace("-", "_").upper()


def flag(
    theme: Theme,
    *,
    help: str,  # the word that users of argparse and click know
    default: T | None = None,
    unit: str = "",
    between: tuple[float | None, float | None] = (None, None),
    choices: tuple[str, ...] = (),
    elsewhere: tuple[str, ...] = (),
    check: Callable[[str], str] | None = None,
    shown: str = "",
    repeats: bool = True,
    secret: bool = False,
) -> T:
    """A dataclass field with all that is to be known of its flag. Without a default the flag is required."""
    metadata = {
        _METADATA: {
            "theme": theme,
            "kind": str if default is None else type(default),
            "default": default,
            "help": help,
            "unit": unit,
            "between": between,
            "choices": choices,
            "elsewhere": elsewhere,
            "check": check,
            "shown": shown,
            "repeats": repeats,
            "secret": secret,
        }
    }
    if default is None:
        return dataclasses.field(repr=not secret, metadata=metadata)  # type: ignore[no-any-return]
    return dataclasses.field(default=default, repr=not secret, metadata=metadata)


def flags_of(settings: type) -> tuple[Flag, ...]:
    """The flags that a dataclass declares, in its order."""
    fields = dataclasses.fields(settings)
    return tuple(Flag(name=field.name.replace("_", "-"), **field.metadata[_METADATA]) for field in fields)
