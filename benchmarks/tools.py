"""The two programs, as users run them: processes of their own, seen from outside only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.population import DOMAIN, HOME
from benchmarks.processes import Usage, usage
from benchmarks.watching import now
from localcluster import build
from localcluster.cluster import Cluster
from localcluster.controlplane import program_path
from localcluster.operator_process import PROGRAM, environment
from localcluster.ports import LOOPBACK, free_port
from localcluster.process import Daemon, Died, tail
from localcluster.programs import EXTERNALDNS

ZONEWRIGHT, EXTERNAL_DNS = "zonewright", "externaldns"
_SOURCES = ("ingress", "service", "gateway-httproute")
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Tool:
    """name: in results; flags: what it gets besides the flags that both get."""

    name: str
    program: Path
    subcommand: Sequence[str]
    flags: Sequence[str]

    def arguments(self, cluster: Cluster, backend_flags: Sequence[str], *, subcommand: Sequence[str] = ()) -> list[str]:
        place = [f"--kubeconfig={cluster.kubeconfig}"]
        words = subcommand or self.subcommand
        return [str(self.program), *words, *place, *common(backend_flags, f"benchmark-{self.name}"), *self.flags]


def common(backend_flags: Sequence[str], owner: str) -> list[str]:
    """What both are given."""
    sources = [f"--source={source}" for source in _SOURCES]
    return [*sources, *backend_flags, f"--domain-filter={DOMAIN}", f"--txt-owner-id={owner}", "--policy=sync"]


def zonewright() -> Tool:
    """With its defaults; the namespace of its lease is that of its pod, and here is none."""
    return Tool(ZONEWRIGHT, PROGRAM, ("run",), (f"--leader-election-namespace={HOME}",))


def external_dns() -> Tool:
    """At its quickest: following events, and reading everything again each minute."""
    build.ensure([EXTERNALDNS])
    return Tool(EXTERNAL_DNS, program_path(EXTERNALDNS), (), ("--events", "--interval=1m"))


@dataclass(frozen=True, slots=True)
class Running:
    """A program that runs. started: when it was; arguments: its command line."""

    tool: Tool
    daemon: Daemon
    pid: int
    port: int
    started: float
    http: aiohttp.ClientSession

    def usage(self) -> Usage:
        """Raises Died when it has ended."""
        self.check()
        return usage(self.pid)

    def check(self) -> None:
        """Raises Died when it has ended."""
        if self.daemon.pid() is None:
            raise Died(f"{self.tool.name} has ended. Its last words:\n{tail(self.daemon.log)}")

    async def page(self, path: str) -> str | None:
        """A page of its web server; None when it does not answer 200. Raises Died."""
        self.check()
        try:
            async with self.http.get(f"http://{LOOPBACK}:{self.port}{path}") as response:
                return await response.text() if response.status == 200 else None
        except aiohttp.ClientError:
            return None

    async def gauges(self) -> dict[str, float]:
        return gauges(await self.page("/metrics") or "")


@asynccontextmanager
async def started(
    tool: Tool, cluster: Cluster, directory: Path, backend_flags: Sequence[str], env: Mapping[str, str]
) -> AsyncIterator[Running]:
    """Runs until the block is left; it ends with the control plane of the directory if not before."""
    port, daemon = free_port(), Daemon(directory, tool.name)
    command = [*tool.arguments(cluster, backend_flags), f"--metrics-address={LOOPBACK}:{port}"]
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http:
        begun = now()
        daemon.start(command, environment(env))
        pid = daemon.pid()
        if pid is None:
            raise Died(f"{tool.name} does not start:\n{tail(daemon.log)}")
        try:
            yield Running(tool, daemon, pid, port, begun, http)
        finally:
            await asyncio.to_thread(daemon.stop, _PATIENCE)


async def approve(tool: Tool, cluster: Cluster, backend_flags: Sequence[str], env: Mapping[str, str]) -> None:
    """`zonewright approve --yes`, as a user would. What it says counts for nothing: deletes go, or they do not."""
    command = [*tool.arguments(cluster, backend_flags, subcommand=("approve",)), "--yes"]
    process = await asyncio.create_subprocess_exec(
        *command, env=environment(env), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    await asyncio.wait_for(process.wait(), _PATIENCE)


def gauges(text: str) -> dict[str, float]:
    """Metrics by name, those with labels added up."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0.0) + sample.value
    return found
