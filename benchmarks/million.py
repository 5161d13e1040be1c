"""What one process can do: a million records in a thousand zones, with a provider that answers at once.

`python -m benchmarks.million` measures the engine alone, without a cluster and without a network: each size in a
process of its own, and each thing it does by its CPU time. Every name is asked for by an object of its own, and has an
address and an ownership record in DNS.
"""

from __future__ import annotations

import cProfile
import gc
import json
import platform
import pstats
import resource
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from zonewright import runtime
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Reason
from zonewright.model.zone import Zone
from zonewright.planning.plan import Policy, Rules
from zonewright.providers.inmemory import InMemory
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.manager import Links, Options, Zones

HEAVIEST = 10
PAGE = 4096


@dataclass(frozen=True, slots=True)
class Cost:
    """cpu, wall: seconds; resident: bytes afterwards, when garbage is gone."""

    cpu: float
    wall: float
    resident: int


@dataclass(frozen=True, slots=True)
class Result:
    """One size, in one process. peak: bytes; held: bytes of the process that the records and wishes have added."""

    zones: int
    names: int
    records: int
    costs: Mapping[str, Cost]
    peak: int
    held: int


STEPS = {
    "wishes": "take up the wishes",
    "cold": "cold: plan and write all",
    "change": "one change in one zone",
    "drift": "read one zone, find one drift",
    "reread": "read all zones, nothing changed",
}


