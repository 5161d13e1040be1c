"""Watches every single change that reaches DNS, and knows what must never be.

It reads ownership records by itself, with code of its own: it must not be wrong together with the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from zonewright.model.change import Action, Change, Unit
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.zone import Zone
from zonewright.providers.base import Changed, Denied, ProviderError, Rejected, Throttled

OWNER = "me"
RECORD_TYPES = ("A", "AAAA", "CNAME")
Records = Mapping[Key, Endpoint]


class Violation(AssertionError):
    """Something has happened that must never happen."""


def is_text_of(record: Endpoint | None, owner: str) -> bool:
    """Whether a record set is an ownership record of an owner; "" is any."""
    fields = {part for target in record.targets for part in target.strip('"').split(",")} if record else set()
    return "heritage=external-dns" in fields and (not owner or f"external-dns/owner={owner}" in fields)


@dataclass
class Wishes:
    """What the referee has to be told of what is wanted; each with the tick since when it holds.

    keys     record sets that are published for those who asked, and asked for ever since
    takers   names for which an object may take over what is nobody's, with the tick until when
    clearers the same, of those for whom what is nobody's is deleted too, where it cannot stand beside theirs
    held     names whose deletes wait
    all_held since when all deletes wait; None when they do not
    """

    keys: dict[Key, int] = field(default_factory=dict)
    takers: dict[str, float] = field(default_factory=dict)
    clearers: dict[str, float] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    all_held: int | None = None


class Referee:
    """ticks: of anything that happens; so it can be told what the engine could know when it made a plan."""

    def __init__(self, names: Iterable[str], scheme: str, clock: Callable[[], float]) -> None:
        self.wishes = Wishes()
        self.violations: list[str] = []
        self.history: list[str] = []
        self.on_violation: Callable[[], None] = lambda: None
        self._clock = clock
        self._tick = 0
        self._scheme = scheme
        self._about = {self.place(name, rtype): Key(name, rtype, "") for name in names for rtype in RECORD_TYPES}
        self._asked: dict[Zone, int] = {}
        self._planned: dict[Zone, int] = {}
        self._known_ours: dict[Zone, set[Key]] = {}
        self._doubtful: set[Zone] = set()
        self._disturbed: set[Zone] = set()
        self._ever_ours: set[tuple[Zone, Key]] = set()

    def place(self, name: str, rtype: str) -> Key:
        """Where the ownership record of a record set stands."""
        template = "%{record_type}"
        prefix = self._scheme.replace(template, rtype.lower())
        name = prefix + name if template in self._scheme else f"{prefix}{rtype.lower()}-{name}"
        return Key(name, "TXT", "")

    def tick(self) -> int:
        self._tick += 1
        return self._tick

    def note(self, text: str) -> None:
        self.history.append(f"{self._clock():10.2f} {text}")

    def violated(self, rule: str) -> None:
        self.violations.append(rule)
        self.note(f"VIOLATED: {rule}")
        self.on_violation()

    def told(self) -> None:
        """Raises Violation with what led to it."""
        if self.violations:
            raise Violation("\n".join([self.violations[0], *self.history[-60:]]))

    # -- what the engine knows

    def asking(self, zone: Zone) -> None:
        """The engine begins to plan: it has looked at what is wanted."""
        self._asked.setdefault(zone, self.tick())

    def planned(self, zone: Zone) -> None:
        if zone in self._doubtful:
            self.violated(f"6. zone {zone} is planned without a reading, after an answer that leaves it open")
        self._planned[zone] = self._asked.pop(zone, 0) or self.tick()

    def forget(self) -> None:
        """The process is dead."""
        self._asked.clear()
        self._doubtful.clear()
        self.disturbed()

    def read(self, zone: Zone, records: Records) -> None:
        """The engine is given what stands."""
        ours = {about for place, about in self._about.items() if is_text_of(records.get(place), OWNER)}
        self._doubtful.discard(zone)
        self._disturbed.discard(zone)
        self._known_ours[zone] = ours
        self._ever_ours |= {(zone, key) for key in ours if key in records}

    def disturbed(self, *zones: Zone) -> None:
        """What stands is not only what the engine has read and written: in these zones, or all."""
        self._disturbed |= set(zones or self._planned)

    def answered(self, zone: Zone, error: ProviderError, *, atomic: bool) -> None:
        """A batch has failed, or a part of it."""
        if isinstance(error, Changed) and zone not in self._disturbed:
            self.violated(f"6. zone {zone} is as the engine has made it, and the engine does not know: {error}")
        if not (atomic and isinstance(error, Rejected | Throttled | Denied)):
            self._doubtful.add(zone)

    def ours(self, records: Records, key: Key) -> bool:
        return is_text_of(records.get(self.place(key.name, key.rtype)), OWNER)

    # -- every change

    def changing(self, zone: Zone, unit: Unit, change: Change, records: Records) -> None:
        """Right before a change of the engine's lands; `records`: as they stand."""
        self.note(f"{zone}: {change.action} {change.key.rtype} {change.key.name} {' '.join(change.endpoint.targets)}")
        if (about := self._about.get(change.key)) is not None:
            self._changing_ownership(zone, change, about, records)
        else:
            self._changing_record(zone, unit, change, records)
        if change.action is Action.DELETE:
            self._deleting(zone, change)

    def _changing_ownership(self, zone: Zone, change: Change, about: Key, records: Records) -> None:
        standing, record = records.get(change.key), records.get(about)
        if standing is not None and not is_text_of(standing, OWNER):
            self.violated(f"1. {change.action} of an ownership record that is not ours: {change.key.name}")
        known = self._known_ours.setdefault(zone, set())
        if change.new is None:
            retained = any("external-dns/retain=true" in target for target in change.endpoint.targets)
            if record is not None and not retained:
                self.violated(f"3. the ownership record of {about.rtype} {about.name} goes before its record")
            known.discard(about)
            return
        if not is_text_of(change.new, OWNER):
            self.violated(f"1. an ownership record that is not ours is written: {change.new}")
        adopted = self.wishes.takers.get(about.name, -1) > self._planned.get(zone, 0)
        if record is not None and about not in known and not adopted and (zone, about) not in self._ever_ours:
            self.violated(f"1. {about.rtype} {about.name} is nobody's, and made ours")
        known.add(about)
        self._ever_ours.add((zone, about))

    def _changing_record(self, zone: Zone, unit: Unit, change: Change, records: Records) -> None:
        key = change.key
        known = self._known_ours.get(zone, set())
        makes_room = change.new is None and any(
            c.old is None and (c.key.rtype == "CNAME") != (key.rtype == "CNAME") for c in self._coming(unit, change)
        )
        cleared = makes_room and self.wishes.clearers.get(key.name, -1) > self._planned.get(zone, 0)
        if key not in known and not self.ours(records, key) and not cleared:
            rule = (
                "3. created before its ownership" if change.old is None else f"1. {change.action} of what is not ours"
            )
            self.violated(f"{rule}: {key.rtype} {key.name}")
        since = self.wishes.keys.get(key)
        wanted = since is not None and since < self._planned.get(zone, 0)
        is_last = not self._coming(unit, change) and len(standing_at(records, key.name)) == 1
        if change.new is None and wanted and is_last:
            self.violated(f"2. {key.rtype} {key.name} is deleted, though it is wanted all the time")

    def _coming(self, unit: Unit, change: Change) -> list[Change]:
        """The record sets that a unit writes at a name after one of its changes."""
        later = unit.changes[unit.changes.index(change) + 1 :]
        return [c for c in later if c.new is not None and c.key.name == change.key.name and c.key not in self._about]

    def _deleting(self, zone: Zone, change: Change) -> None:
        about = self._about.get(change.key, change.key)
        planned = self._planned.get(zone, 0)
        since = (self.wishes.held.get(about.name), self.wishes.all_held)
        if any(tick is not None and tick < planned for tick in since):
            self.violated(f"4. {change.key.rtype} {change.key.name} is deleted while deletes wait")


def standing_at(records: Records, name: str) -> Sequence[Endpoint]:
    """Record sets of a name, without ownership records."""
    return [record for key, record in records.items() if key.name == name and not is_text_of(record, "")]
