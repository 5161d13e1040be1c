"""Settings for people to read: docs/flags.md, and the line that a start logs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from zonewright.settings.fields import Settings
from zonewright.settings.flag import HIDDEN, Flag, Theme, flags_of

_CREDENTIALS = re.compile(r"(?<=://)[^/@]*@")
_HEAD = """\
# Flags

<!-- Written by `python -m zonewright.settings > docs/flags.md`; do not edit. -->

Names, meanings and environment variables are ExternalDNS's. A flag beats its variable. A switch is turned off by
`--no-NAME`, and its variable takes `true` or `false`. A list is given once for each value; in its variable, one value
stands on each line. Durations are written as in Go: `90s`, `1m30s`, `1.5h`. A flag of ExternalDNS that is not listed
here is refused by its name, not ignored.
"""


def by_theme() -> Iterator[tuple[Theme, list[Flag]]]:
    """All flags in the groups in which they are shown."""
    flags = flags_of(Settings)
    for theme in Theme:
        yield theme, [flag for flag in flags if flag.theme is theme]


def markdown() -> str:
    """The text of docs/flags.md."""
    parts = [_HEAD, *(_section(theme, flags) for theme, flags in by_theme())]
    return "\n".join(parts)


def _section(theme: Theme, flags: Iterable[Flag]) -> str:
    rows = "".join(_row(flag) for flag in flags)
    return f"## {theme}\n\n| flag | meaning | default | variable |\n|---|---|---|---|\n{rows}"


def _row(flag: Flag) -> str:
    default = "required" if flag.default is None else flag.default_shown
    meaning = flag.help + "".join(f" {note}." for note in notes(flag))
    cells = (f"`{flag.usage}`", meaning, default, f"`{flag.variable}`")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def notes(flag: Flag) -> Iterator[str]:
    """What its help does not say, because the declaration says it."""
    if flag.choices:
        yield "One of " + ", ".join(flag.choices)
    if flag.repeatable:
        yield "May be given several times"
    if flag.secret:
        yield "Never shown; its variable keeps it out of the list of processes"


def one_line(settings: Settings) -> str:
    """All settings as flags, for the log. Secrets are hidden, and so is a password within a URL."""
    flags = flags_of(Settings)
    texts = (f"--{flag.name}={flag.spelled(getattr(settings, flag.field)).replace(', ', ',')}" for flag in flags)
    return " ".join(_CREDENTIALS.sub(f"{HIDDEN}@", text) for text in texts)