@dataclass
class Engine:
    """The engine as the controller wires it, and what it has told."""

    zones_count: int
    names_count: int
    desired: Desired = field(default_factory=Desired)
    told: dict[Reason, int] = field(default_factory=dict)
    costs: dict[str, Cost] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.provider = InMemory(self.zone_names())
        rules = Rules(Policy.SYNC, frozenset({"A", "AAAA", "CNAME"}))
        options = Options(DomainFilter(), rules, dry_run=False, interval=3600.0)
        links = Links(holds=lambda _: False, report=self._report, done=lambda _: None)
        self.zones = Zones(self.provider, TxtRegistry("me", OwnershipNames()), self.desired, options, links)

    def zone_names(self) -> list[str]:
        return [f"zone-{number}.example" for number in range(self.zones_count)]

    def want(self, zone: str, number: int, target: str) -> set[str]:
        """The wish of one object, for one name."""
        labels = {"resource": f"ingress/{zone}/name-{number}"}
        endpoint = Endpoint.wanted(f"name-{number}.{zone}", "A", [target], labels=labels)
        return self.desired.put(zone, f"name-{number}", {0: endpoint}, "2026-01-01T00:00:00Z")

    def want_all(self) -> None:
        for zone in self.zone_names():
            for number in range(self.names_count):
                self.want(zone, number, f"192.0.2.{number % 250 + 1}")

    async def change(self) -> None:
        """A wish of one name, and the round that it brings about."""
        zone = await self._zone()
        self.zones.mark(self.want(zone.name, 0, "198.51.100.1"))
        await self.zones._workers[zone].round()

    async def drift(self) -> None:
        """An address is changed by hand; the zone is read, and it is put right."""
        zone = await self._zone()
        self.provider.seed([Endpoint.found(f"name-1.{zone.name}", "A", ["203.0.113.9"])])
        worker = self.zones._workers[zone]
        worker.reread()
        await worker.round()
        standing = {record.key: record for record in await self.provider.records(zone)}
        assert all(record.targets != ("203.0.113.9",) for record in standing.values())

    async def reread(self) -> None:
        """Every zone, as after its interval."""
        for worker in self.zones._workers.values():
            worker.reread()
        await self.zones.round()

    async def records(self) -> int:
        return sum([len(await self.provider.records(zone)) for zone in await self.provider.zones()])

    async def _zone(self) -> Zone:
        return (await self.provider.zones())[self.zones_count // 2]

    def _report(self, outcomes: Mapping[Origin, Outcome]) -> None:
        for outcome in outcomes.values():
            self.told[outcome.reason] = self.told.get(outcome.reason, 0) + 1

    @contextmanager
    def measured(self, step: str) -> Iterator[None]:
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        gc.collect()
        self.costs[step] = Cost(cpu, wall, resident())


async def measure(zones: int, names: int) -> Result:
    """All steps, one after another. The objects that ask are there only as wishes."""
    engine = Engine(zones, names)
    gc.collect()
    before = resident()
    with engine.measured("wishes"):
        engine.want_all()
    with engine.measured("cold"):
        await engine.zones.round()
    assert engine.told == {Reason.SYNCED: zones * names}, engine.told
    with engine.measured("change"):
        await engine.change()
    with engine.measured("drift"):
        await engine.drift()
    with engine.measured("reread"):
        await engine.reread()
    held = engine.costs["reread"].resident - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Result(zones, names, await engine.records(), engine.costs, peak, held)


def resident() -> int:
    """Bytes of memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


# -- telling


def table(results: Sequence[Result]) -> str:
    """Markdown: a column for each size."""
    head = ["", *(f"{result.records:,} records, {result.zones:,} zones" for result in results)]
    rows = [head, ["---", *("---:" for _ in results)]]
    rows += [[f"{told} (CPU)", *(seconds(r.costs[step].cpu) for r in results)] for step, told in STEPS.items()]
    rows.append(["cold, for each record (CPU)", *(seconds(r.costs["cold"].cpu / r.records) for r in results)])
    rows.append(["read again, for each record (CPU)", *(seconds(r.costs["reread"].cpu / r.records) for r in results)])
    rows.append(["memory at the peak (RSS)", *(f"{r.peak / 2**20:,.0f} MiB" for r in results)])
    rows.append(["memory for each record", *(f"{r.held / r.records:,.0f} bytes" for r in results)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def seconds(value: float) -> str:
    """With two or three digits that mean something."""
    for factor, unit in ((1, "s"), (1e3, "ms")):
        if value * factor >= 1:
            return f"{value * factor:.0f} {unit}" if value * factor >= 100 else f"{value * factor:.1f} {unit}"
    return f"{value * 1e6:.0f} µs"


@dataclass(frozen=True, slots=True)
class Heavy:
    """A function, by the time spent in itself. share: of all, from 0 to 1."""

    where: str
    calls: int
    own: float
    share: float


def heaviest(stats: pstats.Stats, count: int = HEAVIEST) -> list[Heavy]:
    """Those that take most time themselves."""
    rows = [(own, calls, place) for place, (_, calls, own, _, _) in stats.stats.items()]  # type: ignore[attr-defined]
    whole = sum(own for own, _, _ in rows) or 1.0
    return [Heavy(_where(*place), calls, own, own / whole) for own, calls, place in sorted(rows, reverse=True)[:count]]


def _where(file: str, line: int, function: str) -> str:
    """Without the directories of this machine."""
    if file == "~":
        return function
    parts = Path(file).parts
    start = parts.index("zonewright") + 1 if "zonewright" in parts else len(parts) - 1
    return f"{'/'.join(parts[start:])}: {function}"


def heavy_table(heavy: Sequence[Heavy]) -> str:
    rows = [f"| `{one.where}` | {one.calls:,} | {seconds(one.own)} | {one.share:.0%} |" for one in heavy]
    return "\n".join(["| Function | Calls | Own time | Share |", "|---|---:|---:|---:|", *rows])


# -- processes


def alone(zones: int, names: int) -> Result:
    """Measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.million", "--only", "--zones", str(zones), "--names", str(names)]
    answer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return Result(**{**answer, "costs": {step: Cost(**cost) for step, cost in answer["costs"].items()}})


def profiled(zones: int, names: int) -> list[Heavy]:
    """The heaviest functions, with what counting them costs."""
    profile = cProfile.Profile()
    profile.runcall(runtime.run, measure(zones, names))
    return heaviest(pstats.Stats(profile))


def main() -> None:
    parser = ArgumentParser(prog="python -m benchmarks.million", description=__doc__)
    parser.add_argument("--zones", type=int, default=1000)
    parser.add_argument("--names", type=int, default=500, help="names of a zone; each has two records")
    parser.add_argument("--only", action="store_true", help="this size alone, in this process: JSON")
    parser.add_argument("--out", type=Path, help="a directory for million.json and million.md")
    arguments = parser.parse_args()
    zones, names = arguments.zones, arguments.names
    if arguments.only:
        print(json.dumps(asdict(runtime.run(measure(zones, names)))))
        return
    sizes = sorted({max(1, zones // 100), max(1, zones // 10), zones})
    results = []
    for size in sizes:
        print(f"{size:,} zones, {2 * size * names:,} records …", file=sys.stderr, flush=True)
        results.append(alone(size, names))
    heavy = profiled(max(1, zones // 10), names)
    told = f"{table(results)}\n\n{heavy_table(heavy)}\n"
    print(told)
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        (arguments.out / "million.md").write_text(told)
        content = {
            "python": platform.python_version(),
            "results": [asdict(result) for result in results],
            "heaviest": [asdict(one) for one in heavy],
        }
        (arguments.out / "million.json").write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
