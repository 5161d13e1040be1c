"""Edits without transactions: undone where a later one fails, and none is begun after an outage."""

from __future__ import annotations

import pytest

from zonewright.model.change import Unit
from zonewright.providers.base import Denied, ProviderError, Rejected, Throttled, Unavailable
from zonewright.providers.steps import Steps


class Store:
    """Steps are "+x" and "-x"; errors: by step, each raised once."""

    def __init__(self, errors: dict[str, ProviderError] | None = None) -> None:
        self.held: set[str] = {"old"}
        self.done: list[str] = []
        self.errors = dict(errors or {})

    async def carry_out(self, step: str) -> str | None:
        if step in self.errors:
            raise self.errors.pop(step)
        self.done.append(step)
        self.held.symmetric_difference_update({step[1:]})
        return ("-" if step[0] == "+" else "+") + step[1:]


def unit(name: str) -> Unit:
    return Unit(name, ())


async def test_all_steps_of_a_unit_are_done_in_their_order() -> None:
    store = Store()
    assert await Steps(store.carry_out).run([(unit("a"), ["+own", "+a", "-old"])]) == []
    assert store.done == ["+own", "+a", "-old"]


async def test_what_was_done_of_a_unit_that_fails_is_undone_in_reverse() -> None:
    store = Store({"+bad": Rejected("no")})
    (failure,) = await Steps(store.carry_out).run([(unit("a"), ["+own", "-old", "+bad"])])
    assert (failure.unit.name, isinstance(failure.error, Rejected)) == ("a", True)
    assert store.done == ["+own", "-old", "+old", "-own"]
    assert store.held == {"old"}


async def test_nothing_is_undone_where_nobody_knows_whether_the_last_step_was_done() -> None:
    store = Store({"+a": Unavailable("no answer")})
    (failure,) = await Steps(store.carry_out).run([(unit("a"), ["+own", "+a"])])
    assert isinstance(failure.error, Unavailable)
    assert store.held == {"old", "own"}


async def test_a_refused_unit_does_not_stop_the_others() -> None:
    store = Store({"+b": Rejected("no")})
    failures = await Steps(store.carry_out).run([(unit(name), [f"+{name}"]) for name in "abc"])
    assert [failure.unit.name for failure in failures] == ["b"]
    assert store.held == {"old", "a", "c"}


@pytest.mark.parametrize("error", [Throttled("x"), Unavailable("x"), Denied("x")], ids=["busy", "away", "denied"])
async def test_after_an_outage_no_other_unit_is_begun(error: ProviderError) -> None:
    store = Store({"+n0": error})
    names = [f"n{number}" for number in range(50)]
    failures = await Steps(store.carry_out).run([(unit(name), [f"+{name}"]) for name in names])
    assert len(failures) >= 40
    assert len(store.done) <= 10
    assert all(failure.error is error for failure in failures)


async def test_what_cannot_be_undone_is_told(caplog: pytest.LogCaptureFixture) -> None:
    store = Store({"+bad": Rejected("no"), "-own": Unavailable("away")})
    (failure,) = await Steps(store.carry_out).run([(unit("a"), ["+own", "+bad"])])
    assert isinstance(failure.error, Rejected)
    assert "could not be undone" in caplog.text
