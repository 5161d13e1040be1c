"""A control plane of a test's own, for what would disturb all others: its API server ends, definitions vanish."""

from __future__ import annotations

import json
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos.journal import revision
from localcluster import controlplane, crds
from localcluster.cluster import Cluster


@dataclass(frozen=True, slots=True)
class ControlPlane:
    directory: Path
    cluster: Cluster

    def stop(self, *, killed: bool) -> None:
        """The API server alone."""
        controlplane.stop_apiserver(self.directory, killed=killed)

    def start(self) -> None:
        controlplane.start_apiserver(self.directory)

    def install_gateway_api(self) -> None:
        """What is missing of it."""
        files = f"--filename={crds.gateway_api()}"
        self.cluster.kubectl("apply", "--server-side", "--force-conflicts", files)
        self.cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", files)

    def compact(self) -> None:
        """Take away all history: who asks for what has happened since then, and not now, is told 410."""
        body = json.dumps({"revision": str(revision(self.cluster.etcd)), "physical": True}).encode()
        with urllib.request.urlopen(f"{self.cluster.etcd}/v3/kv/compaction", body, timeout=10) as answer:
            answer.read()


@contextmanager
def started() -> Iterator[ControlPlane]:
    """It takes some seconds."""
    with tempfile.TemporaryDirectory(prefix="zonewright-chaos-", ignore_cleanup_errors=True) as folder:
        directory = Path(folder)
        try:
            yield ControlPlane(directory, controlplane.up(directory))
        finally:
            controlplane.down(directory)
