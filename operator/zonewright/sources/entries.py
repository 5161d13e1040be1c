"""One entry of spec.endpoints of a DNSEndpoint: from any shape to a record set, or every reason why it is none.

ExternalDNS checks in two stages, in source/crd.go and in endpoint.go (CheckEndpoint); default targets come in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

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


def endpoint(
    entry: Object, labels: Mapping[str, str], *, defaulted: bool = False
) -> tuple[Endpoint | None, list[Problem]]:
    """The record set, or None and every reason at once; beside a record set, what could not be honoured.

    defaulted: its targets will be replaced, and its type with them: it has none here.
    """
    rtype, targets = text(entry, "recordType"), items(entry, "targets")
    faults = [*_name_faults(entry), *_dot_faults(rtype, targets)]
    faults += [] if defaulted else [*_type_faults(entry), *_target_faults(entry)]
    if faults:
        return None, faults
    chosen, cut = ([], []) if defaulted else _one_name(rtype, targets)
    ttl, complaints = _ttl(entry)
    found = Endpoint.wanted(
        text(entry, "dnsName"),
        rtype,
        chosen,
        ttl=ttl,
        set_identifier=text(entry, "setIdentifier"),
        properties=_properties(entry),
        labels=labels,
    )
    return found, [*cut, *complaints]


def _name_faults(entry: Object) -> Iterator[Problem]:
    try:
        canonical(text(entry, "dnsName"))
    except InvalidName as e:
        yield Problem(Reason.INVALID_NAME, str(e))


def _dot_faults(rtype: str, targets: Iterable[Any]) -> Iterator[Problem]:
    for target in targets:
        if not isinstance(target, str):
            yield Problem(Reason.INVALID_TARGET, f"target {printable(repr(target))} is no text")
        elif rtype in _NO_FINAL_DOT and target.endswith("."):
            shown = printable(target)
            message = f"target {shown!r} of a {rtype} record must not end with a dot: write {shown.rstrip('.')!r}"
            yield Problem(Reason.INVALID_TARGET, message)


def _type_faults(entry: Object) -> Iterator[Problem]:
    rtype, name = text(entry, "recordType"), text(entry, "dnsName")
    if rtype not in RecordType.__members__:
        message = f"recordType {printable(rtype)!r} is not known; known are {', '.join(RecordType)}"
        yield Problem(Reason.UNSUPPORTED_TYPE, message)
    elif rtype == RecordType.PTR and not is_reverse(name.removesuffix(".").lower()):
        message = f"a PTR record needs a name below in-addr.arpa or ip6.arpa, not {printable(name)!r}"
        yield Problem(Reason.INVALID_NAME, message)


def _target_faults(entry: Object) -> Iterator[Problem]:
    rtype, targets = text(entry, "recordType"), items(entry, "targets")
    if not targets:
        yield Problem(Reason.NO_TARGETS, f"no targets are given for {printable(text(entry, 'dnsName'))}")
    if rtype in RecordType.__members__:
        alias = _properties(entry).get(ALIAS) == "true"
        yield from _refused(rtype, (target for target in targets if isinstance(target, str)), alias)


def _refused(rtype: str, targets: Iterable[str], alias: bool) -> Iterator[Problem]:
    for target in targets:
        try:
            if not (rtype in _NO_FINAL_DOT and target.endswith(".")):  # that is told already
                check_target(rtype, target, alias=alias)
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


def _properties(entry: Object) -> dict[str, str]:
    found = items(entry, "providerSpecific")
    return {text(item, "name"): text(item, "value") for item in found if text(item, "name")}
