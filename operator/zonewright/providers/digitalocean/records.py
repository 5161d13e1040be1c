"""Records as the API has them ⇄ values of record sets.

Names are relative, "@" is the name of the domain; names in data end with a dot when they are written, and have none
when they are read. Text goes as it is, with the quotes that it has, as with ExternalDNS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zonewright.model.endpoint import Key, RecordType, compared_target
from zonewright.model.hostname import spelled
from zonewright.model.targets.fields import octets, quoted, split
from zonewright.providers.singles import Single

Json = dict[str, Any]

MIN_TTL, DEFAULT_TTL = 30, 1800  # seconds
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
_APEX = "@"


def parse(record: Mapping[str, Any], domain: str) -> Single | None:
    """None for one that cannot be read: it is nobody's that we know."""
    try:
        rtype = str(record["type"]).upper()
        label = str(record["name"])
        name = domain if label == _APEX else f"{label}.{domain}"
        target = _read(rtype, record, domain)
        return Single(str(record["id"]), Key(spelled(name), rtype, ""), target, int(record.get("ttl") or DEFAULT_TTL))
    except (KeyError, TypeError, ValueError):
        return None


def body(single: Single, domain: str) -> Json:
    """The record to create, or to put in another one's place. Raises ValueError where the type cannot hold it."""
    name = single.key.name
    label = _APEX if name == domain else name.removesuffix(f".{domain}")
    given = {"type": single.key.rtype, "name": label, "ttl": single.ttl or DEFAULT_TTL}
    return given | _WRITERS.get(single.key.rtype, _plain)(single.target)


def normalized(rtype: str, target: str) -> str:
    """A target as it is read again after it has been written. Raises ValueError."""
    return _read(rtype, _WRITERS.get(rtype, _plain)(target), "")


def _read(rtype: str, record: Mapping[str, Any], domain: str) -> str:
    data = str(record["data"])
    host = domain if data == _APEX else data
    match rtype:
        case RecordType.MX:
            return f"{int(record['priority'])} {host}"
        case RecordType.SRV:
            return f"{int(record['priority'])} {int(record['weight'])} {int(record['port'])} {host.removesuffix('.')}."
        case RecordType.CAA:
            value = quoted(data.removesuffix(".").encode())
            return compared_target(rtype, f"{int(record['flags'])} {record['tag']} {value}")
        case RecordType.TXT:
            return data
    return host


def _plain(target: str) -> Json:
    return {"data": target}


def _host(target: str) -> Json:
    return {"data": f"{target.removesuffix('.')}."}


def _mx(target: str) -> Json:
    preference, host = split(target)
    return {"priority": int(preference), **_host(host)}


def _srv(target: str) -> Json:
    priority, weight, port, host = split(target)
    return {"priority": int(priority), "weight": int(weight), "port": int(port), **_host(host)}


def _caa(target: str) -> Json:
    flags, tag, value = split(target)
    return {"flags": int(flags), "tag": tag, "data": octets(value).decode("utf-8", "replace")}


_WRITERS: Mapping[str, Callable[[str], Json]] = {
    RecordType.CNAME: _host,
    RecordType.NS: _host,
    RecordType.MX: _mx,
    RecordType.SRV: _srv,
    RecordType.CAA: _caa,
}
