"""Where a name lives in etcd: its labels, from the top-level domain down, are the path."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from zonewright.model.hostname import is_under, spelled

_AFTER_SLASH = chr(ord("/") + 1)


class Range(NamedTuple):
    """Keys from `start` up to, and without, `end`."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Layout:
    """prefix: begins and ends with a slash, as CoreDNS has it whatever its Corefile says."""

    prefix: str = "/skydns/"

    @classmethod
    def of(cls, prefix: str) -> Layout:
        inner = prefix.strip("/")
        return cls(f"/{inner}/" if inner else "/")

    def path(self, name: str) -> str:
        """The key of exactly this name."""
        return self.prefix + "/".join(reversed(name.split(".")))

    def subtree(self, name: str) -> Range:
        """The keys below a name; "" is the whole tree."""
        path = self.path(name) if name else self.prefix.removesuffix("/")
        return Range(path + "/", path + _AFTER_SLASH)

    def name(self, key: str, strip: int = 0) -> str | None:
        """The name that a key stands for, without its first `strip` labels. None where it stands for none."""
        labels = key.removeprefix(self.prefix).split("/")
        if not key.startswith(self.prefix) or not all(labels) or strip >= len(labels):
            return None
        return spelled(".".join(reversed(labels[: len(labels) - strip])))

    def holds(self, key: str, domain: str, nested: Iterable[str] = ()) -> bool:
        """Whether a key is at or below a domain, and not at or below one of the nested domains."""
        name = self.name(key)
        if name is None:  # an empty label: no name, but its place is plain
            name = ".".join(reversed(key.removeprefix(self.prefix).split("/")))
        return is_under(name, domain) and not any(is_under(name, inner) for inner in nested)

    def ranges(self, domain: str, nested: Iterable[str] = ()) -> list[Range]:
        """What to read for a domain: its subtree, without those of nested domains, which have a zone of their own."""
        start, end = self.subtree(domain)
        pieces = []
        for gap in sorted(self.subtree(inner) for inner in nested):
            if gap.start >= start:  # else it lies in the gap before
                pieces.append(Range(start, gap.start))
                start = gap.end
        return [*pieces, Range(start, end)]

    def fresh(self, name: str, rtype: str, target: str, taken: Container[str]) -> str:
        """A key for a target of a name that is not `taken`.

        ExternalDNS makes up the last label at random. Ours comes from the target, so that the same change sent twice,
        after a time-out say, is the same record and not a second one.
        """
        turn = 0
        while True:
            digest = hashlib.sha256(f"{rtype} {target} {turn}".encode()).hexdigest()
            key = f"{self.path(name)}/{digest[:8]}"
            if key not in taken:
                return key
            turn += 1
