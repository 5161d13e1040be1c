"""A zone's worker with the TXT registry on top of a provider, and what it tells."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Reason
from zonewright.model.zone import Zone
from zonewright.planning.plan import Policy, Rules
from zonewright.providers.base import Provider, ProviderError
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.surroundings import Surroundings
from zonewright.zones.worker import ZoneWorker

LABELS = {"resource": "ingress/default/web"}
LONG = 3600.0  # seconds between two readings


@dataclass
class Rig:
    """outcomes: by the name that they are about; errors: of the rounds, None for a good one."""

    provider: Provider
    zone: Zone
    desired: Desired = field(default_factory=Desired)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    errors: list[ProviderError | None] = field(default_factory=list)
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    def worker(self, *, dry_run: bool = False, interval: float = LONG) -> ZoneWorker:
        around = Surroundings(
            self.desired,
            mine=lambda zone, name: name.endswith(zone.name),
            holds=lambda name: False,
            report=self._report,
            done=lambda zone, error: self.errors.append(error),
        )
        capabilities = self.provider.capabilities
        rules = Rules(
            Policy.SYNC,
            frozenset({"A", "AAAA", "CNAME", "TXT"}),
            self.zone.name,
            set_identifiers=capabilities.set_identifiers,
            apex_cname=capabilities.apex_cname,
            aliases=capabilities.aliases,
        )
        # Ownership at the name of the zone and of wildcards has to be possible everywhere.
        registry = TxtRegistry("me", OwnershipNames("%{record_type}.own.", "", "any"))
        return ZoneWorker(self.zone, self.provider, registry, rules, around, dry_run=dry_run, interval=interval)

    def want(self, *endpoints: Endpoint) -> set[str]:
        labelled = [replace(endpoint, labels=tuple(LABELS.items())) for endpoint in endpoints]
        return self.desired.put("default", "web", dict(enumerate(labelled)))

    def reasons(self) -> dict[str, Reason]:
        return {name: outcome.reason for name, outcome in self.outcomes.items()}

    async def until_synced(self, worker: ZoneWorker, seconds: float = 60.0) -> None:
        """Let the worker run until all that is wanted is in DNS."""
        running = asyncio.create_task(worker.run())
        try:
            async with asyncio.timeout(seconds):
                while not self._is_synced():
                    self._told.clear()
                    await self._told.wait()
        finally:
            worker.stop()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    def _is_synced(self) -> bool:
        wanted = {endpoint.name for endpoint in self.desired.endpoints()}
        return all((outcome := self.outcomes.get(n)) is not None and outcome.reason is Reason.SYNCED for n in wanted)

    def _report(self, outcomes: Mapping[Origin, Outcome]) -> None:
        for origin, outcome in outcomes.items():
            wish = next(w for name in list(self.desired.names()) for w in self.desired.at(name) if w.origin == origin)
            self.outcomes[wish.endpoint.name] = outcome
        self._told.set()
