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
from zonewright.zones import worker as worker_module
from zonewright.zones.braking import WINDOW
from zonewright.zones.desired import Desired
from zonewright.zones.surroundings import Surroundings
from zonewright.zones.worker import ZoneWorker


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

    async def ripen(self) -> None:
        """What `run` does when time has passed."""
        self.worker.mark(self.worker._braking.ripe(worker_module.monotonic()))
        await self.worker.round()

    async def standing(self) -> list[int]:
        return sorted(int(n[1:3]) for n, rtype in await self.provider.standing() if rtype == "A")

    @property
    def held(self) -> list[str] | None:
        plan = self.told[-1] if self.told else None
        return [record.name for record in plan.records] if plan else None


async def ten() -> Rig:
    """With ten names that stand."""
    rig = Rig()
    await rig.want(*range(10))
    assert await rig.standing() == list(range(10))
    return rig


async def test_a_plan_that_deletes_too_much_is_held_whole_and_told() -> None:
    rig = await ten()
    await rig.want(*range(6))
    assert await rig.standing() == list(range(10))
    assert rig.held == [name(n) for n in range(6, 10)]
    assert rig.told[-1] is not None
    assert rig.told[-1].owned == 10


async def test_deletes_alone_are_held() -> None:
    rig = await ten()
    await rig.want(*range(6), 20, 21)
    assert await rig.standing() == [*range(10), 20, 21]


async def test_not_too_much_goes_at_once() -> None:
    rig = await ten()
    await rig.want(*range(7))
    assert await rig.standing() == list(range(7))
    assert rig.told == []


async def test_what_is_held_stays_held_when_everything_is_looked_at_again() -> None:
    rig = await ten()
    await rig.want(*range(6))
    rig.worker.reread()
    await rig.worker.round()
    assert await rig.standing() == list(range(10))
    assert len(rig.told) == 1


async def test_deletes_that_come_in_drops_are_added_up() -> None:
    rig = Rig()
    await rig.want(*range(40))
    for left in range(39, 20, -1):
        await rig.want(*range(left))
    assert await rig.standing() == list(range(28))
    assert rig.held == [name(n) for n in range(21, 28)]
    assert rig.told[-1] is not None
    assert (rig.told[-1].owned, rig.told[-1].gone) == (40, 12)


