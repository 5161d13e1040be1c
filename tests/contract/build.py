"""Short words for record sets and units."""

from __future__ import annotations

from collections.abc import Iterable

from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint, compared_target


def record(name: str, rtype: str, *targets: str, ttl: int | None = None, **properties: str) -> Endpoint:
    named = {key.replace("_", "/"): value for key, value in properties.items()}
    return Endpoint.wanted(name, rtype, targets, ttl=ttl, properties=named)


def create(*records: Endpoint) -> Unit:
    return Unit(records[0].name, tuple(Change(None, record) for record in records))


def update(old: Endpoint, new: Endpoint) -> Unit:
    return Unit(new.name, (Change(old, new),))


def delete(*records: Endpoint) -> Unit:
    return Unit(records[0].name, tuple(Change(record, None) for record in records))


def replace(old: Endpoint, new: Endpoint) -> Unit:
    """A change of type: both sides are one unit."""
    return Unit(new.name, (Change(old, None), Change(None, new)))


def seen(
    records: Iterable[Endpoint], default_ttl: int | None = None
) -> set[tuple[str, str, tuple[str, ...], int | None]]:
    """What DNS would answer. Texts in the one spelling that they have; default_ttl: of records without ttl."""
    return {
        (
            record.name,
            record.rtype,
            tuple(sorted(compared_target(record.rtype, target) for target in record.targets)),
            record.ttl or default_ttl,
        )
        for record in records
    }
