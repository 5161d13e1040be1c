"""What is measured: one function for each kind of work. They wait for conditions, each with a limit, and count."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from benchmarks.apiserver import ApiServer, all_of
from benchmarks.backends.base import Backend
from benchmarks.population import DNSENDPOINTS, NAMESPACES, PART, Item, Population, dnsendpoint
from benchmarks.tools import ZONEWRIGHT, Running, approve
from benchmarks.watching import TooSlow, next_pause, now, settled, until
from localcluster.cluster import Cluster

DNS_LIMIT = 90.0
# Before a figure is read off, for what comes after a change has landed.
AFTERWARDS = 1.5
# Each pause between two changes is drawn from here, so that no rhythm of a tool's is met.
BETWEEN = (0.2, 0.7)
RATE = 10.0
_WRITING = ("POST", "PUT", "PATCH", "APPLY", "DELETE")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of it. Seconds, and numbers of objects."""

    changes: int = 100
    latency_seconds: float = 90.0
    rate_seconds: float = 20.0
    burst: int = 1000
    steady_seconds: float = 600.0
    call_changes: int = 3


@dataclass(frozen=True, slots=True)
class Stand:
    """Everything that is there while a tool is measured. idle: API requests a second while no tool runs."""

    cluster: Cluster
    directory: Path
    api: ApiServer
    backend: Backend
    population: Population
    extent: Extent
    idle: Mapping[str, float]
    run: int

    @property
    def limit(self) -> float:
        """Seconds for anything that is about all names."""
        return 120 + self.population.names * 0.03


@dataclass(frozen=True, slots=True)
class Outcome:
    figures: Mapping[str, float]
    samples: tuple[float, ...] = ()
    calls: Mapping[str, float] = field(default_factory=dict)
    requests: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Before:
    """What was so before a program was started. wall: seconds since the epoch; revision: of the back end."""

    wall: float
    requests: Counter[str]
    revision: int

    @classmethod
    async def now(cls, stand: Stand) -> Self:
        return cls(time.time(), await stand.api.requests(), await stand.backend.revision())


async def cold(stand: Stand, running: Running, before: Before) -> Outcome:
    """From the start of the program to the last record, and to the last status of what Zonewright writes."""
    async with asyncio.TaskGroup() as group:
        record = group.create_task(all_there(stand, lambda n: n >= len(stand.population.wanted)))
        status = group.create_task(_last_status(stand)) if running.tool.name == ZONEWRIGHT else None
    figures = {"last_record": record.result() - running.started, "peak": float(running.usage().peak)}
    figures["records"] = float(await stand.backend.count())
    if status:
        figures["last_status"] = status.result() - running.started
        await _all_ready(stand)
    requests = await stand.api.requests() - before.requests
    return Outcome(figures, requests=requests)


async def all_there(stand: Stand, enough: Callable[[int], bool]) -> float:
    """The moment of the last change; what stands there is compared with what is wanted afterwards, not meanwhile.

    enough: of a number of records, whether it is worth while to compare. How many records a name has is the tool's
    own choice, and ExternalDNS leaves some behind at each update in CoreDNS.
    """
    wanted = stand.population.wanted
    deadline = now() + stand.limit
    while True:
        moment = await settled(stand.backend.count, enough, max(0.0, deadline - now()), "the records to come and go")
        standing = await stand.backend.addresses()
        wrong = {name for name, target in wanted.items() if standing.get(name) != target}
        if not wrong and len(standing) == len(wanted):
            return moment
        if now() > deadline:
            raise TooSlow(f"{len(wrong)} of {len(wanted)} names are not in DNS as wanted, {len(standing)} are there")


async def _last_status(stand: Stand) -> float:
    return await settled(
        stand.api.last_written, lambda r: r > 0, stand.limit, "the last status", quiet=5.0, least_pause=0.5
    )


async def _all_ready(stand: Stand) -> None:
    """Raises TooSlow where a DNSEndpoint is not Ready, or is missing."""
    ready = 0
    for namespace in NAMESPACES:
        for one in await stand.api.listed(DNSENDPOINTS.format(namespace)):
            conditions = one.get("status", {}).get("conditions", ())
            ready += any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
    if ready < len(stand.population.wanted):
        raise TooSlow(f"no status is written any more, and {ready} of {len(stand.population.wanted)} names are Ready")


