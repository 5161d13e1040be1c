"""`zonewright adopt HOSTNAME…`: marks the DNSEndpoints of names, so that records of nobody are taken over for them.

The mark is all that is written: whoever runs `zonewright run` does the rest. What that will be is shown before, by a
survey of the cluster as if the mark were there already.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import click

from zonewright.commands import standing, text
from zonewright.commands.asking import endpoints, mentions, names_of
from zonewright.commands.changes import Document, Item, item_document, plan_items
from zonewright.commands.confirm import confirmed
from zonewright.commands.explain import hostname_given
from zonewright.commands.options import Given
from zonewright.commands.rehearsal import merged
from zonewright.commands.standing import Standing
from zonewright.commands.survey import Survey, connections, survey
from zonewright.kube.api import Api, ApiError
from zonewright.kube.store import Object, ObjectId
from zonewright.model.adopt import Adopt
from zonewright.model.hostname import printable
from zonewright.model.kind import DNSENDPOINT
from zonewright.model.marks import ADOPT_ANNOTATION, ADOPT_FROM_ANNOTATION
from zonewright.model.reason import Reason
from zonewright.settings import Settings

VERSION = 1
_FINE = frozenset({Reason.SYNCED, Reason.DRY_RUN})


@dataclass(frozen=True, slots=True)
class Case:
    """One hostname. marked: the DNSEndpoints to mark, with their uids; none where `why` tells what is in the way, or
    that there is nothing to do (then `well`)."""

    hostname: str
    stands: Standing
    marked: tuple[tuple[ObjectId, str], ...] = ()
    why: str = ""
    well: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """items: what would change at all names of the DNSEndpoints that are marked; names: those that nobody named."""

    mode: Adopt
    cases: tuple[Case, ...]
    items: tuple[Item, ...]
    names: tuple[str, ...]
    errors: tuple[str, ...]

    @property
    def marked(self) -> dict[ObjectId, str]:
        return {oid: uid for case in self.cases for oid, uid in case.marked}

    @property
    def failed(self) -> bool:
        return bool(self.errors) or any(case.why and not case.well for case in self.cases)


def run(settings: Settings, given: Given) -> int:
    """0; 1 when one of the names cannot be adopted, or nobody said yes. Raises Failed."""
    hostnames = list(dict.fromkeys(map(hostname_given, given.operands)))
    mode = Adopt.ALWAYS if given["always"] else Adopt.EQUAL
    proposal = asyncio.run(_looked(settings, hostnames, mode))
    if given["output"] == "text":
        click.echo("\n".join(lines(proposal)))
    failed, done = proposal.failed, False
    if proposal.marked and not proposal.errors:
        done = confirmed("Take these records over?", given["yes"])
        unmarked = asyncio.run(_marked(settings, proposal)) if done else []
        for problem in unmarked:
            click.echo(problem, err=True)
        failed = failed or not done or bool(unmarked)
    if given["output"] == "json":
        click.echo(json.dumps(document(proposal, done=done and not failed), indent=2))
    elif done and not failed:
        click.echo("Marked. A running Zonewright takes the records over at once, otherwise the next run does.")
    return 1 if failed else 0


# -- looking


async def _looked(settings: Settings, hostnames: Sequence[str], mode: Adopt) -> Proposal:
    def amend(obj: dict[str, Any]) -> dict[str, Any]:
        return merged(obj, _mark(mode)) if any(mentions(obj, hostname) for hostname in hostnames) else obj

    whole = replace(settings, shard="")  # what is marked here, whichever shard has the name takes over
    async with connections(settings) as (connection, provider, registry):
        return proposed(await survey(whole, connection, provider, registry, amend), hostnames, mode)


def _mark(mode: Adopt) -> dict[str, Any]:
    """Set by a person, whatever an object has said before."""
    return {"metadata": {"annotations": {ADOPT_ANNOTATION: str(mode), ADOPT_FROM_ANNOTATION: None}}}


def proposed(found: Survey, hostnames: Sequence[str], mode: Adopt) -> Proposal:
    """What a survey with the marks in place comes to."""
    cases = tuple(_case(found, hostname, mode) for hostname in hostnames)
    oids = {oid for case in cases for oid, _ in case.marked}
    objects = [obj for oid in sorted(oids) if (obj := found.controller.view.objects.store.get(oid)) is not None]
    names = list(dict.fromkeys(hostname_given(name) for obj in objects for name in names_of(obj)))
    plans = [plan for at_zone in found.plans.values() for name, plan in sorted(at_zone.items()) if name in names]
    changes = tuple(item for plan in plans for item in plan_items(plan, found.registry))
    return Proposal(mode, cases, changes, tuple(name for name in names if name not in hostnames), found.errors)


def _case(found: Survey, hostname: str, mode: Adopt) -> Case:
    stands = standing.standing(found, hostname)
    objects = endpoints(found, hostname)
    nobodys = [held for held in stands.held if held.ownership is None and stands.owner_id]
    counting = [(oid, obj) for oid, obj in objects if found.controller.view.left_out(obj) is None]
    there = [(oid, obj) for oid, obj in counting if oid not in found.created]
    if not there:
        return Case(hostname, stands, why=_absent(found, objects, bool(counting)))
    if not nobodys:
        others = any(not stands.is_ours(held) for held in stands.held)
        why = "it belongs to somebody else, who has to give it up first" if others else "there is nothing to take over"
        return Case(hostname, stands, why=why, well=not others)
    if told := _refusal(found, hostname):
        hint = "; --always takes it over and changes it" if mode is Adopt.EQUAL else ""
        return Case(hostname, stands, why=f"{told}{hint}")
    return Case(hostname, stands, tuple((oid, obj["metadata"]["uid"]) for oid, obj in there))


def _absent(found: Survey, objects: Sequence[tuple[ObjectId, Object]], counting: bool) -> str:
    if counting:
        return "its DNSEndpoint is not in the cluster yet: `zonewright run` has to write it first"
    if objects:
        return f"its DNSEndpoint does not count: {found.controller.view.left_out(objects[0][1])}"
    return "nobody asks for it; `zonewright explain` tells more"


def _refusal(found: Survey, hostname: str) -> str:
    """Why the name would not be published all the same; "" where it would."""
    every = (line for _, told in found.said() for line in told if hostname_given(line.name) == hostname)
    return next((f"{line.reason}: {line.message}" for line in every if line.reason not in _FINE), "")


# -- doing


async def _marked(settings: Settings, proposal: Proposal) -> list[str]:
    """Set the marks; returns what went wrong."""
    wrong = []
    async with connections(settings) as (connection, _, _):
        api = Api(connection)
        try:
            for oid, uid in sorted(proposal.marked.items()):
                body: Mapping[str, Any] = merged(_mark(proposal.mode), {"metadata": {"uid": uid}})
                try:
                    await api.patch(DNSENDPOINT, oid.namespace, oid.name, body)
                except ApiError as e:
                    wrong.append(f"{oid.namespace}/{oid.name}: {e}")
        finally:
            await api.close()
    return wrong


# -- output


def document(found: Proposal, *, done: bool) -> Document:
    """As docs/commands.md describes it."""
    return {
        "version": VERSION,
        "adopt": str(found.mode),
        "errors": list(found.errors),
        "hostnames": [
            {
                "hostname": case.hostname,
                "dns": standing.documents(case.stands),
                "dnsEndpoints": [f"{oid.namespace}/{oid.name}" for oid, _ in case.marked],
                "message": case.why,
            }
            for case in found.cases
        ],
        "changes": [item_document(item) for item in found.items],
        "alsoAdopted": list(found.names),
        "done": done,
    }


def lines(found: Proposal) -> Iterator[str]:
    """For people: what stands at each name, and then what would change."""
    yield from text.error_lines(found.errors)
    for case in found.cases:
        yield click.style(printable(case.hostname, 253), bold=True)
        yield from (f"  {line}" for line in standing.lines(case.stands))
        if case.why:
            yield f"  {click.style('not adopted', fg='magenta')}: {case.why}"
        for oid, _ in case.marked:
            yield f"  {click.style('to be adopted', fg='green')} for DNSEndpoint {oid.namespace}/{oid.name}"
        yield ""
    if found.names:
        names = ", ".join(printable(name, 253) for name in found.names)
        yield f"The same DNSEndpoints ask for {names} as well: they are adopted with it."
    if found.marked:
        yield "What changes in DNS:"
        yield ""
        for item in found.items:
            yield from text.item_lines(item)
        yield "" if found.items else "  nothing"
