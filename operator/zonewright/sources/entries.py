"""One entry of spec.endpoints of a DNSEndpoint: from any shape to a record set, or every reason why it is none.

ExternalDNS checks in two stages, in source/crd.go and in endpoint.go (CheckEndpoint); default targets come in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from zonewright.model.endpoint import (
    ALIAS,
    ALIAS_TYPES,
    MAX_TTL,
    Endpoint,
    InvalidTarget,
    RecordType,
    check_target,
)
from zonewright.model.hostname import InvalidName, canonical, printable
from zonewright.model.reason import Problem, Reason
from zonewright.sources.fields import Object, items, text
from zonewright.sources.reverse import is_reverse

_NO_FINAL_DOT = frozenset({RecordType.A, RecordType.AAAA, RecordType.NS, RecordType.PTR})


class _Written(NamedTuple):
    """The fields of an entry as they are written; "" and nothing where they have another shape."""

    name: str
    rtype: str
    targets: list[Any]
    properties: dict[str, str]


def endpoint(
    entry: Object, labels: Mapping[str, str], *, defaulted: bool = False
) -> tuple[Endpoint | None, list[Problem]]:
    """The record set, or None and every reason at once; beside a record set, what could not be honoured.

    defaulted: its targets will be replaced, and its type with them: it has none here.
    """
    written = _Written(text(entry, "dnsName"), text(entry, "recordType"), items(entry, "targets"), _properties(entry))
    faults = [*_name_faults(written), *_dot_faults(written)]
    faults += [] if defaulted else [*_type_faults(written), *_target_faults(written)]
    if faults:
        return None, faults
    chosen, cut = ([], []) if defaulted else _one_name(written.rtype, written.targets)
    ttl, complaints = _ttl(entry)
    found = Endpoint.wanted(
        written.name,
        written.rtype,
        chosen,
        ttl=ttl,
        set_identifier=text(entry, "setIdentifier"),
        properties=written.properties,
        labels=labels,
    )
    return found, [*cut, *complaints]


def _properties(entry: Object) -> dict[str, str]:
    found = items(entry, "providerSpecific")
    return {text(item, "name"): text(item, "value") for item in found if text(item, "name")}


def _name_faults(written: _Written) -> Iterator[Problem]:
    try:
        canonical(written.name)
    except InvalidName as e:
        yield Problem(Reason.INVALID_NAME, str(e))


def _dot_faults(written: _Written) -> Iterator[Problem]:
    for target in written.targets:
        if not isinstance(target, str):
            yield Problem(Reason.INVALID_TARGET, f"target {printable(repr(target))} is no text")
        elif written.rtype in _NO_FINAL_DOT and target.endswith("."):
            right = f"must not end with a dot: write {printable(target).rstrip('.')!r}"
            yield Problem(Reason.INVALID_TARGET, f"target {printable(target)!r} of a {written.rtype} record {right}")


def _type_faults(written: _Written) -> Iterator[Problem]:
    if written.rtype not in RecordType.__members__:
        message = f"recordType {printable(written.rtype)!r} is not known; known are {', '.join(RecordType)}"
        yield Problem(Reason.UNSUPPORTED_TYPE, message)
    elif written.rtype == RecordType.PTR and not is_reverse(written.name.removesuffix(".").lower()):
        message = f"a PTR record needs a name below in-addr.arpa or ip6.arpa, not {printable(written.name)!r}"
        yield Problem(Reason.INVALID_NAME, message)


def _target_faults(written: _Written) -> Iterator[Problem]:
    if not written.targets:
        yield Problem(Reason.NO_TARGETS, f"no targets are given for {printable(written.name)}")
    if written.rtype not in RecordType.__members__:
        return
    alias = written.properties.get(ALIAS) == "true"
    for target in written.targets:
        if not isinstance(target, str) or (written.rtype in _NO_FINAL_DOT and target.endswith(".")):
            continue  # that is told already
        try:
            check_target(written.rtype, target, alias=alias)
        except InvalidTarget as e:
            yield Problem(Reason.INVALID_TARGET, str(e))


def _one_name(rtype: str, targets: list[str]) -> tuple[list[str], list[Problem]]:
    """Of several targets of a CNAME the smallest: it can have but one (RFC 1034, section 3.6.2; RFC 6672 for DNAME)."""
    if rtype not in ALIAS_TYPES:
        return targets, []
    first, *others = sorted({check_target(rtype, target) for target in targets})
    if not others:
        return [first], []
    message = f"a {rtype} can have one target: {first} is published, not {', '.join(others)}"
    return [first], [Problem(Reason.CNAME_CONFLICT, message)]


def _ttl(entry: Object) -> tuple[int | None, list[Problem]]:
    """0 is how ExternalDNS writes "none"."""
    ttl = entry.get("recordTTL")
    if ttl is None or (ttl == 0 and ttl is not False):
        return None, []
    if isinstance(ttl, int) and not isinstance(ttl, bool) and 0 < ttl <= MAX_TTL:
        return ttl, []
    message = f"recordTTL {printable(repr(ttl))} is not between 1 and {MAX_TTL}; the record has the provider's default"
    return None, [Problem(Reason.INVALID_TTL, message)]
