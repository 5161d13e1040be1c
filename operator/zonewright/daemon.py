"""The operator as it runs in a cluster: watches by kopf, workers of ours, signals and an orderly end.

A standby watches, and knows all that there is to know; what writes does not run. It starts when this process leads, and
a process that has led and does so no more is built anew.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Iterable, Mapping

from zonewright.controller import Controller, KindSink
from zonewright.handlers.overlooked import await_overlooked
from zonewright.handlers.session import Watches
from zonewright.handlers.watching import watch
from zonewright.kube import preflight
from zonewright.kube.api import Api
from zonewright.kube.connection import Connection
from zonewright.kube.election import Leadership
from zonewright.listing import read
from zonewright.model.kind import DNSENDPOINT, Kind

log = logging.getLogger(__name__)

GRACE = 10.0  # seconds for a batch that is under way when the process is asked to stop
TICK = 1.0  # seconds between looks at the watches
UNHEARD = 30.0  # seconds without a list of a kind that kopf watches, after which we list it ourselves
LATER = 25.0  # seconds between looks for kinds that kopf has overlooked; longer than any pause of EndlessBackoff
DEAF = 300.0  # seconds without a working watch on a kind, after which the process counts as not alive
FRESH = 5.0  # seconds for which a new leader waits for watches that have just broken
_OVERLOOKED, _DEPOSED = "overlooked kinds", "leadership"
_ANEW = frozenset({_OVERLOOKED, _DEPOSED})  # tasks whose end means that all is built anew


class Daemon:
    """The operator as it runs in a cluster: watches, workers, probes.

    stop  set by the first signal
    """

    def __init__(
        self, connection: Connection, api: Api, controller: Controller, leadership: Leadership, stop: asyncio.Event
    ) -> None:
        self._connection = connection
        self._api = api
        self._controller = controller
        self._leadership = leadership
        self._stop = stop
        self._working = asyncio.Event()
        self._watching_ends = asyncio.Event()

    async def run(self) -> int | None:
        """Until a signal (0), or until kopf or one of our tasks ends by itself (1).

        None where a kind has come that kopf does not see, where another one leads by now, and where kopf has met with
        an answer that ends it: all has to be found out anew.
        """
        self._listen()
        controller = self._controller
        sinks = controller.sinks()
        watches = Watches()
        found = await self._installed(sinks)
        controller.require(controller.intake.needed(found) | {DNSENDPOINT})
        scanning = await preflight.may_watch_definitions(self._api)
        controller.sweep.queue.start()
        tasks = {
            asyncio.create_task(self._work(), name="zones"),
            asyncio.create_task(self._lose(), name=_DEPOSED),
            asyncio.create_task(controller.resolver.run(), name="resolver"),
            asyncio.create_task(self._sweep(), name="sweep"),
            asyncio.create_task(self._tick(watches), name="tick"),
            asyncio.create_task(self._list_unheard(watches, sinks), name="lists"),
            asyncio.create_task(self._become_ready(), name="ready"),
            asyncio.create_task(self._await_overlooked(sinks, watches), name=_OVERLOOKED),
        }
        started = asyncio.Event()
        kopf = asyncio.create_task(
            watch(
                self._connection,
                sinks,
                controller.seen,
                watches,
                self._watching_ends,
                started,
                scanning=scanning,
                echoes=controller.echoes,
            ),
            name="watching",
        )
        controller.probes.tasks = {task for task in tasks if task.get_name() != "ready"} | {kopf}
        signals = asyncio.create_task(self._take_signals(started), name="signals")
        code: int | None = 1
        try:
            code = await self._until_stopped(tasks, kopf)
        finally:
            signals.cancel()
            await self._shut_down(tasks, kopf, code)
        return code

    async def _work(self) -> None:
        """All that writes, as soon as this process leads."""
        controller, leadership = self._controller, self._leadership
        leading = asyncio.create_task(leadership.won(), name="election")
        try:
            await leadership.decided()
            stood_by = leadership.leader != ""
            controller.stand_by(others_lead=stood_by)
            await leading
        finally:
            leading.cancel()
        if stood_by and controller.probes.synced:  # old news are not to be written over what is newer
            await _bounded(controller.completed.wait(), FRESH)
        controller.stand_by(others_lead=False)
        controller.writer.queue.start()
        controller.reporter.queue.start()
        controller.held_plans.queue.start()
        controller.events.start()
        self._working.set()
        await controller.zones.run()

    async def _lose(self) -> None:
        """Until this process has led, and does so no more."""
        await self._leadership.won()
        await self._leadership.lost()

    async def _installed(self, sinks: Mapping[Kind, KindSink]) -> frozenset[Kind]:
        """Kinds that are there now; those that count must be listed before anything is deleted."""
        found = await preflight.installed(self._api, sinks)
        for kind in sorted(sinks.keys() - found):
            log.info("The cluster has no %s (%s): picked up when it is installed", kind.plural, kind.api_version)
        return found

    async def _until_stopped(self, tasks: set[asyncio.Task[None]], kopf: asyncio.Task[None]) -> int | None:
        stop = asyncio.create_task(self._stop.wait(), name="stop")
        lasting = {task for task in tasks if task.get_name() != "ready"}
        done, _ = await asyncio.wait({stop, kopf, *lasting}, return_when=asyncio.FIRST_COMPLETED)
        if stop in done or (kopf in done and not kopf.cancelled() and kopf.exception() is None):
            stop.cancel()
            log.info("Stopping")
            return 0
        stop.cancel()
        if all(task.get_name() in _ANEW and not task.cancelled() and task.exception() is None for task in done):
            return None
        if done == {kopf} and not kopf.cancelled():
            log.error("The watches have ended, and begin anew: %r", kopf.exception())
            return None
        for task in done:
            error = None if task.cancelled() else task.exception()
            log.error("Ended by itself: %s: %r", task.get_name(), error)
        return 1

    async def _take_signals(self, started: asyncio.Event) -> None:
        """kopf takes SIGTERM and SIGINT when it starts, and would end our tasks with its own: they are taken back."""
        await started.wait()
        self._listen()

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)

    async def _shut_down(self, tasks: set[asyncio.Task[None]], kopf: asyncio.Task[None], code: int | None) -> None:
        """Rounds under way come to their end and are noted, another one may lead, then the watches go.

        A process that does not lead any more has nothing to bring to its end.
        """
        controller, leadership = self._controller, self._leadership
        if code is not None:
            leadership.fence.refuse_waiting()
        if self._working.is_set() and not leadership.fence.is_closed:
            await controller.zones.finish(GRACE)
            await _bounded(controller.reporter.queue.drained(), 2.0)
            await controller.events.drained(1.0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await controller.writer.queue.stop()
        await controller.reporter.queue.stop()
        await controller.held_plans.queue.stop()
        await controller.events.stop()
        await controller.sweep.queue.stop()
        if code is not None:
            await leadership.release()
        self._watching_ends.set()
        await asyncio.gather(kopf, return_exceptions=True)

    async def _tick(self, watches: Watches) -> None:
        """Look at the watches now and then: their state decides on deletes and on the probes."""
        while True:
            self._controller.watches_failing(frozenset(watches.failing()))
            self._controller.probes.deaf = watches.failing(DEAF)
            await asyncio.sleep(TICK)

    async def _list_unheard(self, watches: Watches, sinks: Mapping[Kind, KindSink]) -> None:
        """Should kopf's lists not come by our session any more, its events still do, and this is what they lack."""
        while True:
            await asyncio.sleep(UNHEARD)
            for kind in self._controller.unlisted() - watches.failing().keys():
                log.warning("No list of %s has come: it is asked for", kind.plural)
                await read(self._api, kind, sinks[kind])

    async def _await_overlooked(self, kinds: Iterable[Kind], watches: Watches) -> None:
        found = await await_overlooked(self._api, kinds, watches, LATER)
        names = ", ".join(f"{kind.plural} ({kind.api_version})" for kind in sorted(found))
        log.info("The cluster has %s by now: starting over", names)

    async def _sweep(self) -> None:
        """Should it be turned off, it is there all the same: a task that ends would end the process."""
        await self._controller.sweep.run()
        await asyncio.Event().wait()

    async def _become_ready(self) -> None:
        """Ready is who has listed all, written what was missing, and looked at every zone after that.

        A standby has listed all: who waits for more, as a rollout does, would wait for the end of the leader.
        """
        controller = self._controller
        await self._leadership.decided()
        await controller.completed.wait()
        controller.probes.synced = self._leadership.leader != ""
        await self._working.wait()
        await controller.completed.wait()
        if controller.shards is not None:  # before, the writer leaves everything alone
            await controller.zones.found()
        await controller.writer.queue.drained()
        await controller.zones.caught_up()
        await controller.reporter.queue.drained()
        controller.held_plans.judged()
        controller.probes.synced = True
        mine = controller.shards.mine if controller.shards is not None else lambda _: True
        log.info("In sync: %d names wanted", sum(1 for name in controller.desired.names() if mine(name)))


async def _bounded(work: Awaitable[object], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        pass