async def restart(stand: Stand, running: Running, before: Before) -> Outcome:
    """From the start to a whole round without an error that found all in DNS."""
    least = len(stand.population.wanted) if running.tool.name == ZONEWRIGHT else 0
    health = "/readyz" if running.tool.name == ZONEWRIGHT else "/healthz"

    async def in_sync() -> float | None:
        if await running.page(health) is None:
            return None
        seen = await running.gauges()
        synced = seen.get("external_dns_controller_last_sync_timestamp_seconds", 0.0) >= int(before.wall)
        return now() if synced and seen.get("external_dns_controller_verified_records", 0.0) >= least else None

    moment = await until(in_sync, stand.limit, "a round that finds all in sync")
    await asyncio.sleep(AFTERWARDS)
    requests = await stand.api.requests() - before.requests
    written = [name for name in requests if "dnsendpoints" in name and name.startswith(_WRITING)]
    refused = sum(requests[name] for name in written if name.endswith("refused"))
    figures = {
        "in_sync": moment - running.started,
        "dns_writes": float(await stand.backend.revision() - before.revision),
        "api_writes": float(sum(requests[name] for name in written) - refused),
        "api_refused": float(refused),
    }
    return Outcome(figures, requests=requests)


async def latency(stand: Stand, running: Running) -> Outcome:
    """One change at a time: from the moment a new address is sent to the API server to DNS that leads there."""
    chance = random.Random(stand.run)
    samples: list[float] = []
    items = stand.population.changeable()
    begun = now()
    while len(samples) < stand.extent.changes and now() - begun < stand.extent.latency_seconds:
        await asyncio.sleep(chance.uniform(*BETWEEN))
        running.check()
        samples.append(await _change(stand, chance.choice(items)))
    return Outcome({"changes": float(len(samples)), "seconds": now() - begun}, tuple(samples))


async def rate(stand: Stand, running: Running) -> Outcome:
    """The same at ten changes a second, each of another object as long as there are some."""
    chance = random.Random(stand.run + 1000)
    items = stand.population.changeable()
    chance.shuffle(items)
    number = int(RATE * stand.extent.rate_seconds)
    begun = now()
    async with asyncio.TaskGroup() as group:
        tasks = []
        for index in range(min(number, len(items))):
            await asyncio.sleep(max(0.0, begun + index / RATE - now()))
            tasks.append(group.create_task(_change(stand, items[index])))
    running.check()
    return Outcome({"changes": float(len(tasks)), "seconds": now() - begun}, tuple(task.result() for task in tasks))


async def _change(stand: Stand, item: Item) -> float:
    target = stand.population.place(item)
    begun = now()
    await stand.api.set_status(item.collection, item.name, item.status(target))
    while True:
        moment = await stand.backend.landed(item.hostname, target)
        if moment is not None:
            return moment - begun
        if now() - begun > DNS_LIMIT:
            raise TooSlow(f"{item.hostname} does not lead to its new address after {DNS_LIMIT:.0f} s")
        await asyncio.sleep(max(stand.backend.least_pause, next_pause(now() - begun)))


