"""A simulated day: things happen to cluster, DNS and process; the referee watches; at the end all must be well."""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from unittest import mock

from simulation import virtualtime
from simulation.convergence import complaints
from simulation.process import INTERVAL, Cluster, Object, ObjectId, Process, resource_of
from simulation.referee import OWNER, Referee, is_text_of, standing_at
from simulation.scenario import (
    DAY,
    NAMES,
    SLOTS,
    ZONES,
    Day,
    Event,
    Fault,
    Incomplete,
    Jump,
    Kill,
    Meddle,
    Meddling,
    Trouble,
    Unsettled,
    Vanish,
    Want,
    lasts,
)
from simulation.server import Server, Spell
from zonewright.model.adopt import Adopt
from zonewright.model.endpoint import RESOURCE_LABEL, RETAIN_LABEL, Endpoint, Key
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Reason
from zonewright.model.zone import Zone
from zonewright.zones.desired import Origin

EPOCH = 1.8e9
SETTLE = 3600.0  # longer than the longest back-off and some intervals
CALM_DOWN = 3 * SETTLE  # longer than any doubt about what stands at the start
PER_HOUR = (
    3000  # steps at the provider, and rounds: far more than any trouble needs, far less than a loop without a pause
)
PROMPT = 150.0  # seconds that any change takes while nothing is wrong, on the slowest provider
_LOST = frozenset({Reason.HOSTNAME_CONFLICT, Reason.CNAME_CONFLICT, Reason.OWNED_BY_OTHER, Reason.NOT_OWNED})
THEIRS = {
    Meddling.OWN_A: ("A", "203.0.113.5"),
    Meddling.OWN_AAAA: ("AAAA", "2001:db8::5"),
    Meddling.OWN_CNAME: ("CNAME", "theirs.example.org"),
    Meddling.OTHER_A: ("A", "203.0.113.6"),
}


def live(day: Day) -> World:
    """Live through a day. Raises Violation."""
    random.seed(day.seed)
    with _complaining_logs() as complained:
        return virtualtime.run(_live(day, complained))


async def _live(day: Day, complained: list[str]) -> World:
    world = World(day, complained)
    with mock.patch.object(time, "time", world.wall):
        await world.live()
    return world


