"""One control plane and one DNS server for all processes of a test run, gone when the run is gone.

The first process of the run holds a lock (`Guard`). Whoever needs the cluster first starts a keeper, a process of its
own that starts everything, then waits for that lock. The kernel opens it when its holder ends, in whatever way, a
SIGKILL too; then the keeper stops everything and takes the directory away.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from localcluster import build, controlplane, coredns, crds
from localcluster.cluster import Cluster
from localcluster.dnsserver import DnsServer
from localcluster.process import Daemon
from localcluster.programs import COREDNS, ETCD, Program

_ALIVE, _READY, _CLUSTER = "alive", "ready", "cluster"
START, STOP = 180.0, 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Shared:
    cluster: Cluster
    dns: DnsServer


class Guard:
    """As long as it is open, what `acquire` has started runs. For the first process of a test run."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="zonewright-tests-"))
        # Not inherited by child processes: the lock is this process's alone.
        self._handle = os.open(self.directory / _ALIVE, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def close(self) -> None:
        """Stop everything; returns when it is gone."""
        os.close(self._handle)
        _keeper(self.directory).wait_gone(STOP)
        shutil.rmtree(self.directory, ignore_errors=True)


def programs() -> tuple[Program, ...]:
    """What a test run starts: with an existing cluster only the DNS server."""
    needed = controlplane.needed() if controlplane.kubeconfig_of() is None else (ETCD,)
    return (*needed, COREDNS)


def acquire(directory: Path) -> Shared:
    """What runs for the guard with this directory, started unless it runs. Raises Died with the keeper's last words."""
    build.ensure(programs())  # here, where somebody sees the progress
    keeper = _keeper(directory)
    with controlplane.exclusive(directory):
        if not keeper.log.exists():  # once: after a failure the others are told the same, at once
            command = [sys.executable, "-m", "localcluster", "keep", str(directory)]
            keeper.start(command, {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])})
    keeper.wait_ready((directory / _READY).exists, START)
    cluster, dns = Cluster.load(directory), coredns.find(directory / _CLUSTER)
    if cluster is None or dns is None:
        raise RuntimeError(f"the shared cluster in {directory} has stopped")
    return Shared(cluster, dns)


def keep(directory: Path) -> None:
    """The keeper: start everything, wait for the end of the test run, stop everything."""
    try:
        _start(directory)
        (directory / _READY).touch()
        _wait_for_end(directory)
    finally:
        controlplane.down(directory / _CLUSTER)
    shutil.rmtree(directory, ignore_errors=True)


def _start(directory: Path) -> None:
    cluster = controlplane.external()
    if cluster:
        crds.install(cluster)
    else:
        cluster = controlplane.up(directory / _CLUSTER)
    coredns.start(directory / _CLUSTER)
    cluster.save(directory)


def _wait_for_end(directory: Path) -> None:
    with (directory / _ALIVE).open() as alive:
        fcntl.flock(alive, fcntl.LOCK_SH)


def _keeper(directory: Path) -> Daemon:
    return Daemon(directory / "keeper", "keeper")
