"""DNSEndpoints: record sets as they are written down, checked entry by entry (ExternalDNS, source/crd.go).

One bad target leaves out its whole entry, as ExternalDNS does: half a list of mail servers is not what was written.
The other entries of the object stand. What holds for all sources (transforms.py) holds for entries that people write;
in objects that Zonewright has generated it is done already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from zonewright.model.adopt import Adopt
from zonewright.model.claim import Claim, Resource
from zonewright.model.endpoint import ADDRESS_TYPES, OWNER_LABEL, RESOURCE_LABEL, RETAIN_LABEL, SHARED_LABEL, Endpoint
from zonewright.model.hostname import printable
from zonewright.model.kind import DNSENDPOINT
from zonewright.model.marks import ADOPT_ANNOTATION, is_generated
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings
from zonewright.sources import entries, grants, nat64, reverse
from zonewright.sources.annotations import Annotations
from zonewright.sources.fields import Object, items, pairs, resource, text
from zonewright.sources.transforms import Shaped, shaped

SOURCE = "crd"  # what ExternalDNS calls these objects, in flags and in ownership records


class Fault(NamedTuple):
    """What is wrong with an entry. name, rtype and set_identifier as written; "" where there is no text."""

    name: str
    rtype: str
    set_identifier: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Reading:
    """What a DNSEndpoint asks for, by the place of the entry in spec.endpoints.

    An entry may become several record sets: an address of NAT64 is one of IPv6 and one of IPv4. The first has the place
    of the entry, the others have places behind the last entry.

    resource   the object as ownership records name it: crd/namespace/name
    endpoints  what can be published
    problems   why an entry cannot; beside an endpoint: what could not be honoured though it is published
    adopt      whether records of nobody may be taken over
    notes      on what is published, where people have written the entry
    """

    resource: Resource
    endpoints: Mapping[int, Endpoint] = field(default_factory=dict)
    problems: Mapping[int, Fault] = field(default_factory=dict)
    adopt: Adopt = Adopt.NONE
    notes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def read(obj: Object, settings: Settings, *, trusted: bool = False) -> Reading:
    """Never raises: junk of any shape is left out, or has a problem.

    trusted: whether it may have every name, whatever its namespace
    """
    who, written = _resource(obj), items(obj, "spec", "endpoints")
    endpoints: dict[int, Endpoint] = {}
    problems: dict[int, Fault] = {}
    notes: dict[int, tuple[str, ...]] = {}
    more: list[Endpoint] = []
    adopt, unclear = _adopt(obj, settings)
    for index, read_so in _read(obj, who, settings, unclear):
        became = read_so if trusted else _granted(read_so, who, settings)
        if became.endpoints:
            endpoints[index], *others = became.endpoints
            more += others
        if became.problems:
            problems[index] = _fault(written[index], became.problems)
        if became.notes:
            notes[index] = tuple(note.text for note in became.notes)
    return Reading(who, _with(endpoints, more, len(written)) if more else endpoints, problems, adopt, notes)


def derived(obj: Object, settings: Settings) -> tuple[Claim, ...]:
    """Claims on the reverse names of the addresses that a hand-written object asks for.

    Their resource is the object under its own kind, as owner references need it.
    """
    if not reverse.understood(settings) or is_generated(obj):
        return ()
    pointers = (pointer for _, became in _read(obj, _resource(obj), settings) for pointer in became.pointers)
    return grants.limited(reverse.claims(pointers, resource(DNSENDPOINT, obj)), settings)


def _read(
    obj: Object, who: Resource, settings: Settings, unclear: tuple[Problem, ...] = ()
) -> Iterator[tuple[int, Shaped]]:
    """What becomes of each entry; null is allowed as one, and means nothing.

    unclear: what is wrong with other annotations of the object
    """
    notes = Annotations.of(obj, settings.annotation_prefix)
    ignored, doubts = notes.ignored()
    retained, vague = notes.retained()
    shared, hazy = notes.shared()
    wishes = {label: "true" for label, wished in ((RETAIN_LABEL, retained), (SHARED_LABEL, shared)) if wished}
    generated = is_generated(obj)
    for index, entry in enumerate(items(obj, "spec", "endpoints")):
        if isinstance(entry, Mapping):
            became = Shaped((), (), (_ignored(who),)) if ignored else _became(entry, who, generated, settings)
            endpoints = tuple(e.with_labels({**dict(e.labels), **wishes}) for e in became.endpoints)
            problems = (*became.problems, *doubts, *unclear, *vague, *hazy)
            yield index, replace(became, endpoints=endpoints, problems=problems)


def _granted(became: Shaped, who: Resource, settings: Settings) -> Shaped:
    """An entry, as far as the namespace of its object may have the name."""
    found = (grants.objection(endpoint.name, who.namespace, settings) for endpoint in became.endpoints)
    problem = next((objection for objection in found if objection is not None), None)
    return became if problem is None else Shaped((), (), (problem, *became.problems))


def _adopt(obj: Object, settings: Settings) -> tuple[Adopt, tuple[Problem, ...]]:
    """Our own mark, which `zonewright adopt` and the writer of generated objects set, before the annotation."""
    own, unclear = Annotations.of(obj, (ADOPT_ANNOTATION.removesuffix("adopt"),)).adopt()
    asked, vague = Annotations.of(obj, settings.annotation_prefix).adopt()
    return own or asked, (*unclear, *vague)


def _resource(obj: Object) -> Resource:
    who = resource(DNSENDPOINT, obj)
    return Resource(SOURCE, who.namespace, who.name, who.api_version, who.uid, who.created)


def _with(endpoints: Mapping[int, Endpoint], more: Iterable[Endpoint], places: int) -> dict[int, Endpoint]:
    """Addresses that entries have become besides join those of the same key; other record sets have new places."""
    taken, together = list(endpoints), list(endpoints.values())
    for endpoint in more:
        if endpoint.rtype in ADDRESS_TYPES:
            nat64.join(together, endpoint)
        elif endpoint not in together:
            together.append(endpoint)
    return dict(zip([*taken, *range(places, places + len(together))], together, strict=False))


def _ignored(who: Resource) -> Problem:
    return Problem(Reason.IGNORED, f'{who} has the annotation ignore: "true"')


def _fault(entry: Object, problems: Iterable[Problem]) -> Fault:
    """All that is wrong with an entry in one: the first reason counts, every sentence stands."""
    first, *_ = found = tuple(problems)
    message = "; ".join(dict.fromkeys(problem.message for problem in found))
    name, rtype, set_identifier = (
        printable(text(entry, key), 253) for key in ("dnsName", "recordType", "setIdentifier")
    )
    return Fault(name, rtype, set_identifier, Problem(first.reason, message))


def _became(entry: Object, who: Resource, generated: bool, settings: Settings) -> Shaped:
    defaulted = not generated and (settings.force_default_targets or _lacks_targets(entry, settings))
    endpoint, faults = entries.endpoint(entry, _labels(entry, who, generated), defaulted=defaulted)
    if endpoint is None:
        return Shaped((), (), tuple(faults))
    became = Shaped((endpoint,)) if generated else shaped([endpoint], settings)
    return replace(became, problems=(*became.problems, *faults))


def _lacks_targets(entry: Object, settings: Settings) -> bool:
    return bool(settings.default_targets) and not items(entry, "targets")


def _labels(entry: Object, who: Resource, generated: bool) -> dict[str, str]:
    """Those that were written; whose the record is, is not for the object to say. Where Zonewright has written them,
    they say which object the entry was generated from; a reverse name comes from none."""
    labels = {key: value for key, value in pairs(entry, "labels").items() if key != OWNER_LABEL}
    return labels if generated else labels | {RESOURCE_LABEL: str(who)}
