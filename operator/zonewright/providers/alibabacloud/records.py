"""Records as the APIs have them ⇄ values of record sets.

The label is the name below the zone, "@" for the zone's own; names in values have no dot at the end. Records of another
line than the default one answer some resolvers only: they are somebody's design, and are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zonewright.model.endpoint import Key, RecordType, compared_target
from zonewright.model.hostname import spelled
from zonewright.model.targets.fields import split
from zonewright.providers.singles import Single

MAX_TTL = 86400  # seconds
_EVERYWHERE = frozenset(
    {RecordType.A, RecordType.AAAA, RecordType.CNAME, RecordType.MX, RecordType.SRV, RecordType.TXT}
)
_PUBLIC = frozenset({RecordType.CAA, RecordType.NS})
_PRIVATE = frozenset({RecordType.PTR})
_NAMES = frozenset({RecordType.CNAME, RecordType.NS, RecordType.PTR, RecordType.SRV})
_APEX, _LINE = "@", "default"


@dataclass(frozen=True, slots=True)
class Form:
    """How an API writes a record: the keys of its label and its ttl, and what it can hold.

    default_ttl  seconds where none is given
    priorities   those that an MX record can have
    longest_text characters; None is no limit
    """

    label: str
    ttl: str
    default_ttl: int
    priorities: range
    longest_text: int | None
    public: bool

    @property
    def types(self) -> frozenset[RecordType]:
        return _EVERYWHERE | (_PUBLIC if self.public else _PRIVATE)

    def parse(self, record: Mapping[str, Any], zone: str) -> Single | None:
        """None for one of another line, and for one that cannot be read."""
        try:
            if (record.get("Line") or _LINE) != _LINE:
                return None
            label, rtype = str(record[self.label]), str(record["Type"]).upper()
            name = zone if label == _APEX else f"{label}.{zone}"
            target = _read(rtype, str(record["Value"]), record.get("Priority"))
            return Single(str(record["RecordId"]), Key(spelled(name), rtype, ""), target, int(record[self.ttl]))
        except (KeyError, TypeError, ValueError):
            return None

    def query(self, single: Single, zone: str) -> dict[str, str]:
        """What a record is to hold, as parameters of a request. Raises ValueError where the type cannot hold it."""
        key = single.key
        given = {self.label: relative(key.name, zone), "Type": key.rtype, self.ttl: str(single.ttl or self.default_ttl)}
        return given | self._value(key.rtype, single.target)

    def normalized(self, rtype: str, target: str) -> str:
        """A target as it is read again after it has been written. Raises ValueError."""
        given = self._value(rtype, target)
        return _read(rtype, given["Value"], given.get("Priority"))

    def _value(self, rtype: str, target: str) -> dict[str, str]:
        if rtype == RecordType.MX:
            preference, host = split(target)
            if int(preference) not in self.priorities:
                least, most = self.priorities[0], self.priorities[-1]
                raise ValueError(f"its preference is {preference}, and has to be from {least} to {most}")
            return {"Priority": preference, "Value": host.removesuffix(".")}
        if rtype == RecordType.TXT and self.longest_text is not None and len(target) > self.longest_text:
            raise ValueError(f"it has {len(target)} characters, and a text {self.longest_text} at most")
        return {"Value": target.removesuffix(".") if rtype in _NAMES else target}


def relative(name: str, zone: str) -> str:
    """The label of a name."""
    return _APEX if name == zone else name.removesuffix(f".{zone}")


def _read(rtype: str, value: str, priority: Any) -> str:
    match rtype:
        case RecordType.MX:
            return f"{int(priority)} {value}"
        case RecordType.SRV:
            return f"{value.removesuffix('.')}."
        case RecordType.CAA:
            return compared_target(rtype, value)
    return value
