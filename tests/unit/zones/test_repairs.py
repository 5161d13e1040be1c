from __future__ import annotations

import pytest

from unit.zones.test_braking import Rig, name
from unit.zones.test_worker import Flaky, a
from unit.zones.test_worker import Rig as Plain
from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.providers.inmemory import InMemory
from zonewright.zones.repairs import MOST, Repairs

WWW = "www.example.org"


@pytest.fixture
def rig() -> Plain:
    return Plain(Flaky())


def unit(target: str = "192.0.2.1", *, ttl: int | None = None) -> Unit:
    return Unit(WWW, (Change(None, Endpoint.wanted(WWW, "A", [target], ttl=ttl)),))


def test_a_repair_is_repeated_five_times_and_then_rarely() -> None:
    repairs = Repairs()
    waits = []
    for n in range(MOST + 3):
        found = repairs.landed([unit()], now := n * 60.0)
        waits += [round(due - now, -1) for _, due in found.values()]
    assert len(waits) == 3
    assert all(50 <= wait <= 300 for wait in waits)


def test_another_effect_counts_anew() -> None:
    repairs = Repairs()
    for n in range(4 * MOST):
        assert repairs.landed([unit(ttl=60 + n % 2)], n * 60.0) == {}


def test_what_has_held_for_hours_counts_anew() -> None:
    repairs = Repairs()
    for n in range(4 * MOST):
        assert repairs.landed([unit()], n * 8000.0) == {}


def test_what_is_long_past_is_not_kept() -> None:
    repairs = Repairs()
    for n in range(1000):
        one = Unit(f"n{n}.example.org", (Change(None, Endpoint.wanted(f"n{n}.example.org", "A", ["192.0.2.1"])),))
        repairs.landed([one], n * 100.0)
    assert len(repairs._written) < 200


async def test_a_record_that_does_not_stay_is_told_unstable_and_written_rarely(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("zonewright.zones.worker.monotonic", lambda: now)
    monkeypatch.setattr("zonewright.zones.pace.monotonic", lambda: now)
    rig = Rig()
    await rig.want(0)
    (zone,) = await rig.provider.zones()
    written = 0
    for _ in range(60):  # an hour, in which somebody undoes each of our writes
        now += 60
        before = {r.name: r for r in await rig.provider.records(zone)}[name(0)]
        theirs = Endpoint.found(name(0), "A", ["192.0.2.99"])
        await InMemory.apply(rig.provider, zone, [Unit(name(0), (Change(before, theirs),))])
        rig.worker.reread()
        await rig.worker.round()
        after = {r.name: r for r in await rig.provider.records(zone)}[name(0)]
        written += after.targets != theirs.targets
    assert MOST - 1 <= written < MOST + 8
    rig.worker.mark(rig.desired.put("default", "0", {0: a(name(0), "192.0.2.7")}))
    await rig.worker.round()
    assert (await rig.provider.standing())[(name(0), "A")] == ("192.0.2.7",), "another wish is followed at once"


async def test_who_asks_for_an_unstable_name_is_told(rig: Plain) -> None:
    rig.want(a(WWW))
    worker = rig.worker()
    for _ in range(MOST + 3):
        worker.reread()
        await worker.round()
        reason = rig.reason()
        (zone,) = await rig.provider.zones()
        standing = {r.name: r for r in await rig.provider.records(zone)}[WWW]
        theirs = Endpoint.found(WWW, "A", ["192.0.2.99"])
        await InMemory.apply(rig.provider, zone, [Unit(WWW, (Change(standing, theirs),))])
    assert reason is Reason.UNSTABLE
