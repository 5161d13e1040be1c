"""Where the work is shared: what of a DNSEndpoint that people wrote is ours to publish and to tell of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from zonewright.kube.store import ObjectId
from zonewright.sources.dnsendpoint import Reading
from zonewright.zones.shards import Shards
from zonewright.zones.sharedstatus import Beside


def portion(oid: ObjectId, reading: Reading, shards: Shards) -> Reading | None:
    """The entries that are ours; None where there is none.

    What asks for nothing has a shard as well, by its own name: somebody has to say so.
    """
    names = dict(_names(reading))
    if not names:
        return reading if shards.mine(f"{oid.namespace}/{oid.name}") else None
    ours = {entry for entry, name in names.items() if shards.mine(name)}
    if not ours:
        return None
    return replace(
        reading,
        endpoints={entry: endpoint for entry, endpoint in reading.endpoints.items() if entry in ours},
        problems={entry: fault for entry, fault in reading.problems.items() if entry in ours},
    )


def beside(reading: Reading, shards: Shards) -> Beside | None:
    """Whose its names are, where some are ours and some are not."""
    found = {name: shard for _, name in _names(reading) if (shard := shards.of(name)) is not None}
    return Beside(shards.own, found) if len(set(found.values())) > 1 else None


def _names(reading: Reading) -> Iterator[tuple[int, str]]:
    """By entry, in their order: also of what cannot be published."""
    for entry in sorted(reading.endpoints.keys() | reading.problems.keys()):
        endpoint = reading.endpoints.get(entry)
        yield entry, endpoint.name if endpoint is not None else reading.problems[entry].name
