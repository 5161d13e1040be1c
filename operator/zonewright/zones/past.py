"""What a status remembers: which record sets of a zone were ours when it was written.

The zone itself no longer says so when somebody has deleted an ownership record. The status of the object that asks for
the record set does, over a restart too, as only Zonewright writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zonewright.model.endpoint import Key
from zonewright.model.zone import Zone


def owned(status: Mapping[str, Any], owner: str, provider: str, zone: Zone) -> frozenset[Key]:
    """Never raises: junk of any shape remembers nothing."""
    return frozenset(_owned(status, owner, provider, zone))


def _owned(status: Mapping[str, Any], owner: str, provider: str, zone: Zone) -> Iterator[Key]:
    records = status.get("records")
    for record in records if isinstance(records, list) else ():
        ownership = record.get("ownership") if isinstance(record, dict) else None
        if not owner or not isinstance(ownership, dict) or ownership.get("owner") != owner:
            continue
        place = (record.get("provider"), record.get("zone"))
        if place == (provider, str(zone)) and record.get("zoneID", zone.id) == zone.id:
            name, rtype, set_identifier = (record.get(key) for key in ("dnsName", "recordType", "setIdentifier"))
            yield Key(str(name), str(rtype), str(set_identifier or ""))


class Published:
    """Names of which statuses say, from before the start, that they were ours in whichever zone.

    Only what a status says when its object is seen for the first time counts: later we have written it ourselves.

    standby  whether somebody else writes statuses, so that each of them is of before our start
    """

    standby = False

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._seen: set[tuple[str, str]] = set()
        self._names: set[str] = set()

    def see(self, namespace: str, name: str, status: Any) -> None:
        """A DNSEndpoint as it is now. Never raises."""
        if (namespace, name) in self._seen and not self.standby:
            return
        self._seen.add((namespace, name))
        records = status.get("records") if isinstance(status, Mapping) else None
        for record in records if isinstance(records, list) else ():
            ownership = record.get("ownership") if isinstance(record, Mapping) else None
            if self._owner and isinstance(ownership, Mapping) and ownership.get("owner") == self._owner:
                self._names.add(str(record.get("dnsName")))

    def forget(self, namespace: str, name: str) -> None:
        """The DNSEndpoint is gone: another one of its name has a status of its own."""
        self._seen.discard((namespace, name))

    def __contains__(self, name: str) -> bool:
        return name in self._names
