"""What a plan comes to, for people and programs: each record set that changes, with its ownership records below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zonewright.model.change import Action, Change, Unit
from zonewright.model.endpoint import OWNER_LABEL, RESOURCE_LABEL, Endpoint
from zonewright.model.ownership import Held, Ownership
from zonewright.model.row import shown
from zonewright.model.zone import Zone
from zonewright.planning.plan import NamePlan
from zonewright.registry.base import Registry

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """A record set that changes, and what becomes of its ownership.

    change    None where the record set stays, or is long gone, and only its ownership records change
    proofs    changes of ownership records
    released  the record set that stays without an owner, since it is to outlast its object; or None
    """

    name: str
    change: Change | None
    proofs: tuple[Change, ...] = ()
    released: Held | None = None

    @property
    def action(self) -> str:
        """ "create", "update", "delete" or "release"; "keep" where the record set itself stays as it is, and ours."""
        if self.released is not None:
            return "release"
        return self.change.action.value.lower() if self.change else "keep"


@dataclass(frozen=True, slots=True)
class ZoneChanges:
    """All that changes in a zone, by name. retained: record sets of ours that nobody wants, and that stay."""

    zone: Zone
    items: tuple[Item, ...]
    retained: tuple[Held, ...] = ()


def zone_changes(zone: Zone, plans: Mapping[str, NamePlan], registry: Registry) -> ZoneChanges:
    """The changes of a zone, in the order of names."""
    ordered = [plan for _, plan in sorted(plans.items())]
    changed = (item for plan in ordered for item in plan_items(plan, registry))
    return ZoneChanges(zone, tuple(changed), tuple(held for plan in ordered for held in plan.retained))


def plan_items(plan: NamePlan, registry: Registry) -> list[Item]:
    """All that changes at a name."""
    return [item for unit in plan.units for item in items(unit, registry, plan.released)]


def items(unit: Unit, registry: Registry, released: Sequence[Held] = ()) -> list[Item]:
    """A unit as record sets: each with the ownership records that are its own, the last with what is left.

    released: record sets that are let go, in this unit or another one.
    """
    proofs = [change for change in unit.changes if is_proof(change, registry)]
    records = [change for change in unit.changes if change not in proofs]
    found = []
    for item, places in _parts(unit, records, registry, released):
        mine = [proof for proof in proofs if proof.key in places]
        proofs = [proof for proof in proofs if proof not in mine]
        found.append(replace(item, proofs=tuple(mine)))
    if not found:
        return [Item(unit.name, None, tuple(proofs))]
    *others, last = found
    return [*others, replace(last, proofs=(*last.proofs, *proofs))]


def _parts(
    unit: Unit, records: Iterable[Change], registry: Registry, released: Iterable[Held]
) -> Iterator[tuple[Item, frozenset[object]]]:
    """What a unit may be about, and where the ownership of each stands."""
    for held in released:
        places = frozenset(proof.key for proof in held.proofs)
        if places & unit.keys:
            yield Item(unit.name, None, released=held), places
    for record in records:
        yield Item(record.endpoint.name, record), _places(record.endpoint, registry)


def is_proof(change: Change, registry: Registry) -> bool:
    """Whether a change is one of an ownership record: what it was, or what it becomes."""
    return any(side is not None and registry.is_ownership(side) for side in (change.old, change.new))


def _places(record: Endpoint, registry: Registry) -> frozenset[object]:
    """Where the ownership of a record set stands, in today's form."""
    return frozenset(change.key for change in registry.create(record, Ownership(registry.owner_id), ())[:-1])


# -- figures


def tally(zones: Iterable[ZoneChanges]) -> Document:
    """How many record sets are created, updated, deleted and released, and how many ownership records change."""
    counted: Counter[str] = Counter()
    for item in (item for zone in zones for item in zone.items):
        counted[item.action] += 1
        counted["ownershipRecords"] += len(item.proofs)
    return {key: counted[key] for key in ("create", "update", "delete", "release", "ownershipRecords")}


# -- as a document


def documents(zone: ZoneChanges) -> Iterator[Document]:
    """The changes of a zone in the form of docs/commands.md."""
    for item in zone.items:
        yield item_document(item)


def item_document(item: Item) -> Document:
    """One record set, in the same form."""
    proofs = [_change_document(proof) for proof in item.proofs]
    if item.change is not None:
        return _change_document(item.change) | {"ownershipRecords": proofs}
    stays = item.released.endpoint if item.released else Endpoint(item.name, "", ())
    return {"action": item.action, **record_document(stays), "before": None, "ownershipRecords": proofs}


def _change_document(change: Change) -> Document:
    before = record_document(change.old) if change.action is Action.UPDATE and change.old else None
    return {"action": change.action.value.lower(), **record_document(change.endpoint), "before": before}


def record_document(endpoint: Endpoint) -> Document:
    """A record set; owner and resource are "" where nobody has said whose it is."""
    return {
        "name": shown(endpoint.key),
        "type": str(endpoint.rtype),
        "setIdentifier": endpoint.set_identifier,
        "targets": list(endpoint.targets),
        "ttl": endpoint.ttl,
        "owner": endpoint.label(OWNER_LABEL) or "",
        "resource": endpoint.label(RESOURCE_LABEL) or "",
        "properties": dict(endpoint.properties),
    }