class World:
    """All that there is."""

    def __init__(self, day: Day, complained: list[str]) -> None:
        self._loop = asyncio.get_running_loop()
        self._day = day
        self._complained = complained
        self._jumped = 0.0
        self._end = min(DAY, max((at + lasts(event) for at, event in day.events), default=0.0) + 60.0)
        self.zones = {name: Zone(name, f"id-{name}") for name in ZONES}
        self.referee = Referee(NAMES, day.scheme, self._loop.time)
        self.server = Server(day.traits, self.referee, {zone: {} for zone in self.zones.values()})
        self.server.on_step = self._step
        self.cluster = Cluster(self.wall)
        self.process: Process | None = None
        self.steps: list[float] = []  # when each was
        self._ended = asyncio.Event()  # by a violation
        self._countdown: int | None = None
        self._kill = Kill(0)
        self._dies = asyncio.Event()
        self._since: dict[tuple[ObjectId, Key], int] = {}
        self._promises: dict[tuple[ObjectId, Key], int] = {}
        self._calm_at: float | None = None
        self._gaps = 0
        self._counts: Counter[tuple[int, str]] = Counter()
        self.referee.on_violation = self._ended.set

    def wall(self) -> float:
        """The clock on the wall, which may be set."""
        return EPOCH + self._loop.time() + self._jumped

    async def live(self) -> None:
        reaper = asyncio.create_task(self._reap())
        self._start()
        for at, event in self._day.events:
            await self._until(at)
            self.referee.note(str(event))
            self.referee.tick()
            await self._happen(event)
            self._expect_calm(at + lasts(event) + _settles(event))
        await self._until(self._end)
        if self._countdown is not None:
            self._die()
        await self._until(self._end + (CALM_DOWN if self._day.wary else SETTLE))
        reaper.cancel()
        await asyncio.gather(reaper, return_exceptions=True)
        self._look()
        if self.process is not None:
            await self.process.kill()
        self._check()

    async def _until(self, at: float) -> None:
        """Let time pass, unless something goes wrong. When all should be well, it is looked whether it is."""
        while (calm_at := self._calm_at) is not None and calm_at < at:
            await self._pass(calm_at)
            if self._calm_at != calm_at:  # another life has begun meanwhile
                continue
            # Not between two lives; and a wary one may be in doubt for long.
            if self.process is not None and self._countdown is None and not self._day.wary:
                self._look("promptly, ")
            self._calm_at = None
        await self._pass(at)

    def _expect_calm(self, at: float) -> None:
        self._calm_at = max(self._calm_at or 0.0, at)

    def _look(self, when: str = "") -> None:
        assert self.process is not None
        for complaint in complaints(self.cluster, self.server, self.referee, self.process.outcomes):
            self.referee.violated(f"5. {when}{complaint}")
        self._check()

    async def _pass(self, at: float) -> None:
        try:
            async with asyncio.timeout_at(at):
                await self._ended.wait()
        except TimeoutError:
            pass
        await self.server.idle.wait()  # edits by others do not come in the middle of a unit
        self._check()

    def _check(self) -> None:
        if self._complained:
            self.referee.violated(f"6. {self._complained[0]}")
        self.referee.told()

    def _after(self, minutes: int, ends: Callable[[], None]) -> None:
        """What lasts for a while ends with the day at the latest."""
        self._loop.call_at(min(self._loop.time() + minutes * 60, self._end), ends)

    # -- the process

    def _start(self) -> None:
        self.process = Process(self.cluster, self.server, self.referee, self._day, self)

    def _step(self) -> bool:
        """At each step of the provider: whether the process dies here."""
        self._count("step")
        self.steps.append(self._loop.time())
        if self._countdown is None:
            return False
        self._countdown -= 1
        if self._countdown > 0:
            return False
        self._die()
        return True

    def _count(self, what: str) -> None:
        """Looks for loops without a pause."""
        hour = int(self._loop.time() // 3600)
        self._counts[hour, what] += 1
        if self._counts[hour, what] == PER_HOUR:
            self.referee.violated(f"6. {PER_HOUR} {what}s in an hour")

    def _die(self) -> None:
        self._countdown = None
        self._dies.set()

    async def _reap(self) -> None:
        while True:
            await self._dies.wait()
            self._dies.clear()
            self.referee.note(f"the process dies, landing {self._kill.landing}")
            self.server.landing = self._kill.landing
            if self.process is not None:
                process, self.process = self.process, None
                await process.kill()
            await asyncio.sleep(self._kill.down)
            self._expect_calm(self._loop.time() + PROMPT)
            self.referee.note("a process starts")
            self._start()

    # -- events

    async def _happen(self, event: Event) -> None:
        match event:
            case Want():
                self._want(event)
            case Incomplete(minutes):
                self._gap(+1)
                self._after(minutes, lambda: self._gap(-1))
            case Unsettled(name, minutes):
                self._unsettle(name, +1)
                self._after(minutes, lambda: self._unsettle(name, -1))
            case Fault(trouble, minutes, zone, every, after):
                spell = Spell(trouble, zone, every, after)
                self.server.spells.append(spell)
                self._after(minutes, lambda: self.server.spells.remove(spell))
            case Vanish(name, minutes):
                self._vanish(self.zones[name], minutes)
            case Meddle(name, what):
                self._meddle(name, what)
            case Kill():
                self._kill, self._countdown = event, event.step + 1
            case Jump(seconds):
                self._jumped += seconds

    def _want(self, event: Want) -> None:
        namespace, which = SLOTS[event.slot]
        oid = (namespace, f"{which}.{event.name}")
        before = self.cluster.objects.get(oid)
        labels = {RESOURCE_LABEL: resource_of(oid)}
        endpoints = tuple(
            Endpoint.wanted(
                event.name,
                ask.rtype,
                ask.targets,
                ttl=ask.ttl,
                labels=labels | ({RETAIN_LABEL: "true"} if ask.retain else {}),
            )
            for ask in event.asks
        )
        if endpoints:
            since = before.since if before else f"{self._loop.time():09.2f}"
            self.cluster.objects[oid] = Object(endpoints, since, Adopt(event.asks[0].adopt))
        else:
            self.cluster.objects.pop(oid, None)
            self.cluster.statuses.pop(oid, None)
        self._expect(oid, event.name, {endpoint.key for endpoint in endpoints})
        if self.process is not None:
            self.process.take(oid)

    def _expect(self, oid: ObjectId, name: str, keys: set[Key]) -> None:
        """What an object asks for, and has asked for ever since."""
        known = {key: tick for (of, key), tick in self._since.items() if of == oid}
        self._since = {pair: tick for pair, tick in self._since.items() if pair[0] != oid}
        self._since |= {(oid, key): known.get(key, self.referee.tick()) for key in keys}
        self._promises = {pair: tick for pair, tick in self._promises.items() if pair in self._since}
        self._promise()
        wishes, adopts = self.referee.wishes, {o.adopt for o in self.cluster.objects.values() if o.is_about(name)}
        self._allow(wishes.takers, name, bool(adopts - {Adopt.NONE}))
        self._allow(wishes.clearers, name, Adopt.ALWAYS in adopts)

    def _allow(self, allowed: dict[str, float], name: str, now: bool) -> None:
        if now:
            allowed[name] = math.inf
        elif allowed.get(name) == math.inf:
            allowed[name] = self.referee.tick()

    def round(self) -> None:
        """The engine has made a plan."""
        self._count("round")

    def told(self, outcomes: Mapping[Origin, Outcome]) -> None:
        for origin, outcome in outcomes.items():
            oid = (origin.namespace, origin.name)
            obj = self.cluster.objects.get(oid)
            if obj is None or origin.entry >= len(obj.endpoints):
                continue
            key = obj.endpoints[origin.entry].key
            if outcome.reason is Reason.SYNCED and outcome.endpoint is not None and outcome.endpoint.key == key:
                self._promises[oid, key] = self._since[oid, key]
            elif outcome.reason in _LOST:
                self._promises.pop((oid, key), None)
        self._promise()

    def _promise(self) -> None:
        self.referee.wishes.keys = {key: tick for (_, key), tick in self._promises.items()}

    def _gap(self, by: int) -> None:
        self._gaps += by
        self.cluster.complete = not self._gaps
        self.referee.wishes.all_held = self.referee.tick() if self._gaps else None
        if not self._gaps and self.process is not None:
            self.process.completed()

    def _unsettle(self, name: str, by: int) -> None:
        self.cluster.unsettled[name] += by
        held = self.referee.wishes.held
        if self.cluster.unsettled[name]:
            held.setdefault(name, self.referee.tick())
            return
        held.pop(name, None)
        if self.process is not None:
            self.process.zones.mark([name])

    def _vanish(self, zone: Zone, minutes: int) -> None:
        if zone in self.server.gone:
            return
        self.server.gone.add(zone)
        self.server.zones[zone] = {}
        self.referee.disturbed(zone)
        self._after(minutes, lambda: self.server.gone.discard(zone))

    def _meddle(self, name: str, what: Meddling) -> None:
        zone = next(zone for zone in self.zones.values() if name.endswith(zone.name))
        records = self.server.zones[zone]
        ours = [record for record in standing_at(records, name) if self.referee.ours(records, record.key)]
        match what:
            case Meddling.RETARGET:
                for record in ours:
                    if record.rtype == "A":
                        edited = Endpoint.found(name, "A", ["198.51.100.9"], ttl=record.ttl)
                        self.server.edit(zone, edited, record.key)
            case Meddling.REMOVE:
                for record in ours:
                    self.server.edit(zone, None, record.key)
            case Meddling.DISOWN:
                for rtype in ("A", "AAAA", "CNAME"):
                    place = self.referee.place(name, rtype)
                    if is_text_of(records.get(place), OWNER):
                        self.server.edit(zone, None, place)
            case Meddling.LEAVE:
                self._leave(zone, name)
            case _:
                self._theirs(zone, name, what)

    def _theirs(self, zone: Zone, name: str, what: Meddling) -> None:
        rtype, target = THEIRS[what]
        record = Endpoint.found(name, rtype, [target])
        place = self.referee.place(name, rtype)
        records = self.server.zones[zone]
        if record.key in records or (what is Meddling.OTHER_A and place in records):
            return
        self.server.edit(zone, record, record.key)
        if what is Meddling.OTHER_A and record.key in self.server.zones[zone]:
            text = '"heritage=external-dns,external-dns/owner=other"'
            self.server.edit(zone, Endpoint.found(place.name, "TXT", [text]), place)

    def _leave(self, zone: Zone, name: str) -> None:
        records = self.server.zones[zone]
        for record in standing_at(records, name):
            place = self.referee.place(name, record.rtype)
            if not self.referee.ours(records, record.key):
                self.server.edit(zone, None, record.key)
            if is_text_of(records.get(place), "other"):
                self.server.edit(zone, None, place)


def _settles(event: Event) -> float:
    """Seconds after the end of a trouble in which all comes to be well: the longest back-off, or the next reading."""
    match event:
        case Fault(trouble=Trouble.DENIED):
            return 720.0 + PROMPT
        case Fault(trouble=Trouble.BUSY, after=after):
            return max(144.0, after or 0.0) + PROMPT
        case Fault():
            return 144.0 + PROMPT
        case Meddle():
            return INTERVAL + PROMPT
        case Vanish():
            return INTERVAL + 144.0 + PROMPT
        case _:
            return PROMPT


@contextmanager
def _complaining_logs() -> Iterator[list[str]]:
    """What the engine logs of errors that it did not expect."""
    complained: list[str] = []

    class Complaints(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info:
                complained.append(logging.Formatter().format(record))

    handler = Complaints()
    logger = logging.getLogger("zonewright")
    logger.addHandler(handler)
    level, logger.level = logger.level, logging.ERROR
    try:
        yield complained
    finally:
        logger.level = level
        logger.removeHandler(handler)
