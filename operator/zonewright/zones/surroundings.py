"""What the worker of a zone is given of the rest of the program."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import Outcome
from zonewright.model.zone import Zone
from zonewright.planning.brake import HeldPlan
from zonewright.planning.plan import NamePlan
from zonewright.providers.base import ProviderError
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.strangers import Alarm


async def at_once() -> None:
    """Wait for nothing."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a worker needs to know of the rest.

    mine      whether a name belongs to this zone, and is not filtered
    holds     whether deletes of a name must wait: a source is not complete, or its DNSEndpoint is not written yet
    report    takes the outcomes of a round
    done      told after each round: None, or the first error of the provider in it
    observe   told of the plans of a round, before anything is done
    strangers  told when another installation may live under our owner id, and when that is over
    exists    whether the object that an ownership record names is there
    status    that of the DNSEndpoint with a namespace and name, as it was written last
    claimed   whether an object asks for a name, also one whose DNSEndpoint is not written yet
    published  whether a status of before the start says that a name was ours
    share     what a zone has of a wanted record set; None where that is for other zones alone
    wanted    the names that belong to a zone, of all that are wanted; where it is not given, all are looked through
    braked    told when deletes wait for a person, when they are others, and when none waits any more
    begin     returns when the first round may begin: when all that is wanted is known, or that takes too long
    divided  whether names of the zone may come to be another shard's, or be it already
    """

    desired: Desired
    mine: Callable[[Zone, str], bool]
    holds: Callable[[str], bool]
    report: Callable[[Mapping[Origin, Outcome]], None]
    done: Callable[[Zone, ProviderError | None], None]
    observe: Callable[[Zone, Sequence[NamePlan]], None] = lambda _, __: None
    strangers: Callable[[Zone, Alarm], None] = lambda _, __: None
    exists: Callable[[str], bool] = lambda _: False
    status: Callable[[str, str], Mapping[str, Any]] = lambda _, __: {}
    claimed: Callable[[str], bool] = lambda _: False
    published: Callable[[str], bool] = lambda _: False
    share: Callable[[Zone, Endpoint], Endpoint | None] = lambda _, endpoint: endpoint
    braked: Callable[[Zone, HeldPlan | None], None] = lambda _, __: None
    begin: Callable[[], Awaitable[None]] = at_once
    divided: bool = False
    wanted: Callable[[Zone], Iterable[str]] | None = None

    def names(self, zone: Zone) -> set[str]:
        """The wanted names of a zone."""
        if self.wanted is not None:
            return set(self.wanted(zone))
        return {name for name in self.desired.names() if self.mine(zone, name)}