async def calls(stand: Stand, running: Running) -> Outcome:
    """Requests to the provider for one change: the middle of some, since a round may fall into any of them."""
    chance = random.Random(stand.run + 2000)
    found: list[Counter[str]] = []
    for item in chance.sample(stand.population.changeable(), stand.extent.call_changes):
        await asyncio.sleep(AFTERWARDS)
        before, revision = await stand.backend.calls(), await stand.backend.revision()
        target = stand.population.place(item)
        await stand.api.set_status(item.collection, item.name, item.status(target))

        async def written(revision: int = revision) -> bool:
            return await stand.backend.revision() != revision

        await until(written, DNS_LIMIT, "a change to be written")
        await asyncio.sleep(AFTERWARDS)
        running.check()
        found.append(Counter(await stand.backend.calls()) - Counter(before))
    ordered = sorted(found, key=lambda one: one.total())
    middle = ordered[len(ordered) // 2]
    figures = {"total": float(middle.total()), "records": float(await stand.backend.count())}
    return Outcome(figures, calls=dict(middle))


async def burst(stand: Stand, running: Running) -> Outcome:
    """Many objects at once: from the last one that is written to the last record."""
    items = stand.population.burst(stand.extent.burst)
    before = await stand.backend.count()
    begun = now()
    await all_of(lambda item: create(stand.api, stand.population, item), items)
    written = now()
    moment = await all_there(stand, lambda n: n >= before + len(items))
    running.check()
    return Outcome({"creating": written - begun, "after_last": max(0.0, moment - written), "all": moment - begun})


async def create(api: ApiServer, population: Population, item: Item) -> None:
    """An object and its status, as two controllers would write them."""
    target = population.place(item)
    await api.create(item.collection, item.manifest())
    await api.set_status(item.collection, item.name, item.status(target))


async def delete_burst(api: ApiServer, population: Population, size: int) -> None:
    """Delete what `burst` makes, some collections at a time."""
    items = population.burst(size)
    collections = sorted({item.collection for item in items})
    await all_of(lambda path: api.delete_collection(path, f"{PART}=burst"), collections)
    for item in items:
        population.remove(item)


async def delete(stand: Stand, running: Running) -> Outcome:
    """From the last delete to the last record gone. What the brake holds is approved when it is all held."""
    before = await stand.backend.count()
    names = len(stand.population.wanted)
    if names <= stand.population.names:
        raise TooSlow("there is nothing to delete: the burst before has failed")
    begun = now()
    await delete_burst(stand.api, stand.population, stand.extent.burst)
    deleted = now()
    gone = names - len(stand.population.wanted)
    approvals: list[float] = []
    approving = asyncio.create_task(_approving(stand, running, approvals))
    try:
        moment = await all_there(stand, lambda n: n <= before - gone)
    finally:
        approving.cancel()
    running.check()
    figures = {
        "deleting": deleted - begun,
        "after_last": max(0.0, moment - deleted),
        "approvals": float(len(approvals)),
    }
    return Outcome(figures)


async def _approving(stand: Stand, running: Running, approvals: list[float]) -> None:
    """Approve held deletes whenever their number has come to rest; when it was done is added to `approvals`."""
    if running.tool.name != ZONEWRIGHT:
        return
    last = 0.0
    while True:
        await asyncio.sleep(1.0)
        held = (await running.gauges()).get("zonewright_held_deletes", 0.0)
        if held and held == last:
            await approve(running.tool, stand.cluster, stand.backend.flags, stand.backend.env)
            approvals.append(now())
        last = held


async def drift(stand: Stand, running: Running) -> Outcome:
    """A record that somebody takes away by hand: until it is back."""
    item = random.Random(stand.run + 3000).choice(stand.population.changeable())
    target = stand.population.wanted[item.hostname]
    await stand.backend.spoil(item.hostname, target)
    begun = now()

    async def back() -> float | None:
        running.check()
        return await stand.backend.landed(item.hostname, target)

    moment = await until(back, 180.0, f"{item.hostname} to be repaired", pause=0.1)
    return Outcome({"repair": moment - begun})


async def steady(stand: Stand, running: Running) -> Outcome:
    """Nothing changes: processor time, requests to the API server without what it asks itself, and to the provider."""
    await asyncio.sleep(AFTERWARDS * 4)
    requests, asked, used, begun = await stand.api.requests(), await stand.backend.calls(), running.usage(), now()
    while now() - begun < stand.extent.steady_seconds:
        await asyncio.sleep(min(5.0, stand.extent.steady_seconds))
        running.check()
    seconds = now() - begun
    cpu = running.usage().cpu - used.cpu
    found = Counter(await stand.backend.calls()) - Counter(asked)
    counted = await stand.api.requests() - requests
    own = {name: max(0.0, value - stand.idle.get(name, 0.0) * seconds) for name, value in counted.items()}
    figures = {
        "seconds": seconds,
        "cpu_percent": 100 * cpu / seconds,
        "api_per_minute": 60 * sum(own.values()) / seconds,
        "calls_per_minute": 60 * found.total() / seconds,
    }
    return Outcome(figures, calls=dict(found), requests={name: value for name, value in own.items() if value >= 0.5})


async def memory(stand: Stand, running: Running, peak: float) -> Outcome:
    """At the end of everything. peak: bytes, of the cold start, which was another process."""
    used = running.usage()
    figures = {
        "peak": max(peak, float(used.peak)),
        "settled": float(used.resident),
        "anonymous": float(used.anonymous),
        "anonymous_per_name": used.anonymous / len(stand.population.wanted),
    }
    return Outcome(figures)


async def floor(stand: Stand) -> Outcome:
    """What the API server alone takes for as many DNSEndpoints as there are names, while no tool runs."""
    wanted = stand.population.wanted

    async def one(item: Item) -> None:
        await stand.api.create(DNSENDPOINTS.format(item.namespace), dnsendpoint(item, wanted[item.hostname]))

    begun = now()
    await all_of(one, stand.population.base())
    return Outcome({"creates": now() - begun})
