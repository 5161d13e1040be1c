"""The commands of `python -m localcluster`."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from pathlib import Path

import click

from localcluster import build, controlplane, coredns, crds, golang, shared
from localcluster.cluster import Cluster, KubectlFailed
from localcluster.process import Died, exit_on_sigterm, running
from localcluster.programs import EXTERNALDNS, locate, version
from localcluster.progress import say, timed

in_directory = click.option(
    "--dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path, resolve_path=True),
    default=Path(".cluster"),
    show_default=True,
    help="Where its data, logs and kubeconfig are.",
)


@click.group()
def main() -> None:
    """A Kubernetes control plane and a CoreDNS on the loopback, for tests and demonstrations."""
    exit_on_sigterm()


@main.command()
@in_directory
@click.option("--dns/--no-dns", default=False, help="Start CoreDNS too.")
def up(directory: Path, dns: bool) -> None:
    """Start it, or use the cluster that KUBECONFIG names; install the CRDs."""
    existing = controlplane.external()
    if existing:
        crds.install(existing)
        say(f"KUBECONFIG is set: nothing started; the CRDs are installed at {existing.server}")
        return
    build.ensure(controlplane.needed())
    with timed("Ready"):
        cluster = controlplane.up(directory)
        if dns:
            coredns.start(directory)
    say(f"API server {cluster.server}; for a shell:\n{_exports(directory, cluster)}")


@main.command()
@in_directory
def down(directory: Path) -> None:
    """Stop what runs in the directory, and forget its data. Logs stay."""
    started = time.monotonic()
    stopped = controlplane.down(directory)
    say(f"Stopped {', '.join(stopped)} in {time.monotonic() - started:.1f} s" if stopped else "Nothing was running")


@main.command()
@in_directory
def status(directory: Path) -> None:
    """What runs; exit code 1 when the control plane does not."""
    for daemon in running(directory):
        click.echo(f"{daemon.name:<24} pid {daemon.pid()}  {daemon.log}")
    cluster = controlplane.find(directory)
    click.echo(f"{'API server':<24} {cluster.server if cluster else 'not running'}")
    sys.exit(0 if cluster else 1)


@main.command()
@in_directory
def env(directory: Path) -> None:
    """Lines for a shell to evaluate: KUBECONFIG, PATH with kubectl, and ETCD_URLS for CoreDNS's records."""
    cluster = controlplane.find(directory)
    if cluster is None:
        raise click.ClickException(f"no control plane runs in {directory}: make cluster")
    click.echo(_exports(directory, cluster))


def _exports(directory: Path, cluster: Cluster) -> str:
    lines = [
        f"export KUBECONFIG={shlex.quote(cluster.kubeconfig)}",
        f"export PATH={shlex.quote(str(Path(cluster.kubectl_at).parent))}:$PATH",
    ]
    if dns := coredns.find(directory):
        lines += [f"export ETCD_URLS={dns.etcd}", f"# dig -p {dns.port} @{dns.host} NAME"]
    return "\n".join(lines)


@main.command("build")
def build_all() -> None:
    """Build what is missing, and say where it is."""
    programs = (*shared.programs(), EXTERNALDNS)
    build.ensure(programs)
    for program in programs:
        click.echo(f"{program.name:<24} {version(program.folder, program.module):<10} {locate(program)}")
    click.echo(f"{'Gateway API CRDs':<24} {version(crds.FOLDER, crds.MODULE):<10} {crds.gateway_api()}")


@main.command(hidden=True)
@click.argument("directory", type=click.Path(path_type=Path))
def keep(directory: Path) -> None:
    """Run a test run's cluster until the run has ended."""
    shared.keep(directory)


# What a person can mend is told in a sentence, without a traceback.
EXPECTED = (golang.NoGo, build.BuildFailed, Died, TimeoutError, FileNotFoundError, LookupError, KubectlFailed)


def run() -> None:
    try:
        main(prog_name="python -m localcluster")
    except EXPECTED as error:
        raise SystemExit(f"Error: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise SystemExit(f"Error: {error.cmd[0]} took more than {error.timeout:g} s") from error
