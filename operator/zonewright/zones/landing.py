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
    """Apply a batch, with as few calls as isolating its bad units takes: log₂(units) and a few for one of them."""
    result = Landing()
    await _land(provider, zone, list(units), result)
    return result


async def _land(provider: Provider, zone: Zone, units: list[Unit], result: Landing) -> None:
    error = await _try(provider, zone, units, result)
    if error is not None:
        await _isolate(error, provider, zone, units, result)


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


async def _isolate(error: ProviderError, provider: Provider, zone: Zone, units: list[Unit], result: Landing) -> None:
    """A batch that failed as a whole: find one unit that is to blame, and send all others together.

    One half is tried. If it lands, the other one is to blame; if it does not, the other one waits. Where the others do
    not land together either, there are more to blame: then each half of them is tried.
    """
    suspects, others = units, list[Unit]()
    reachable = isinstance(error, Rejected)  # or else it may be an outage, which some providers tell alike
    fault: ProviderError | None = error  # of the suspects; None where it is not they that were tried
    while len(suspects) > 1 and not (fault and _concerns_all(fault)):
        first, second = suspects[: len(suspects) // 2], suspects[len(suspects) // 2 :]
        found = await _try(provider, zone, first, result)
        if found is None:
            suspects, fault, reachable = second, None, True
        elif reachable:
            suspects, fault, others = first, found, second + others
        else:
            halves = [(first, found), (second, await _try(provider, zone, second, result))]
            await _split_further(halves, provider, zone, result)
            return
    if fault is None:
        fault = await _try(provider, zone, suspects, result)
    if fault is not None:
        result.failures += [Failure(unit, fault) for unit in suspects]
    if others and fault is not None and _concerns_all(fault):
        result.failures += [Failure(unit, fault) for unit in others]
    elif others and (found := await _try(provider, zone, others, result)) is not None:
        await _split(found, provider, zone, others, result)


async def _split(error: ProviderError, provider: Provider, zone: Zone, units: list[Unit], result: Landing) -> None:
    """A batch in which several are to blame: its halves, where that can help."""
    if len(units) == 1 or _concerns_all(error):
        result.failures += [Failure(unit, error) for unit in units]
        return
    middle = len(units) // 2
    halves = [(half, await _try(provider, zone, half, result)) for half in (units[:middle], units[middle:])]
    await _split_further(halves, provider, zone, result)


async def _split_further(
    halves: Sequence[tuple[list[Unit], ProviderError | None]], provider: Provider, zone: Zone, result: Landing
) -> None:
    """Some providers answer an outage and a bad record alike, with a server error: then halves are split only when one
    of them has landed."""
    outage = all(isinstance(error, Unavailable) for _, error in halves)
    for half, error in halves:
        if outage and error is not None:
            result.failures += [Failure(unit, error) for unit in half]
        elif error is not None:
            await _split(error, provider, zone, half, result)


def _concerns_all(error: ProviderError) -> bool:
    """Whether an error is true of each half as well."""
    return isinstance(error, Throttled | Denied | Changed)


def _in_doubt(provider: Provider, error: ProviderError) -> bool:
    """Whether an error leaves open what the zone holds now."""
    if isinstance(error, Rejected | Throttled | Denied):
        return not provider.capabilities.atomic
    return True
