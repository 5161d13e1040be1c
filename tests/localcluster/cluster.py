"""A cluster to work with: ours or anybody's, as long as there is a kubeconfig."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from localcluster.wait import NotYet

STATE = "cluster.json"
Manifest = Mapping[str, Any]


class KubectlFailed(NotYet):
    """kubectl ended with an error. A NotYet: what one waits for is often "not found" at first."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running API server and the means to reach it.

    kubeconfig  its path
    server      URL of the API server
    token       bearer token of an administrator; "" where the kubeconfig has none (certificates, plug-ins)
    kubectl_at  path of the kubectl program
    etcd        URL of its store; "" where that is not known
    """

    kubeconfig: str
    server: str
    token: str
    kubectl_at: str
    etcd: str = ""

    @classmethod
    def of_kubeconfig(cls, kubeconfig: Path, kubectl: Path) -> Self:
        """A cluster that somebody else has started. Raises LookupError where the kubeconfig has no current context."""
        document = yaml.safe_load(kubeconfig.read_text()) or {}
        context = _named(document, "contexts", document.get("current-context", ""))["context"]
        server = _named(document, "clusters", context["cluster"])["cluster"]["server"]
        user = _named(document, "users", context["user"])["user"]
        return cls(str(kubeconfig), server.rstrip("/"), user.get("token", ""), str(kubectl))

    @classmethod
    def load(cls, directory: Path) -> Self | None:
        """The cluster that was started in `directory`, as it was when it became ready."""
        try:
            return cls(**json.loads((directory / STATE).read_text()))
        except FileNotFoundError:
            return None

    def save(self, directory: Path) -> None:
        partial = directory / f"{STATE}.partial"
        partial.write_text(json.dumps(asdict(self), indent=2))
        os.replace(partial, directory / STATE)

    def kubectl(self, *args: str, input: str | None = None, timeout: float = 60) -> str:
        """Run kubectl; its output. Raises KubectlFailed with its error text."""
        command = [self.kubectl_at, f"--kubeconfig={self.kubeconfig}", *args]
        # Ports are never the same twice: a cache of the API's shape below the home directory would only grow.
        environment = {**os.environ, "KUBECACHEDIR": str(Path(self.kubeconfig).parent / "kubectl-cache")}
        done = subprocess.run(
            command, input=input, capture_output=True, text=True, timeout=timeout, env=environment, check=False
        )
        if done.returncode != 0:
            raise KubectlFailed(f"kubectl {' '.join(args)}: {done.stderr.strip()}")
        return done.stdout

    def apply(self, *manifests: Manifest | str, namespace: str | None = None) -> None:
        """Create or change objects, given as mappings or as YAML. Status is not among what `kubectl apply` writes."""
        # "---" between JSON documents is refused by kubectl 1.32; a YAML text has to be told from its neighbours by it.
        between = "\n---\n" if any(isinstance(one, str) for one in manifests) else "\n"
        text = between.join(one if isinstance(one, str) else json.dumps(one) for one in manifests)
        self.kubectl("apply", "--server-side", "--force-conflicts", *_in(namespace), "-f", "-", input=text)

    def get(self, kind: str, name: str, namespace: str | None = None) -> dict[str, Any]:
        """One object. Raises KubectlFailed when it is not there."""
        found: dict[str, Any] = json.loads(self.kubectl("get", kind, name, *_in(namespace), "--output=json"))
        return found

    def objects(self, kind: str, namespace: str | None = None) -> Sequence[dict[str, Any]]:
        """The objects of a kind in a namespace."""
        found: list[dict[str, Any]] = json.loads(self.kubectl("get", kind, *_in(namespace), "--output=json"))["items"]
        return found

    def set_status(self, kind: str, name: str, status: Manifest, namespace: str | None = None) -> None:
        """Merge `status` into an object's status, as a controller of that kind would."""
        patch = json.dumps({"status": status})
        self.kubectl("patch", kind, name, *_in(namespace), "--subresource=status", "--type=merge", f"--patch={patch}")


def _in(namespace: str | None) -> tuple[str, ...]:
    return (f"--namespace={namespace}",) if namespace else ()


def _named(document: Mapping[str, Any], section: str, name: str) -> Mapping[str, Any]:
    for entry in document.get(section) or ():
        if entry["name"] == name:
            found: Mapping[str, Any] = entry
            return found
    raise LookupError(f"the kubeconfig has no entry {name!r} in {section}")
