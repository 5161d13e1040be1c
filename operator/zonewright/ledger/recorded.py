"""A provider whose records have rows in a table: both are read together and written together.

Rows come before their record and go after it, so that no record is ever without one. They travel in units, in the shape
of record sets (model/row.py): the provider itself never sees them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from zonewright.ledger.ledger import Ledger
from zonewright.ledger.leftovers import Leftovers
from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint
from zonewright.model.hostname import is_under
from zonewright.model.row import is_place
from zonewright.model.zone import Zone
from zonewright.providers.base import Failure, Normalized, Provider
from zonewright.providers.traffic import Traffic
from zonewright.registry.dynamodb.statements import records_only

log = logging.getLogger(__name__)


class Recorded:
    """Implements `providers.base.Provider`."""

    def __init__(self, provider: Provider, ledger: Ledger, leftovers: Leftovers | None = None) -> None:
        self.name = provider.name
        self.capabilities = provider.capabilities
        self._provider = provider
        self._ledger = ledger
        self._leftovers = leftovers

    @property
    def traffic(self) -> Traffic:
        return self._provider.traffic

    async def zones(self) -> Sequence[Zone]:
        return await self._provider.zones()

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        """Record sets and rows. Rows come first: one that is new must not look as if its record had gone."""
        rows = await self._ledger.rows()
        mine = [row.endpoint for row in rows if is_under(row.key.name, zone.name)]
        records = await self._provider.records(zone)
        if self._leftovers is not None:
            self._leftovers.look(zone, records)
        return [*(record for record in records if not is_place(record.name)), *mine]

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        return await self._provider.normalize(zone, endpoints)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        """A unit whose row cannot be written is not sent to the provider."""
        refused = await self._ledger.before(units)
        ready = [unit for unit in units if unit not in refused]
        failures = [Failure(unit, error) for unit, error in refused.items()]
        failures += await self._send(zone, ready)
        failed = {id(failure.unit) for failure in failures}
        left = await self._ledger.after([unit for unit in ready if id(unit) not in failed])
        for unit, error in left.items():
            log.warning("Rows of %s are left: %s", unit.name, error, extra={"zone": str(zone), "reason": error.reason})
        # Where records have landed, the row is an orphan from now on, and tried again when the table is read again.
        landed = {unit: bool(records_only(unit.changes)) for unit in left}
        return [*failures, *(Failure(unit, error, landed[unit]) for unit, error in left.items())]

    async def close(self) -> None:
        await self._ledger.close()
        await self._provider.close()

    async def _send(self, zone: Zone, units: Sequence[Unit]) -> list[Failure]:
        """To the provider, without the rows. Failures are told of the units as they were given."""
        sent = {unit: Unit(unit.name, records_only(unit.changes)) for unit in units}
        given = {id(bare): unit for unit, bare in sent.items()}
        bare = [unit for unit in sent.values() if unit.changes]
        failures = await self._provider.apply(zone, bare) if bare else ()
        return [Failure(given[id(failure.unit)], failure.error) for failure in failures]
