"""Units → change batches. A batch is one transaction, and a unit is in one batch.

Route 53 takes 1,000 values and 32,000 characters of them in a batch (API reference, ChangeResourceRecordSets); the
flags --aws-batch-change-* may lower that.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from zonewright.model.change import Unit
from zonewright.model.endpoint import Key
from zonewright.providers.aws.records import parse, size, written
from zonewright.providers.base import Changed, Rejected

Json = dict[str, Any]
Standing = dict[Key, Json]


@dataclass(frozen=True, slots=True)
class Limits:
    """changes: entries of a batch; values: their values; octets: those of the values"""

    changes: int = 1000
    values: int = 1000
    octets: int = 32_000


@dataclass(slots=True)
class Draft:
    """A unit as entries of a change batch, and what then stands: by key, None for what has gone."""

    unit: Unit
    entries: list[Json]
    becomes: dict[Key, Json | None]
    values: int = field(default=0, init=False)
    octets: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        for entry in self.entries:
            values, octets = size(entry["ResourceRecordSet"])
            times = 2 if entry["Action"] == "UPSERT" else 1  # API reference, ChangeResourceRecordSets
            self.values += values * times
            self.octets += octets * times


def draft(unit: Unit, standing: Standing, zone_id: str, disputed: Container[Key] = ()) -> Draft:
    """Raises Changed where the unit does not fit what stands, Rejected where a record set cannot be one of Route 53.

    standing  ResourceRecordSets as they were listed, or written since
    disputed  keys that could not be created since they were there, though no list shows them
    """
    deletes: list[Json] = []
    creates: list[Json] = []
    becomes: dict[Key, Json | None] = {}
    for change in unit.changes:
        before = becomes[change.key] if change.key in becomes else standing.get(change.key)
        if (change.old is None) != (before is None):
            raise Changed(f"{change.key.rtype} {change.key.name} is {'gone' if before is None else 'there already'}")
        if change.old is not None and before is not None:
            if not parse(before).same_targets(change.old):
                raise Changed(f"{change.key.rtype} {change.key.name} is not what it was")
            deletes.append({"Action": "DELETE", "ResourceRecordSet": before})
            becomes[change.key] = None
        if change.new is not None:
            fields = written(change.new, zone_id)
            key = change.new.key
            certain = before is not None or key in disputed
            creates.append({"Action": "UPSERT" if certain else "CREATE", "ResourceRecordSet": fields})
            becomes[key] = fields
    return Draft(unit, [*deletes, *creates], becomes)


def grouped(drafts: Iterable[Draft], limits: Limits) -> list[list[Draft]]:
    """Batches in the order of the units. Raises Rejected for a unit that is larger than a batch can be."""
    groups: list[list[Draft]] = []
    for one in drafts:
        if not _fits([one], limits):
            many = f"{one.values} values of {one.octets} characters"
            raise Rejected(f"{one.unit.name}: {many} are more than Route 53 takes in one change")
        if groups and _fits([*groups[-1], one], limits):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _fits(group: Sequence[Draft], limits: Limits) -> bool:
    return (
        sum(len(one.entries) for one in group) <= limits.changes
        and sum(one.values for one in group) <= limits.values
        and sum(one.octets for one in group) <= limits.octets
    )
