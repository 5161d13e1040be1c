"""`zonewright explain HOSTNAME`: who asks for it, where it would go, whose it is, what stands, and what comes next."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import click

from zonewright.commands import standing, text
from zonewright.commands.asking import DERIVED, Asking, LeftOut, Written, asking, left_out, written
from zonewright.commands.changes import Document, Item, item_document, plan_items, record_document
from zonewright.commands.options import Given
from zonewright.commands.standing import Standing
from zonewright.commands.survey import Survey, connections, survey
from zonewright.limits import shards
from zonewright.model.endpoint import Endpoint
from zonewright.model.hostname import InvalidName, canonical, printable, spelled
from zonewright.model.ownership import Held
from zonewright.model.reason import Reason
from zonewright.model.shard import Shard
from zonewright.model.zone import Visibility, Zone
from zonewright.settings import Settings
from zonewright.zones.shards import Shards
from zonewright.zones.status import Line

VERSION = 1
_FINE = frozenset({Reason.SYNCED, Reason.DRY_RUN})


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of a hostname.

    zones    where it is published; none: `homeless` says why not
    stands   what is in DNS, in each of the zones
    items    what would change
    retained  record sets of ours that nobody wants, and that stay
    shard    that of the hostname, and the one that was asked (--shard); None without shards, or when it is not known
    sources  the values of --source that were read
    """

    hostname: str
    asking: tuple[Asking, ...]
    left_out: tuple[LeftOut, ...]
    written: tuple[Written, ...]
    zones: tuple[Zone, ...]
    homeless: tuple[Reason, str]
    provider: str
    stands: tuple[Standing, ...]
    items: tuple[Item, ...]
    retained: tuple[Held, ...]
    sources: tuple[str, ...]
    errors: tuple[str, ...]
    shard: tuple[Shard, Shard] | None = None

    def unpublished(self) -> list[Line]:
        """What is asked for and would not be in DNS."""
        return [line for one in self.written for line in one.lines if line.reason not in _FINE]


def explained(found: Survey, hostname: str, shards: Shards | None = None) -> Explanation:
    """What a survey knows of a hostname, which is spelled or canonical. shards: as given by --shard."""
    claimants = asking(found, hostname)
    zones = found.controller.zones.zones_of(hostname)
    plans = [plan for zone in zones if (plan := found.plans.get(zone, {}).get(hostname))]
    refusal = found.controller.zones.refusal(hostname, Endpoint(hostname, "", ()))
    return Explanation(
        hostname,
        tuple(claimants),
        tuple(left_out(found, hostname, claimants)),
        tuple(written(found, hostname)),
        zones,
        (refusal.reason, refusal.message),
        found.provider.name,
        tuple(standing.standing(found, hostname, zone) for zone in zones or (None,)),
        tuple(item for plan in plans for item in plan_items(plan, found.registry)),
        tuple(held for plan in plans for held in plan.retained),
        found.settings.source,
        found.errors,
        _shard(found, hostname, shards),
    )


def _shard(found: Survey, hostname: str, shards: Shards | None) -> tuple[Shard, Shard] | None:
    """By the zones that there are now; a running Zonewright may have read them some minutes ago."""
    if shards is None or not found.controller.zones.known:
        return None
    shards.see(found.controller.zones.every())
    index = shards.of(hostname)
    return None if index is None else (replace(shards.own, index=index), shards.own)


# -- as a document


def document(found: Explanation) -> Document:
    """As docs/commands.md describes it."""
    reason, message = found.homeless
    return {
        "version": VERSION,
        "complete": not found.errors,
        "errors": list(found.errors),
        "hostname": found.hostname,
        "claims": [_claim(one) for one in found.asking],
        "leftOut": [{"resource": o.resource, "where": list(o.places), "why": o.why} for o in found.left_out],
        "dnsEndpoints": [_written(one) for one in found.written],
        "provider": found.provider,
        "zones": [{"name": str(z), "id": z.id, "visibility": str(z.visibility)} for z in found.zones],
        "noZone": None if found.zones else {"reason": str(reason), "message": message},
        "dns": [one for stands in found.stands for one in standing.documents(stands)],
        "changes": [item_document(item) for item in found.items],
        "retained": [record_document(held.endpoint) for held in found.retained],
        "shard": None if found.shard is None else {"index": found.shard[0].index, "count": found.shard[0].count},
    }


def _claim(one: Asking) -> Document:
    return {
        "resource": one.resource,
        "source": one.source,
        "where": list(one.places),
        "records": [record_document(endpoint) for endpoint in one.records],
        "problems": [{"reason": str(p.reason), "message": p.message} for p in one.problems],
    }


def _written(one: Written) -> Document:
    return {
        "namespace": one.oid.namespace,
        "name": one.oid.name,
        "generated": one.generated,
        "exists": one.exists,
        "leftOut": one.why,
        "records": [_line(line) for line in one.lines],
    }


def _line(line: Line) -> Document:
    endpoint = line.outcome.endpoint if line.outcome else None
    return {
        "name": line.name,
        "type": str(line.rtype),
        "setIdentifier": line.set_identifier,
        "targets": list(endpoint.targets) if endpoint else [],
        "ttl": endpoint.ttl if endpoint else None,
        "resource": line.resource,
        "reason": str(line.reason),
        "message": line.message,
    }


