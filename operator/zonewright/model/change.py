"""What to do to a zone: changes, grouped into units that land or fail together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from zonewright.model.endpoint import Endpoint, Key


class Action(StrEnum):
    """The order of the members is the order within a plan, so that plans, logs and tests are stable."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True)
class Change:
    """One record set: created (no `old`), updated (both, of one key) or deleted (no `new`)."""

    old: Endpoint | None
    new: Endpoint | None

    @property
    def action(self) -> Action:
        if self.old is None:
            return Action.CREATE
        return Action.DELETE if self.new is None else Action.UPDATE

    @property
    def endpoint(self) -> Endpoint:
        """What will stand, or for a delete what stood."""
        endpoint = self.new or self.old
        assert endpoint is not None, "a change has an old or a new side"  # noqa: S101
        return endpoint

    @property
    def key(self) -> Key:
        return self.endpoint.key


@dataclass(frozen=True, slots=True)
class Unit:
    """Changes that belong together: a record with its ownership record, or all sides of a change of type.

    name     the hostname that they are about
    changes  in the order in which they are sent: ownership first on create, last on delete
    """

    name: str
    changes: tuple[Change, ...]

    @property
    def keys(self) -> frozenset[Key]:
        return frozenset(change.key for change in self.changes)

    @property
    def deletes(self) -> bool:
        """Whether the unit only takes away."""
        return all(change.action is Action.DELETE for change in self.changes)
