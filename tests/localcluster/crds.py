"""The definitions that a cluster needs: ours, and those of the Gateway API."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from localcluster import golang
from localcluster.cluster import Cluster, KubectlFailed
from localcluster.programs import BINARIES, cache_directory, fingerprint, version

OURS = Path(__file__).parents[2] / "crds"
MODULE, FOLDER = "sigs.k8s.io/gateway-api", "gateway-api"
# The kinds that sources read, and the classes and grants that go with them.
KINDS = (
    "gatewayclasses",
    "gateways",
    "grpcroutes",
    "httproutes",
    "listenersets",
    "referencegrants",
    "tcproutes",
    "tlsroutes",
    "udproutes",
)


def install(cluster: Cluster, ours: Path = OURS) -> None:
    """Install our CRDs, and the Gateway API's where it is not installed: an existing one may be of another version."""
    folders = [ours] if any(ours.glob("*.yaml")) else []
    if not _has_gateway_api(cluster):
        folders.append(gateway_api())
    if not folders:
        return
    # Server-side: the copy that a client-side apply keeps in an annotation is larger than an annotation may be.
    files = [f"--filename={folder}" for folder in folders]
    cluster.kubectl("apply", "--server-side", "--force-conflicts", *files)
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", *files)


def _has_gateway_api(cluster: Cluster) -> bool:
    try:
        cluster.kubectl("get", "customresourcedefinition", "gateways.gateway.networking.k8s.io", "--output=name")
    except KubectlFailed:
        return False
    return True


def gateway_api() -> Path:
    """A folder with the Gateway API's CRDs, experimental channel (TCPRoute, UDPRoute): from the cache, else by Go."""
    kept = cache_directory() / f"gateway-api-{version(FOLDER, MODULE)}-{fingerprint(FOLDER, ' '.join(KINDS))}"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
            partial = Path(scratch) / "crds"
            partial.mkdir()
            for kind in KINDS:
                shutil.copy(_module() / "config/crd/experimental" / f"gateway.networking.k8s.io_{kind}.yaml", partial)
            _rename(partial, kept)
    return kept


def _rename(partial: Path, kept: Path) -> None:
    try:
        os.replace(partial, kept)
    except OSError:
        if not kept.exists():  # otherwise another process was quicker
            raise


def _module() -> Path:
    """The folder of the published module. Go checks it against go.sum."""
    command = [str(golang.find()), "mod", "download", "-json", MODULE]
    done = subprocess.run(
        command, cwd=BINARIES / FOLDER, env=golang.environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise golang.NoGo(f"The Gateway API cannot be fetched: {done.stderr.strip() or done.stdout.strip()}")
    return Path(json.loads(done.stdout)["Dir"])
