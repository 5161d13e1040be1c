"""Whose a record is, as a value. How it is written into DNS is the registry's affair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from zonewright.model.endpoint import OWNER_LABEL, RESOURCE_LABEL, RETAIN_LABEL, SHARED_LABEL, Endpoint


@dataclass(frozen=True, slots=True)
class Ownership:
    """owner: the id of the installation; resource: "kind/namespace/name" or ""; extra: further labels, sorted."""

    owner: str
    resource: str = ""
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def retains(self) -> bool:
        """Whether the record set is to stay when the object that asks for it goes: known to DNS alone by then."""
        return (RETAIN_LABEL, "true") in self.extra

    @property
    def outlasted(self) -> str | None:
        """The object that the record set is to outlast: DNS must tell when that is gone. None where it goes along."""
        return self.resource if self.retains else None

    @property
    def stated(self) -> tuple[str, ...] | None:
        """The targets of this owner in a record set that several may have; None where it is not shared."""
        targets = dict(self.extra).get(SHARED_LABEL)
        return None if targets is None else tuple(targets.split())

    def labels(self) -> dict[str, str]:
        """As labels of an endpoint."""
        labels = dict(self.extra) | {OWNER_LABEL: self.owner}
        return labels | {RESOURCE_LABEL: self.resource} if self.resource else labels


class Share(NamedTuple):
    """What one of the owners of a shared record set states: the targets that are its own."""

    owner: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A record set that stands in a zone, with what is known of its owner.

    endpoint   the record set, with the ownership joined as labels
    ownership  None: nobody has said that it is theirs
    proofs     the ownership records that say so, as they stand in the zone; the first one is in today's form
    complete   whether an ownership record in today's form is among them
    sharers    what the other owners of a shared record set state, by owner
    """

    endpoint: Endpoint
    ownership: Ownership | None = None
    proofs: tuple[Endpoint, ...] = ()
    complete: bool = True
    sharers: tuple[Share, ...] = ()

    @property
    def shared(self) -> bool:
        """Whether other owners may have a part in it by now, even if they had none when the zone was read."""
        return bool(self.sharers) or (self.ownership is not None and self.ownership.stated is not None)

    @property
    def targets_of_others(self) -> tuple[str, ...]:
        """What the other owners of a shared record set have in it, sorted."""
        return tuple(sorted({target for share in self.sharers for target in share.targets}))
