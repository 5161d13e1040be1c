from __future__ import annotations

import pytest

from zonewright.providers.base import Denied, ProviderError, Rejected, Throttled, Unavailable
from zonewright.zones.retries import Retries, delay

NAME = "www.example.org"


def test_a_name_waits_until_it_is_due() -> None:
    retries = Retries()
    due = retries.failed(NAME, Unavailable("down"), now=100.0)
    waiting = retries.waiting(NAME, 100.0)
    assert waiting is not None
    assert waiting[1] == due
    assert retries.due(due - 0.001) == []
    assert retries.due(due) == [NAME]
    assert retries.waiting(NAME, due) is None


def test_each_failure_doubles_the_wait_and_success_forgets_them() -> None:
    retries = Retries()
    waits = [retries.failed(NAME, Unavailable("down"), 0.0) for _ in range(4)]
    assert waits == sorted(waits)
    assert waits[3] > 3 * waits[0]
    retries.clear([NAME])
    assert NAME not in retries
    assert retries.failed(NAME, Unavailable("down"), 0.0) < 1.5


def test_the_next_due_time_is_the_earliest() -> None:
    retries = Retries()
    assert retries.next_due() is None
    retries.failed("late.example.org", Throttled("p", 50.0), 0.0)
    retries.failed("soon.example.org", Throttled("p", 5.0), 0.0)
    assert retries.next_due() == 5.0


@pytest.mark.parametrize(
    ("error", "least", "most"),
    [
        pytest.param(Throttled("p", 17.0), 17.0, 17.0, id="Retry-After is honoured to the second"),
        pytest.param(Throttled("p"), 0.5, 2.0, id="throttled without a time"),
        pytest.param(Unavailable("x"), 0.5, 2.0, id="an outage is tried soon"),
        pytest.param(Rejected("x"), 4.0, 6.0, id="what a person must mend is tried later"),
        pytest.param(Denied("x"), 4.0, 6.0, id="missing rights are tried later"),
    ],
)
def test_the_first_delay_follows_from_the_error(error: ProviderError, least: float, most: float) -> None:
    assert least <= delay(error, 1) <= most


def test_who_asks_for_no_pause_and_refuses_again_and_again_is_asked_less_often() -> None:
    assert delay(Throttled("p", 0.0), 1) >= 0.4
    assert delay(Throttled("p", 0.0), 8) >= 48.0
    assert delay(Throttled("p", 300.0), 8) == 300.0
