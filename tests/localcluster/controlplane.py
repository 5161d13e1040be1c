"""Starting and stopping a control plane in a directory."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import ssl
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from localcluster import build, crds, credentials, flags
from localcluster.cluster import STATE, Cluster
from localcluster.ports import LOOPBACK, free_port
from localcluster.process import Daemon, running
from localcluster.programs import APISERVER, CONTROLLER_MANAGER, ETCD, KUBECTL, Program, asset, locate
from localcluster.progress import say

# Seconds. Ready takes 3 to 5 on two idle cores; the rest is for a machine that is busy with other things.
STARTUP = 90.0


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of a control plane."""

    directory: Path

    @property
    def kubeconfig(self) -> Path:
        return self.directory / "kubeconfig"

    def daemon(self, program: Program) -> Daemon:
        return Daemon(self.directory, program.name)


@contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """One `up` or `down` at a time in a directory."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def needed() -> tuple[Program, ...]:
    """What must be there to start one. KUBEBUILDER_ASSETS stands for the whole: nothing is built beside it."""
    if "KUBEBUILDER_ASSETS" not in os.environ:
        return ETCD, APISERVER, CONTROLLER_MANAGER, KUBECTL
    if not asset(CONTROLLER_MANAGER):
        say(
            "KUBEBUILDER_ASSETS has no kube-controller-manager: nothing collects objects whose owner is gone,"
            " and deleted namespaces stay"
        )
        return ETCD, APISERVER, KUBECTL
    return ETCD, APISERVER, CONTROLLER_MANAGER, KUBECTL


def kubeconfig_of(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The kubeconfig of the existing cluster that the environment asks for; None when it asks for none."""
    path = environment.get("ZONEWRIGHT_TEST_KUBECONFIG") or environment.get("KUBECONFIG")
    return Path(path).absolute() if path else None


def external() -> Cluster | None:
    """The existing cluster that the environment asks for.

    Raises FileNotFoundError, LookupError where what it names is no usable kubeconfig.
    """
    kubeconfig = kubeconfig_of()
    if kubeconfig is None:
        return None
    own = shutil.which("kubectl")
    if own is None:
        build.ensure([KUBECTL])
    return Cluster.of_kubeconfig(kubeconfig, Path(own) if own else program_path(KUBECTL))


def find(directory: Path) -> Cluster | None:
    """The control plane that runs in a directory."""
    alive = Layout(directory).daemon(APISERVER).pid() and Layout(directory).daemon(ETCD).pid()
    return Cluster.load(directory) if alive else None


def up(directory: Path) -> Cluster:
    """The control plane of a directory, started unless it runs. Raises Died, TimeoutError, BuildFailed, NoGo."""
    programs = needed()
    build.ensure(programs)
    with exclusive(directory):
        cluster = find(directory)
        if cluster is None:
            _clear(directory)
            cluster = _start(Layout(directory), programs)
        else:
            crds.install(cluster)
        return cluster


def stop_apiserver(directory: Path, *, killed: bool = False) -> None:
    """Stop the API server alone; killed: by SIGKILL, at once, where the usual end takes seconds."""
    daemon = Layout(directory).daemon(APISERVER)
    if killed:
        daemon.signal(signal.SIGKILL)
        daemon.wait_gone(10)
    else:
        daemon.stop(patience=60)


def start_apiserver(directory: Path) -> None:
    """Start it again, where it was, on what its store holds; of what happened before it remembers nothing."""
    cluster = Cluster.load(directory)
    if cluster is None:
        raise LookupError(f"{directory} has no control plane")
    _start_apiserver(Layout(directory), int(cluster.server.rpartition(":")[2]), cluster.etcd)


def down(directory: Path) -> list[str]:
    """Stop whatever runs in a directory, and forget its data; the names of what was stopped. Logs are kept."""
    if not directory.exists():
        return []
    with exclusive(directory):
        return _clear(directory)


def _clear(directory: Path) -> list[str]:
    daemons = running(directory)
    # Users before what they use: an API server without its store takes its time to stop.
    for daemon in sorted(daemons, key=_stop_order):
        daemon.stop()
    for name in ("run", "data", "certs", "kubectl-cache"):
        shutil.rmtree(directory / name, ignore_errors=True)
    for name in ("kubeconfig", STATE):
        (directory / name).unlink(missing_ok=True)
    return [daemon.name for daemon in daemons]


def _stop_order(daemon: Daemon) -> int:
    return {APISERVER.name: 1}.get(daemon.name, 2 if "etcd" in daemon.name else 0)


def _start(layout: Layout, programs: tuple[Program, ...]) -> Cluster:
    shutil.rmtree(layout.directory / "logs", ignore_errors=True)
    token, etcd_port, port = credentials.new_token(), free_port(), free_port()
    server, etcd_url = f"https://{LOOPBACK}:{port}", f"http://{LOOPBACK}:{etcd_port}"
    _write_secret(layout.directory / "tokens.csv", credentials.token_file(token))
    _write_secret(layout.directory / "service-accounts.key", credentials.new_private_key())
    start_etcd(layout.daemon(ETCD), etcd_port)
    _start_apiserver(layout, port, etcd_url)
    authority = (layout.directory / "certs" / "apiserver.crt").read_bytes()
    _write_secret(layout.kubeconfig, credentials.kubeconfig(server, authority, token))
    cluster = Cluster(str(layout.kubeconfig), server, token, str(program_path(KUBECTL)), etcd_url)
    # Before the controller manager: its garbage collector looks for new kinds at its start, then every 30 s.
    crds.install(cluster)
    if CONTROLLER_MANAGER in programs:
        _start_controller_manager(layout)
    cluster.save(layout.directory)
    return cluster


def start_etcd(daemon: Daemon, port: int) -> None:
    """Start an etcd, whatever it is for, and wait until it takes writes."""
    daemon.start([program_path(ETCD), *flags.etcd(daemon.directory / "data" / daemon.name, port)])
    daemon.wait_ready(lambda: answers(f"http://{LOOPBACK}:{port}/health"), STARTUP)


def _start_apiserver(layout: Layout, port: int, etcd_url: str) -> None:
    daemon = layout.daemon(APISERVER)
    daemon.start([program_path(APISERVER), *flags.apiserver(layout.directory, port, etcd_url)])
    daemon.wait_ready(lambda: answers(f"https://{LOOPBACK}:{port}/readyz"), STARTUP)


def _start_controller_manager(layout: Layout) -> None:
    daemon, port = layout.daemon(CONTROLLER_MANAGER), free_port()
    command = flags.controller_manager(layout.directory, port, layout.kubeconfig)
    daemon.start([program_path(CONTROLLER_MANAGER), *command])
    daemon.wait_ready(lambda: answers(f"https://{LOOPBACK}:{port}/healthz"), STARTUP)


def program_path(program: Program) -> Path:
    """Where the program is, after `build.ensure`."""
    path = locate(program)
    if path is None:
        raise FileNotFoundError(f"{program.name} is neither built nor in KUBEBUILDER_ASSETS")
    return path


def answers(url: str) -> bool:
    """Whether a health page answers 200; OSError when nobody listens. It is open to all, and holds no secret."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # its certificate may not be written yet
    with urllib.request.urlopen(url, timeout=5, context=context) as response:
        return bool(response.status == 200)


def _write_secret(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
