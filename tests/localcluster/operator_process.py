"""The operator as a user runs it: a process of its own, seen from outside only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from localcluster.cluster import Cluster
from localcluster.ports import LOOPBACK, free_port
from localcluster.process import Died, tail
from localcluster.wait import wait_until

PROGRAM = Path(sys.executable).parent / "zonewright"
LOG_TAIL = 40


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a user with `extra` alone: no flag, cluster or store comes in by the back door."""
    foreign = ("EXTERNAL_DNS_", "ZONEWRIGHT_", "KUBECONFIG", "ETCD_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, **extra}


def run_once(
    cluster: Cluster, *flags: str, env: Mapping[str, str] | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """`zonewright run --once FLAGS`, to its end. Output and errors are both in `stdout`, in their order."""
    command = [str(PROGRAM), "run", "--once", *_usual(cluster, 0), *flags]
    return subprocess.run(
        command,
        env=environment(env or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )


class Operator:
    """`with Operator(cluster, "--provider=inmemory") as operator:` runs `zonewright run` until the block is left.

    The block is entered when /readyz answers 200 (ready=False: at once). When it is left by an exception, the end of
    the log is printed, for pytest to show. `env` is added to the environment, as is done for ETCD_URLS.
    """

    def __init__(
        self,
        cluster: Cluster,
        *flags: str,
        env: Mapping[str, str] | None = None,
        ready: bool = True,
        timeout: float = 30,
    ) -> None:
        self.port = free_port()
        self.command = [str(PROGRAM), "run", *_usual(cluster, self.port), *flags]
        self._environment = environment(env or {})
        self._wait_ready = ready
        self._timeout = timeout
        self._folder = tempfile.TemporaryDirectory(prefix="zonewright-operator-")
        self._log = Path(self._folder.name) / "log"

    def __enter__(self) -> Self:
        with self._log.open("w") as sink:
            self.process = subprocess.Popen(
                self.command, env=self._environment, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink
            )
        if self._wait_ready:
            try:
                self.wait_ready()
            except BaseException as error:
                self._leave(failed=True)
                raise error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave(failed=kind is not None)

    def _leave(self, failed: bool) -> None:
        try:
            self.stop()
        finally:
            if failed:
                print(f"$ {' '.join(self.command)}\n{tail(self._log, LOG_TAIL)}")
            self._folder.cleanup()

    def wait_ready(self) -> None:
        """Wait for /readyz. Raises Died when the process ends before, TimeoutError when it is too slow."""

        def look() -> bool:
            if self.process.poll() is not None:
                raise Died(f"zonewright has ended with exit code {self.process.returncode}:\n{self.log()}")
            return self.status("/readyz") == 200

        wait_until(look, self._timeout, what="zonewright to be ready")

    def stop(self, timeout: float = 15) -> int:
        """SIGTERM; its exit code. When it does not go in time it is killed, and TimeoutExpired raised."""
        self.process.terminate()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """SIGKILL: what a power cut would be."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def log(self) -> str:
        """All that it has logged so far."""
        return self._log.read_text(errors="replace")

    def get(self, path: str) -> str:
        """The text of a page such as /metrics. Raises OSError when it does not answer 200."""
        with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}{path}", timeout=5) as response:
            text: str = response.read().decode()
            return text

    def status(self, path: str) -> int:
        """The status code of a page. Raises OSError when nobody listens."""
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port}{path}", timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def metric(self, name: str, **labels: str) -> float | None:
        """The value of a metric with exactly these labels; None when it is not exposed."""
        return metric(self.get("/metrics"), name, labels)


def metric(text: str, name: str, labels: Mapping[str, str]) -> float | None:
    """Find a sample in the Prometheus text format; the order of labels does not count."""
    from prometheus_client.parser import text_string_to_metric_families

    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name and sample.labels == dict(labels):
                return float(sample.value)
    return None


def _usual(cluster: Cluster, port: int) -> Sequence[str]:
    return f"--kubeconfig={cluster.kubeconfig}", f"--metrics-address={LOOPBACK}:{port}"
