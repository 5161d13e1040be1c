"""Which names are ours to publish: lists of domains, or regular expressions.

The rules are those of ExternalDNS (endpoint/domain_filter.go): an exclusion always wins, a regular expression puts the
lists out of force, nothing given admits everything. Names are compared in lower case, without final dot, in Unicode.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import idna

from zonewright.model.hostname import InvalidName, canonical, printable, spelled

_ACE = "xn--"  # how an A-label begins (RFC 5890, section 2.3.1)


@dataclass(frozen=True, slots=True)
class DomainFilter:
    """Build with `of` or `from_json`.

    include        domains; the name itself counts as well, unless the entry begins with a dot; none: every name
    exclude        likewise; none: no name
    regex_include  searched for anywhere in the name
    regex_exclude  likewise
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    regex_include: re.Pattern[str] | None = None
    regex_exclude: re.Pattern[str] | None = None

    @classmethod
    def of(
        cls,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        regex_include: str = "",
        regex_exclude: str = "",
    ) -> Self:
        """Raises ValueError, which says which regular expression is wrong and where."""
        return cls(_entries(include), _entries(exclude), _pattern(regex_include), _pattern(regex_exclude))

    @classmethod
    def from_json(cls, answer: object) -> Self:
        """What a webhook provider says of itself: include, exclude, regexInclude, regexExclude; or filters, as in the
        protocol's OpenAPI file. Field names are matched without regard to case. Raises ValueError.
        """
        if answer is None:
            return cls()
        if not isinstance(answer, Mapping):
            raise ValueError(f"a domain filter is a JSON object, not {printable(str(answer), 40)!r}")
        fields = {str(name).lower(): value for name, value in answer.items()}
        include = _texts(fields, "include") + _texts(fields, "filters")
        return cls.of(include, _texts(fields, "exclude"), _text(fields, "regexinclude"), _text(fields, "regexexclude"))

    def matches(self, name: str) -> bool:
        """Whether a name, in any spelling, passes."""
        if not (self.include or self.exclude or self.by_regex):
            return True
        name = _unicode(name)
        if self.by_regex:
            return not _finds(self.regex_exclude, name, otherwise=False) and _finds(self.regex_include, name)
        return (not self.include or _listed(name, self.include)) and not _listed(name, self.exclude)

    @property
    def by_regex(self) -> bool:
        """Whether regular expressions rule, and the lists do not count."""
        return self.regex_include is not None or self.regex_exclude is not None

    @property
    def domains(self) -> tuple[str, ...]:
        """The smallest set of domains that holds every name that can pass, as plain A-label names, sorted.

        Empty where that cannot be told: any name may pass.
        """
        if self.by_regex:
            return ()
        return tuple(sorted({_ascii(entry.removeprefix(".")) for entry in self.include}))

    def __str__(self) -> str:
        parts = {
            "include": ", ".join(self.include),
            "exclude": ", ".join(self.exclude),
            "regex": self.regex_include.pattern if self.regex_include else "",
            "regex exclusion": self.regex_exclude.pattern if self.regex_exclude else "",
        }
        return "; ".join(f"{title} {text}" for title, text in parts.items() if text) or "every name"


def _entries(domains: Iterable[str]) -> tuple[str, ...]:
    """The entries that say something: an empty one neither admits nor excludes."""
    return tuple(entry for entry in (_unicode(domain.strip()) for domain in domains) if entry.strip("."))


def _listed(name: str, entries: Iterable[str]) -> bool:
    for entry in entries:
        if entry.startswith("."):
            if name.endswith(entry) and name != entry:
                return True
        elif name == entry or name.endswith("." + entry):
            return True
    return False


def _finds(pattern: re.Pattern[str] | None, name: str, otherwise: bool = True) -> bool:
    return pattern.search(name) is not None if pattern is not None else otherwise


def _pattern(text: str) -> re.Pattern[str] | None:
    if not text:
        return None
    try:
        with warnings.catch_warnings():
            # "[[:alpha:]]" means something else here than in Go, whose expressions users bring along.
            warnings.simplefilter("error", FutureWarning)
            return re.compile(text)
    except (re.error, FutureWarning, RecursionError, OverflowError) as e:
        raise ValueError(f"{printable(text)!r} is not a regular expression: {e}") from e


def _unicode(name: str) -> str:
    name = spelled(name)
    return name if name.isascii() and _ACE not in name else _decoded(name)


@lru_cache(maxsize=4096)
def _decoded(name: str) -> str:
    return ".".join(map(_ulabel, name.split(".")))


def _ulabel(label: str) -> str:
    """A label in Unicode; one that IDNA does not know, as it stands."""
    try:
        if label.isascii():
            return idna.decode(label) if label.startswith(_ACE) else label
        return idna.decode(idna.encode(label, uts46=True))
    except (idna.IDNAError, UnicodeError):
        return label


def _ascii(name: str) -> str:
    try:
        return canonical(name)
    except InvalidName:
        return name


def _texts(fields: Mapping[str, Any], name: str) -> list[str]:
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ValueError(f"{name!r} of a domain filter is a list of texts")
    return value


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name) or ""
    if not isinstance(value, str):
        raise ValueError(f"{name!r} of a domain filter is a text")
    return value
