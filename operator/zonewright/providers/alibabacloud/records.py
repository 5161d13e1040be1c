"""Records as the API has them ⇄ values of record sets.

RR is the name below the domain, "@" for the domain's own; names in values have no dot at the end. Records of another
line than the default one answer some resolvers only: they are somebody's design, and are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zonewright.model.endpoint import Key, RecordType, compared_target
from zonewright.model.hostname import spelled
from zonewright.model.targets.fields import split
from zonewright.providers.singles import Single

DEFAULT_TTL, MAX_TTL = 600, 86400  # seconds
PRIORITIES = range(1, 51)
TYPES = frozenset(
    {
        RecordType.A,
        RecordType.AAAA,
        RecordType.CAA,
        RecordType.CNAME,
        RecordType.MX,
        RecordType.NS,
        RecordType.SRV,
        RecordType.TXT,
    }
)
_APEX, _LINE = "@", "default"


def parse(record: Mapping[str, Any], domain: str) -> Single | None:
    """None for one of another line, and for one that cannot be read."""
    try:
        if record.get("Line", _LINE) != _LINE:
            return None
        label, rtype = str(record["RR"]), str(record["Type"]).upper()
        name = domain if label == _APEX else f"{label}.{domain}"
        target = _read(rtype, str(record["Value"]), record.get("Priority"))
        return Single(str(record["RecordId"]), Key(spelled(name), rtype, ""), target, int(record["TTL"]))
    except (KeyError, TypeError, ValueError):
        return None


def query(single: Single, domain: str) -> dict[str, str]:
    """What a record is to hold, as parameters of a request. Raises ValueError where the type cannot hold it."""
    name, rtype = single.key.name, single.key.rtype
    label = _APEX if name == domain else name.removesuffix(f".{domain}")
    return {"RR": label, "Type": rtype, "TTL": str(single.ttl or DEFAULT_TTL), **_value(rtype, single.target)}


def normalized(rtype: str, target: str) -> str:
    """A target as it is read again after it has been written. Raises ValueError."""
    given = _value(rtype, target)
    return _read(rtype, given["Value"], given.get("Priority"))


def _value(rtype: str, target: str) -> dict[str, str]:
    match rtype:
        case RecordType.MX:
            preference, host = split(target)
            if int(preference) not in PRIORITIES:
                raise ValueError(f"its preference is {preference}, and has to be from 1 to 50")
            return {"Priority": preference, "Value": host.removesuffix(".")}
        case RecordType.CNAME | RecordType.NS | RecordType.SRV:
            return {"Value": target.removesuffix(".")}
    return {"Value": target}


def _read(rtype: str, value: str, priority: Any) -> str:
    match rtype:
        case RecordType.MX:
            return f"{int(priority)} {value}"
        case RecordType.SRV:
            return f"{value.removesuffix('.')}."
        case RecordType.CAA:
            return compared_target(rtype, value)
    return value
