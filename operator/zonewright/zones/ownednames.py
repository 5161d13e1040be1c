"""The names of our own in a zone. To find them takes a look at every record: once for each state of it."""

from __future__ import annotations

from zonewright.registry.base import Registry
from zonewright.zones.snapshot import Snapshot


class OwnedNames:
    """Remembers the answer for one snapshot, until that is patched."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._snapshot: Snapshot | None = None
        self._version = 0
        self._names: frozenset[str] = frozenset()

    def of(self, snapshot: Snapshot) -> frozenset[str]:
        """Those that stand under our id in a snapshot, as it is now."""
        if self._snapshot is not snapshot or self._version != snapshot.version:
            self._snapshot, self._version = snapshot, snapshot.version
            self._names = frozenset(self._registry.owned_names(snapshot))
        return self._names

    def last(self) -> frozenset[str] | None:
        """Those of the snapshot that was asked about last, as it is now; None when there was none."""
        return None if self._snapshot is None else self.of(self._snapshot)
