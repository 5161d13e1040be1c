"""Where the ownership record of a record set stands: names out of names, and back.

The type goes before the first label ("a-www.example.com"), behind a prefix, unless prefix or suffix say where it goes
with "%{record_type}" (ExternalDNS, registry/mapper/mapper.go). Before types were written, the name had none: such an
untyped name is still read, never written. Where the name would be too long for DNS, `shortening` has another one.

The way back is not always unique. A name with several typed readings is about the one that stands, if that is only one.
A name that has a typed reading is never taken for an untyped one ("a-www" is A of "www", not something of "a-www"):
were it, a leftover of ours would make somebody else's record look like ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from zonewright.model.endpoint import RecordType
from zonewright.model.hostname import WILDCARD, spelled, unicode
from zonewright.registry.txt.shortening import shortened, too_long

TYPE_TEMPLATE = "%{record_type}"
_ALABEL = "xn--"


class Described(NamedTuple):
    """What an ownership record is about. rtype is "" for a name without type."""

    name: str
    rtype: str


class _Affixes(NamedTuple):
    """What stands before and behind the first label of the record's name."""

    front: str
    back: str


@dataclass(frozen=True, slots=True)
class OwnershipNames:
    """prefix, suffix, wildcard: as in --txt-prefix, --txt-suffix and --txt-wildcard-replacement, lower case."""

    prefix: str = ""
    suffix: str = ""
    wildcard: str = ""

    def typed(self, name: str, rtype: str) -> str:
        """Name of the ownership record of a record set."""
        affixes = _affixes(self.prefix, self.suffix, rtype.lower())
        place = self._around(name, affixes)
        return shortened(name, *affixes).place if too_long(place) else place

    def lead(self, name: str, rtype: str) -> str:
        """What the text of an ownership record has to say since its name does not; "" where the name says it all."""
        affixes = _affixes(self.prefix, self.suffix, rtype.lower())
        return shortened(name, *affixes).lead if too_long(self._around(name, affixes)) else ""

    def international(self, name: str, rtype: str) -> str:
        """Another name of the ownership record of a name with other than ASCII letters; "" where there is none.

        ExternalDNS puts the type before the letters as they were written. In DNS the label is encoded as a whole.
        """
        if not name.startswith(_ALABEL) or (label := unicode(name)) == name:
            return ""
        place = spelled(self._around(label, _affixes(self.prefix, self.suffix, rtype.lower())))
        return "" if place == self.typed(name, rtype) or too_long(place) else place

    def all_typed(self, name: str) -> Iterator[tuple[RecordType, str]]:
        """Every type with each name that its ownership record may have: `typed` for all types, in one go."""
        label, dot, rest = name.partition(".")
        label = self.wildcard if label == WILDCARD and self.wildcard else label
        international = name.startswith(_ALABEL)
        for rtype, (front, back) in _all_affixes(self.prefix, self.suffix):
            place = f"{front}{label}{back}{dot}{rest}"
            yield rtype, shortened(name, front, back).place if too_long(place) else place
            if international and (place := self.international(name, rtype)):
                yield rtype, place

    @property
    def unambiguous(self) -> bool:
        """Whether no name has two typed readings: nothing is replaced, and the type is set apart from the label."""
        return not self.wildcard and _type_is_apart(self.prefix, self.suffix)

    def untyped(self, name: str) -> str:
        """Name of the ownership record of all types at `name`, as it was before types were written."""
        return self._around(name, _untyped_affixes(self.prefix, self.suffix))

    def readings(self, owner_name: str) -> tuple[Described, ...]:
        """What a typed ownership record of this name can be about; empty when it is no typed name."""
        literal = tuple(
            Described(name, rtype)
            for rtype, affixes in _all_affixes(self.prefix, self.suffix)
            if owner_name.startswith(affixes.front)
            for name in self._within(owner_name, affixes)
            if self._around(name, affixes) == owner_name
        )
        return literal or self._international_readings(owner_name)

    def told(self, owner_name: str, lead: str) -> Described | None:
        """What an ownership record of a shortened name is about, as its text tells; None where the two do not agree."""
        for rtype, affixes in _all_affixes(self.prefix, self.suffix):
            for within in self._within(owner_name, affixes) if lead else ():
                name = f"{lead}.{within.partition('.')[2]}"
                if self.lead(name, rtype) == lead and self.typed(name, rtype) == owner_name:
                    return Described(name, rtype)
        return None

    def untyped_readings(self, owner_name: str) -> tuple[Described, ...]:
        """The same for an untyped name; empty when the name has a typed reading."""
        if self.readings(owner_name):
            return ()
        found = self._within(owner_name, _untyped_affixes(self.prefix, self.suffix))
        return tuple(Described(name, "") for name in found if self.untyped(name) == owner_name)

    def _international_readings(self, owner_name: str) -> tuple[Described, ...]:
        if (written := unicode(owner_name)) == owner_name:
            return ()
        found = (Described(spelled(name), rtype) for name, rtype in self.readings(written))
        return tuple(reading for reading in found if self.international(*reading) == owner_name)

    def _around(self, name: str, affixes: _Affixes) -> str:
        label, dot, rest = name.partition(".")
        if label == WILDCARD and self.wildcard:
            label = self.wildcard
        return f"{affixes.front}{label}{affixes.back}{dot}{rest}"

    def _within(self, owner_name: str, affixes: _Affixes) -> tuple[str, ...]:
        """The names that may be between the affixes. A replaced wildcard comes first: it is what the flag is for."""
        if not owner_name.startswith(affixes.front):
            return ()
        parts = owner_name[len(affixes.front) :].split(".")
        first = affixes.back.count(".") + 1  # a suffix may have dots of its own
        head, rest = ".".join(parts[:first]), parts[first:]
        if not head.endswith(affixes.back):
            return ()
        label = head[: len(head) - len(affixes.back)]
        if not label:
            return ()
        literal = ".".join([label, *rest])
        return (".".join([WILDCARD, *rest]), literal) if label == self.wildcard else (literal,)


@lru_cache(maxsize=256)
def _affixes(prefix: str, suffix: str, rtype: str) -> _Affixes:
    if TYPE_TEMPLATE in prefix or TYPE_TEMPLATE in suffix:
        return _Affixes(prefix.replace(TYPE_TEMPLATE, rtype), suffix.replace(TYPE_TEMPLATE, rtype))
    return _Affixes(f"{prefix}{rtype}-", suffix)


@lru_cache(maxsize=16)
def _all_affixes(prefix: str, suffix: str) -> tuple[tuple[RecordType, _Affixes], ...]:
    return tuple((rtype, _affixes(prefix, suffix, rtype.lower())) for rtype in RecordType)


@lru_cache(maxsize=16)
def _type_is_apart(prefix: str, suffix: str) -> bool:
    """Types are letters and digits, so anything else between type and label will do."""
    if TYPE_TEMPLATE not in prefix + suffix:
        return True
    before = re.search(r"%\{record_type\}[^a-z0-9%]", prefix)
    behind = re.search(r"[^a-z0-9}]%\{record_type\}", suffix)
    return bool(before) != bool(behind) and (prefix + suffix).count(TYPE_TEMPLATE) == 1


@lru_cache(maxsize=16)
def _untyped_affixes(prefix: str, suffix: str) -> _Affixes:
    return _Affixes(prefix.replace(TYPE_TEMPLATE, ""), suffix.replace(TYPE_TEMPLATE, ""))
