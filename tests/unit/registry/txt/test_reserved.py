"""A place for an ownership record that somebody else has spoken for: as a TXT record of his own."""

from __future__ import annotations

import pytest

from unit.planning.builders import REGISTRY, record, says
from unit.planning.memoryzone import MemoryZone
from zonewright.model.reason import Reason


@pytest.mark.parametrize(
    ("owner", "reserved"),
    [
        pytest.param("other", True, id="by another owner"),
        pytest.param("me", False, id="by ourselves"),
    ],
)
def test_no_ownership_is_written_where_another_owner_would_take_it_for_a_record_of_his(
    owner: str, reserved: bool
) -> None:
    claim = record("TXT", says(owner), name="txt-a-www.example.com")
    problem = REGISTRY.obstacle(record("A"), MemoryZone([claim]))
    assert (problem is not None and problem.reason is Reason.OWNED_BY_OTHER) == reserved
