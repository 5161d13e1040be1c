"""Objects written by plain requests on one connection: some milliseconds each, where kubectl takes some hundred."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPSConnection, RemoteDisconnected
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from localcluster.cluster import Cluster

GROUPS = {
    "Ingress": "/apis/networking.k8s.io/v1",
    "Service": "/api/v1",
    "DNSEndpoint": "/apis/externaldns.k8s.io/v1alpha1",
    "Gateway": "/apis/gateway.networking.k8s.io/v1",
    "HTTPRoute": "/apis/gateway.networking.k8s.io/v1",
}
PLURALS = {
    "Ingress": "ingresses",
    "Service": "services",
    "DNSEndpoint": "dnsendpoints",
    "Gateway": "gateways",
    "HTTPRoute": "httproutes",
}


class Api:
    """For objects of one namespace."""

    def __init__(self, connection: HTTPSConnection, token: str, namespace: str) -> None:
        self._connection = connection
        self._token = token
        self._namespace = namespace

    def apply(self, obj: Mapping[str, Any]) -> None:
        """Create or change an object."""
        path = f"{self._path(obj['kind'], obj['metadata']['name'])}?fieldManager=tests&force=true"
        self._send("PATCH", path, json.dumps(obj))

    def fill(self, obj: Mapping[str, Any], status: Mapping[str, Any]) -> None:
        """Merge a status into an object that is there, as a controller does."""
        path = f"{self._path(obj['kind'], obj['metadata']['name'])}/status"
        self._send("PATCH", path, json.dumps({"status": status}), "application/merge-patch+json")

    def delete(self, kind: str, name: str) -> None:
        self._send("DELETE", self._path(kind, name), None)

    def _path(self, kind: str, name: str) -> str:
        return f"{GROUPS[kind]}/namespaces/{self._namespace}/{PLURALS[kind]}/{name}"

    def _send(self, method: str, path: str, body: str | None, sort: str = "application/apply-patch+yaml") -> None:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": sort}
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
        except (RemoteDisconnected, ConnectionResetError):  # the server closes what has been idle for minutes
            self._connection.close()
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
        text = answer.read().decode()
        assert answer.status < 300, f"{method} {path}: {answer.status} {text}"


@contextmanager
def api(cluster: Cluster, namespace: str) -> Iterator[Api]:
    """Needs a kubeconfig with a token."""
    authority = yaml.safe_load(Path(cluster.kubeconfig).read_text())["clusters"][0]["cluster"]
    context = ssl.create_default_context(cadata=base64.b64decode(authority["certificate-authority-data"]).decode())
    where = urlsplit(cluster.server)
    connection = HTTPSConnection(where.hostname or "", where.port, context=context, timeout=30)
    try:
        yield Api(connection, cluster.token, namespace)
    finally:
        connection.close()
