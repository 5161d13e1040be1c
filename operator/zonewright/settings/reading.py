"""From the command line and the environment to Settings, or to every reason why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from zonewright.model.hostname import printable
from zonewright.settings import externaldns
from zonewright.settings.arguments import given
from zonewright.settings.errors import Problem, SettingsError
from zonewright.settings.fields import Settings
from zonewright.settings.flag import Flag, flags_of, variable
from zonewright.settings.rules import contradictions
from zonewright.settings.values import integer, seconds, switch

FLAGS = {flag.name: flag for flag in flags_of(Settings)}
_SWITCHES = frozenset(externaldns.SWITCHES) | {name for name, flag in FLAGS.items() if flag.kind is bool}
_SECRETS = frozenset(name for name, flag in FLAGS.items() if flag.secret)
_KNOWN = sorted(FLAGS.keys() | externaldns.FLAGS)
_READERS: dict[type, Callable[[str], Any]] = {bool: switch, int: integer, float: seconds}


class Said(NamedTuple):
    """The texts of one flag, and where they stood: "--policy" or "EXTERNAL_DNS_POLICY"."""

    origin: str
    texts: list[str]


def from_args(args: Sequence[str], environ: Mapping[str, str]) -> Settings:
    """Read flags, and where a flag is absent its environment variable; absent there too, it has its default.

    Raises SettingsError, which names every flag or variable that is wrong and says what is allowed.
    """
    problems: list[Problem] = []
    said = _said(args, environ, problems)
    values = {flag.field: _value(flag, said[flag.name], problems) for flag in FLAGS.values() if flag.name in said}
    problems += _missing(said)
    if not problems:
        settings = Settings(**values)
        problems += [
            Problem(said[name].origin if name in said else f"--{name}", message)
            for name, message in contradictions(settings)
        ]
    if problems:
        raise SettingsError(problems)
    return settings


def _said(args: Sequence[str], environ: Mapping[str, str], problems: list[Problem]) -> dict[str, Said]:
    """What is said of each flag of ours; flags that are not ours, or want a value, become problems."""
    said: dict[str, Said] = {}
    for entry in given(args, _SWITCHES, _SECRETS):
        if isinstance(entry, Problem):
            problems.append(entry)
        elif entry.name not in FLAGS:
            problems.append(_refusal(entry.name))
        elif entry.text is None:
            problems.append(Problem(f"--{entry.name}", f"needs a value: --{entry.name}=…"))
        else:
            said.setdefault(entry.name, Said(f"--{entry.name}", [])).texts.append(entry.text)
    problems += _foreign_variables(environ)
    wrong = {problem.origin for problem in problems}
    for flag in FLAGS.values():
        text = environ.get(flag.variable)  # an empty variable counts as unset, as in kingpin
        if text and flag.name not in said and f"--{flag.name}" not in wrong:
            said[flag.name] = Said(flag.variable, _lines(text) if flag.kind is tuple else [text])
    return said


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").removesuffix("\n").split("\n")


def _refusal(name: str) -> Problem:
    """Why a flag is not taken."""
    origin = f"--{printable(name)}"
    if name in externaldns.FLAGS:
        return Problem(origin, "ExternalDNS has this flag, Zonewright does not have it yet")
    if name.startswith("no-") and name[3:] in _KNOWN:
        return Problem(origin, f"--{name[3:]} takes a value and cannot be negated")
    near = get_close_matches(name, _KNOWN, n=1)
    return Problem(origin, "there is no such flag" + (f"; did you mean --{near[0]}?" if near else ""))


def _foreign_variables(environ: Mapping[str, str]) -> Iterator[Problem]:
    """Variables of flags that ExternalDNS alone has.

    No other EXTERNAL_DNS_* counts: beside a Service of that name, Kubernetes sets EXTERNAL_DNS_PORT and more.
    """
    for name in sorted(externaldns.FLAGS):
        if environ.get(variable(name)):
            yield Problem(
                variable(name),
                f"ExternalDNS has this flag, --{name}, Zonewright does not have it yet; unset the variable",
            )


def _missing(said: Mapping[str, Said]) -> Iterator[Problem]:
    for flag in FLAGS.values():
        if flag.default is None and flag.name not in said:
            yield Problem(f"--{flag.name}", f"must be given; {_allowed(flag)}")


def _value(flag: Flag, said: Said, problems: list[Problem]) -> Any:
    """The value of a flag; None when a problem was found."""
    if len(said.texts) > 1 and not flag.repeatable:
        problems.append(Problem(said.origin, "cannot be given more than once"))
        return None
    try:
        values = [_read(flag, text) for text in said.texts if _counts(flag, text)]
    except ValueError as e:
        problems.append(Problem(said.origin, str(e)))
        return None
    return tuple(dict.fromkeys(values)) if flag.kind is tuple else values[0]


def _counts(flag: Flag, text: str) -> bool:
    """An empty entry adds nothing to a list of free texts: --domain-filter= is no filter, as in ExternalDNS."""
    return bool(text) or flag.kind is not tuple or not flag.repeatable or bool(flag.choices)


def _read(flag: Flag, text: str) -> Any:
    value = _READERS.get(flag.kind, str)(text)
    if flag.check is not None:
        value = flag.check(value)
    if flag.choices and value not in flag.choices:
        raise ValueError(_no_choice(flag, text, value))
    low, high = flag.between
    if (low is not None and value < low) or (high is not None and value > high):
        raise ValueError(f"{printable(text)!r} is out of range; {_range(flag)}")
    return value


def _no_choice(flag: Flag, text: str, value: str) -> str:
    if value in flag.elsewhere:
        return f"ExternalDNS has {text!r}, Zonewright does not have it yet; {_allowed(flag)}"
    if flag.kind is tuple and "," in text:
        return f"{printable(text)!r} is not allowed; give the flag once for each value"
    return f"{printable(text)!r} is not allowed; {_allowed(flag)}"


def _allowed(flag: Flag) -> str:
    *others, last = flag.choices
    return f"choose {', '.join(others)} or {last}"


def _range(flag: Flag) -> str:
    bounds = zip(("at least", "at most"), flag.between, strict=True)
    return "it must be " + " and ".join(f"{word} {flag.spelled(bound)}" for word, bound in bounds if bound is not None)
