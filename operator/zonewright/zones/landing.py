"""Getting units into a zone: a refused batch is split until the bad unit is alone, and the rest lands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from zonewright.model.change import Unit
from zonewright.model.zone import Zone
from zonewright.providers.base import (
    Changed,
    Denied,
    Failure,
    Provider,
    ProviderError,
    Rejected,
    Throttled,
    Unavailable,
)
from zonewright.zones.snapshot import Snapshot


@dataclass(slots=True)
class Landing:
    """What became of a batch.

    landed    units that are in the zone now
    failures  units that are not, each with the error that tells why
    untidy    names of units that have landed and of which something is left that should be gone
    doubtful  whether the zone may hold something else than the snapshot says: read it again
    """

    landed: list[Unit] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    untidy: set[str] = field(default_factory=set)
    doubtful: bool = False

    def whole_outage(self) -> ProviderError | None:
        """The error where nothing has landed and the fault is not in the units; None otherwise."""
        errors = [failure.error for failure in self.failures]
        outage = bool(errors) and not self.landed and not any(isinstance(e, Rejected) for e in errors)
        return errors[0] if outage else None


async def land_all(provider: Provider, zone: Zone, groups: Iterable[Sequence[Unit]], snapshot: Snapshot) -> Landing:
    """Batches one after another; what has landed goes into the snapshot at once. Ends with the first that gets nowhere:
    the rest would fare no better."""
    result = Landing()
    remaining = list(groups)
    while remaining:
        one = await land(provider, zone, remaining.pop(0))
        snapshot.apply(one.landed)
        result.landed += one.landed
        result.failures += one.failures
        result.untidy |= one.untidy
        result.doubtful |= one.doubtful
        if (error := one.whole_outage()) is not None:
            result.failures += [Failure(unit, error) for group in remaining for unit in group]
            break
    return result


async def land(provider: Provider, zone: Zone, units: Sequence[Unit]) -> Landing:
    """Apply a batch, with as few calls as isolating its bad units takes: about 2·log₂(units) for one of them."""
    result = Landing()
    await _land(provider, zone, list(units), result)
    return result


async def _land(provider: Provider, zone: Zone, units: list[Unit], result: Landing) -> None:
    error = await _try(provider, zone, units, result)
    if error is not None:
        await _split(error, provider, zone, units, result)


async def _try(provider: Provider, zone: Zone, units: list[Unit], result: Landing) -> ProviderError | None:
    """Apply once. The error of a batch that failed as a whole; None when each unit's fate is known."""
    try:
        failures = await provider.apply(zone, units)
    except ProviderError as e:
        result.doubtful |= _in_doubt(provider, e)
        return e
    failed = [failure for failure in failures if not failure.landed]
    result.failures += failed
    lost = {id(failure.unit) for failure in failed}
    result.landed += [unit for unit in units if id(unit) not in lost]
    result.untidy |= {failure.unit.name for failure in failures if failure.landed}
    result.doubtful |= any(_in_doubt(provider, failure.error) for failure in failed)
    return None


async def _split(error: ProviderError, provider: Provider, zone: Zone, units: list[Unit], result: Landing) -> None:
    """A batch that failed as a whole: its halves, where that can help.

    Throttled, Denied and Changed are true of each half as well. Some providers answer an outage and a bad record alike,
    with a server error: then both halves are tried, and split further only when one of them has landed.
    """
    if len(units) == 1 or isinstance(error, Throttled | Denied | Changed):
        result.failures += [Failure(unit, error) for unit in units]
        return
    middle = len(units) // 2
    halves = units[:middle], units[middle:]
    errors = [await _try(provider, zone, half, result) for half in halves]
    outage = all(isinstance(e, Unavailable) for e in errors)
    for half, e in zip(halves, errors, strict=True):
        if outage and e is not None:
            result.failures += [Failure(unit, e) for unit in half]
        elif e is not None:
            await _split(e, provider, zone, half, result)


def _in_doubt(provider: Provider, error: ProviderError) -> bool:
    """Whether an error leaves open what the zone holds now."""
    if isinstance(error, Rejected | Throttled | Denied):
        return not provider.capabilities.atomic
    return True
