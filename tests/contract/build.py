"""Short words for record sets and units."""

from __future__ import annotations

import dataclasses
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


def seen(records: Iterable[Endpoint]) -> set[tuple[str, str, tuple[str, ...], int | None]]:
    """What DNS would answer."""
    return {(record.name, record.rtype, record.targets, record.ttl) for record in records}


def compared(endpoint: Endpoint, default_ttl: int | None) -> Endpoint:
    """With targets in the one spelling that they have, and with the ttl that it gets where none is asked for."""
    targets = tuple(sorted(compared_target(endpoint.rtype, target) for target in endpoint.targets))
    return dataclasses.replace(endpoint, targets=targets, ttl=endpoint.ttl or default_ttl)
