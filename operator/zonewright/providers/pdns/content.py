"""Targets as they are written here ⇄ the content of a record as PowerDNS spells it.

PowerDNS refuses content that is not spelled exactly as it would spell it itself ("Not in expected format").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zonewright.model.recordtype import RecordType
from zonewright.model.targets import compared_target
from zonewright.model.targets.fields import Unfit, exactly, octets, quoted, split

# Stands where a CNAME cannot, and answers with the addresses of its target.
ALIAS = "ALIAS"

# Types whose targets have one spelling here, whatever is found.
_RESPELLED = frozenset({RecordType.CAA, RecordType.HTTPS, RecordType.SVCB, RecordType.TLSA})


def written(rtype: str, target: str) -> str:
    """The content for a target. One that its type cannot hold stays as it is: the server will say what is wrong."""
    try:
        return _WRITTEN.get(rtype, str)(target)
    except Unfit:
        return target


def read(rtype: str, content: str) -> str:
    """The target for a content."""
    return compared_target(rtype, content) if rtype in _RESPELLED else content


def normalized(rtype: str, target: str) -> str:
    """A target as it is read again after it has been written. Final dots are left to the model."""
    return read(rtype, written(rtype, target)) if rtype in _QUOTED else target


def _absolute(target: str) -> str:
    return target if target.endswith(".") else f"{target}."


def _text(target: str) -> str:
    """Always in quotes, in pieces of up to 255 octets."""
    return compared_target(RecordType.TXT, target)


def _naptr(target: str) -> str:
    *numbers, flags, service, regexp, replacement = exactly(target, "order preference flags service regexp replacement")
    texts = (quoted(octets(text)) for text in (flags, service, regexp))
    return " ".join([*numbers, *texts, _absolute(replacement)])


def _svcb(target: str) -> str:
    """Values stand bare, save those with blanks, of keys by number, and of ech (PowerDNS, `RecordTextWriter`)."""
    priority, name, *parameters = split(compared_target(RecordType.SVCB, target))
    return " ".join([priority, name, *map(_parameter, parameters)])


def _parameter(field: str) -> str:
    key, equals, value = field.partition("=")
    if not equals or key == "ech" or key.startswith("key") or " " in value:
        return field
    return f"{key}={value[1:-1]}"


_WRITTEN: Mapping[str, Callable[[str], str]] = {
    ALIAS: _absolute,
    RecordType.CNAME: _absolute,
    RecordType.DNAME: _absolute,
    RecordType.NS: _absolute,
    RecordType.PTR: _absolute,
    RecordType.MX: _absolute,
    RecordType.SRV: _absolute,
    RecordType.TXT: _text,
    RecordType.NAPTR: _naptr,
    RecordType.HTTPS: _svcb,
    RecordType.SVCB: _svcb,
}
_QUOTED = frozenset({RecordType.TXT, RecordType.NAPTR}) | _RESPELLED
