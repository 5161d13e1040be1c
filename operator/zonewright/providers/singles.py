"""Providers with one object per value: record sets ⇄ objects, and changes as edits of objects.

What a change expects to find is compared with what was read right before it is sent. An edit keeps an object's id
where it can, so that a name is never absent: values that stay are left alone, and values that go give their ids to
those that come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint, Key, compared_target
from zonewright.providers.base import Changed, Failure

Settings = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Single:
    """One value.

    id        the provider's own; "" for one that is to come
    target    in the spelling in which record sets are reported
    ttl       seconds; None is the provider's own choice
    settings  what the provider keeps beside it, as properties of a record set
    """

    id: str
    key: Key
    target: str
    ttl: int | None = None
    settings: Settings = ()

    @property
    def compared(self) -> str:
        return compared_target(self.key.rtype, self.target)


@dataclass(frozen=True, slots=True)
class Edit:
    """before: None for a create; after: None for a delete; else an update, under the id of `before`."""

    before: Single | None
    after: Single | None


def record_sets(singles: Iterable[Single]) -> list[Endpoint]:
    """What stands. Where values of one record set differ in ttl or settings, the lowest ttl and the first settings."""
    found: dict[Key, list[Single]] = {}
    for single in singles:
        found.setdefault(single.key, []).append(single)
    return [_record_set(key, members) for key, members in found.items()]


def _record_set(key: Key, members: Sequence[Single]) -> Endpoint:
    first = min(members, key=lambda single: (single.settings, single.id))
    ttls = [single.ttl for single in members if single.ttl is not None]
    ttl = min(ttls) if len(ttls) == len(members) else None
    targets = [single.target for single in members]
    return Endpoint.found(key.name, key.rtype, targets, ttl=ttl, properties=dict(first.settings))


@dataclass(frozen=True, slots=True)
class DrawnUp:
    """units: with their edits, in their order; failures: of units that do not fit what stands"""

    units: list[tuple[Unit, list[Edit]]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


class Desk:
    """Objects as they were read, and as edits that have been drawn up will leave them."""

    def __init__(self, standing: Iterable[Single]) -> None:
        self._at: dict[Key, list[Single]] = {}
        for single in standing:
            self._at.setdefault(single.key, []).append(single)

    def edits(self, unit: Unit) -> list[Edit]:
        """Those of a unit, in its order. Raises Changed, and then nothing has been drawn up."""
        before = {change.key: self._at.get(change.key, []) for change in unit.changes}
        try:
            return [edit for change in unit.changes for edit in self._draw_up(change)]
        except Changed:
            self._at |= before
            raise

    def draw_up(self, units: Iterable[Unit], as_sent: Callable[[Unit], Unit] = lambda unit: unit) -> DrawnUp:
        """Those of many units. as_sent: what of a unit are records."""
        done = DrawnUp()
        for unit in units:
            try:
                done.units.append((unit, self.edits(as_sent(unit))))
            except Changed as e:
                done.failures.append(Failure(unit, e))
        return done

    def left(self) -> frozenset[Key]:
        """Those of record sets that stand once all edits are done."""
        return frozenset(key for key, singles in self._at.items() if singles)

    def _draw_up(self, change: Change) -> Iterator[Edit]:
        standing = self._at.get(change.key, [])
        _check(change, standing)
        wanted = _wanted(change.new) if change.new is not None else {}
        kept = {single.compared: single for single in reversed(standing) if single.compared in wanted}
        free = [single for single in standing if single is not kept.get(single.compared)]
        edits = [Edit(single, _with_id(wanted[value], single)) for value, single in kept.items()]
        for value in (value for value in wanted if value not in kept):
            old = free.pop(0) if free else None
            edits.append(Edit(old, _with_id(wanted[value], old)))
        edits += [Edit(single, None) for single in free]
        self._at[change.key] = [edit.after for edit in edits if edit.after is not None]
        yield from (edit for edit in edits if edit.before != edit.after)


def _with_id(single: Single, old: Single | None) -> Single:
    return Single(old.id if old else "", single.key, single.target, single.ttl, single.settings)


def _wanted(endpoint: Endpoint) -> Mapping[str, Single]:
    singles = (Single("", endpoint.key, t, endpoint.ttl, endpoint.properties) for t in endpoint.targets)
    return {single.compared: single for single in singles}


def _check(change: Change, standing: Sequence[Single]) -> None:
    key = change.key
    if change.old is None and standing:
        raise Changed(f"{key.rtype} {key.name} is there already")
    if change.old is not None and not standing:
        raise Changed(f"{key.rtype} {key.name} is gone")
    if change.old is not None and not _record_set(key, standing).same_targets(change.old):
        raise Changed(f"{key.rtype} {key.name} is not what it was")
