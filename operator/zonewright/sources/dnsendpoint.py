"""DNSEndpoints: record sets as they are written down, checked entry by entry (ExternalDNS, source/crd.go).

One bad target leaves out its whole entry, as ExternalDNS does: half a list of mail servers is not what was written.
The other entries of the object stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from zonewright.model.claim import Resource
from zonewright.model.endpoint import (
    ADDRESS_TYPES,
    ALIAS_TYPES,
    MAX_TTL,
    OWNER_LABEL,
    RESOURCE_LABEL,
    Endpoint,
    InvalidTarget,
    RecordType,
    check_target,
)
from zonewright.model.hostname import InvalidName, canonical, printable
from zonewright.model.kind import DNSENDPOINT
from zonewright.model.marks import is_generated
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings
from zonewright.sources.annotations import Annotations
from zonewright.sources.fields import Object, items, pairs, resource, text

SOURCE = "crd"  # what ExternalDNS calls these objects, in flags and in ownership records
_NO_FINAL_DOT = frozenset({RecordType.A, RecordType.AAAA, RecordType.NS, RecordType.PTR})
_MAY_ALIAS = ADDRESS_TYPES | {RecordType.CNAME}


class Fault(NamedTuple):
    """What is wrong with an entry. name, rtype and set_identifier as written; "" where there is no text."""

    name: str
    rtype: str
    set_identifier: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Reading:
    """What a DNSEndpoint asks for, by the place of the entry in spec.endpoints.

    resource   the object as ownership records name it: crd/namespace/name
    endpoints  what can be published
    problems   why an entry cannot; beside an endpoint: what could not be honoured though it is published
    """

    resource: Resource
    endpoints: Mapping[int, Endpoint] = field(default_factory=dict)
    problems: Mapping[int, Fault] = field(default_factory=dict)


def read(obj: Object, settings: Settings) -> Reading:
    """Never raises: junk of any shape is left out, or has a problem."""
    who = resource(DNSENDPOINT, obj)
    who = Resource(SOURCE, who.namespace, who.name, who.api_version, who.uid, who.created)
    ignored, doubts = Annotations.of(obj, settings.annotation_prefix).ignored()
    generated = is_generated(obj)
    endpoints, problems = {}, {}
    for index, entry in enumerate(items(obj, "spec", "endpoints")):
        if not isinstance(entry, Mapping):
            continue  # null is allowed and means nothing
        endpoint, found = (None, [_ignored(who)]) if ignored else _endpoint(entry, who, generated)
        if endpoint is not None:
            endpoints[index] = endpoint
        if told := [*found, *doubts]:
            problems[index] = _fault(entry, told)
    return Reading(who, endpoints, problems)


def _ignored(who: Resource) -> Problem:
    return Problem(Reason.IGNORED, f'{who} has the annotation ignore: "true"')


def _fault(entry: Object, problems: list[Problem]) -> Fault:
    """All that is wrong with an entry in one: the first reason counts, every sentence stands."""
    message = "; ".join(dict.fromkeys(problem.message for problem in problems))
    name, rtype, set_identifier = (
        printable(text(entry, key), 253) for key in ("dnsName", "recordType", "setIdentifier")
    )
    return Fault(name, rtype, set_identifier, Problem(problems[0].reason, message))


def _endpoint(entry: Object, who: Resource, generated: bool) -> tuple[Endpoint | None, list[Problem]]:
    """The record set, or None and every reason at once; beside a record set, what could not be honoured."""
    rtype, targets = text(entry, "recordType"), items(entry, "targets")
    faults = [*_name_faults(entry), *_type_faults(entry), *_target_faults(entry)]
    if faults:
        return None, faults
    targets, cut = _one_name(rtype, targets)
    ttl, complaints = _ttl(entry)
    endpoint = Endpoint.wanted(
        text(entry, "dnsName"),
        rtype,
        targets,
        ttl=ttl,
        set_identifier=text(entry, "setIdentifier"),
        properties=_properties(entry),
        labels=_labels(entry, who, generated),
    )
    return endpoint, [*cut, *complaints]


def _name_faults(entry: Object) -> Iterator[Problem]:
    try:
        canonical(text(entry, "dnsName"))
    except InvalidName as e:
        yield Problem(Reason.INVALID_NAME, str(e))


def _type_faults(entry: Object) -> Iterator[Problem]:
    rtype = text(entry, "recordType")
    if rtype not in RecordType.__members__:
        message = f"recordType {printable(rtype)!r} is not known; known are {', '.join(RecordType)}"
        yield Problem(Reason.UNSUPPORTED_TYPE, message)
    elif rtype not in _MAY_ALIAS and "alias" in _properties(entry):
        yield Problem(Reason.UNSUPPORTED_TYPE, f"alias is for A, AAAA and CNAME records, not for {rtype}")


def _target_faults(entry: Object) -> Iterator[Problem]:
    rtype, targets = text(entry, "recordType"), items(entry, "targets")
    if not targets:
        yield Problem(Reason.NO_TARGETS, f"no targets are given for {printable(text(entry, 'dnsName'))}")
    if rtype in RecordType.__members__:
        yield from _wrong(rtype, targets)


def _wrong(rtype: str, targets: Iterable[Any]) -> Iterator[Problem]:
    for target in targets:
        if not isinstance(target, str):
            yield Problem(Reason.INVALID_TARGET, f"target {printable(repr(target))} is no text")
        elif rtype in _NO_FINAL_DOT and target.endswith("."):
            shown = printable(target)
            message = f"target {shown!r} of a {rtype} record must not end with a dot: write {shown.rstrip('.')!r}"
            yield Problem(Reason.INVALID_TARGET, message)
        else:
            yield from _refused(rtype, target)


def _refused(rtype: str, target: str) -> Iterator[Problem]:
    try:
        check_target(rtype, target)
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


def _labels(entry: Object, who: Resource, generated: bool) -> dict[str, str]:
    """Those that were written; whose the record is, is not for the object to say. Where Zonewright has written them,
    the resource is the one that the entry was generated from."""
    labels = {key: value for key, value in pairs(entry, "labels").items() if key != OWNER_LABEL}
    return labels if generated and labels.get(RESOURCE_LABEL) else labels | {RESOURCE_LABEL: str(who)}
