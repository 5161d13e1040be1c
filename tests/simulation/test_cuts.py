"""Each thing that is done to a name, cut at each of its awaits, or with the answer lost after each of its changes.

A round awaits nothing but the provider: so to die at each of the provider's steps is to die at each await.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from simulation.referee import OWNER, is_text_of, standing_at
from simulation.scenario import Ask, Day, Event, Fault, Kill, Manner, Meddle, Meddling, Traits, Trouble, Want
from simulation.world import World, live

NAME = "n0.example.com"
BEGINS = 100  # seconds, when all that came before is done
TAKES = 330  # with a reading of the zones, for what only that finds
Standing = dict[str, tuple[str, bool]]  # by type: the target, and whether it is ours


def want(*asks: Ask) -> Want:
    return Want(NAME, 0, asks)


ONE, TWO = Ask("A", ("192.0.2.1",)), Ask("A", ("192.0.2.2",))
SIX = Ask("AAAA", ("2001:db8::1",))
ALIAS = Ask("CNAME", ("lb.example.org",))
THEIRS = Ask("A", ("203.0.113.5",))
A_ONE: Standing = {"A": ("192.0.2.1", True)}
A_TWO: Standing = {"A": ("192.0.2.2", True)}
BOTH: Standing = A_ONE | {"AAAA": ("2001:db8::1", True)}
CNAME: Standing = {"CNAME": ("lb.example.org", True)}

# What was there before, what happens, and what stands in the end.
OPERATIONS: Mapping[str, tuple[tuple[Event, ...], Event, Standing]] = {
    "create": ((), want(ONE), A_ONE),
    "create two types": ((), want(ONE, SIX), BOTH),
    "update": ((want(ONE),), want(TWO), A_TWO),
    "A to CNAME": ((want(ONE),), want(ALIAS), CNAME),
    "CNAME to A": ((want(ALIAS),), want(ONE), A_ONE),
    "A and AAAA to CNAME": ((want(ONE, SIX),), want(ALIAS), CNAME),
    "CNAME to A and AAAA": ((want(ALIAS),), want(ONE, SIX), BOTH),
    "delete": ((want(ONE),), want(), {}),
    "delete one of two types": ((want(ONE, SIX),), want(ONE), A_ONE),
    "adopt": ((Meddle(NAME, Meddling.OWN_A),), want(replace(THEIRS, adopt="equal")), {"A": ("203.0.113.5", True)}),
    "adopt and change": ((Meddle(NAME, Meddling.OWN_A),), want(replace(ONE, adopt="always")), A_ONE),
    "adopt for another type": ((Meddle(NAME, Meddling.OWN_CNAME),), want(replace(ONE, adopt="always")), A_ONE),
    "release": ((want(replace(ONE, retain=True)),), want(), {"A": ("192.0.2.1", False)}),
    "begin to retain": ((want(ONE),), want(replace(ONE, retain=True)), A_ONE),
    "bring back a record": ((want(ONE),), Meddle(NAME, Meddling.REMOVE), A_ONE),
    "bring back ownership": ((want(ONE),), Meddle(NAME, Meddling.DISOWN), A_ONE),
    "undo an edit": ((want(ONE),), Meddle(NAME, Meddling.RETARGET), A_ONE),
}
PROVIDERS = {
    "atomic": Traits(Manner.ATOMIC),
    "singles": Traits(Manner.SINGLES),
    "singles, no update in place": Traits(Manner.SINGLES, in_place=False),
    "aborting, small batches": Traits(Manner.ABORTING, batch_size=1),
}
operations = pytest.mark.parametrize("operation", OPERATIONS)
providers = pytest.mark.parametrize("provider", PROVIDERS)


def day(operation: str, provider: str, *trouble: Event, wary: bool = False) -> Day:
    before, event, _ = OPERATIONS[operation]
    events = (*((0, one) for one in before), *((BEGINS, one) for one in (*trouble, event)))
    return Day(events, PROVIDERS[provider], wary=wary)


def check(world: World, operation: str) -> None:
    """The referee has looked at the rest."""
    _, _, expected = OPERATIONS[operation]
    records = next(records for zone, records in world.server.zones.items() if NAME.endswith(zone.name))
    found = {e.rtype: (e.targets[0], world.referee.ours(records, e.key)) for e in standing_at(records, NAME)}
    assert found == expected
    assert sum(is_text_of(e, OWNER) for e in records.values()) == sum(ours for _, ours in expected.values())


def steps(operation: str, provider: str) -> Iterator[int]:
    """The provider's steps, while it is done without trouble."""
    world = live(day(operation, provider))
    check(world, operation)
    done = [at for at in world.steps if BEGINS <= at < BEGINS + TAKES]
    assert len(done) > 3
    yield from range(len(done))


@operations
@providers
def test_killed_at_any_await_the_next_process_comes_to_the_same_end(operation: str, provider: str) -> None:
    for step in steps(operation, provider):
        for landing in (0, 1, 99):
            check(live(day(operation, provider, Kill(step, landing))), operation)


@operations
@providers
def test_killed_at_any_await_a_wary_process_comes_to_the_same_end(operation: str, provider: str) -> None:
    for step in steps(operation, provider):
        check(live(day(operation, provider, Kill(step), wary=True)), operation)


@operations
@providers
@pytest.mark.parametrize("every", [1, 2])
def test_without_an_answer_after_any_change_the_same_process_goes_on(operation: str, provider: str, every: int) -> None:
    for done in range(8):
        check(live(day(operation, provider, Fault(Trouble.CUT, 6, every=every, after=done))), operation)
    check(live(day(operation, provider, Fault(Trouble.MUTE, 6, every=every))), operation)


@operations
@providers
def test_without_an_answer_and_then_killed_the_next_process_comes_to_the_same_end(
    operation: str, provider: str
) -> None:
    for step in steps(operation, provider):
        for trouble in (Fault(Trouble.MUTE, 1), Fault(Trouble.CUT, 1, after=1), Fault(Trouble.CUT, 1, after=2)):
            check(live(day(operation, provider, trouble, Kill(step))), operation)
