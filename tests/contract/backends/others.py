"""Somebody else who writes to the zone: a provider of its own, past the faults."""

from __future__ import annotations

from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint
from zonewright.providers.base import Provider


async def put(provider: Provider, endpoint: Endpoint) -> None:
    """Create or replace a record set."""
    await _change(provider, endpoint, endpoint)


async def take_away(provider: Provider, endpoint: Endpoint) -> None:
    """Delete a record set, whatever it has."""
    await _change(provider, endpoint, None)


async def _change(provider: Provider, endpoint: Endpoint, new: Endpoint | None) -> None:
    (zone,) = await provider.zones()
    old = next((one for one in await provider.records(zone) if one.key == endpoint.key), None)
    assert not list(await provider.apply(zone, [Unit(endpoint.name, (Change(old, new),))]))
