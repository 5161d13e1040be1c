from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from unit.zones.test_worker import Flaky, a
from zonewright.model.endpoint import Endpoint
from zonewright.model.zone import Zone
from zonewright.planning.brake import Brake, HeldPlan
from zonewright.planning.plan import Policy, Rules
from zonewright.providers.base import Unavailable
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry
from zonewright.zones.braking import WINDOW
from zonewright.zones.desired import Desired
from zonewright.zones.worker import Surroundings, ZoneWorker


def name(number: int) -> str:
    return f"n{number:02}.example.org"


@dataclass
class Rig:
    """A worker with a brake of 30 % of 10, in a zone where it has published some names already."""

    brake: Brake = field(default_factory=lambda: Brake(30, 10))
    provider: Flaky = field(default_factory=Flaky)
    desired: Desired = field(default_factory=Desired)
    told: list[HeldPlan | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        around = Surroundings(
            self.desired,
            mine=lambda zone, name: name.endswith(zone.name),
            holds=lambda name: False,
            report=lambda _: None,
            done=lambda _, __: None,
            braked=lambda _, plan: self.told.append(plan),
        )
        rules = Rules(Policy.SYNC, frozenset({"A", "AAAA", "CNAME"}), "example.org")
        registry = TxtRegistry("me", OwnershipNames("", "", ""))
        zone = Zone("example.org", "example.org")
        self.worker = ZoneWorker(
            zone, self.provider, registry, rules, around, dry_run=False, interval=3600.0, brake=self.brake
        )

    async def want(self, *numbers: int) -> None:
        """What is wanted from now on."""
        for number in range(40):
            wish = {0: a(name(number))} if number in numbers else {}
            self.worker.mark(self.desired.put("default", str(number), wish))
        await self.worker.round()

    async def standing(self) -> list[int]:
        return sorted(int(n[1:3]) for n, rtype in await self.provider.standing() if rtype == "A")

    @property
    def held(self) -> list[str] | None:
        plan = self.told[-1] if self.told else None
        return [record.name for record in plan.records] if plan else None


@pytest.fixture
async def rig() -> Rig:
    rig = Rig()
    await rig.want(*range(10))
    assert await rig.standing() == list(range(10))
    return rig


async def test_a_plan_that_deletes_too_much_is_held_whole_and_told(rig: Rig) -> None:
    await rig.want(*range(6))
    assert await rig.standing() == list(range(10))
    assert rig.held == [name(n) for n in range(6, 10)]
    assert rig.told[-1] is not None
    assert rig.told[-1].owned == 10


async def test_deletes_alone_are_held(rig: Rig) -> None:
    await rig.want(*range(6), 20, 21)
    assert await rig.standing() == [*range(10), 20, 21]


async def test_not_too_much_goes_at_once(rig: Rig) -> None:
    await rig.want(*range(7))
    assert await rig.standing() == list(range(7))
    assert rig.told == []


async def test_what_is_held_stays_held_when_everything_is_looked_at_again(rig: Rig) -> None:
    await rig.want(*range(6))
    rig.worker.reread()
    await rig.worker.round()
    assert await rig.standing() == list(range(10))
    assert len(rig.told) == 1


async def test_deletes_one_by_one_are_added_up(rig: Rig) -> None:
    for left in (9, 8, 7, 6, 5):
        await rig.want(*range(left))
    assert await rig.standing() == list(range(7))
    assert rig.held == [name(5), name(6)]


async def test_deletes_far_apart_are_not_added_up(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("zonewright.zones.worker.monotonic", lambda: now)
    monkeypatch.setattr("zonewright.zones.pace.monotonic", lambda: now)
    for left in (9, 8, 7):
        await rig.want(*range(left))
    now += WINDOW + 1
    await rig.want(*range(6))  # 1 of 7 is no tenth, and the zone is small by now
    assert await rig.standing() == list(range(6))


async def test_what_is_wanted_again_is_not_held_any_more_and_the_few_others_go(rig: Rig) -> None:
    await rig.want(*range(4))
    assert await rig.standing() == list(range(10))
    await rig.want(*range(8))
    await rig.worker.round()
    assert await rig.standing() == list(range(8))
    assert rig.told[-1] is None


async def test_the_very_plan_that_was_shown_is_let_go(rig: Rig) -> None:
    await rig.want(*range(4))
    plan = rig.told[-1]
    assert plan is not None
    assert not rig.worker.approve("another")
    await rig.worker.round()
    assert await rig.standing() == list(range(10))
    assert rig.worker.approve(plan.id)
    await rig.worker.round()
    assert await rig.standing() == list(range(4))
    assert rig.told[-1] is None


async def test_what_comes_after_an_approval_is_held_by_itself(rig: Rig) -> None:
    await rig.want(*range(6))
    plan = rig.told[-1]
    assert plan is not None
    rig.worker.approve(plan.id)
    await rig.want(0)
    await rig.worker.round()
    assert await rig.standing() == list(range(6))
    assert rig.held == [name(n) for n in range(1, 6)]


async def test_an_approval_outlasts_an_outage_and_no_second_thought(rig: Rig) -> None:
    await rig.want(*range(4))
    plan = rig.told[-1]
    assert plan is not None
    rig.provider.apply_errors.append(Unavailable("away"))
    rig.worker.approve(plan.id)
    await rig.worker.round()
    rig.worker.mark_all()
    await rig.worker.round()
    assert await rig.standing() == list(range(4))


async def test_an_approval_ends_with_what_it_was_for(rig: Rig) -> None:
    await rig.want(*range(4))
    plan = rig.told[-1]
    assert plan is not None
    rig.worker.approve(plan.id)
    await rig.want(*range(10))  # before the round: everything is wanted again
    await rig.want(*range(4))
    assert await rig.standing() == list(range(10))
    assert rig.held == [name(n) for n in range(4, 10)]


async def test_a_delete_that_fails_is_not_counted_twice(rig: Rig) -> None:
    rig.provider.apply_errors.append(Unavailable("away"))
    await rig.want(*range(7))
    rig.worker.mark_all()
    await rig.worker.round()
    assert await rig.standing() == list(range(7))


async def test_names_that_have_come_meanwhile_count_as_well(rig: Rig) -> None:
    await rig.want(*range(9))
    await rig.want(*range(9), *range(10, 40))
    await rig.want(*range(5), *range(10, 40))
    assert await rig.standing() == [*range(5), *range(10, 40)]


async def test_a_change_of_type_is_no_delete(rig: Rig) -> None:
    wanted = {n: Endpoint.wanted(name(n), "CNAME", ["lb.example.net"]) for n in range(10)}
    for number, endpoint in wanted.items():
        rig.worker.mark(rig.desired.put("default", str(number), {0: endpoint}))
    await rig.worker.round()
    assert await rig.standing() == []
    assert sum(rtype == "CNAME" for _, rtype in await rig.provider.standing()) == 10


async def test_without_a_brake_all_goes() -> None:
    rig = Rig(Brake(100, 10))
    await rig.want(*range(10))
    await rig.want()
    assert await rig.standing() == []
    assert rig.told == []
