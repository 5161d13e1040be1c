"""The contract of a registry: pure functions between records as they stand and records with owners."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import Protocol

from zonewright.model.change import Change
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.ownership import Held, Ownership
from zonewright.model.reason import Problem


class ZoneRecords(Protocol):
    """Record sets of a zone by name: what a snapshot offers to a registry. Names are spelled."""

    def names(self) -> Iterable[str]:
        """All names that have record sets."""
        ...

    def at(self, name: str) -> Sequence[Endpoint]:
        """The record sets of one name, ownership records among them; empty when there are none."""
        ...


class Registry(Protocol):
    """Knows the owner of each record set, and which ownership records go with a change.

    owner_id  "" where there is no ownership: then every record set counts as ours
    migrates  whether older forms of ownership records are cleared away at once, and not only when a record changes
    """

    owner_id: str

    @property
    def migrates(self) -> bool: ...

    def is_ownership(self, endpoint: Endpoint) -> bool:
        """Whether a record set of a zone is an ownership record, of anybody, and so no record of its own."""
        ...

    def held(self, name: str, records: ZoneRecords) -> tuple[Held, ...]:
        """The record sets of a name, without ownership records, each with its owner. O(1) in the size of the zone."""
        ...

    def orphans(self, name: str, records: ZoneRecords) -> tuple[Held, ...]:
        """Ownership records whose record set is missing, for the usual types at `name`.

        `Held.endpoint` then names the missing record set, without targets; its type is "" where that is not known.
        """
        ...

    def heirs(self, name: str, wanted: Set[Key], records: ZoneRecords) -> tuple[Held, ...]:
        """Of the record sets that are wanted at `name`, those that a migration makes ours, as if they were already.

        They are incomplete, so that an update writes their ownership. One without targets is the ownership record of
        a record set that is missing.
        """
        ...

    def obstacle(self, new: Endpoint, records: ZoneRecords) -> Problem | None:
        """Why no ownership record can be written for a record set that is to be created; None when it can.

        A record that nobody could own must not be created: it could never be changed or deleted again.
        """
        ...

    def unshareable(self, new: Endpoint) -> Problem | None:
        """Why a record set with these targets of ours cannot be shared with other owners; None when it can."""
        ...

    def owned_names(self, records: ZoneRecords) -> Iterable[str]:
        """Every name with a record set, or an orphan ownership record, of our own. Linear in the zone."""
        ...

    def create(self, new: Endpoint, ownership: Ownership, standing: Sequence[Endpoint]) -> tuple[Change, ...]:
        """Create a record set: its ownership record first, unless `standing` (proofs of an orphan) already says it."""
        ...

    def update(self, held: Held, new: Endpoint, ownership: Ownership) -> tuple[Change, ...]:
        """Bring a held record set to `new`, and its ownership record to `ownership` and today's form. May be empty."""
        ...

    def delete(self, held: Held) -> tuple[Change, ...]:
        """Delete a held record set and then its proofs; of an orphan only the proofs.

        One that other owners share stays, with their targets and their part of the proofs.
        """
        ...
