"""The engine as the controller wires it, on a provider that counts what it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from zonewright.model.change import Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Reason
from zonewright.model.zone import Zone
from zonewright.planning.plan import NamePlan, Policy, Rules
from zonewright.providers.base import Failure
from zonewright.providers.inmemory import InMemory
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.manager import Links, Options, Zones

ORG = "example.org"
CREATED = "2026-01-01T00:00:00Z"


class Counting(InMemory):
    """batch: the units that it takes at once."""

    def __init__(self, zones: Iterable[str] = (ORG,), batch: int | None = None) -> None:
        super().__init__(zones)
        if batch is not None:
            self.capabilities = replace(self.capabilities, batch_size=batch)
        self.reads: list[Zone] = []
        self.applies: list[int] = []  # units of each

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        self.reads.append(zone)
        return await super().records(zone)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        self.applies.append(len(units))
        return await super().apply(zone, units)

    def forget(self) -> None:
        """What has been counted so far."""
        self.reads.clear()
        self.applies.clear()


@dataclass
class Engine:
    provider: Counting = field(default_factory=Counting)
    interval: float = 3600.0
    desired: Desired = field(default_factory=Desired)
    outcomes: dict[Origin, Reason] = field(default_factory=dict)
    planned: list[int] = field(default_factory=list)  # names of each round
    units: list[int] = field(default_factory=list)  # and what was to be done about them

    def __post_init__(self) -> None:
        options = Options(
            DomainFilter(), Rules(Policy.SYNC, frozenset({"A", "AAAA", "CNAME"})), dry_run=False, interval=self.interval
        )
        links = Links(holds=lambda _: False, report=self._report, done=lambda _: None, observe=self._observe)
        self.zones = Zones(self.provider, TxtRegistry("me", OwnershipNames()), self.desired, options, links)

    def want(self, numbers: Iterable[int], target: str = "192.0.2.1", zone: str = ORG) -> set[str]:
        """One object for each name."""
        return {name for number in numbers for name in self._want(number, target, zone)}

    def _want(self, number: int, target: str, zone: str) -> set[str]:
        name = f"n{number}.{zone}"
        endpoint = Endpoint.wanted(name, "A", [target], labels={"resource": f"ingress/shop/{name}"})
        return self.desired.put("shop", name, {0: endpoint}, CREATED)

    def _report(self, outcomes: Mapping[Origin, Outcome]) -> None:
        self.outcomes |= {origin: outcome.reason for origin, outcome in outcomes.items()}

    def _observe(self, zone: Zone, plans: Sequence[NamePlan]) -> None:
        self.planned.append(len(plans))
        self.units.append(sum(len(plan.units) for plan in plans))


async def settled(names: int, provider: Counting | None = None, interval: float = 3600.0) -> Engine:
    """One whose names are all in DNS, from a life before, and which has counted nothing yet."""
    engine = Engine(provider or Counting(), interval)
    engine.want(range(names))
    engine.provider.seed(record for name in engine.desired.names() for record in _standing(name))
    await engine.zones.round()
    assert engine.units == [0]
    assert len(engine.outcomes) == names
    assert set(engine.outcomes.values()) <= {Reason.SYNCED}
    engine.provider.forget()
    engine.planned.clear()
    engine.units.clear()
    return engine


def _standing(name: str) -> tuple[Endpoint, Endpoint]:
    """As the engine writes them."""
    text = f'"heritage=external-dns,external-dns/owner=me,external-dns/resource=ingress/shop/{name}"'
    return Endpoint.found(name, "A", ["192.0.2.1"]), Endpoint.found(f"a-{name}", "TXT", [text])