async def test_in_a_small_zone_one_now_and_then_is_no_flood() -> None:
    rig = await ten()
    for left in (9, 8, 7, 6, 5):
        await rig.want(*range(left))
    assert await rig.standing() == list(range(5))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be set."""
    now = [1000.0]
    monkeypatch.setattr("zonewright.zones.worker.monotonic", lambda: now[0])
    monkeypatch.setattr("zonewright.zones.pace.monotonic", lambda: now[0])
    return now


async def test_deletes_far_apart_are_not_added_up(clock: list[float]) -> None:
    rig = Rig()
    await rig.want(*range(40))
    await rig.want(*range(30))
    clock[0] += WINDOW + 1
    await rig.want(*range(22))
    assert await rig.standing() == list(range(22))


GATHERING = Brake(30, 10, quiet=1.0)


async def test_deletes_wait_for_those_that_come_with_them(clock: list[float]) -> None:
    """So that a flood is held whole, and not what is left of it when it is noticed."""
    rig = Rig(GATHERING)
    await rig.want(*range(40))
    for left in range(39, 20, -1):
        await rig.want(*range(left))
        clock[0] += 0.1
    assert await rig.standing() == list(range(40))
    clock[0] += 1.0
    await rig.ripen()
    assert await rig.standing() == list(range(40))
    assert rig.held == [name(n) for n in range(21, 40)]


async def test_one_delete_waits_for_a_moment_and_goes(clock: list[float]) -> None:
    rig = Rig(GATHERING)
    await rig.want(*range(40))
    await rig.want(*range(39))
    clock[0] += 0.9
    await rig.ripen()
    assert await rig.standing() == list(range(40))
    clock[0] += 0.2
    await rig.ripen()
    assert await rig.standing() == list(range(39))


async def test_deletes_do_not_wait_for_ever_for_others(clock: list[float]) -> None:
    rig = Rig(GATHERING)
    await rig.want(*range(40))
    for left in range(39, 31, -1):
        await rig.want(*range(left))
        clock[0] += 0.9
        await rig.ripen()
    assert len(await rig.standing()) < 40


async def test_what_is_wanted_again_while_it_waits_does_not_go(clock: list[float]) -> None:
    rig = Rig(GATHERING)
    await rig.want(*range(40))
    await rig.want(*range(39))
    await rig.want(*range(40))
    clock[0] += 10
    await rig.ripen()
    assert await rig.standing() == list(range(40))


async def test_in_a_zone_too_small_for_a_brake_nothing_waits(clock: list[float]) -> None:
    rig = Rig(GATHERING)
    await rig.want(*range(5))
    await rig.want(*range(4))
    assert await rig.standing() == list(range(4))


async def test_creates_do_not_wait(clock: list[float]) -> None:
    rig = Rig(GATHERING)
    await rig.want(*range(20))
    await rig.want(*range(19), 30)
    assert await rig.standing() == [*range(20), 30]


async def test_what_is_wanted_again_is_not_held_any_more() -> None:
    rig = await ten()
    await rig.want(*range(4))
    await rig.want(*range(10))
    assert await rig.standing() == list(range(10))
    assert rig.told[-1] is None


async def test_what_is_left_of_a_flood_waits_for_who_puts_one_after_the_other_back(clock: list[float]) -> None:
    rig = Rig()
    await rig.want(*range(10))
    await rig.want(*range(4))
    for number in range(4, 9):
        clock[0] += WINDOW - 1
        await rig.want(*range(number + 1))
        await rig.ripen()
        rig.worker.mark_all()
        await rig.worker.round()
        assert await rig.standing() == list(range(10))
    assert rig.held == [name(9)]
    clock[0] += WINDOW + 1
    await rig.ripen()
    assert await rig.standing() == list(range(9))
    assert rig.told[-1] is None


async def test_the_very_plan_that_was_shown_is_let_go() -> None:
    rig = await ten()
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


async def test_what_comes_after_an_approval_is_held_by_itself() -> None:
    rig = await ten()
    await rig.want(*range(6))
    plan = rig.told[-1]
    assert plan is not None
    rig.worker.approve(plan.id)
    await rig.want(0)
    await rig.worker.round()
    assert await rig.standing() == list(range(6))
    assert rig.held == [name(n) for n in range(1, 6)]


async def test_an_approval_outlasts_an_outage_and_no_second_thought() -> None:
    rig = await ten()
    await rig.want(*range(4))
    plan = rig.told[-1]
    assert plan is not None
    rig.provider.apply_errors.append(Unavailable("away"))
    rig.worker.approve(plan.id)
    await rig.worker.round()
    rig.worker.mark_all()
    await rig.worker.round()
    assert await rig.standing() == list(range(4))


async def test_an_approval_ends_with_what_it_was_for() -> None:
    rig = await ten()
    await rig.want(*range(4))
    plan = rig.told[-1]
    assert plan is not None
    rig.worker.approve(plan.id)
    await rig.want(*range(10))  # before the round: everything is wanted again
    await rig.want(*range(4))
    assert await rig.standing() == list(range(10))
    assert rig.held == [name(n) for n in range(4, 10)]


async def test_a_delete_that_fails_is_not_counted_twice() -> None:
    rig = await ten()
    rig.provider.apply_errors.append(Unavailable("away"))
    await rig.want(*range(7))
    rig.worker.mark_all()
    await rig.worker.round()
    assert await rig.standing() == list(range(7))


async def test_names_that_have_come_meanwhile_count_as_well() -> None:
    rig = await ten()
    await rig.want(*range(9))
    await rig.want(*range(9), *range(10, 40))
    await rig.want(*range(5), *range(10, 40))
    assert await rig.standing() == [*range(5), *range(10, 40)]


async def test_a_change_of_type_is_no_delete() -> None:
    rig = await ten()
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
