"""Who asks for a hostname: the objects, the DNSEndpoints, and those that would if something did not leave them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zonewright.commands.mentions import places, same
from zonewright.commands.survey import Survey
from zonewright.kube.store import Object, ObjectId
from zonewright.model.claim import Claim
from zonewright.model.endpoint import Endpoint
from zonewright.model.kind import Kind
from zonewright.model.marks import hostname_of, is_generated
from zonewright.model.reason import Problem
from zonewright.sources import catalog, dnsendpoint
from zonewright.sources.fields import items, resource, text
from zonewright.zones.status import Line

DERIVED = "it follows from other fields or flags"  # a template, the name of the object, an address


@dataclass(frozen=True, slots=True)
class Asking:
    """An object that asks for the hostname.

    source   the value of --source
    places   where it says so; empty where the name follows from something else, such as --fqdn-template
    records  what it asks for; empty when nothing can be published, and then `problems` says why
    """

    resource: str
    source: str
    places: tuple[str, ...]
    records: tuple[Endpoint, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An object that has the hostname somewhere, and does not count."""

    resource: str
    places: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Written:
    """A DNSEndpoint with the hostname. exists: whether it is in the cluster; why: it does not count, or None."""

    oid: ObjectId
    generated: bool
    exists: bool
    lines: tuple[Line, ...] = ()
    why: str | None = None


def asking(found: Survey, hostname: str) -> list[Asking]:
    """The claims on a hostname, by resource."""
    book = found.controller.view.book
    claims = [claim for slot in sorted(book.slots_of(hostname)) for claim in book.at(slot)]
    return sorted((_asking(found, claim, hostname) for claim in claims), key=lambda one: one.resource)


def _asking(found: Survey, claim: Claim, hostname: str) -> Asking:
    who = claim.resource
    kinds = {(kind.api_version, kind.kind): kind for kind in found.controller.intake.source_kinds}
    kind = kinds.get((who.api_version, who.kind))
    obj = found.controller.intake.get(kind, who.namespace, who.name) if kind else None
    said = places(obj, hostname) if obj else ()
    return Asking(str(who), _source(kind), said, claim.endpoints, claim.problems)


def _source(kind: Kind | None) -> str:
    names = (source.name for source in catalog.SOURCES if kind and source.kind.resource == kind.resource)
    return next(names, dnsendpoint.SOURCE)


def left_out(found: Survey, hostname: str, claimants: Sequence[Asking]) -> Iterator[LeftOut]:
    """Objects of the kinds that are read which have the hostname in them, without claiming it."""
    known = {one.resource for one in claimants}
    sources = {source.kind.resource: source for source in catalog.SOURCES}
    lookups = found.controller.intake
    for kind in sorted(lookups.source_kinds):
        source = replace(sources[kind.resource], kind=kind)
        for obj in lookups.every(kind):
            said, who = places(obj, hostname), str(resource(kind, obj))
            if not said or who in known:
                continue
            silence = catalog.heard(obj, source, lookups, found.settings).silence
            yield LeftOut(
                who, said, silence or "it asks for other names alone: a flag or an annotation leaves this out"
            )


def written(found: Survey, hostname: str) -> Iterator[Written]:
    """DNSEndpoints that were generated for the hostname, or have an entry of that name."""
    said: Mapping[ObjectId, Sequence[Line]] = dict(found.said())
    for oid, obj in endpoints(found, hostname):
        told = tuple(line for line in said.get(oid, ()) if same(line.name, hostname))
        yield Written(oid, is_generated(obj), oid not in found.created, told, found.controller.view.left_out(obj))


def endpoints(found: Survey, hostname: str) -> list[tuple[ObjectId, Object]]:
    """DNSEndpoints with the hostname, by namespace and name."""
    store = found.controller.view.objects.store
    every = ((oid, obj) for oid in sorted(store) if (obj := store.get(oid)) is not None)
    return [(oid, obj) for oid, obj in every if mentions(obj, hostname)]


def mentions(obj: Mapping[str, Any], hostname: str) -> bool:
    """Whether a DNSEndpoint is about a hostname."""
    about = hostname_of(obj)
    if about is not None and same(about, hostname):
        return True
    return any(same(text(entry, "dnsName"), hostname) for entry in items(obj, "spec", "endpoints"))


def names_of(obj: Mapping[str, Any]) -> list[str]:
    """All names that a DNSEndpoint asks for, as they are written."""
    return list(dict.fromkeys(text(entry, "dnsName") for entry in items(obj, "spec", "endpoints")))
