"""From single record sets to units: what lands or fails together, and in which order.

A step is what happens to one record set. The phases of a step are the order that a cut or a failure half-way needs:
ownership is written before its record, so that no record is ever without; it goes after its record. When types give
way to each other, the old record sets go before the new ones come, since they cannot stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zonewright.model.change import Action, Change, Unit
from zonewright.model.endpoint import Key
from zonewright.planning.situation import exclude_each_other

_ORDER = {action: index for index, action in enumerate(Action)}


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one record set, by phase.

    key      the record set; its type is "" where only an ownership record without type is taken away
    clear    ownership records go whose record is not there
    prepare  ownership records that are written
    remove   the record set goes, and what stands at its very name
    write    the record set comes or changes
    finish   ownership records that go
    release  the ownership record by which a record set that stays was ours; last, since it tells that it is to stay
    """

    key: Key
    clear: tuple[Change, ...] = ()
    prepare: tuple[Change, ...] = ()
    remove: tuple[Change, ...] = ()
    write: tuple[Change, ...] = ()
    finish: tuple[Change, ...] = ()
    release: tuple[Change, ...] = ()

    @property
    def creates(self) -> bool:
        return any(change.action is Action.CREATE for change in self.write)

    @property
    def removes(self) -> bool:
        return bool(self.remove or self.finish) and not self.release

    @property
    def changes(self) -> tuple[Change, ...]:
        return *self.clear, *self.prepare, *self.remove, *self.write, *self.finish, *self.release

    @property
    def keys(self) -> frozenset[Key]:
        """What the step touches, and what it is about: where text of others comes to light under an ownership record
        that is taken away, a leftover that would make it look like ours must be gone before.
        """
        return frozenset(change.key for change in self.changes) | {self.key}


def written(key: Key, changes: Sequence[Change]) -> Step:
    """A step out of what the registry says of a create or an update."""
    record = tuple(change for change in changes if change.key == key)
    return Step(key, prepare=tuple(change for change in changes if change.key != key), write=record)


def removed(key: Key, changes: Sequence[Change]) -> Step:
    """A step out of what the registry says of the delete of a record set that stands, or of one without type."""
    # An ownership record of the oldest form may stand at the very name, where a CNAME is to come. One without type
    # goes before a record comes that would lean on it.
    early = tuple(change for change in changes if change.key.name == key.name or not key.rtype)
    return Step(key, remove=early, finish=tuple(change for change in changes if change not in early))


def retired(key: Key, changes: Sequence[Change]) -> Step:
    """A step out of what the registry says of the delete of older ownership records of a record set that stays.

    They go once today's form stands, and before the record set changes: after it, there would be no reason to write.
    """
    return Step(key, remove=tuple(changes))


def released(key: Key, changes: Sequence[Change], proof: Key) -> Step:
    """A step out of the ownership records of a record set that stays as nobody's; proof: the one that is believed."""
    last = tuple(change for change in changes if change.key == proof)
    return Step(key, finish=tuple(change for change in changes if change.key != proof), release=last)


def cleared(key: Key, changes: Sequence[Change]) -> Step:
    """A step out of what the registry says of the delete of an orphan."""
    return Step(key, clear=tuple(changes)) if key.rtype else removed(key, changes)


def units(name: str, steps: Iterable[Step]) -> tuple[Unit, ...]:
    """Units in the order in which they are to be sent: creates first, so that no name is absent for long."""
    groups: list[list[Step]] = []
    for group in _related([step for step in steps if step.changes]):
        _join(groups, group)
    return tuple(sorted((_unit(name, group) for group in groups), key=_sort_key))


def _related(steps: Sequence[Step]) -> list[list[Step]]:
    """Each step alone, but for creates that need room: those with all that goes."""
    room = [step for step in steps if step.creates or step.removes]
    if not any(_needs_room(one.key, other.key) for one in room if one.creates for other in room if other.removes):
        return [[step] for step in steps]
    return [room, *([step] for step in steps if step not in room)]


def _needs_room(created: Key, going: Key) -> bool:
    """Whether one cannot come while the other is there: by type, or since only one of two has a set identifier."""
    identified = bool(created.set_identifier) != bool(going.set_identifier)
    return (
        not going.rtype
        or exclude_each_other(created.rtype, going.rtype)
        or (created.rtype == going.rtype and identified)
    )


def _join(groups: list[list[Step]], group: list[Step]) -> None:
    """Add a group, merged with those that touch the same keys, such as an ownership record of several types."""
    keys = frozenset[Key]().union(*(step.keys for step in group))
    touching = [other for other in groups if any(step.keys & keys for step in other)]
    for other in touching:
        groups.remove(other)
    groups.append([*(step for other in touching for step in other), *group])


def _unit(name: str, group: list[Step]) -> Unit:
    group.sort(key=lambda step: step.key)
    phases = (
        [change for step in group for change in step.clear],
        [change for step in group for change in step.prepare],
        [change for step in group for change in step.remove],
        [change for step in group for change in step.write],
        [change for step in group for change in step.finish],
        [change for step in group for change in step.release],
    )
    # An ownership record that several leave behind goes once, and after the last of them.
    changes = [change for phase in phases for change in phase]
    return Unit(name, tuple(reversed(dict.fromkeys(reversed(changes)))))


def _sort_key(unit: Unit) -> tuple[int, Key]:
    return min(_ORDER[change.action] for change in unit.changes), min(unit.keys)
