"""Records in the memory of this process: for trying things out, and for tests. They are gone when it ends.

Strict on purpose, stricter than most real providers: nothing is created twice, nothing that is missing is changed, and
a change must know what stands there. An `apply` lands whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint, Key, RecordType
from zonewright.model.hostname import is_under, longest_suffix, spelled
from zonewright.model.zone import Zone
from zonewright.providers.base import Capabilities, Changed, Failure, Normalized, Rejected
from zonewright.providers.sending import ask
from zonewright.providers.traffic import Traffic


class InMemory:
    """Zones of one process. `seed` puts records in as if somebody else had written them.

    Without zones any name is held, in one zone named "".
    """

    name = "inmemory"
    capabilities = Capabilities(
        record_types=frozenset(RecordType), atomic=True, set_identifiers=True, apex_cname=True, enforces_cname=False
    )

    def __init__(self, zones: Iterable[str] = (), records: Iterable[Endpoint] = ()) -> None:
        names = sorted({spelled(zone) for zone in zones}) or [""]
        self._zones = {name: Zone(name, name or "memory") for name in names}
        self._records: dict[Zone, dict[Key, Endpoint]] = {zone: {} for zone in self._zones.values()}
        self.traffic = Traffic()
        self.seed(records)

    def seed(self, records: Iterable[Endpoint]) -> None:
        """Put records in, over what stands. Raises Rejected where no zone holds the name."""
        for record in records:
            self._records[self._zone_of(record.name)][record.key] = record.with_labels({})

    async def zones(self) -> Sequence[Zone]:
        return tuple(self._zones.values())

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        return tuple(self._held(zone).values())

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        """As they are: whatever is put in comes out again."""
        return Normalized({endpoint.key: endpoint for endpoint in endpoints})

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        """Raises Changed or Rejected, and then nothing has landed."""
        ask()
        records = dict(self._held(zone))
        for unit in units:
            for change in unit.changes:
                _carry_out(change, zone, records)
        self._records[zone] = records
        return ()

    async def close(self) -> None:
        pass

    def _held(self, zone: Zone) -> dict[Key, Endpoint]:
        try:
            return self._records[zone]
        except KeyError:
            raise Changed(f"there is no zone {zone}") from None

    def _zone_of(self, name: str) -> Zone:
        found = longest_suffix(name, self._zones)
        if found is None:
            raise Rejected(f"no zone holds {name}")
        return self._zones[found]


def _carry_out(change: Change, zone: Zone, records: dict[Key, Endpoint]) -> None:
    key, standing = change.key, records.get(change.key)
    if not is_under(key.name, zone.name):
        raise Rejected(f"{key.name} is not in zone {zone}")
    if change.new is not None and not change.new.targets:
        raise Rejected(f"{key.rtype} {key.name} has no targets")
    if change.old is None and standing is not None:
        raise Changed(f"{key.rtype} {key.name} is there already")
    if change.old is not None and (standing is None or not standing.same_targets(change.old)):
        raise Changed(f"{key.rtype} {key.name} is not what it was" if standing else f"{key.rtype} {key.name} is gone")
    if change.new is not None:
        records[key] = change.new.with_labels({})
    else:
        del records[key]
