"""One worker per zone: snapshot → wishes → plan → apply → outcomes, for the names that are marked.

A round is level-triggered: it looks at the present wishes and at the snapshot, so it does not matter why a name was
marked, nor how often. Between rounds only the marked names are known. A full round, at the start and whenever the zone
is read again, looks at every wanted name and every name of ours: that finds drift, and what nobody wants any more.

Rounds start at once when the worker is idle; under load they are at least `FLOOR` seconds apart, so that a flood of
changes becomes batches.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from math import inf

from zonewright.clock import monotonic
from zonewright.model.endpoint import Key
from zonewright.model.zone import Zone
from zonewright.planning.brake import Brake, HeldPlan
from zonewright.planning.order import batches
from zonewright.planning.plan import NamePlan, Policy, Rules
from zonewright.providers.base import Changed, Failure, Provider, ProviderError
from zonewright.registry.base import Registry
from zonewright.zones.braking import Braking
from zonewright.zones.landing import Landing, land_all
from zonewright.zones.ownednames import OwnedNames
from zonewright.zones.pace import Pace
from zonewright.zones.planner import Planner
from zonewright.zones.repairs import Repairs, Repeated
from zonewright.zones.retries import Retries
from zonewright.zones.snapshot import Snapshot
from zonewright.zones.strangers import Alarm, Strangers
from zonewright.zones.surroundings import Surroundings
from zonewright.zones.telling import Outcomes, Teller, disclaimed, folded, log_changes, log_released
from zonewright.zones.turns import PORTION, Turns

log = logging.getLogger(__name__)

NO_BRAKE = Brake()
FLOOR = 0.03  # seconds between rounds under load: 20 to 50 ms save four fifths of the record store's CPU in a burst


class ZoneWorker:
    """Keeps one zone in step. `mark` names, then `run` for ever or `round` once."""

    def __init__(
        self,
        zone: Zone,
        provider: Provider,
        registry: Registry,
        rules: Rules,
        around: Surroundings,
        *,
        dry_run: bool,
        interval: float,
        wary: bool = False,
        brake: Brake = NO_BRAKE,
    ) -> None:
        """wary: whether what stands at the start may be another installation's, see `strangers`."""
        self.zone = zone
        self.snapshot: Snapshot | None = None
        self._provider = provider
        self._registry = registry
        self._around = around
        self._dry_run = dry_run
        self._marked: set[str] = set()
        self._turns = Turns()
        self._whole = True  # whether the round under way is about all names
        self._full = True
        self._looked = False  # whether all names have been planned
        self._open: set[str] = set()  # of those, names that were not as they are wanted
        self._pace = Pace(interval)
        self._retries = Retries()
        self._repairs = Repairs()
        self._owned = OwnedNames(registry)
        self._strangers = Strangers(interval, wary=wary and rules.policy is Policy.SYNC)
        self._told = Alarm()
        self._unsure = False  # whether what was told last was told without our ownership
        self._braking = Braking(zone.id, registry, brake)
        self._braked: HeldPlan | None = None  # as it was told last
        self._planner = Planner(zone, provider, registry, rules, around, self._doubts)
        self._teller = Teller(zone, provider.name, provider.capabilities.default_ttl)
        self._busy = False  # whether a round is under way
        self._waiters: list[asyncio.Future[None]] = []  # for the end of a round that begins after they came
        self._served: list[asyncio.Future[None]] = []  # of them, those whom the round under way will satisfy

    def mark(self, names: Iterable[str]) -> None:
        """Look at these names again: somebody has changed what is wanted. During a pause they are told of it."""
        names = list(names)
        self._marked.update(names)
        self._retries.clear(names)
        if names:
            self._pace.wake()
        if (paused := self._pace.paused()) is not None:
            self._tell(names, *paused)

    def mark_all(self) -> None:
        """Look at everything again, with the snapshot as it is."""
        self._full = True
        self._pace.wake()

    async def caught_up(self) -> None:
        """Wait until all that is to be looked at now has been."""
        if not (self._busy or self._full or self._marked or self._turns):
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._pace.wake()
        await waiter

    def reread(self) -> None:
        """The snapshot is not to be trusted: read the zone again, and look at everything."""
        self.snapshot = None
        self.mark_all()

    def stop(self) -> None:
        """End `run` after the round that is under way."""
        self._pace.stop()

    async def run(self) -> None:
        """Rounds, until stopped or cancelled. Nothing else ends it."""
        await self._read_ahead()
        await self._around.begin()
        while not self._pace.stopping:
            await self._due()
            started = monotonic()
            try:
                await self.round(portion=PORTION)
            except Exception as e:  # the top of a worker: our own bug must not stop the zone for good
                log.exception("Unexpected error in zone %s: %s", self.zone, e, extra={"zone": str(self.zone)})
                self._pace.pause(ProviderError(str(e)))
                self.reread()
            await asyncio.sleep(max(0.0, FLOOR - (monotonic() - started)))

    async def _read_ahead(self) -> None:
        """While others list. What goes wrong does so again in the first round, and is told then: also our own bugs."""
        try:
            await self._refresh()
        except Exception as e:
            log.debug("Zone %s: %s", self.zone, e, extra={"zone": str(self.zone)})

    async def round(self, portion: int | None = None) -> None:
        """One round over what is marked. Errors of the provider become outcomes.

        portion: how much of it is carried out, about; what is left comes in the next rounds. None is all.
        """
        self._busy = True
        try:
            error = await self._round(portion)
        finally:
            self._busy = False
        if error is not None or not self._turns:
            for waiter in self._served:
                if not waiter.done():
                    waiter.set_result(None)
            self._served = []
        self._around.done(self.zone, error)

    async def _round(self, portion: int | None) -> ProviderError | None:
        """Returns the first error of the provider."""
        last_read = self.snapshot
        try:
            await self._refresh()
        except ProviderError as e:
            return self._fail(self._around.names(self.zone), e)
        names = self._take(portion)
        try:
            plans = await self._plan(names)
            if self.snapshot is last_read and any(plan.shared and plan.units for plan in plans):
                names = await self._taken_afresh(names, portion)
                plans = await self._plan(names)
        except ProviderError as e:
            self._marked |= names
            return self._fail(names, e)
        self._around.observe(self.zone, plans)
        self._note(plans)
        plans = self._braked_plans(plans)
        if self._dry_run:
            log_changes(self.zone, (unit for plan in plans for unit in plan.units), dry_run=True)
            self._tell_of(self._teller.previewed(plans))
            return None
        plans = self._turns.first(plans, portion)
        failed = await self._carry_out(plans)
        self._tell_of(self._teller.landed(plans, failed))
        return next((error for error, _ in failed.values() if not isinstance(error, Repeated)), None)

    async def _due(self) -> None:
        """Wait until there is something to do and the zone is not paused."""
        while not self._pace.stopping:
            await self._pace.rest()
            now = monotonic()
            self._marked.update(self._retries.due(now))
            self._marked.update(self._braking.ripe(now))
            if self._marked or self._turns or self._full or self._waiters:
                return
            if self.snapshot is None or self._pace.stale():
                return
            await self._pace.idle(until=min(self._retries.next_due() or inf, self._braking.due() or inf))

    # -- what

    async def _refresh(self) -> None:
        if self.snapshot is not None and not self._pace.stale():
            return
        found = Snapshot(await self._provider.records(self.zone), self._provider.capabilities.default_ttl)
        expected = self._owned.last()
        self._pace.read()
        if self.snapshot is not None and self._is_untouched(found):
            self._marked |= self._open
        else:
            self.snapshot = found
            self._full = True
        self._look_for_strangers(self.snapshot, expected)

    def _is_untouched(self, found: Snapshot) -> bool:
        """Whether the zone is as we know it, all names have been looked at, and nothing waits for time to pass."""
        if not self._looked or self.snapshot is None or not self._strangers.at_ease(monotonic()):
            return False
        return found.same(self.snapshot)

    def _owned_here(self, snapshot: Snapshot) -> set[str]:
        return {name for name in self._owned.of(snapshot) if self._around.mine(self.zone, name)}

    def _look_for_strangers(self, snapshot: Snapshot, expected: frozenset[str] | None) -> None:
        """Without owners, as with noop, there is nothing to tell one writer from another."""
        if self._registry.owner_id:
            wanted, owned = self._around.desired, self._owned_here(snapshot)
            come = self._strangers.read(owned, expected, lambda name: bool(wanted.at(name)), monotonic())
            self._tell_of_strangers(come)

    def _judge(self) -> None:
        around = self._around
        now = monotonic()

        def proven(name: str) -> bool:
            return around.desired.ever(name) or around.claimed(name)

        self._strangers.judge(proven, self._has_ours, around.published, around.holds, now)

    def _has_ours(self, name: str) -> bool:
        assert self.snapshot is not None  # noqa: S101
        at_name = (*self._registry.held(name, self.snapshot), *self._registry.orphans(name, self.snapshot))
        return any(held.ownership and held.ownership.owner == self._registry.owner_id for held in at_name)

    def _tell_of_strangers(self, come: frozenset[str] = frozenset()) -> None:
        alarm = self._strangers.alarm(come, monotonic())
        if alarm.is_news(self._told):
            self._around.strangers(self.zone, alarm)
        self._told = alarm

    def _take(self, portion: int | None) -> set[str]:
        assert self.snapshot is not None  # noqa: S101  # _refresh has set it
        names, self._marked = self._to_look_at(portion), set()
        names.update(self._turns.next(portion))
        self._whole = self._full
        self._served, self._waiters = [*self._served, *self._waiters], []
        if self._full:
            self._full = False
            names |= self._around.names(self.zone)
            names |= self._owned_here(self.snapshot)
            self._judge()
        self._tell_of_strangers()
        if self._around.divided:  # marked long ago, or in back-off: meanwhile it may be another shard's
            names = {name for name in names if self._around.mine(self.zone, name)}
        return names

    def _to_look_at(self, portion: int | None) -> set[str]:
        """Of the marked names. What nobody asks for any more is looked at together: how much it is must be known."""
        going = {name for name in self._marked if not self._around.desired.at(name)}
        return self._turns.come(self._marked - going, portion) | going

    async def _taken_afresh(self, names: set[str], portion: int | None) -> set[str]:
        """After another reading: other owners have a part in one of the names, and what they have now is to be kept."""
        self._marked |= names
        self.snapshot = None
        await self._refresh()
        return self._take(portion)

    async def _plan(self, names: Iterable[str]) -> list[NamePlan]:
        assert self.snapshot is not None  # noqa: S101
        wishes = {name: self._planner.wishes(name) for name in sorted(names)}
        self._strangers.asked([name for name, at_name in wishes.items() if at_name])
        return await self._planner.plan(wishes, self.snapshot)

    def _note(self, plans: Iterable[NamePlan]) -> None:
        """Which names are as they are wanted: as long as nobody changes the zone, or what is wanted, they stay so."""
        for plan in plans:
            if plan.is_settled:
                self._open.discard(plan.name)
            else:
                self._open.add(plan.name)
        self._looked = self._looked or self._whole

    def _doubts(self, name: str) -> bool:
        """Whether a name may be another installation's, so that it must not be deleted."""
        return self._strangers.doubts(name) or self._strangers.about(monotonic())

    def approve(self, plan_id: str) -> bool:
        """Whether what is held is this very plan: then it goes."""
        names = self._braking.approve(plan_id)
        self.mark(names)
        return bool(names)

    def _braked_plans(self, plans: list[NamePlan]) -> list[NamePlan]:
        judged = self._braking.judge(plans, self._count_owned, monotonic(), whole=self._whole)
        if judged.again:
            self.mark(judged.again)
        if self._braking.plan != self._braked:
            self._braked = self._braking.plan
            self._around.braked(self.zone, self._braked)
        return judged.plans

    def _count_owned(self) -> int:
        """Our record sets in the zone."""
        assert self.snapshot is not None  # noqa: S101
        records = (record for name in self._owned_here(self.snapshot) for record in self.snapshot.at(name))
        return sum(1 for record in records if not self._registry.is_ownership(record))

    # -- carrying out

    async def _carry_out(self, plans: list[NamePlan]) -> dict[Key, tuple[ProviderError, float]]:
        """Returns, by record set, what did not land: the error and when it is tried again (seconds since the epoch)."""
        assert self.snapshot is not None  # noqa: S101
        now = monotonic()
        self._retries.clear(plan.name for plan in plans if not plan.units)  # there is nothing to try any more
        waiting = {plan.name: wait for plan in plans if (wait := self._retries.waiting(plan.name, now))}
        units = [unit for plan in plans if plan.name not in waiting for unit in plan.units]
        log_changes(self.zone, units)
        log_released(self.zone, (plan for plan in plans if plan.name not in waiting))
        self._strangers.tries(unit.name for unit in units)
        groups = batches(units, self._provider.capabilities.batch_size)
        failed = self._settle(await land_all(self._provider, self.zone, groups, self.snapshot))
        for plan in plans:
            if plan.name in waiting:
                error, due = waiting[plan.name]
                failed |= {key: (error, time.time() + due - now) for unit in plan.units for key in unit.keys}
        return failed

    def _settle(self, landing: Landing) -> dict[Key, tuple[ProviderError, float]]:
        """Book-keeping after a landing; returns, by record set, the error and when it is tried again (epoch)."""
        failed_names = {failure.unit.name for failure in landing.failures}
        landed_names = {unit.name for unit in landing.landed} - failed_names
        self._retries.clear(landed_names)
        self._strangers.landed(landed_names - landing.untidy)
        now = monotonic()
        self._braking.landed(landing.landed, now)
        for name, (repeated, due) in self._repairs.landed(landing.landed, now).items():
            self._retries.wait(name, repeated, due)
        if landing.doubtful:
            self.reread()
        if (error := landing.whole_outage()) is not None:
            until = self._pace.pause(error)
            self._marked |= failed_names
            retry_at = dict.fromkeys(failed_names, until)
        else:
            self._pace.went_well()
            retry_at = self._quarantine(f for f in landing.failures if not isinstance(f.error, Changed))
            # Nothing is wrong with these, and something has landed: after another reading, fewer are left each time.
            outdated = failed_names - retry_at.keys()
            self._marked |= outdated
            retry_at |= dict.fromkeys(outdated, time.time())
        for failure in landing.failures:
            where = {"zone": str(self.zone), "reason": failure.error.reason}
            log.warning("Not published: %s: %s", failure.unit.name, failure.error, extra=where)
        return {key: (f.error, retry_at[f.unit.name]) for f in landing.failures for key in f.unit.keys}

    def _quarantine(self, failures: Iterable[Failure]) -> dict[str, float]:
        """Names that failed while others did not, each with the time of its next try (seconds since the epoch)."""
        now, epoch = monotonic(), time.time()
        errors = {failure.unit.name: failure.error for failure in failures}
        return {name: epoch + self._retries.failed(name, error, now) - now for name, error in errors.items()}

    # -- telling

    def _tell_of(self, outcomes: Outcomes) -> None:
        """As long as we may have the owner id of another, a status must not prove that it is ours."""
        unsure = self._strangers.unsure(self._around.published)
        if unsure:
            outcomes = disclaimed(outcomes, self._registry.owner_id)
        elif self._unsure:
            self.mark_all()  # what has been told without it
        self._unsure = unsure
        self._around.report(folded(outcomes))

    def _fail(self, names: Iterable[str], error: ProviderError) -> ProviderError:
        """The zone could not be read, or planned: that is what each of these names is told."""
        until = self._pace.pause(error)
        log.error("Zone %s: %s", self.zone, error, extra={"zone": str(self.zone), "reason": error.reason})
        self._tell(names, error, until)
        self._looked = False  # they are to be told when it is over
        return error

    def _tell(self, names: Iterable[str], error: ProviderError, until: float) -> None:
        wishes = [wish for name in names for wish in self._planner.wishes(name)]
        self._around.report({wish.origin: self._teller.hopeless(wish.endpoint, error, until) for wish in wishes})
