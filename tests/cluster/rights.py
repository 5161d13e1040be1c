"""Accounts that may do less than everything: RBAC as people set it up, so that a refusal is the API server's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from localcluster.cluster import Cluster

_NAME = "limited"
_API = "rbac.authorization.k8s.io"

Rule = Mapping[str, Sequence[str]]

WATCHED = ("get", "list", "watch")
ENDPOINTS: tuple[Rule, ...] = (
    {
        "apiGroups": ["externaldns.k8s.io"],
        "resources": ["dnsendpoints"],
        "verbs": [*WATCHED, "create", "patch", "delete"],
    },
    {"apiGroups": ["externaldns.k8s.io"], "resources": ["dnsendpoints/status"], "verbs": ["patch"]},
    {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get", "create", "update"]},
)


def ingresses(*verbs: str) -> Rule:
    return {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses"], "verbs": verbs}


@dataclass(frozen=True, slots=True)
class Account:
    """A service account. `cluster` is the cluster as that account sees it; `grant` replaces all that it may do."""

    admin: Cluster
    namespace: str
    cluster: Cluster

    def grant(self, *rules: Rule) -> None:
        role = _object(f"{_API}/v1", "Role", rules=[rule for rule in rules if rule["verbs"]])
        self.admin.apply(role, namespace=self.namespace)


@contextmanager
def account(admin: Cluster, namespace: str, *rules: Rule) -> Iterator[Account]:
    """A service account with these rights in its namespace, and none elsewhere."""
    admin.apply(_object("v1", "ServiceAccount"), _binding(namespace), namespace=namespace)
    token = admin.kubectl("create", "token", _NAME, f"--namespace={namespace}").strip()
    with TemporaryDirectory(prefix="zonewright-account-") as folder:
        kubeconfig = Path(folder) / "kubeconfig"
        kubeconfig.write_text(_with_token(admin, token))
        limited = Account(admin, namespace, replace(admin, kubeconfig=str(kubeconfig), token=token))
        limited.grant(*rules)
        yield limited


def _binding(namespace: str) -> dict[str, Any]:
    subject = {"kind": "ServiceAccount", "name": _NAME, "namespace": namespace}
    role = {"apiGroup": _API, "kind": "Role", "name": _NAME}
    return _object(f"{_API}/v1", "RoleBinding", subjects=[subject], roleRef=role)


def _object(api_version: str, kind: str, **parts: object) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": _NAME}, **parts}


def _with_token(admin: Cluster, token: str) -> str:
    document = yaml.safe_load(Path(admin.kubeconfig).read_text())
    for entry in document["users"]:
        entry["user"] = {"token": token}
    return yaml.safe_dump(document)
