"""Where a wanted record set stands: what its object's status will say of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Problem, Reason


class State(StrEnum):
    """SYNCED: DNS holds it. PENDING: it will be tried again. FAILED: not published, somebody has to act."""

    SYNCED = "Synced"
    PENDING = "Pending"
    FAILED = "Failed"


_WAITING = frozenset({Reason.PENDING, Reason.THROTTLED, Reason.PROVIDER_UNAVAILABLE, Reason.DRY_RUN, Reason.DENIED})


@dataclass(frozen=True, slots=True)
class OwnershipRecord:
    """The ownership of a record set and where DNS says so; name and value are "" without a registry."""

    owner: str
    resource: str
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one wanted record set.

    endpoint  as it is published: after the provider's adjustments; None when it got nowhere
    retry_at  seconds since the epoch, when it will be tried again; None when only a change will do
    zone_id   the provider's own, where several zones may have one name; else ""
    caution   what people may not have meant though it is published as they asked; part of the message
    elsewhere  what became of it in other zones, where several have its name: as good as this one, or better
    fault     whether the provider has failed us, as opposed to: the wish cannot or may not be met
    """

    reason: Reason
    message: str
    endpoint: Endpoint | None = None
    zone: str = ""
    provider: str = ""
    ownership: OwnershipRecord | None = None
    retry_at: float | None = None
    fault: bool = False
    zone_id: str = ""
    caution: Problem | None = None
    elsewhere: tuple[Outcome, ...] = ()

    @property
    def state(self) -> State:
        if self.reason is Reason.SYNCED:
            return State.SYNCED
        return State.PENDING if self.reason in _WAITING else State.FAILED

    def failed(self, reason: Reason, message: str, retry_at: float | None) -> Outcome:
        """The same record set, after its change did not land."""
        return replace(
            self, reason=reason, message=message, retry_at=retry_at, ownership=None, fault=True, caution=None
        )
