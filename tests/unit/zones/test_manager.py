from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from zonewright.model.change import Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Reason
from zonewright.model.zone import Zone
from zonewright.planning.plan import Policy, Rules
from zonewright.providers.base import Failure, ProviderError, Unavailable
from zonewright.providers.inmemory import InMemory
from zonewright.registry.noop import NoopRegistry
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.manager import Links, Options, Zones


class Growing(InMemory):
    """An in-memory provider whose list of zones can fail, and change."""

    def __init__(self, *names: str) -> None:
        super().__init__(names)
        self.visible: set[str] = set(names)
        self.errors: list[ProviderError] = []
        self.unreadable: set[str] = set()

    async def zones(self) -> Sequence[Zone]:
        if self.errors:
            raise self.errors.pop(0)
        return [zone for zone in await super().zones() if zone.name in self.visible]

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        if zone.name in self.unreadable:
            raise Unavailable("no answer")
        return await super().records(zone)


@dataclass
class Rig:
    provider: Growing
    domains: Iterable[str] = ()
    excluded: Iterable[str] = ()
    desired: Desired = field(default_factory=Desired)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    errors: list[ProviderError | None] = field(default_factory=list)

    def zones(self, interval: float = 3600.0) -> Zones:
        options = Options(
            DomainFilter.of(self.domains, self.excluded), Rules(Policy.SYNC, frozenset({"A"})), False, interval
        )
        return Zones(
            self.provider,
            NoopRegistry(),
            self.desired,
            options,
            Links(holds=lambda name: False, report=self.report, done=self.errors.append),
        )

    def report(self, outcomes: Mapping[Origin, Outcome]) -> None:
        self.outcomes |= {origin.name: outcome for origin, outcome in outcomes.items()}

    def want(self, *names: str) -> set[str]:
        """One object for each name, of that name."""
        return {
            n for name in names for n in self.desired.put("ns", name, {0: Endpoint.wanted(name, "A", ["192.0.2.1"])})
        }

    def told(self) -> dict[str, Reason]:
        return {name: outcome.reason for name, outcome in self.outcomes.items()}


