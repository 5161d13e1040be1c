"""No registry: every record set counts as ours, and none has a companion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from zonewright.model.change import Change
from zonewright.model.endpoint import OWNER_LABEL, Endpoint, Key
from zonewright.model.ownership import Held, Ownership
from zonewright.model.reason import Problem, Reason
from zonewright.registry.base import ZoneRecords


class NoopRegistry:
    """Implements `registry.base.Registry`."""

    owner_id = ""
    migrates = False

    def is_ownership(self, endpoint: Endpoint) -> bool:
        return False

    def held(self, name: str, records: ZoneRecords) -> tuple[Held, ...]:
        # Labels that a snapshot still has of our own writes would be gone after a restart, so they never count.
        return tuple(Held(endpoint.with_labels({})) for endpoint in records.at(name))

    def orphans(self, name: str, records: ZoneRecords) -> tuple[Held, ...]:
        return ()

    def heirs(self, name: str, wanted: Set[Key], records: ZoneRecords) -> tuple[Held, ...]:
        return ()

    def owned_names(self, records: ZoneRecords) -> Iterable[str]:
        return records.names()

    def obstacle(self, new: Endpoint, records: ZoneRecords) -> Problem | None:
        return None

    def unshareable(self, new: Endpoint) -> Problem | None:
        return Problem(Reason.INVALID_ANNOTATION, "annotation shared: --registry=noop knows no owners")

    def create(self, new: Endpoint, ownership: Ownership, standing: Sequence[Endpoint]) -> tuple[Change, ...]:
        return (Change(None, _labelled(new, ownership)),)

    def update(self, held: Held, new: Endpoint, ownership: Ownership) -> tuple[Change, ...]:
        if new.with_labels({}) == held.endpoint.with_labels({}):
            return ()
        return (Change(held.endpoint, _labelled(new, ownership)),)

    def delete(self, held: Held) -> tuple[Change, ...]:
        return (Change(held.endpoint, None),)


def _labelled(endpoint: Endpoint, ownership: Ownership) -> Endpoint:
    return endpoint.with_labels({key: value for key, value in ownership.labels().items() if key != OWNER_LABEL})
