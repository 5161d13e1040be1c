"""A replica that does not lead any more sends nothing to any provider, also in the middle of a batch."""

from __future__ import annotations

from collections.abc import Sequence

from contract.build import create, record
from contract.conftest import Subject
from contract.test_contract import standing
from zonewright.model.change import Unit
from zonewright.providers.base import Failure, ProviderError
from zonewright.providers.fenced import NotLeading
from zonewright.providers.sending import asking

NAMES = 30


class Permission:
    """For so many questions. asked: how many there have been."""

    def __init__(self, granted: int) -> None:
        self.asked = 0
        self._granted = granted

    def __call__(self) -> None:
        self.asked += 1
        if self.asked > self._granted:
            raise NotLeading("not any more")


def units(subject: Subject) -> list[Unit]:
    return [create(record(f"n{number}.{subject.domain}", "A", "192.0.2.1")) for number in range(NAMES)]


async def errors(subject: Subject, permission: Permission, wanted: Sequence[Unit]) -> list[ProviderError]:
    """What is told of a batch."""
    with asking(permission):
        try:
            failures: Sequence[Failure] = await subject.provider.apply(subject.zone, wanted)
        except ProviderError as e:
            return [e]
    return [failure.error for failure in failures]


async def test_without_permission_no_request_of_a_batch_goes_out(subject: Subject) -> None:
    await standing(subject)
    before = subject.provider.traffic.requests
    told = await errors(subject, Permission(0), units(subject))
    assert {type(error) for error in told} == {NotLeading}
    assert subject.provider.traffic.requests == before
    assert await standing(subject) == []


async def test_where_permission_ends_in_the_middle_no_other_request_goes_out(subject: Subject) -> None:
    await standing(subject)
    before = subject.provider.traffic.requests
    permission = Permission(2)
    told = await errors(subject, permission, units(subject))
    sent = subject.provider.traffic.requests - before
    assert sent <= 2
    if permission.asked > 2:
        assert NotLeading in {type(error) for error in told}
        assert len(await standing(subject)) < NAMES


async def test_reading_needs_no_permission(subject: Subject) -> None:
    assert [zone.name for zone in await subject.provider.zones()] == [subject.zone.name]
    assert await standing(subject) == []
