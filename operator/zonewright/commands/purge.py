"""`zonewright purge`: takes everything of an owner out of DNS, as a run does in which nobody wants anything any more.

It needs no cluster: the owner's is usually gone. What is planned is shown; after the answer the zones are read and
planned once more, and only what has been shown is done.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import click

from zonewright.commands import text
from zonewright.commands.changes import Document, ZoneChanges, items, record_document, tally, zone_changes
from zonewright.commands.confirm import confirmed
from zonewright.commands.options import Given
from zonewright.commands.plan import zone_document
from zonewright.commands.survey import Misused, Plans, stores
from zonewright.limits import domain_filter, routing, rules, shards
from zonewright.model.change import Unit
from zonewright.model.hostname import printable
from zonewright.model.ownership import Held
from zonewright.model.zone import Zone
from zonewright.planning.order import batches
from zonewright.planning.plan import NamePlan
from zonewright.providers.base import Provider
from zonewright.registry.base import Registry
from zonewright.settings import Settings
from zonewright.zones.desired import Desired
from zonewright.zones.landing import land_all
from zonewright.zones.manager import Links, Options, Zones

VERSION = 1
OWNER_FLAG, OWNER_VARIABLE = "--txt-owner-id", "EXTERNAL_DNS_TXT_OWNER_ID"


@dataclass(frozen=True, slots=True)
class Stays:
    """A record set of the owner that is left, and why. released: it is nobody's from then on."""

    held: Held
    why: str
    released: bool = False


@dataclass(frozen=True)
class Findings:
    """What is to be deleted, what is left on purpose, and what could not be read."""

    zones: Zones
    registry: Registry
    plans: Mapping[Zone, Mapping[str, NamePlan]]
    stays: tuple[Stays, ...]
    errors: tuple[str, ...]

    def changes(self) -> list[ZoneChanges]:
        return [zone_changes(zone, plans, self.registry) for zone, plans in sorted(self.plans.items())]

    def units(self) -> dict[Zone, list[Unit]]:
        return {zone: [u for _, p in sorted(plans.items()) for u in p.units] for zone, plans in self.plans.items()}


@dataclass(slots=True)
class Outcome:
    """deleted: units that have landed; left: what has not, each a sentence."""

    deleted: list[Unit] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def run(settings: Settings, given: Given) -> int:
    """0; 1 when something remained, or nobody said yes. Raises Failed."""
    _check(settings, given)
    shown = asyncio.run(_looked(settings))
    if given["output"] == "text":
        click.echo("\n".join(lines(shown, settings)))
    todo = any(shown.units().values())
    outcome = Outcome()
    agreed = todo and not settings.dry_run and confirmed(_question(settings), given["yes"])
    if agreed:
        outcome = asyncio.run(_carried_out(settings, shown.units()))
    if given["output"] == "json":
        click.echo(json.dumps(document(shown, outcome, settings), indent=2))
    elif agreed:
        click.echo("\n".join(outcome_lines(outcome, shown.registry)))
    refused = todo and not agreed and not settings.dry_run
    return 1 if refused or shown.errors or outcome.left else 0


def _check(settings: Settings, given: Given) -> None:
    """Raises Misused."""
    named = any(flag.partition("=")[0] == OWNER_FLAG for flag in given.flags) or os.environ.get(OWNER_VARIABLE)
    if not named:
        raise Misused(f"{OWNER_FLAG} must be given: whose records are to be deleted?")
    if settings.policy != "sync":
        raise Misused(f"--policy={settings.policy} deletes nothing, and this command does nothing else")
    if settings.registry == "noop":
        raise Misused("--registry=noop knows no owners: everything would be deleted")


def _question(settings: Settings) -> str:
    return f"Delete all of this, for the owner {printable(settings.txt_owner_id)!r}?"


# -- looking


async def _looked(settings: Settings) -> Findings:
    async with stores(settings) as (provider, registry):
        return await look(settings, provider, registry)


async def look(settings: Settings, provider: Provider, registry: Registry) -> Findings:
    """Read every zone and plan as if nobody wanted anything. Errors of the provider are told, not raised."""
    plans = Plans()
    options = Options(
        domain_filter(settings),
        rules(settings, provider),
        dry_run=True,
        interval=settings.interval,
        routing=routing(settings, provider),
        shards=shards(settings),
    )
    links = Links(lambda _: False, lambda _: None, lambda _: None, observe=plans.observe)
    zones = Zones(provider, registry, Desired(), options, links)
    await zones.round()
    errors = (f"zone {zone}: {error}" if zone else str(error) for zone, error in sorted(zones.errors().items()))
    stays = tuple(_staying(zones, registry, plans.by_zone, settings))
    return Findings(zones, registry, plans.by_zone, stays, tuple(errors))


