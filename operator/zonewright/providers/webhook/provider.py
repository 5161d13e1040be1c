"""The provider: what the webhook says of itself limits the names; it adjusts what is wanted, and takes all changes at
once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from zonewright.model.change import Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint, Key, RecordType
from zonewright.model.hostname import printable
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Zone
from zonewright.providers.base import Capabilities, Failure, Normalized, Unavailable
from zonewright.providers.traffic import Traffic
from zonewright.providers.webhook import wire
from zonewright.providers.webhook.client import WebhookClient

_PROPERTIES = "webhook/"  # how properties for webhooks begin; those without a slash are for any provider


class Webhook:
    """One webhook, one zone named "": it does not tell its zones, and holds any name that its domain filter admits."""

    name = "webhook"
    capabilities = Capabilities(
        record_types=frozenset(RecordType),
        batch_size=10_000,  # ExternalDNS sends all at once
        set_identifiers=True,
        apex_cname=True,
        enforces_cname=False,  # not known
    )

    def __init__(self, client: WebhookClient) -> None:
        self._client = client
        self._zone = Zone("", client.address)
        self._filter: DomainFilter | None = None
        self._negotiating = asyncio.Lock()
        self._seen: dict[Key, wire.Json] = {}

    @property
    def traffic(self) -> Traffic:
        return self._client.traffic

    async def zones(self) -> Sequence[Zone]:
        await self._negotiated()
        return [self._zone]

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        """Those within the webhook's domain filter; the others are not ours to touch."""
        admitted = await self._negotiated()
        read = wire.read_endpoints((await self._client.get("/records")).value)
        self._seen = wire.peculiar(read)
        return [endpoint for endpoint, _ in read if admitted.matches(endpoint.name)]

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        """By one POST /adjustendpoints."""
        admitted = await self._negotiated()
        asked = [_own_properties(endpoint) for endpoint in endpoints if admitted.matches(endpoint.name)]
        adjusted = wire.by_request(asked, await self._adjust(asked)) if asked else {}
        problems = {e.key: _filtered(e, admitted) for e in endpoints if not admitted.matches(e.name)}
        problems |= {endpoint.key: _left_out(endpoint) for endpoint in asked if endpoint.key not in adjusted}
        return Normalized(adjusted, problems)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        """By one POST /records; it fails as a whole, and what has landed then only the webhook knows."""
        await self._negotiated()
        changes = [change for unit in units for change in unit.changes]
        await self._client.post("/records", wire.changes_to_wire(changes, self._seen))
        for change in changes:  # from now on the provider has it in our spelling, or not at all
            self._seen.pop(change.key, None)
        return ()

    async def close(self) -> None:
        await self._client.close()

    async def _negotiated(self) -> DomainFilter:
        """The webhook's domain filter; asked for until it has answered once."""
        async with self._negotiating:
            if self._filter is None:
                self._filter = await self._negotiate()
            return self._filter

    async def _negotiate(self) -> DomainFilter:
        answer = await self._client.get("/")
        if not wire.is_media_type(answer.media_type):
            found = printable(answer.media_type) or "none"
            raise Unavailable(
                f"{self._client.address} is no webhook provider of version 1: it answers with content type {found}, "
                f"not {wire.MEDIA_TYPE}"
            )
        try:
            return DomainFilter.from_json(answer.value)
        except ValueError as e:
            raise Unavailable(f"the webhook's domain filter makes no sense: {e}") from e

    async def _adjust(self, endpoints: Iterable[Endpoint]) -> list[Endpoint]:
        answer = await self._client.post("/adjustendpoints", [wire.to_wire(endpoint) for endpoint in endpoints])
        return [endpoint for endpoint, _ in wire.read_endpoints(answer.value)]


def _own_properties(endpoint: Endpoint) -> Endpoint:
    """Without the properties that are for other providers (ExternalDNS, endpoint.go RetainProviderProperties)."""
    kept = tuple(
        (name, value) for name, value in endpoint.properties if "/" not in name or name.startswith(_PROPERTIES)
    )
    return replace(endpoint, properties=kept)


def _filtered(endpoint: Endpoint, admitted: DomainFilter) -> Problem:
    return Problem(Reason.FILTERED, f"{printable(endpoint.name)} is outside the webhook's domain filter ({admitted})")


def _left_out(endpoint: Endpoint) -> Problem:
    return Problem(Reason.REJECTED, f"the webhook leaves out {endpoint.rtype} {printable(endpoint.name)}")
