"""The annotations of an object, as its author meant them.

Keys are `<prefix><name>`. Several prefixes are read at once, so that objects can be moved from one to the other at
leisure (ExternalDNS reads one only); where both spellings stand, the earlier prefix wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from zonewright.model.adopt import ADOPT_WORDS, Adopt
from zonewright.model.hostname import printable
from zonewright.model.reason import Problem, Reason
from zonewright.sources.fields import Object, pairs

CONTROLLER = "dns-controller"  # the value that ExternalDNS accepts
# The order in which ExternalDNS looks for them; whatever stands behind such a name does not count.
_CLOUDFLARE = (
    "cloudflare-custom-hostname",
    "cloudflare-proxied",
    "cloudflare-region-key",
    "cloudflare-record-comment",
    "cloudflare-tags",
)
_FAMILIES = ("aws", "coredns", "scw", "webhook")  # "<family>-<x>" is the property "<family>/<x>", whatever x is
_BLANKS = str.maketrans("", "", " \t\r\n")


class HostnameSource(StrEnum):
    """Which hostnames of an object count: those of its annotation, those of its spec, or (BOTH) all."""

    BOTH = ""
    ANNOTATION = "annotation-only"
    DEFINED = "defined-hosts-only"


@dataclass(frozen=True, slots=True)
class Annotations:
    """values: by name, without prefix; prefix: the first one in use, which names what is passed on to a provider."""

    values: Mapping[str, str]
    prefix: str = ""

    @classmethod
    def of(cls, obj: Object, prefixes: Sequence[str]) -> Self:
        found = pairs(obj, "metadata", "annotations")
        values: dict[str, str] = {}
        for prefix in reversed(prefixes):
            values |= {key[len(prefix) :]: value for key, value in found.items() if key.startswith(prefix)}
        return cls(values, prefixes[0] if prefixes else "")

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def listed(self, name: str) -> list[str]:
        """A comma list. Blanks are dropped wherever they stand, as ExternalDNS does, and empty items too."""
        value = self.values.get(name)
        return [item for item in value.translate(_BLANKS).split(",") if item] if value else []

    def hostnames(self) -> list[str]:
        return self.listed("hostname")

    def targets(self) -> list[str]:
        return self.listed("target")

    def other_controller(self) -> str | None:
        """The controller that the object is meant for, when it is not this one. The empty one is somebody else, too."""
        value = self.values.get("controller")
        return None if value == CONTROLLER else value

    def ignored(self) -> tuple[bool, tuple[Problem, ...]]:
        """Whether the object asks to be left out of DNS. A word that is not understood does not take a name away."""
        return self._flag("ignore")

    def retained(self) -> tuple[bool, tuple[Problem, ...]]:
        """Whether the records stay in DNS when the object goes."""
        return self._flag("retain")

    def shared(self) -> tuple[bool, tuple[Problem, ...]]:
        """Whether other owners, as those of other clusters, may publish targets of theirs under the same names."""
        return self._flag("shared")

    def adopt(self) -> tuple[Adopt, tuple[Problem, ...]]:
        """Whether records of nobody may be taken over. A word that is not understood takes over nothing."""
        value = self.values.get("adopt")
        if value is None:
            return Adopt.NONE, ()
        if value in ADOPT_WORDS:
            return Adopt(value), ()
        return Adopt.NONE, (unknown("adopt", value, ADOPT_WORDS),)

    def _flag(self, name: str) -> tuple[bool, tuple[Problem, ...]]:
        """True for the very word alone."""
        match self.values.get(name):
            case "true":
                return True, ()
            case None | "false":
                return False, ()
            case other:
                return False, (unknown(name, other, ("true", "false")),)

    def hostname_source(self, name: str) -> tuple[HostnameSource, tuple[Problem, ...]]:
        """Case does not count. A word that is not understood is as none (ExternalDNS publishes nothing then)."""
        value = self.values.get(name)
        if value is None:
            return HostnameSource.BOTH, ()
        for source in (HostnameSource.ANNOTATION, HostnameSource.DEFINED):
            if value.lower() == source:
                return source, ()
        return HostnameSource.BOTH, (unknown(name, value, (HostnameSource.ANNOTATION, HostnameSource.DEFINED)),)

    def set_identifier(self) -> str:
        return self.values.get("set-identifier", "")

    def alias(self) -> tuple[bool, tuple[Problem, ...]]:
        """Whether a CNAME is meant to be an alias. ExternalDNS takes only the very word "true"."""
        value = self.values.get("alias")
        doubts = () if value in (None, "true", "false") else (unknown("alias", value, ("true", "false")),)
        return value == "true", doubts

    def properties(self) -> dict[str, str]:
        """Provider-specific properties by name (ExternalDNS, source/annotations/provider_specific.go)."""
        return dict(self._properties())

    def _properties(self) -> Iterator[tuple[str, str]]:
        if self.alias()[0]:
            yield "alias", "true"
        for name, value in sorted(self.values.items(), reverse=True):  # of two that mean the same, the shorter one wins
            family, dash, rest = name.partition("-")
            if dash and family in _FAMILIES:
                yield f"{family}/{rest}", value
            elif name == "azure-tags":
                yield "azure/tags", value
            elif name == "record-type":
                yield name, value
            elif known := next(filter(name.startswith, _CLOUDFLARE), None):
                yield self.prefix + known, value


def unknown(name: str, value: str, known: Sequence[str]) -> Problem:
    """An annotation with a value that means nothing."""
    return Problem(
        Reason.INVALID_ANNOTATION,
        f"annotation {name}: {printable(value)!r} means nothing, it is read as if absent; use {' or '.join(known)}",
    )