# -- for people


def lines(found: Explanation) -> Iterator[str]:
    """Questions as headings, answers below."""
    yield from text.error_lines(found.errors)
    yield click.style(printable(found.hostname, 253), bold=True)
    yield from _part("Who asks for it", _asking_lines(found))
    yield from _part("DNSEndpoints", _written_lines(found.written))
    yield from _part("Where it goes", _zone_lines(found))
    for stands in found.stands:
        within = f", in zone {_zone(stands.zone)}" if stands.zone and len(found.stands) > 1 else ""
        yield from _part(f"What is in DNS now{within}", standing.lines(stands))
    yield from _part("What comes next", _next_lines(found))


def _part(title: str, content: Iterable[str]) -> Iterator[str]:
    shown = list(content)
    if shown:
        yield ""
        yield click.style(title, bold=True)
        yield from (f"  {line}" for line in shown)


def _asking_lines(found: Explanation) -> Iterator[str]:
    by_hand = [one for one in found.written if not one.generated and one.why is None]
    if not found.asking and not by_hand:
        yield f"nobody, of what is read: {', '.join(found.sources)}"
    for one in found.asking:
        where = ", ".join(one.places) or DERIVED
        yield f"{printable(one.resource, 200)}  (--source={one.source}): {where}"
        yield from (f"    {_record(endpoint)}" for endpoint in one.records)
        yield from (f"    {click.style('!', fg='magenta')} {p.reason}: {p.message}" for p in one.problems)
    yield from (f"DNSEndpoint {one.oid.namespace}/{one.oid.name}, written by hand" for one in by_hand)
    for left in found.left_out:
        head = f"{printable(left.resource, 200)} does not count, though it has the name in {', '.join(left.places)}"
        yield click.style(f"{head}: {left.why}", dim=True)


def _record(endpoint: Endpoint) -> str:
    identifier = f" [{printable(endpoint.set_identifier)}]" if endpoint.set_identifier else ""
    ttl = f"  ttl {endpoint.ttl}" if endpoint.ttl else ""
    about = "" if endpoint.rtype != "PTR" else f"{endpoint.name}  "
    return f"{about}{endpoint.rtype}{identifier}  {text.targets(endpoint)}{ttl}"


def _written_lines(found: Iterable[Written]) -> Iterator[str]:
    for one in found:
        origin = "generated" if one.generated else "written by hand"
        state = origin if one.exists else f"{origin}; not in the cluster yet"
        yield f"{one.oid.namespace}/{one.oid.name}  ({state})"
        if one.why is not None:
            yield f"    does not count: {one.why}"
        for line in one.lines:
            endpoint = line.outcome.endpoint if line.outcome else None
            shown = f"{line.rtype}  {text.targets(endpoint)}" if endpoint else str(line.rtype)
            told = "" if line.reason in _FINE else f"{click.style(line.reason, bold=True)}: {line.message}"
            yield "    " + "  ".join(part for part in (shown, told) if part)


def _zone_lines(found: Explanation) -> Iterator[str]:
    reason, message = found.homeless
    if not found.zones:
        yield f"nowhere: {reason}: {message}"
    yield from (f"zone {_zone(zone)} of {found.provider}" for zone in found.zones)
    if found.shard is not None:
        its, ours = found.shard
        yield f"by shard {its}" + (", this one" if its == ours else f"; this one is {ours}")


def _zone(zone: Zone) -> str:
    known = zone.visibility is not Visibility.UNKNOWN
    return f"{zone} ({zone.visibility}, {printable(zone.id)})" if known else str(zone)


def _next_lines(found: Explanation) -> Iterator[str]:
    if found.errors:
        yield "not everything could be read, so this is not the whole picture"
    for item in found.items:
        yield from text.item_lines(item)
    for held in found.retained:
        yield f"wanted by nobody, and stays, by --policy or since not everything is known: {held.endpoint.rtype}"
    unpublished = found.unpublished()
    for line in unpublished:
        yield f"not published: {line.rtype} {click.style(line.reason, bold=True)}: {line.message}".replace("  ", " ")
    if not (found.items or found.retained or unpublished):
        yield "nothing"


# -- the command


def run(settings: Settings, given: Given) -> int:
    """0; 1 when something could not be read. Raises Failed."""
    found = asyncio.run(_looked(settings, hostname_given(given.operands[0])))
    click.echo(json.dumps(document(found), indent=2) if given["output"] == "json" else "\n".join(lines(found)))
    return 1 if found.errors else 0


def hostname_given(written_down: str) -> str:
    """As it is known here. What is no DNS name can be asked for as well, in vain, and that is explained."""
    try:
        return canonical(written_down)
    except InvalidName:
        return spelled(written_down)


async def _looked(settings: Settings, hostname: str) -> Explanation:
    async with connections(settings) as (connection, provider, registry):
        whole = replace(settings, shard="")  # all is told, whichever shard is asked
        return explained(await survey(whole, connection, provider, registry), hostname, shards(settings))
