"""Two tools, one cluster: what each of them would publish for the same objects."""

from __future__ import annotations

import json
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from differential.recorder import recording
from differential.scenarios import Object, Scenario
from localcluster.cluster import Cluster
from localcluster.operator_process import PROGRAM, environment
from localcluster.ports import LOOPBACK

GROUP = "differential.example.org/group"
PLURALS = {"Ingress": "ingresses", "Gateway": "gateways", "EndpointSlice": "endpointslices"}


class Key(NamedTuple):
    name: str
    rtype: str
    set_identifier: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record set as the provider was told to create it, in a spelling that both tools share."""

    targets: tuple[str, ...]
    ttl: int
    properties: Mapping[str, str]
    resource: str


@dataclass(slots=True)
class Tool:
    """command: with its flags. `published` runs it once against an empty provider."""

    name: str
    command: Sequence[str]
    log: str = field(default="", init=False)

    def published(self, cluster: Cluster, flags: Iterable[str]) -> dict[Key, Record]:
        """What it creates. Raises AssertionError, with the tool's own words, when it fails."""
        with recording() as provider:
            command = [*self.command, f"--kubeconfig={cluster.kubeconfig}", "--once", "--provider=webhook"]
            command += [f"--webhook-provider-url={provider.url}", f"--metrics-address={LOOPBACK}:0", *flags]
            done = subprocess.run(
                command, env=environment({}), capture_output=True, text=True, timeout=120, check=False
            )
            self.log = done.stdout + done.stderr
            assert done.returncode == 0, f"{self.name} failed:\n{self.log[-4000:]}"
        return {_key(record): _record(record) for record in provider.created}


ZONEWRIGHT = Tool("zonewright", [str(PROGRAM), "run"])


def externaldns(program: Path) -> Tool:
    return Tool("external-dns", [str(program)])


def _key(record: Mapping[str, Any]) -> Key:
    name = record["dnsName"].lower().removesuffix(".")
    return Key(name, record["recordType"], record.get("setIdentifier", ""))


def _record(record: Mapping[str, Any]) -> Record:
    targets = {_target(record["recordType"], target) for target in record.get("targets") or []}
    written = [{name.lower(): value for name, value in e.items()} for e in record.get("providerSpecific") or []]
    # An entry without name is what ExternalDNS leaves where it has dropped one.
    properties = {entry["name"]: entry.get("value", "") for entry in written if entry.get("name")}
    resource = (record.get("labels") or {}).get("resource", "")
    return Record(tuple(sorted(targets)), record.get("recordTTL") or 0, properties, resource)


def _target(rtype: str, target: str) -> str:
    import ipaddress

    if rtype in ("A", "AAAA"):
        try:
            return str(ipaddress.ip_address(target))
        except ValueError:
            return target
    return target.lower().removesuffix(".")


class Objects:
    """Creates objects and their statuses by plain requests: some hundreds of them, where kubectl takes one each."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        document = yaml.safe_load(Path(cluster.kubeconfig).read_text())
        self._ssl = ssl.create_default_context(cadata=_authority(document))
        self._headers = {"Authorization": f"Bearer {cluster.token}", "Content-Type": "application/json"}

    def create(self, scenario: Scenario, namespace: str, group: str) -> None:
        self.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}, "", group)
        for obj in scenario.objects:
            self.put(obj, namespace, group)

    def put(self, obj: Object, namespace: str, group: str) -> None:
        """Create an object, and give it its status."""
        body = json.loads(json.dumps(obj))
        status = body.pop("status", None)
        meta = body["metadata"]
        meta["labels"] = {**(meta.get("labels") or {}), GROUP: group}
        if namespace:
            meta["namespace"] = namespace
        path = _collection(body, namespace)
        self._send("POST", path, body)
        if status:
            self._send("PATCH", f"{path}/{meta['name']}/status", {"status": status})

    def _send(self, method: str, path: str, body: Object) -> None:
        headers = dict(self._headers)
        if method == "PATCH":
            headers["Content-Type"] = "application/merge-patch+json"
        request = urllib.request.Request(
            self._cluster.server + path, json.dumps(body).encode(), headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, context=self._ssl, timeout=30):
                pass
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{method} {path}: {error.read().decode()}\n{json.dumps(body)}") from error


def _collection(obj: Mapping[str, Any], namespace: str) -> str:
    version = obj["apiVersion"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    plural = PLURALS.get(obj["kind"], f"{obj['kind'].lower()}s")
    return f"{root}/namespaces/{namespace}/{plural}" if namespace else f"{root}/{plural}"


def _authority(kubeconfig: Mapping[str, Any]) -> str:
    import base64

    return base64.b64decode(kubeconfig["clusters"][0]["cluster"]["certificate-authority-data"]).decode()