def _staying(
    zones: Zones, registry: Registry, plans: Mapping[Zone, Mapping[str, NamePlan]], settings: Settings
) -> Iterator[Stays]:
    """Record sets of the owner that the plans do not delete, and ownership records left behind that they leave."""
    for zone, snapshot in sorted(zones.snapshots().items()):
        for name, plan in sorted(plans.get(zone, {}).items()):
            going = {change.key for unit in plan.units for change in unit.changes if change.new is None}
            for held in registry.held(name, snapshot):
                ours = held.ownership is not None and held.ownership.owner == registry.owner_id
                if ours and held.endpoint.key not in going:
                    yield Stays(held, _why(held, settings), held in plan.released)
            changed = frozenset(key for unit in plan.units for key in unit.keys)
            for orphan in registry.orphans(name, snapshot):
                ours = orphan.ownership is not None and orphan.ownership.owner == registry.owner_id
                if ours and changed.isdisjoint(proof.key for proof in orphan.proofs):
                    yield Stays(orphan, _why(orphan, settings))


def _why(held: Held, settings: Settings) -> str:
    managed = set(settings.managed_record_types) - set(settings.exclude_record_types)
    if held.endpoint.rtype not in (*managed, ""):
        return f"{held.endpoint.rtype} is not among --managed-record-types"
    if held.endpoint.targets and held.ownership is not None and held.ownership.retains:
        return "it is to outlast its object; it is nobody's from then on"
    if not held.endpoint.targets:  # with a table, TXT records of the other registry are not deleted just so
        return "TXT is not among --managed-record-types"
    return "it makes the zone itself"


# -- doing


async def _carried_out(settings: Settings, agreed: Mapping[Zone, Iterable[Unit]]) -> Outcome:
    async with stores(settings) as (provider, registry):
        return await carry_out(await look(settings, provider, registry), provider, agreed)


async def carry_out(now: Findings, provider: Provider, agreed: Mapping[Zone, Iterable[Unit]]) -> Outcome:
    """Do of what is planned now what has been agreed to. A unit that fails leaves the others alone."""
    outcome = Outcome(left=list(now.errors))
    snapshots, units = now.zones.snapshots(), now.units()
    for zone in sorted(agreed):
        known = list(agreed[zone])
        todo = [unit for unit in units.get(zone, []) if unit in known]
        changed = {unit.name for unit in units.get(zone, []) if unit not in known}
        outcome.left += [f"{printable(name, 253)}: has changed meanwhile, look again" for name in sorted(changed)]
        if not todo:
            continue
        landing = await land_all(provider, zone, batches(todo, provider.capabilities.batch_size), snapshots[zone])
        outcome.deleted += landing.landed
        outcome.left += [f"{printable(f.unit.name, 253)}: {f.error}" for f in landing.failures]
    return outcome


# -- output


def document(found: Findings, outcome: Outcome, settings: Settings) -> Document:
    """As docs/commands.md describes it."""
    changes = found.changes()
    return {
        "version": VERSION,
        "owner": settings.txt_owner_id,
        "provider": settings.provider,
        "errors": list(found.errors),
        "summary": tally(changes),
        "zones": [zone_document(zone) for zone in changes],
        "stays": [record_document(one.held.endpoint) | {"why": one.why} for one in found.stays],
        "deleted": len(_deleted(outcome, found.registry)),
        "left": outcome.left,
    }


def lines(found: Findings, settings: Settings) -> Iterator[str]:
    """The plan for people."""
    yield from text.error_lines(found.errors)
    changes = found.changes()
    for zone in changes:
        yield from text.zone_lines(zone, settings.provider)
    stays = [one for one in found.stays if not one.released]  # those have been told as changes
    for one in stays:
        endpoint = one.held.endpoint
        yield f"    {printable(endpoint.name, 253)}  {endpoint.rtype}  {click.style('stays', bold=True)}: {one.why}"
    if stays:
        yield ""
    if any(zone.items for zone in changes):
        yield text.summary(tally(changes))
        yield "Where a program with this owner id still runs, it will write them again."
    elif not found.errors:
        yield f"Nothing to do: there is nothing of the owner {printable(settings.txt_owner_id)!r}."


def outcome_lines(outcome: Outcome, registry: Registry) -> Iterator[str]:
    """What has come of it."""
    yield from text.error_lines(outcome.left)
    count = len(_deleted(outcome, registry))
    yield f"{count} record set{'' if count == 1 else 's'} deleted." + (" Something remains." if outcome.left else "")


def _deleted(outcome: Outcome, registry: Registry) -> list[str]:
    """Record sets that are gone, without ownership records."""
    gone = (item for unit in outcome.deleted for item in items(unit, registry))
    return [item.name for item in gone if item.action == "delete"]