@asynccontextmanager
async def running(zones: Zones) -> AsyncIterator[None]:
    task = asyncio.create_task(zones.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_longest_zone_gets_a_name() -> None:
    rig = Rig(Growing("example.org", "eu.example.org"))
    rig.want("www.example.org", "www.eu.example.org", "eu.example.org", "neu.example.org")
    await rig.zones().round()
    assert {name: outcome.zone for name, outcome in rig.outcomes.items()} == {
        "www.example.org": "example.org",
        "www.eu.example.org": "eu.example.org",
        "eu.example.org": "eu.example.org",
        "neu.example.org": "example.org",
    }


async def test_a_name_in_no_zone_is_told_which_zones_there_are() -> None:
    rig = Rig(Growing("example.org"))
    rig.want("www.example.net", "notexample.org")
    await rig.zones().round()
    assert rig.told() == {"www.example.net": Reason.NO_MATCHING_ZONE, "notexample.org": Reason.NO_MATCHING_ZONE}
    assert "example.org" in rig.outcomes["www.example.net"].message


async def test_filtered_names_are_told_so_and_their_records_left_alone() -> None:
    rig = Rig(Growing("example.org"), domains=["example.org"], excluded=["internal.example.org"])
    rig.provider.seed([Endpoint.found("old.internal.example.org", "A", ["192.0.2.9"])])
    rig.want("www.example.org", "db.internal.example.org")
    await rig.zones().round()
    assert rig.told() == {"www.example.org": Reason.SYNCED, "db.internal.example.org": Reason.FILTERED}
    (zone,) = await rig.provider.zones()
    assert "old.internal.example.org" in {record.name for record in await rig.provider.records(zone)}


async def test_when_the_zones_cannot_be_listed_every_name_is_told_why() -> None:
    rig = Rig(Growing("example.org"))
    rig.provider.errors = [Unavailable("no route to host")]
    rig.want("www.example.org")
    zones = rig.zones()
    await zones.round()
    assert rig.told() == {"www.example.org": Reason.PROVIDER_UNAVAILABLE}
    assert rig.outcomes["www.example.org"].fault
    assert not zones.settled
    await zones.round()
    assert rig.told() == {"www.example.org": Reason.SYNCED}
    assert zones.settled


async def test_nothing_is_told_of_a_name_before_the_zones_are_known() -> None:
    rig = Rig(Growing("example.org"))
    zones = rig.zones()
    zones.mark(rig.want("www.example.org"))
    assert rig.told() == {}


async def test_zones_that_come_and_go_are_followed() -> None:
    rig = Rig(Growing("example.org", "example.net"))
    rig.provider.visible = {"example.org"}
    rig.want("www.example.net")
    zones = rig.zones()
    await zones.round()
    assert rig.told() == {"www.example.net": Reason.NO_MATCHING_ZONE}
    rig.provider.visible = {"example.org", "example.net"}
    await zones.round()
    assert rig.told() == {"www.example.net": Reason.SYNCED}
    rig.provider.visible = {"example.org"}
    await zones.round()
    assert rig.told() == {"www.example.net": Reason.NO_MATCHING_ZONE}


async def test_marks_reach_the_worker_of_the_zone() -> None:
    rig = Rig(Growing("example.org", "example.net"))
    zones = rig.zones()
    async with running(zones), asyncio.timeout(10):
        await zones.caught_up()
        zones.mark(rig.want("www.example.org", "www.example.net"))
        await zones.caught_up()
    assert rig.told() == {"www.example.org": Reason.SYNCED, "www.example.net": Reason.SYNCED}
    assert sorted(record.name for record in zones.records()) == ["www.example.net", "www.example.org"]


async def test_finish_lets_the_round_under_way_end_and_starts_no_other() -> None:
    entered, release = asyncio.Event(), asyncio.Event()

    class Slow(Growing):
        async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
            entered.set()
            await release.wait()
            return await super().apply(zone, units)

    rig = Rig(Slow("example.org"))
    rig.want("www.example.org")
    zones = rig.zones()
    async with running(zones), asyncio.timeout(10):
        await entered.wait()
        ending = asyncio.create_task(zones.finish(5.0))
        release.set()
        await ending
        assert rig.told() == {"www.example.org": Reason.SYNCED}
        zones.mark(rig.want("late.example.org"))
    assert "late.example.org" not in rig.told()


@pytest.mark.parametrize("name", ["www.example.org", "example.org"])
async def test_a_provider_without_zones_holds_every_name(name: str) -> None:
    rig = Rig(Growing())
    rig.provider.visible = {""}
    rig.want(name)
    await rig.zones().round()
    assert rig.outcomes[name].zone == "."


async def test_one_zone_in_trouble_is_not_forgotten_over_the_others() -> None:
    rig = Rig(Growing("a.example.org", "b.example.org", "c.example.org"))
    rig.provider.unreadable = {"b.example.org"}
    zones = rig.zones()
    await zones.round()
    assert rig.errors[-1] is None  # the last to end was none of the bad ones
    assert not zones.sound
    rig.provider.unreadable = set()
    await zones.round()
    assert zones.sound


async def test_a_zone_that_is_gone_is_no_trouble_any_more() -> None:
    rig = Rig(Growing("a.example.org", "b.example.org"))
    rig.provider.unreadable = {"b.example.org"}
    zones = rig.zones()
    await zones.round()
    rig.provider.visible = {"a.example.org"}
    await zones.round()
    assert zones.sound


async def test_zones_that_cannot_be_listed_are_trouble_until_they_can() -> None:
    rig = Rig(Growing("a.example.org"))
    zones = rig.zones()
    await zones.round()
    rig.provider.errors = [Unavailable("no answer")]
    await zones.round()
    assert not zones.sound
    await zones.round()
    assert zones.sound
