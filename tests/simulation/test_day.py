"""A day of anything that may happen, in virtual time: what must never be never is, and at the end all is well.

A falsifying example is printed as a `Day`, with the events that are needed and no others. To look at one again, put it
into `live(...)`. More days: `make simulate SEEDS=5000`.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings

from simulation.scenario import Day, days
from simulation.world import live

SEEDS = int(os.environ.get("SEEDS", "0"))


def examples() -> int:
    """As many as asked for; else 100 in CI, and some by hand."""
    return SEEDS or (100 if settings.get_current_profile_name() == "ci" else 25)


@pytest.mark.timeout(0 if SEEDS else 600)  # a failure takes minutes to shrink
@settings(
    max_examples=examples(),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(days())
def test_after_a_day_of_trouble_dns_has_what_is_wanted_and_nobody_was_harmed(day: Day) -> None:
    live(day)
