"""The order of it all: for each size one control plane, filled once; on it the back ends, the runs, the tools in turn.

What fails is recorded as failed. Whatever way it ends, nothing is left running: servers and tools live in one directory
that a keeper clears when this process is gone (localcluster.shared).
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import processes, tools, work
from benchmarks.apiserver import ApiServer, all_of
from benchmarks.backends.base import Backend
from benchmarks.backends.coredns import CoreDns
from benchmarks.backends.pdns import PowerDns
from benchmarks.backends.route53 import Route53
from benchmarks.plan import AFTER_RESTART, Plan, Stage
from benchmarks.population import (
    DNSENDPOINTS,
    GATEWAY_CLASSES,
    GATEWAYS,
    HOME,
    NAMESPACES,
    Population,
    gateway,
    gateway_status,
    namespaces,
)
from benchmarks.results import Book, Measurement
from benchmarks.tools import EXTERNAL_DNS, ZONEWRIGHT, Running, Tool
from benchmarks.watching import now, until
from benchmarks.work import Extent, Outcome, Stand
from localcluster import coredns, shared
from localcluster.process import tail
from localcluster.progress import duration, say

APISERVER = "apiserver"
_IDLE = 15.0
_TOLD = 1000  # lines of a log
_LATER = {
    "latency": work.latency,
    "rate": work.rate,
    "calls": work.calls,
    "burst": work.burst,
    "delete": work.delete,
    "drift": work.drift,
    "steady": work.steady,
}


async def measure(plan: Plan, book: Book) -> int:
    """Do all of a plan; the number of measurements that failed."""
    failed = 0
    programs = {ZONEWRIGHT: tools.zonewright, EXTERNAL_DNS: tools.external_dns}
    wanted = {name for stage in plan.stages for name in stage.tools}
    built = {name: make() for name, make in programs.items() if name in wanted}
    for names, stages in plan.by_size():
        turns = [_Turns(stage, built, book) for stage in stages]
        try:
            async with _size(names) as (api, population, directory, idle):
                for one in turns:
                    await one.all(api, population, directory, idle, plan.extent)
        except Exception as error:  # no control plane, or one that cannot be filled: the next size has its own
            turns[0].lost(APISERVER, 1, error)
        failed += sum(one.failed for one in turns)
    return failed


@asynccontextmanager
async def _size(names: int) -> AsyncIterator[tuple[ApiServer, Population, Path, Mapping[str, float]]]:
    """A control plane with so many names in it, and what it asks itself while nobody works."""
    guard = shared.Guard()
    try:
        running = await asyncio.to_thread(shared.acquire, guard.directory)
        directory = Path(running.cluster.kubeconfig).parent
        async with ApiServer(running.cluster) as api:
            population = Population(names)
            begun = now()
            await _fill(api, population)
            say(f"{names} objects are there, after {duration(now() - begun)}")
            yield api, population, directory, await _idle(api)
    finally:
        await asyncio.to_thread(guard.close)


async def _fill(api: ApiServer, population: Population) -> None:
    for one in namespaces():
        await api.create("/api/v1/namespaces", one)
    spec = {"controllerName": "example.org/gateways"}
    metadata = {"name": "benchmark"}
    version = "gateway.networking.k8s.io/v1"
    manifest = {"apiVersion": version, "kind": "GatewayClass", "metadata": metadata, "spec": spec}
    await api.create(GATEWAY_CLASSES, manifest)
    for namespace in NAMESPACES:
        await api.create(GATEWAYS.format(namespace), gateway(namespace))
        await api.set_status(GATEWAYS.format(namespace), "gateway", gateway_status(namespace))
    await all_of(lambda item: work.create(api, population, item), population.base())


async def _idle(api: ApiServer) -> dict[str, float]:
    before = await api.requests()
    await asyncio.sleep(_IDLE)
    return {name: count / _IDLE for name, count in (await api.requests() - before).items()}


def backend_of(name: str, directory: Path) -> Backend:
    """Started, but for what `reset` starts. Raises NotToBeHad, Died, TimeoutError."""
    if name == "pdns":
        return PowerDns(directory)
    if name == "route53":
        return Route53(directory)
    server = coredns.find(directory)
    if server is None:
        raise RuntimeError("CoreDNS has stopped")
    return CoreDns(server)


class _Turns:
    """One stage: all its runs, tool by tool."""

    def __init__(self, stage: Stage, built: Mapping[str, Tool], book: Book) -> None:
        self._stage = stage
        self._tools = [built[name] for name in stage.tools]
        self._book = book
        self.failed = 0

    async def all(
        self,
        api: ApiServer,
        population: Population,
        directory: Path,
        idle: Mapping[str, float],
        extent: Extent,
    ) -> None:
        stage = self._stage
        try:
            backend = backend_of(stage.backend, directory)
        except Exception as error:  # one back end that cannot be had is no reason to do without the others
            for tool in self._tools:
                self.lost(tool.name, 1, error)
            return
        try:
            for run in range(1, stage.runs + 1):
                await self._run(Stand(api.cluster, directory, api, backend, population, extent, idle, run))
        finally:
            await backend.close()

    async def _run(self, stand: Stand) -> None:
        await _tidy(stand)
        if "floor" in self._stage.works:
            await self._measured(stand, APISERVER, "floor", None, lambda: work.floor(stand))
        for tool in self._tools:
            try:
                await self._turn(stand, tool)
            except Exception as error:  # what is around the measurements
                self.lost(tool.name, stand.run, error)
        await _tidy(stand)

    def lost(self, tool: str, run: int, error: Exception) -> None:
        """All that is left of a run did not take place."""
        self._keep(Measurement(tool, self._stage.backend, self._stage.names, "start", run, error=_said(error)))

    async def _turn(self, stand: Stand, tool: Tool) -> None:
        """One tool, once, from an empty back end on."""
        await _tidy(stand)
        await stand.backend.reset()
        peak, before = 0.0, await work.Before.now(stand)
        async with self._started(stand, tool) as running:
            outcome = await self._measured(stand, tool.name, "cold", running, lambda: work.cold(stand, running, before))
            if outcome is None:
                return
            peak = outcome.figures["peak"]
        later = [name for name in self._stage.works if name in AFTER_RESTART]
        if not later and "restart" not in self._stage.works:
            return
        again = await work.Before.now(stand)
        async with self._started(stand, tool) as running:
            await self._measured(stand, tool.name, "restart", running, lambda: work.restart(stand, running, again))
            for name in later:
                await self._one(stand, tool, running, name, peak)

    async def _one(self, stand: Stand, tool: Tool, running: Running, name: str, peak: float) -> None:
        if name == "memory":
            await self._measured(stand, tool.name, name, running, lambda: work.memory(stand, running, peak))
        else:
            await self._measured(stand, tool.name, name, running, lambda: _LATER[name](stand, running))

    @staticmethod
    def _started(stand: Stand, tool: Tool) -> AbstractAsyncContextManager[Running]:
        return tools.started(tool, stand.cluster, stand.directory, stand.backend.flags, stand.backend.env)

    async def _measured(
        self,
        stand: Stand,
        tool: str,
        name: str,
        running: Running | None,
        do: Callable[[], Awaitable[Outcome]],
    ) -> Outcome | None:
        """None when it failed."""
        stage, load, begun = self._stage, processes.load(), now()
        entry = Measurement(tool, stage.backend, stage.names, name, stand.run, load=load)
        try:
            before = running.usage().cpu if running and name != "cold" else 0.0
            outcome = await do()
            figures = dict(outcome.figures)
            if running:
                figures["cpu_seconds"] = running.usage().cpu - before
        except Exception as error:  # recorded, and the next one has its turn
            self._keep(replace(entry, error=_said(error)))
            if running:
                folder = self._book.directory / "logs"
                folder.mkdir(exist_ok=True)
                label = f"{stage.backend}-{stage.names}-{stand.run}-{tool}-{name}.log"
                (folder / label).write_text(tail(running.daemon.log, _TOLD))
            return None
        self._keep(
            replace(
                entry,
                figures={**figures, "took": now() - begun},
                samples=outcome.samples,
                calls=outcome.calls,
                requests=outcome.requests,
            )
        )
        return outcome

    def _keep(self, measurement: Measurement) -> None:
        stamped = replace(measurement, at=datetime.now(UTC).isoformat(timespec="seconds"))
        self._book.add(stamped)
        self.failed += stamped.failed
        what = f"{stamped.names} names, {stamped.backend}, run {stamped.run}, {stamped.tool}, {stamped.work}"
        say(f"{what}: {stamped.error.splitlines()[0] if stamped.failed else _figures(stamped)}")


async def _tidy(stand: Stand) -> None:
    """No DNSEndpoint is left, and nothing of a burst."""
    await work.delete_burst(stand.api, stand.population, stand.extent.burst)
    collections = [DNSENDPOINTS.format(namespace) for namespace in (*NAMESPACES, HOME, "default")]
    await all_of(stand.api.delete_collection, collections, 4)

    async def gone() -> bool:
        return sum([await stand.api.count(path) for path in collections]) == 0

    await until(gone, stand.limit, "all DNSEndpoints to be gone", pause=0.5)


def _said(error: BaseException) -> str:
    """What an error says; of several at once, what the first one says."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    place = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(place[-1].filename).name}:{place[-1].lineno})" if place else ""
    return f"{type(error).__name__}: {error}{where}"


def _figures(measurement: Measurement) -> str:
    figures = [f"{name} {value:.4g}" for name, value in measurement.figures.items()]
    if measurement.samples:
        ordered = sorted(measurement.samples)
        figures.insert(0, f"median {ordered[len(ordered) // 2]:.4g} s")
    return ", ".join(figures)
