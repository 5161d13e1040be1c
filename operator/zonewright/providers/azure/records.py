"""The JSON of record sets ⇄ record sets. Public and private zones spell the keys in other cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from zonewright.model.endpoint import Endpoint, RecordType, compared_target
from zonewright.model.targets.fields import octets, quoted, split, strings

Json = dict[str, Any]

DEFAULT_TTL = 300  # seconds; the API wants one, and ExternalDNS gives this
MOST = 20  # records in a record set
TAGS = "azure/tags"


@dataclass(frozen=True, slots=True)
class Form:
    """How a type is written: the key of its values in a public and in a private zone, "" for none, and each value."""

    public: str
    private: str
    write: Callable[[str], Json]
    read: Callable[[Mapping[str, Any]], str]
    single: bool = False


def _bare(host: str) -> str:
    return host.removesuffix(".")


def _field(name: str) -> tuple[Callable[[str], Json], Callable[[Mapping[str, Any]], str]]:
    return lambda target: {name: _bare(target)}, lambda value: _bare(str(value[name]))


def _write_mx(target: str) -> Json:
    preference, host = split(target)
    return {"preference": int(preference), "exchange": _bare(host)}


def _read_mx(value: Mapping[str, Any]) -> str:
    return f"{int(value['preference'])} {_bare(str(value['exchange']))}"


def _write_srv(target: str) -> Json:
    priority, weight, port, host = split(target)
    return {"priority": int(priority), "weight": int(weight), "port": int(port), "target": _bare(host)}


def _read_srv(value: Mapping[str, Any]) -> str:
    return f"{int(value['priority'])} {int(value['weight'])} {int(value['port'])} {_bare(str(value['target']))}."


def _write_caa(target: str) -> Json:
    flags, tag, value = split(target)
    return {"flags": int(flags), "tag": tag, "value": octets(value).decode()}


def _read_caa(value: Mapping[str, Any]) -> str:
    text = quoted(str(value["value"]).encode())
    return compared_target(RecordType.CAA, f"{int(value['flags'])} {value['tag']} {text}")


def _write_txt(target: str) -> Json:
    """Character-strings, each of up to 255 octets. JSON has room for text alone: what is none is a ValueError."""
    pieces = strings(compared_target(RecordType.TXT, target)) or []
    return {"value": [octets(piece).decode() for piece in pieces]}


def _read_txt(value: Mapping[str, Any]) -> str:
    return " ".join(quoted(str(piece).encode()) for piece in value["value"])


FORMS: Mapping[str, Form] = {
    RecordType.A: Form("ARecords", "aRecords", *_field("ipv4Address")),
    RecordType.AAAA: Form("AAAARecords", "aaaaRecords", *_field("ipv6Address")),
    RecordType.CNAME: Form("CNAMERecord", "cnameRecord", *_field("cname"), single=True),
    RecordType.MX: Form(
        "MXRecords", "mxRecords", _write_mx, lambda v: f"{int(v['preference'])} {_bare(v['exchange'])}"
    ),
    RecordType.NS: Form("NSRecords", "", *_field("nsdname")),
    RecordType.PTR: Form("PTRRecords", "ptrRecords", *_field("ptrdname")),
    RecordType.SRV: Form("SRVRecords", "srvRecords", _write_srv, _read_srv),
    RecordType.TXT: Form("TXTRecords", "txtRecords", _write_txt, _read_txt),
    RecordType.CAA: Form("caaRecords", "", _write_caa, _read_caa),
}


def types(*, private: bool) -> frozenset[RecordType]:
    """Those that zones of a kind can hold."""
    return frozenset(RecordType(rtype) for rtype, form in FORMS.items() if (form.private if private else form.public))


def parse(found: Mapping[str, Any], zone: str) -> Endpoint:
    """A record set of a list. An alias of Azure's, and one that Azure registers by itself, has no targets: it stands,
    and cannot be taken for anything else.
    """
    rtype = str(found["type"]).rpartition("/")[2].upper()
    label, given = str(found["name"]), _lowered(found.get("properties") or {})
    name = zone if label == "@" else f"{label}.{zone}"
    own = not ((given.get("targetresource") or {}).get("id") or given.get("isautoregistered"))
    targets = _targets(rtype, given) if own else []
    tags = ",".join(sorted(f"{key}={value}" for key, value in (given.get("metadata") or {}).items()))
    return Endpoint.found(name, rtype, targets, ttl=given.get("ttl"), properties={TAGS: tags} if tags else {})


def _targets(rtype: str, given: Mapping[str, Any]) -> list[str]:
    form = FORMS.get(rtype)
    if form is None:
        return []
    values = given.get(form.public.lower())
    listed = ([values] if values else []) if form.single else (values or [])
    return [form.read(value) for value in listed]


def _lowered(given: Mapping[str, Any]) -> dict[str, Any]:
    """The service reads keys without regard to case, and so do we; the keys of metadata are people's."""
    return {key.lower(): value for key, value in given.items()}


def body(endpoint: Endpoint, *, private: bool) -> Json:
    """The record set to put. Raises ValueError where its type cannot hold a target."""
    form = FORMS[endpoint.rtype]
    values = [form.write(target) for target in endpoint.targets]
    given: Json = {
        "ttl" if private else "TTL": endpoint.ttl or DEFAULT_TTL,
        form.private if private else form.public: values[0] if form.single else values,
    }
    tags = _tags(dict(endpoint.properties).get(TAGS, ""))
    return {"properties": given | ({"metadata": tags} if tags else {})}


def held(endpoint: Endpoint, *, private: bool) -> Endpoint:
    """A wanted record set as `parse` would report it. Raises ValueError."""
    form = FORMS[endpoint.rtype]
    targets = [form.read(form.write(target)) for target in endpoint.targets]
    found = Endpoint.found(endpoint.name, endpoint.rtype, targets)
    tags = {} if private else _tags(dict(endpoint.properties).get(TAGS, ""))
    said = ",".join(sorted(f"{key}={value}" for key, value in tags.items()))
    return replace(endpoint.with_properties({TAGS: said} if said else {}), targets=found.targets)


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(","))
    return {key.strip(): value.strip() for key, equals, value in pairs if equals and key.strip()}


def relative(name: str, zone: str) -> str:
    """As paths have it."""
    return "@" if name == zone else name.removesuffix(f".{zone}")
