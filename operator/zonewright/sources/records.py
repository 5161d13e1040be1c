"""From hostnames and targets to claims: what every source does once it knows both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zonewright.model.claim import Claim
from zonewright.model.endpoint import (
    RESOURCE_LABEL,
    RETAIN_LABEL,
    SHARED_LABEL,
    Endpoint,
    InvalidTarget,
    RecordType,
    check_target,
    type_of,
)
from zonewright.model.hostname import MAX_NAME, InvalidName, canonical, printable
from zonewright.model.reason import Problem, Reason
from zonewright.sources.terms import Terms


@dataclass(frozen=True, slots=True)
class Targets:
    """Checked targets by record type, and what was wrong with the others."""

    by_type: Mapping[RecordType, tuple[str, ...]]
    problems: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by_type)


def targets_of(written: Iterable[str]) -> Targets:
    """Targets as an annotation or a status holds them: addresses and names in any mixture.

    All types are kept. Whether a CNAME can stand beside addresses is a question about a name in DNS, which may have
    more than one claimant, and so the planner's.
    """
    found: dict[RecordType, set[str]] = {}
    problems = []
    for target in dict.fromkeys(written):
        bare = target.removesuffix(".")
        try:
            rtype = type_of(bare)
            checked = check_target(rtype, bare)
        except InvalidTarget as e:
            problems.append(_refused(target, e))
        else:
            found.setdefault(rtype, set()).add(checked)
    names = sorted(found.get(RecordType.CNAME, ()))
    if len(names) > 1:
        found[RecordType.CNAME] = {names[0]}
        problems.append(_one_name(names))
    return Targets({rtype: tuple(sorted(found[rtype])) for rtype in RecordType if rtype in found}, tuple(problems))


def _refused(target: str, error: InvalidTarget) -> Problem:
    message = f"target {printable(target)!r} is neither an address nor a DNS name: {error.why}"
    return Problem(Reason.INVALID_TARGET, message)


def _one_name(names: list[str]) -> Problem:
    """A CNAME has one target (RFC 1034, section 3.6.2). ExternalDNS sends all, which no server can answer."""
    others = ", ".join(names[1:])
    return Problem(Reason.CNAME_CONFLICT, f"a CNAME can have one target: {names[0]} is published, not {others}")


def no_targets(message: str, *, lasting: bool = False) -> Problem:
    """Nothing to publish, for now or by intent; the message says where the targets should come from."""
    return Problem(Reason.NO_TARGETS, message, lasting)


def claims(hostnames: Iterable[str], targets: Targets, terms: Terms, absent: Problem) -> tuple[Claim, ...]:
    """One claim per hostname, however often and in whatever spelling it is written.

    `absent` is the problem of a name for which there are no targets at all; it is not said where the targets were
    there but wrong, since their own problems say so.
    """
    found: dict[str, Claim] = {}
    for hostname in hostnames:
        try:
            asked = claim(hostname_of(hostname), targets, terms, absent)
        except InvalidName as e:
            asked = invalid(hostname, terms, e)
        found.setdefault(asked.hostname, asked)
    return tuple(found.values())


def claim(hostname: str, targets: Targets, terms: Terms, absent: Problem) -> Claim:
    """The claim on a canonical hostname."""
    if terms.ignored:
        return unpublished(
            hostname, terms, Problem(Reason.IGNORED, f'{terms.resource} has the annotation ignore: "true"')
        )
    if not targets:
        return unpublished(hostname, terms, *(targets.problems or (absent,)))
    endpoints, loops = _endpoints(hostname, targets, terms)
    return Claim(hostname, endpoints, terms.resource, (*terms.problems, *targets.problems, *loops), terms.adopt)


def invalid(hostname: str, terms: Terms, error: InvalidName) -> Claim:
    """A claim on a text that is no DNS name; bounded, since it will be written to other objects."""
    return Claim(printable(hostname, MAX_NAME), (), terms.resource, (Problem(Reason.INVALID_NAME, str(error)),))


def unpublished(hostname: str, terms: Terms, *problems: Problem) -> Claim:
    """A claim on a canonical hostname for which there is nothing to publish."""
    return Claim(hostname, (), terms.resource, (*problems, *terms.problems))


def hostname_of(text: str) -> str:
    """The canonical name of a host. Raises InvalidName, also for an address: that needs no record to be reached."""
    name = canonical(text)
    if type_of(name) is not RecordType.CNAME:
        raise InvalidName(text, "it is an address")
    return name


def _endpoints(name: str, targets: Targets, terms: Terms) -> tuple[tuple[Endpoint, ...], tuple[Problem, ...]]:
    wishes = {RETAIN_LABEL: terms.retained, SHARED_LABEL: terms.shared}
    labels = {RESOURCE_LABEL: str(terms.resource)} | {label: "true" for label, wished in wishes.items() if wished}
    endpoints = [
        Endpoint.wanted(
            name,
            rtype,
            of_type,
            ttl=terms.ttl,
            set_identifier=terms.set_identifier,
            properties=terms.properties,
            labels=labels,
        )
        for rtype, of_type in targets.by_type.items()
        if of_type != (name,)
    ]
    if len(endpoints) == len(targets.by_type):
        return tuple(endpoints), ()
    return tuple(endpoints), (Problem(Reason.INVALID_TARGET, f"a CNAME of {name} to itself answers nothing"),)
