"""What stands at a name in DNS, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import click

from zonewright.commands import text
from zonewright.commands.changes import Document, record_document
from zonewright.commands.survey import Survey
from zonewright.model.hostname import is_under, printable
from zonewright.model.ownership import Held, Share
from zonewright.model.row import shown
from zonewright.model.zone import Zone


@dataclass(frozen=True, slots=True)
class Standing:
    """zone is None where no zone that could be read holds the name; orphans: ownership records without their record."""

    zone: Zone | None
    owner_id: str
    held: tuple[Held, ...] = ()
    orphans: tuple[Held, ...] = ()

    def is_ours(self, held: Held) -> bool:
        """Without a registry everything is."""
        return not self.owner_id or (held.ownership is not None and held.ownership.owner == self.owner_id)


def standing(found: Survey, name: str, zone: Zone | None = None) -> Standing:
    """By the snapshots of a survey. zone: the one to look in, else the one with the longest name that holds the name,
    also of a name that the domain filters leave out.
    """
    snapshots = found.controller.zones.snapshots()
    zone = zone or max((z for z in snapshots if is_under(name, z.name)), key=lambda z: len(z.name), default=None)
    owner = found.registry.owner_id
    if zone is None or zone not in snapshots:
        return Standing(None, owner)
    records = snapshots[zone]
    return Standing(zone, owner, found.registry.held(name, records), found.registry.orphans(name, records))


def lines(found: Standing) -> Iterator[str]:
    """For people; a line says so where nothing stands."""
    if found.zone is None:
        yield "nothing is known: no zone that can be read holds the name"
        return
    for held in found.held:
        ttl = f"  ttl {held.endpoint.ttl}" if held.endpoint.ttl else ""
        yield f"{held.endpoint.rtype}{_identifier(held)}  {text.targets(held.endpoint)}{ttl}"
        yield f"    {_whose(held, found)}"
        yield from (f"    shared with {_part(share)}" for share in held.sharers)
    for orphan in found.orphans:
        kind = orphan.endpoint.rtype or "record"
        yield f"no {kind}{_identifier(orphan)}, though {_place(orphan)} says whose it is"
        yield f"    {_whose(orphan, found)}"
    if not found.held and not found.orphans:
        yield "nothing"


def _identifier(held: Held) -> str:
    return f" [{printable(held.endpoint.set_identifier)}]" if held.endpoint.set_identifier else ""


def _whose(held: Held, found: Standing) -> str:
    if not found.owner_id:
        return "everything is ours, without a registry"
    if held.ownership is None:
        return click.style("nobody's", fg="yellow") + ": there is no ownership record"
    own = held.ownership
    whose = click.style("ours", fg="green") if found.is_ours(held) else click.style("somebody else's", fg="yellow")
    by = f", {printable(own.resource, 200)}" if own.resource else ""
    said = f"; said by {_place(held)}" if held.proofs else ""
    return f"{whose}: owner {printable(own.owner)}{by}{said}"


def _place(held: Held) -> str:
    """Where the ownership record stands that is believed: a name of DNS, or the key of a row of the table."""
    return printable(shown(held.proofs[0].key), 253)


def _part(share: Share) -> str:
    return f"owner {printable(share.owner)}: {', '.join(map(printable, share.targets)) or 'no targets'}"


def documents(found: Standing) -> list[Document]:
    """The record sets and then the orphans, with targets [] for those."""
    return [_document(held, found) for held in (*found.held, *found.orphans)]


def _document(held: Held, found: Standing) -> Document:
    proofs = [{"name": shown(proof.key), "targets": list(proof.targets)} for proof in held.proofs]
    owned = {"owner": held.ownership.owner, "resource": held.ownership.resource} if held.ownership else {}
    shared = [{"owner": share.owner, "targets": list(share.targets)} for share in held.sharers]
    whose = {"ours": found.is_ours(held), "ownershipRecords": proofs, "sharedWith": shared}
    told = whose | {"zone": str(found.zone)}
    return record_document(held.endpoint) | owned | told
