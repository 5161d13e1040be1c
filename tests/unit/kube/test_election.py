"""Replicas, one lease, and a clock: who leads when, and until when each of them may write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from unit.kube.passing import Clock, Leases, settled
from zonewright.fence import Fence
from zonewright.kube.api import Api
from zonewright.kube.election import FENCE, LOOK, RENEW, Election
from zonewright.kube.identity import Identity
from zonewright.kube.lease import DURATION


class Replicas:
    """Replicas by name. Each asks to lead as soon as it is there."""

    def __init__(self) -> None:
        self.clock, self.leases = Clock(), Leases()
        self.elections: dict[str, Election] = {}
        self.dead: set[int] = set()

    def start(self, name: str, host: str = "") -> Election:
        me = Identity(host or name, "8f3a363d", 1, len(self.elections) + 1, 1)
        election = self.elections[name] = Election(
            cast("Api", self.leases.way(name)),
            "ns",
            "lease",
            me,
            Fence(self.clock),
            clock=self.clock,
            sleep=self.clock.sleep,
            lives=lambda pid, start: pid not in self.dead,
        )
        election.start()
        election._wanted.set()
        return election

    def writers(self) -> list[str]:
        return [name for name, election in self.elections.items() if election.fence.is_open]

    async def freeze(self, name: str) -> None:
        """It does nothing any more, as a process that was stopped."""
        task = self.elections[name]._task
        assert task is not None
        task.cancel()
        await settled()


@pytest.fixture
async def replicas() -> AsyncIterator[Replicas]:
    made = Replicas()
    yield made
    for election in made.elections.values():
        await election.release()


async def test_the_first_one_leads_and_goes_on_and_the_others_know_it(replicas: Replicas) -> None:
    a, b = replicas.start("a"), replicas.start("b")
    for _ in range(60):
        await replicas.clock.pass_by(1.0)
        assert replicas.writers() == ["a"]
    assert (a.leader, b.leader) == ("", "a_8f3a363d_1_1_1")
    assert replicas.leases.stored is not None
    assert replicas.leases.stored["spec"]["leaseTransitions"] == 0


async def test_after_a_crash_another_one_leads_when_the_lease_has_run_out_and_not_before(replicas: Replicas) -> None:
    replicas.start("a"), replicas.start("b")
    await replicas.clock.pass_by(10.0)
    await replicas.freeze("a")
    waited = 0.0
    while "b" not in replicas.writers():
        await replicas.clock.pass_by(0.1)
        waited += 0.1
        assert len(replicas.writers()) <= 1
    assert DURATION - RENEW <= waited <= DURATION + 2 * LOOK + 0.2


async def test_seconds_lie_between_the_last_write_of_one_and_the_first_of_the_next(replicas: Replicas) -> None:
    replicas.start("a"), replicas.start("b")
    await replicas.clock.pass_by(10.0)
    replicas.leases.away.add("a")  # it lives, and is cut off
    last = first = replicas.clock.now
    while "b" not in replicas.writers():
        await replicas.clock.pass_by(0.1)
        last = replicas.clock.now if "a" in replicas.writers() else last
        first = replicas.clock.now
    assert first - last >= DURATION - FENCE - 0.2


async def test_one_that_was_cut_off_and_whose_place_is_taken_is_a_standby_again(replicas: Replicas) -> None:
    a, _ = replicas.start("a"), replicas.start("b")
    await replicas.clock.pass_by(10.0)
    replicas.leases.away.add("a")
    await replicas.clock.pass_by(20.0)
    assert replicas.writers() == ["b"]
    replicas.leases.away.clear()
    await replicas.clock.pass_by(5.0)
    await a.lost()
    assert a.fence.is_closed
    assert replicas.writers() == ["b"]
    a._wanted.set()  # when it has cleared up
    await replicas.clock.pass_by(2.0)
    assert a.leader == "b_8f3a363d_1_2_1"


async def test_one_that_was_cut_off_and_whose_place_is_free_goes_on(replicas: Replicas) -> None:
    a = replicas.start("a")
    await replicas.clock.pass_by(10.0)
    replicas.leases.away.add("a")
    await replicas.clock.pass_by(600.0)
    assert not a.fence.is_open
    assert not a.fence.is_closed  # who waits may hope
    replicas.leases.away.clear()
    await replicas.clock.pass_by(1.0)
    assert replicas.writers() == ["a"]
    assert not a._lost.is_set()


async def test_all_are_cut_off_and_come_back_the_old_one_goes_on_or_one_other_leads(replicas: Replicas) -> None:
    replicas.start("a"), replicas.start("b")
    await replicas.clock.pass_by(10.0)
    replicas.leases.away |= {"a", "b"}
    await replicas.clock.pass_by(600.0)
    assert replicas.writers() == []
    replicas.leases.away.clear()
    for _ in range(20):
        await replicas.clock.pass_by(0.3)
        assert len(replicas.writers()) <= 1
    assert len(replicas.writers()) == 1


async def test_a_renewal_without_answer_counts_from_when_it_is_known_to_have_landed(replicas: Replicas) -> None:
    a = replicas.start("a")
    await replicas.clock.pass_by(10.0)
    replicas.leases.unheard.add("a")
    await replicas.clock.pass_by(FENCE + RENEW)
    assert not a.fence.is_open
    replicas.leases.unheard.clear()
    await replicas.clock.pass_by(1.0)
    assert replicas.writers() == ["a"]


async def test_a_lease_that_is_handed_back_is_taken_at_the_next_look(replicas: Replicas) -> None:
    a, b = replicas.start("a"), replicas.start("b")
    await replicas.clock.pass_by(10.0)
    await a.release()
    assert (replicas.writers(), replicas.leases.holder) == ([], "")
    await replicas.clock.pass_by(LOOK)
    assert replicas.writers() == ["b"]
    assert b.leader == ""


async def test_a_lease_is_handed_back_though_the_last_renewal_had_no_answer(replicas: Replicas) -> None:
    a = replicas.start("a")
    replicas.leases.unheard.add("a")
    await replicas.clock.pass_by(1.0)
    replicas.leases.unheard.clear()
    await replicas.clock.pass_by(1.0)
    replicas.leases.unheard.add("a")
    await replicas.clock.pass_by(RENEW)
    replicas.leases.unheard.clear()
    await a.release()
    assert replicas.leases.holder == ""


async def test_a_standby_that_leaves_does_not_touch_the_lease(replicas: Replicas) -> None:
    a, b = replicas.start("a"), replicas.start("b")
    await replicas.clock.pass_by(5.0)
    await b.release()
    await replicas.clock.pass_by(5.0)
    assert replicas.leases.holder == a._me
    assert replicas.writers() == ["a"]


async def test_a_holder_that_is_proven_dead_is_not_waited_for(replicas: Replicas) -> None:
    replicas.start("a", host="here")
    await replicas.clock.pass_by(5.0)
    await replicas.freeze("a")
    replicas.dead.add(1)
    replicas.start("b", host="here")
    await settled()
    assert replicas.elections["b"].leader == ""


async def test_a_lease_that_somebody_deletes_stays_with_its_holder(replicas: Replicas) -> None:
    replicas.start("a"), replicas.start("b")
    await replicas.clock.pass_by(10.5)
    replicas.leases.stored = None
    for _ in range(30):
        await replicas.clock.pass_by(0.5)
        assert replicas.writers() == ["a"]
    assert replicas.leases.holder == replicas.elections["a"]._me


async def test_who_relies_on_a_lease_that_nobody_looks_after_is_told(replicas: Replicas) -> None:
    a = replicas.start("a")
    await replicas.clock.pass_by(5.0)
    waiting = asyncio.create_task(a.lost())
    await replicas.freeze("a")
    with pytest.raises(RuntimeError, match="not looked after"):
        await waiting


async def test_of_many_who_find_no_lease_one_leads(replicas: Replicas) -> None:
    for number in range(5):
        replicas.start(f"r{number}")
    await replicas.clock.pass_by(3.0)
    assert len(replicas.writers()) == 1
