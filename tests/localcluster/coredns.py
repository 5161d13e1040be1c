"""CoreDNS with the etcd plugin, and an etcd of its own, in a directory."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from localcluster import build, flags
from localcluster.controlplane import STARTUP, exclusive, program_path, start_etcd
from localcluster.dnsserver import DnsServer
from localcluster.ports import LOOPBACK, free_port
from localcluster.process import Daemon
from localcluster.programs import COREDNS, ETCD

STATE = "coredns.json"
# "." so that a name outside the zones is denied, not refused.
ZONES = ("example.org", ".")
PATH = "/skydns"


def find(directory: Path) -> DnsServer | None:
    """The server that runs in a directory."""
    if Daemon(directory, "coredns").pid() is None or Daemon(directory, "coredns-etcd").pid() is None:
        return None
    return DnsServer(**json.loads((directory / "data" / STATE).read_text()))


def start(directory: Path, zones: Sequence[str] = ZONES) -> DnsServer:
    """The DNS server of a directory, started unless it runs. `controlplane.down` stops it with everything else."""
    build.ensure((ETCD, COREDNS))
    with exclusive(directory):
        return find(directory) or _start(directory, zones)


def _start(directory: Path, zones: Sequence[str]) -> DnsServer:
    daemons = etcd, coredns = Daemon(directory, "coredns-etcd"), Daemon(directory, "coredns")
    for daemon in daemons:  # half of it may be left
        daemon.stop()
    etcd_port, port = free_port(), free_port()
    server = DnsServer(LOOPBACK, port, f"http://{LOOPBACK}:{etcd_port}", PATH)
    start_etcd(etcd, etcd_port)
    corefile = directory / "data" / "Corefile"
    corefile.write_text(flags.corefile(zones, port, server.etcd, PATH))
    coredns.start([program_path(COREDNS), "-conf", corefile])
    # Nobody refuses a datagram that comes too early: it must be given up soon.
    coredns.wait_ready(lambda: bool(server.query(zones[0], "SOA", timeout=0.1).rcode), STARTUP)
    partial = directory / "data" / f"{STATE}.partial"
    partial.write_text(json.dumps(asdict(server)))
    os.replace(partial, directory / "data" / STATE)
    return server
