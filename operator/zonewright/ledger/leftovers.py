"""Tells of ownership TXT records that the TXT registry has left, and that may not be deleted."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from zonewright.model.endpoint import Endpoint
from zonewright.model.zone import Zone
from zonewright.registry.dynamodb.registry import DynamoDBRegistry

log = logging.getLogger(__name__)


class Leftovers:
    """`look` at each reading of a zone; what is known already is not told again."""

    def __init__(self, registry: DynamoDBRegistry) -> None:
        self._registry = registry
        self._told: dict[Zone, int] = {}

    def look(self, zone: Zone, records: Iterable[Endpoint]) -> None:
        names = self._registry.left_over(_ByName(records))
        if len(names) != self._told.get(zone, 0):
            text = "Ownership TXT records of %d names are left, such as %s: --managed-record-types=TXT takes them away"
            log.info(text, len(names), min(names, default="none"), extra={"zone": str(zone)})
        self._told[zone] = len(names)


class _ByName:
    """Implements `registry.base.ZoneRecords`."""

    def __init__(self, records: Iterable[Endpoint]) -> None:
        self._names: dict[str, list[Endpoint]] = {}
        for record in records:
            self._names.setdefault(record.name, []).append(record)

    def names(self) -> Iterable[str]:
        return self._names.keys()

    def at(self, name: str) -> Sequence[Endpoint]:
        return self._names.get(name, ())
