"""Whose a record is, as a value. How it is written into DNS is the registry's affair."""

from __future__ import annotations

from dataclasses import dataclass

from zonewright.model.endpoint import OWNER_LABEL, RESOURCE_LABEL, RETAIN_LABEL, Endpoint


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

    def labels(self) -> dict[str, str]:
        """As labels of an endpoint."""
        labels = dict(self.extra) | {OWNER_LABEL: self.owner}
        return labels | {RESOURCE_LABEL: self.resource} if self.resource else labels


@dataclass(frozen=True, slots=True)
class Held:
    """A record set that stands in a zone, with what is known of its owner.

    endpoint   the record set, with the ownership joined as labels
    ownership  None: nobody has said that it is theirs
    proofs     the ownership records that say so, as they stand in the zone; the first one is in today's form
    complete   whether an ownership record in today's form is among them
    """

    endpoint: Endpoint
    ownership: Ownership | None = None
    proofs: tuple[Endpoint, ...] = ()
    complete: bool = True
