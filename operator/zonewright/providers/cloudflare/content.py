"""Values as Cloudflare's API has them ⇄ targets.

Most types have their data in `content`; MX has its preference apart, and structured types have `data` (API reference,
"DNS Records for a Zone").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zonewright.model.recordtype import RecordType
from zonewright.model.targets import compared_target
from zonewright.model.targets.fields import octets, split

Json = dict[str, Any]


def written(rtype: str, target: str) -> Json:
    """The fields that hold a target. Raises ValueError where the type cannot hold it."""
    return _WRITERS.get(rtype, _plain)(target)


def read(rtype: str, record: Mapping[str, Any]) -> str:
    """The target of a record. Raises KeyError, TypeError or ValueError where the record has another shape."""
    data = record.get("data")
    if rtype in _READERS and data:
        return _READERS[rtype](data)
    content = str(record["content"])
    if rtype == RecordType.MX:
        return f"{int(record['priority'])} {content}"
    return content


def normalized(rtype: str, target: str) -> str:
    """A target as it is read again after it has been written."""
    if rtype == RecordType.TXT:
        return compared_target(rtype, target)
    if rtype in _READERS:
        return _READERS[rtype](written(rtype, target)["data"])
    return target


def _plain(target: str) -> Json:
    return {"content": target}


def _mx(target: str) -> Json:
    preference, host = split(target)
    return {"content": host, "priority": int(preference)}


def _txt(target: str) -> Json:
    return {"content": compared_target(RecordType.TXT, target)}


def _srv(target: str) -> Json:
    priority, weight, port, host = split(target)
    return {"data": {"priority": int(priority), "weight": int(weight), "port": int(port), "target": _bare(host)}}


def _caa(target: str) -> Json:
    flags, tag, value = split(target)
    return {"data": {"flags": int(flags), "tag": tag, "value": octets(value).decode()}}


def _naptr(target: str) -> Json:
    order, preference, flags, service, regexp, replacement = split(target)
    texts = {"flags": flags, "service": service, "regex": regexp}
    plain = {name: octets(text).decode() for name, text in texts.items()}
    return {"data": {"order": int(order), "preference": int(preference), **plain, "replacement": replacement}}


def _tlsa(target: str) -> Json:
    usage, selector, matching, certificate = split(target)
    return {
        "data": {
            "usage": int(usage),
            "selector": int(selector),
            "matching_type": int(matching),
            "certificate": certificate,
        }
    }


def _svcb(target: str) -> Json:
    priority, name, *parameters = split(target)
    return {"data": {"priority": int(priority), "target": name, "value": " ".join(parameters)}}


def _bare(host: str) -> str:
    """Without the final dot, save for the root, which is all of its name."""
    return host.removesuffix(".") or "."


def _text(value: object) -> str:
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _read_srv(data: Mapping[str, Any]) -> str:
    host = str(data["target"]).removesuffix(".")
    return f"{int(data['priority'])} {int(data['weight'])} {int(data['port'])} {host}."


def _read_caa(data: Mapping[str, Any]) -> str:
    return compared_target(RecordType.CAA, f"{int(data['flags'])} {data['tag']} {_text(data['value'])}")


def _read_naptr(data: Mapping[str, Any]) -> str:
    texts = " ".join(_text(data[name]) for name in ("flags", "service", "regex"))
    replacement = str(data["replacement"]).removesuffix(".")
    return f"{int(data['order'])} {int(data['preference'])} {texts} {replacement}."


def _read_tlsa(data: Mapping[str, Any]) -> str:
    numbers = " ".join(str(int(data[name])) for name in ("usage", "selector", "matching_type"))
    return compared_target(RecordType.TLSA, f"{numbers} {data['certificate']}")


def _read_svcb(data: Mapping[str, Any]) -> str:
    target = f"{int(data['priority'])} {data['target']} {data.get('value') or ''}".strip()
    return compared_target(RecordType.SVCB, target)


_WRITERS: Mapping[str, Callable[[str], Json]] = {
    RecordType.MX: _mx,
    RecordType.TXT: _txt,
    RecordType.SRV: _srv,
    RecordType.CAA: _caa,
    RecordType.NAPTR: _naptr,
    RecordType.TLSA: _tlsa,
    RecordType.HTTPS: _svcb,
    RecordType.SVCB: _svcb,
}
_READERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    RecordType.SRV: _read_srv,
    RecordType.CAA: _read_caa,
    RecordType.NAPTR: _read_naptr,
    RecordType.TLSA: _read_tlsa,
    RecordType.HTTPS: _read_svcb,
    RecordType.SVCB: _read_svcb,
}
