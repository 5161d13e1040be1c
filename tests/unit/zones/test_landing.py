from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest

from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint
from zonewright.model.zone import Zone
from zonewright.providers.base import (
    Capabilities,
    Changed,
    Denied,
    Failure,
    Normalized,
    ProviderError,
    Rejected,
    Throttled,
    Unavailable,
)
from zonewright.zones.landing import land

ZONE = Zone("example.org", "z1")


def units(count: int) -> list[Unit]:
    names = [f"n{i}.example.org" for i in range(count)]
    return [Unit(name, (Change(None, Endpoint.found(name, "A", ["192.0.2.1"])),)) for name in names]


class Picky:
    """A provider that fails a batch as a whole when `error_of` says so of its units."""

    name = "picky"

    def __init__(self, error_of: Callable[[Sequence[Unit]], ProviderError | None], *, atomic: bool = True) -> None:
        self.capabilities = Capabilities(atomic=atomic)
        self._error_of = error_of
        self.calls = 0
        self.held: list[str] = []

    async def apply(self, zone: Zone, batch: Sequence[Unit]) -> Sequence[Failure]:
        self.calls += 1
        if error := self._error_of(batch):
            raise error
        self.held += [unit.name for unit in batch]
        return []

    async def zones(self) -> Sequence[Zone]:
        return [ZONE]

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        return []

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        return Normalized({})

    async def close(self) -> None:
        pass


def refuses(error: ProviderError, *names: str) -> Callable[[Sequence[Unit]], ProviderError | None]:
    return lambda batch: error if any(unit.name in names for unit in batch) else None


@pytest.mark.parametrize("error", [Rejected("bad"), Unavailable("500")], ids=["rejected", "server error"])
@pytest.mark.parametrize("position", [0, 511, 999])
async def test_one_bad_unit_among_a_thousand_is_alone_after_log2_calls(error: ProviderError, position: int) -> None:
    provider = Picky(refuses(error, f"n{position}.example.org"))
    landing = await land(provider, ZONE, units(1000))
    assert len(landing.landed) == len(provider.held) == 999
    assert [failure.unit.name for failure in landing.failures] == [f"n{position}.example.org"]
    by_halves = math.ceil(math.log2(1000))
    # The batch, the unit by itself, all others; and where it may be an outage, halves as long as nothing lands.
    assert provider.calls <= (3 + by_halves if isinstance(error, Rejected) else 1 + 2 * by_halves)


async def test_every_bad_unit_is_found_however_many_there_are() -> None:
    bad = {"n0.example.org", "n7.example.org", "n8.example.org", "n63.example.org"}
    landing = await land(Picky(refuses(Rejected("bad"), *bad)), ZONE, units(64))
    assert {failure.unit.name for failure in landing.failures} == bad
    assert len(landing.landed) == 60


async def test_an_outage_costs_three_calls_not_two_thousand() -> None:
    provider = Picky(lambda _: Unavailable("down"))
    landing = await land(provider, ZONE, units(1000))
    assert provider.calls == 3
    assert (len(landing.landed), len(landing.failures)) == (0, 1000)
    assert landing.doubtful


@pytest.mark.parametrize(
    "error", [Throttled("picky", 5.0), Denied("no"), Changed("moved")], ids=lambda e: type(e).__name__
)
async def test_what_is_true_of_the_whole_batch_is_not_split(error: ProviderError) -> None:
    provider = Picky(lambda _: error)
    landing = await land(provider, ZONE, units(10))
    assert provider.calls == 1
    assert [failure.error for failure in landing.failures] == [error] * 10


@pytest.mark.parametrize(
    ("error", "atomic", "doubtful"),
    [
        pytest.param(Rejected("bad"), True, False, id="an atomic batch that is refused leaves nothing behind"),
        pytest.param(Rejected("bad"), False, True, id="a batch that is not atomic may have landed in part"),
        pytest.param(Unavailable("cut"), True, True, id="without an answer nobody knows"),
        pytest.param(Changed("moved"), True, True, id="the zone is not as we thought"),
    ],
)
async def test_doubt_about_the_zone(error: ProviderError, atomic: bool, doubtful: bool) -> None:
    landing = await land(Picky(lambda _: error, atomic=atomic), ZONE, units(1))
    assert landing.doubtful is doubtful


async def test_fates_that_the_provider_tells_are_taken_over() -> None:
    class Telling(Picky):
        async def apply(self, zone: Zone, batch: Sequence[Unit]) -> Sequence[Failure]:
            return [Failure(batch[1], Rejected("this one"))]

    batch = units(3)
    landing = await land(Telling(lambda _: None), ZONE, batch)
    assert landing.landed == [batch[0], batch[2]]
    assert [failure.unit for failure in landing.failures] == [batch[1]]
    assert not landing.doubtful
