"""`zonewright plan`: what would change in DNS, and what is not published and why."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click

from zonewright.commands import text
from zonewright.commands.changes import Document, ZoneChanges, documents, record_document, tally, zone_changes
from zonewright.commands.options import Given
from zonewright.commands.survey import Survey, connections, survey
from zonewright.kube.store import ObjectId
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.settings import Settings
from zonewright.zones.status import Line

VERSION = 1  # of the document; a field is added without another one, never taken away or given another meaning
_FINE = frozenset({Reason.SYNCED, Reason.DRY_RUN})
# Not published on purpose, and in a large cluster by the thousand: a figure says enough.
_FOLDED = {Reason.FILTERED: "outside of the domain filters", Reason.IGNORED: "with the annotation ignore"}


@dataclass(frozen=True, slots=True)
class Refused:
    """Something that is asked for and would not be in DNS afterwards; where: the DNSEndpoint."""

    where: ObjectId
    line: Line


@dataclass(frozen=True, slots=True)
class Report:
    """errors: then the rest is not the whole picture; objects: what would happen to DNSEndpoints; shard: as it was
    given: of names that are another one's, nothing is known."""

    provider: str
    owner: str
    zones: tuple[ZoneChanges, ...]
    refused: tuple[Refused, ...]
    objects: Document
    errors: tuple[str, ...] = ()
    shard: str = ""

    @property
    def changes(self) -> bool:
        return any(zone.items for zone in self.zones)


def report(found: Survey) -> Report:
    """What a survey comes to. Where something could not be listed, changes would mislead: none is shown."""
    zones = [zone_changes(zone, plans, found.registry) for zone, plans in sorted(found.plans.items())]
    told = [] if found.unread else found.said()
    writes = found.writes
    return Report(
        found.provider.name,
        found.registry.owner_id,
        () if found.unread else tuple(zones),
        tuple(refused(told)),
        {"create": writes["create"], "update": writes["patch"], "delete": writes["delete"]},
        found.errors,
        found.settings.shard,
    )


def refused(said: Sequence[tuple[ObjectId, Sequence[Line]]]) -> Iterator[Refused]:
    """Lines of statuses that tell of something that is not published as it is asked for."""
    for where, lines in said:
        yield from (Refused(where, line) for line in lines if line.reason not in _FINE)


# -- output


def document(found: Report) -> Document:
    """The plan as docs/commands.md describes it."""
    zones = [zone_document(zone) for zone in found.zones]
    return {
        "version": VERSION,
        "complete": not found.errors,
        "errors": list(found.errors),
        "provider": found.provider,
        "owner": found.owner,
        "summary": tally(found.zones) | {"refused": len(found.refused)},
        "zones": zones,
        "refused": [refused_document(one) for one in found.refused],
        "dnsEndpoints": found.objects,
        "shard": found.shard,
    }


def zone_document(zone: ZoneChanges) -> Document:
    """What changes in a zone, and what stays though nobody wants it."""
    retained = [record_document(held.endpoint) for held in zone.retained]
    return {"name": str(zone.zone), "id": zone.zone.id, "changes": list(documents(zone)), "retained": retained}


def refused_document(one: Refused) -> Document:
    """What is not published, in the same form."""
    line, outcome = one.line, one.line.outcome
    endpoint: Endpoint | None = outcome.endpoint if outcome else None
    return {
        "name": line.name,
        "type": str(line.rtype),
        "setIdentifier": line.set_identifier,
        "targets": list(endpoint.targets) if endpoint else [],
        "zone": outcome.zone if outcome else "",
        "reason": str(line.reason),
        "message": line.message,
        "resource": line.resource,
        "dnsEndpoint": f"{one.where.namespace}/{one.where.name}",
    }


def lines(found: Report) -> Iterator[str]:
    """The plan for people."""
    yield from text.error_lines(found.errors)
    if found.shard:
        yield from (f"Of shard {found.shard} alone:", "")
    for zone in found.zones:
        yield from text.zone_lines(zone, found.provider)
    yield from text.retained_lines(held for zone in found.zones for held in zone.retained)
    yield from _refused_lines(found.refused)
    if found.errors and not found.changes:
        yield "Nothing is known of what would change."
    elif found.changes:
        yield text.summary(tally(found.zones))
    else:
        yield "Nothing to do: DNS is as it should be."
    if any(found.objects.values()):
        yield text.objects(found.objects)


def _refused_lines(found: Sequence[Refused]) -> Iterator[str]:
    shown = [one for one in found if one.line.reason not in _FOLDED]
    folded = Counter(one.line.reason for one in found if one.line.reason in _FOLDED)
    if not found:
        return
    yield click.style("Not published:", bold=True)
    yield ""
    for one in shown:
        where = one.line.resource or f"DNSEndpoint {one.where.namespace}/{one.where.name}"
        yield text.refusal_line(one.line.name, one.line.rtype, one.line.reason, one.line.message, where)
    for reason, count in sorted(folded.items()):
        sets = "record set" if count == 1 else "record sets"
        yield f"    {count} {sets} {_FOLDED[reason]} ({reason}): see --output=json"
    yield ""


# -- the command


def run(settings: Settings, given: Given) -> int:
    """0; 1 when something could not be read; with --detailed-exitcode 2 when something would change. Raises Failed."""
    found = asyncio.run(_looked(settings))
    if given["output"] == "json":
        click.echo(json.dumps(document(found), indent=2))
    else:
        click.echo("\n".join(lines(found)))
    if found.errors:
        return 1
    return 2 if given["detailed-exitcode"] and found.changes else 0


async def _looked(settings: Settings) -> Report:
    async with connections(settings) as (connection, provider, registry):
        return report(await survey(settings, connection, provider, registry))
