"""A DNS provider over a dict, strict, slow, and in trouble on demand. It outlives the processes that talk to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from simulation.referee import Referee
from simulation.scenario import BAD, Manner, Traits, Trouble
from zonewright.model.change import Change, Unit
from zonewright.model.endpoint import Endpoint, Key, RecordType
from zonewright.model.zone import Zone
from zonewright.providers.base import (
    Capabilities,
    Changed,
    Denied,
    Failure,
    Normalized,
    ProviderError,
    Rejected,
    Throttled,
    Unavailable,
)
from zonewright.providers.traffic import Traffic

CHANGES_TAKE = 0.01  # seconds, each


@dataclass
class Spell:
    """A fault that is on. met: requests that were concerned so far, of which each `every`th suffers."""

    trouble: Trouble
    zone: str = ""
    every: int = 1
    after: int | None = None
    met: int = 0


@dataclass
class Server:
    """Zones of records. `step` is awaited wherever a process may die."""

    traits: Traits
    referee: Referee
    zones: dict[Zone, dict[Key, Endpoint]]
    gone: set[Zone] = field(default_factory=set)
    spells: list[Spell] = field(default_factory=list)
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    on_step: Callable[[], bool] = lambda: False
    landing: int = 0
    _busy: int = 0

    def __post_init__(self) -> None:
        self.idle.set()

    async def step(self, seconds: float) -> None:
        """Time passes at the provider; here the process may die: then there is no answer any more."""
        if self.on_step():
            await asyncio.Event().wait()
        await asyncio.sleep(seconds)

    async def begin(self, zone: Zone | None, *, writes: bool) -> Spell | None:
        """A request has come: raises where it is refused; returns what else will befall it."""
        await self.step(self.traits.latency)
        spell = self._spell(zone)
        if spell is None:
            return None
        self.referee.note(f"{zone}: {spell.trouble}")
        match spell.trouble:
            case Trouble.BUSY:
                raise Throttled("the provider", spell.after)
            case Trouble.DOWN:
                raise Unavailable("no answer")
            case Trouble.HANGING:
                await self.step(30.0)
                raise Unavailable("no answer in time")
            case Trouble.DENIED:
                raise Denied("not with these credentials")
            case Trouble.MOVED if writes and zone is not None:
                self.referee.disturbed(zone)
                raise Changed("the zone is not as you think")
            case Trouble.SLOW:
                await self.step(20.0)
        return spell

    def _spell(self, zone: Zone | None) -> Spell | None:
        for spell in self.spells:
            if not spell.zone or (zone is not None and spell.zone == zone.name):
                spell.met += 1
                if spell.met % spell.every == 0:
                    return spell
        return None

    def held(self, zone: Zone) -> dict[Key, Endpoint]:
        if zone in self.gone:
            raise Changed(f"there is no zone {zone}")
        return self.zones[zone]

    # -- landing

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> list[Failure]:
        """As the engine is answered, the referee is told."""
        atomic = self.traits.manner is Manner.ATOMIC
        try:
            failures = await self._apply(zone, units)
        except ProviderError as e:
            self.referee.answered(zone, e, atomic=atomic)
            raise
        for failure in failures:
            self.referee.answered(zone, failure.error, atomic=atomic)
        return failures

    async def _apply(self, zone: Zone, units: Sequence[Unit]) -> list[Failure]:
        spell = await self.begin(zone, writes=True)
        self.held(zone)
        self._busy += 1
        self.idle.clear()
        try:
            if spell is not None:
                self.referee.disturbed(zone)
            failures = await self._land(zone, units, _left(spell))
        finally:
            self._busy -= 1
            if not self._busy:
                self.idle.set()
        if spell is not None and spell.trouble is Trouble.MUTE:
            raise Unavailable("the connection broke before the answer")
        return failures

    async def _land(self, zone: Zone, units: Sequence[Unit], left: int | None) -> list[Failure]:
        if self.traits.manner is Manner.ATOMIC:
            await self._land_whole(zone, units, left)
            return []
        failures: list[Failure] = []
        changes = _countdown(left)
        for unit in units:
            if (error := _objection(unit, dict(self.held(zone)))) is not None:
                if self.traits.manner is Manner.ABORTING:
                    self.referee.disturbed(zone)  # what came before stays, and nobody is told
                    raise error
                failures.append(Failure(unit, error))
                continue
            await self._land_unit(zone, unit, changes)
        return failures

    async def _land_whole(self, zone: Zone, units: Sequence[Unit], left: int | None) -> None:
        """Cut off, it has done nothing, or all: by the parity of `left`."""
        after = dict(self.held(zone))
        for unit in units:
            if (error := _objection(unit, after)) is not None:
                raise error
        edits = [(unit, (change, change)) for unit in units for change in unit.changes]
        try:
            await self.step(CHANGES_TAKE)
        except asyncio.CancelledError:
            self._put_all(zone, edits if self.landing else ())
            raise
        self._put_all(zone, edits if left is None or left % 2 else ())
        if left is not None:
            raise Unavailable("the connection broke")

    async def _land_unit(self, zone: Zone, unit: Unit, changes: Iterator[bool]) -> None:
        """One change after the other; when the process dies meanwhile, some more of them."""
        edits = [(unit, edit) for edit in self._edits(unit)]
        while edits:
            try:
                await self.step(CHANGES_TAKE)
            except asyncio.CancelledError:
                self._put_all(zone, edits[: self.landing])
                raise
            if not next(changes):
                raise Unavailable("the connection broke")
            self._put_all(zone, [edits.pop(0)])

    def _edits(self, unit: Unit) -> Iterable[tuple[Change, Change]]:
        """Each change as the plan has it, and as the provider does it: an update may be two."""
        for change in unit.changes:
            if change.old is not None and change.new is not None and not self.traits.in_place:
                yield change, Change(change.old, None)
                yield change, Change(None, change.new)
            else:
                yield change, change

    def _put_all(self, zone: Zone, edits: Iterable[tuple[Unit, tuple[Change, Change]]]) -> None:
        for unit, (planned, done) in edits:
            if planned is done or done.new is None:
                self.referee.changing(zone, unit, planned, self.zones[zone])
            _carry_out(done, self.zones[zone])

    # -- by hand

    def edit(self, zone: Zone, record: Endpoint | None, key: Key) -> None:
        """Somebody else puts a record set, or takes it away, where that is possible."""
        if zone in self.gone:
            return
        records = self.zones[zone]
        self.referee.disturbed(zone)
        if record is None:
            records.pop(key, None)
        elif not _crowded(key.name, {**records, key: record}):
            records[key] = record


class Connection:
    """Implements `Provider`, for one process."""

    name = "simulated"

    def __init__(self, server: Server) -> None:
        self._server = server
        self.traffic = Traffic()
        traits = server.traits
        self.capabilities = Capabilities(
            frozenset({RecordType.A, RecordType.AAAA, RecordType.CNAME, RecordType.TXT}),
            batch_size=traits.batch_size,
            atomic=traits.manner is Manner.ATOMIC,
            update_in_place=traits.in_place,
        )

    async def zones(self) -> Sequence[Zone]:
        await self._server.begin(None, writes=False)
        return sorted(self._server.zones.keys() - self._server.gone)

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        server = self._server
        spell = await server.begin(zone, writes=False)
        found = dict(server.held(zone))
        if spell is not None and spell.trouble in (Trouble.MUTE, Trouble.CUT):
            raise Unavailable("the connection broke")
        server.referee.read(zone, found)
        return list(found.values())

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        self._server.referee.asking(zone)
        await self._server.step(0.0)
        return Normalized({endpoint.key: endpoint for endpoint in endpoints})

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        return await self._server.apply(zone, units)

    async def close(self) -> None:
        pass


def _objection(unit: Unit, records: dict[Key, Endpoint]) -> ProviderError | None:
    """Why a unit does not fit what stands, or is wrong; `records` are changed as far as it does."""
    for change in unit.changes:
        key, standing = change.key, records.get(change.key)
        if change.old is None and standing is not None:
            return Changed(f"{key.rtype} {key.name} is there already")
        if change.old is not None and (standing is None or not standing.same_targets(change.old)):
            return Changed(f"{key.rtype} {key.name} is not what it was")
        if change.new is not None and BAD in change.new.targets:
            return Rejected(f"{BAD} is refused")
        _carry_out(change, records)
        if change.new is not None and _crowded(key.name, records):
            return Rejected(f"{key.name}: a CNAME must stand alone")
    return None


def _left(spell: Spell | None) -> int | None:
    """Changes that are done before the connection breaks; None where it does not."""
    return (spell.after or 0) if spell is not None and spell.trouble is Trouble.CUT else None


def _countdown(left: int | None) -> Iterator[bool]:
    while left is None or left > 0:
        left = None if left is None else left - 1
        yield True
    while True:
        yield False


def _carry_out(change: Change, records: dict[Key, Endpoint]) -> None:
    if change.new is not None:
        records[change.key] = change.new.with_labels({})
    else:
        records.pop(change.key, None)


def _crowded(name: str, records: dict[Key, Endpoint]) -> bool:
    types = {key.rtype for key in records if key.name == name}
    return "CNAME" in types and len(types) > 1
