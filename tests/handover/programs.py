"""Both programs with the same flags, and what they are asked to publish."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster.manifests import condition
from differential.running import Objects
from handover.backends import Backend
from handover.inventory import Key, Manifest, Piece, Record, Scope, manifests_of
from localcluster.cluster import Cluster
from localcluster.operator_process import Operator, environment
from localcluster.ports import LOOPBACK
from localcluster.wait import wait_until

CRD = "dnsendpoints.externaldns.k8s.io"
SOURCES = ("ingress", "service", "gateway-httproute", "crd")
OWNER = "handed-over"


@dataclass(frozen=True, slots=True)
class Site:
    """A namespace with its objects, a domain, and a DNS server. flags: those of the registry."""

    cluster: Cluster
    backend: Backend
    namespace: str
    scope: Scope
    flags: Sequence[str]
    externaldns: Path

    # -- objects

    def create(self, pieces: Sequence[Piece]) -> None:
        objects = Objects(self.cluster)
        for manifest in manifests_of(pieces):
            objects.put(manifest, self.namespace, self.namespace)

    def delete(self, pieces: Sequence[Piece]) -> None:
        names = [f"{manifest['kind'].lower()}/{manifest['metadata']['name']}" for manifest in manifests_of(pieces)]
        self.cluster.kubectl("delete", f"--namespace={self.namespace}", *names)

    def delete_all(self) -> None:
        kinds = "ingress,service,httproute,gateway,dnsendpoint"
        self.cluster.kubectl("delete", kinds, "--all", "--wait=false", f"--namespace={self.namespace}")

    def change(self, pieces: Sequence[Piece]) -> None:
        """New specs and statuses for objects that are there."""
        manifests = manifests_of(pieces)
        self.cluster.apply(*(_without_status(manifest) for manifest in manifests), namespace=self.namespace)
        for manifest in manifests:
            if "status" in manifest:
                kind, name = manifest["kind"].lower(), manifest["metadata"]["name"]
                self.cluster.set_status(kind, name, manifest["status"], self.namespace)

    def dnsendpoints(self) -> Sequence[Mapping[str, Any]]:
        return self.cluster.objects(CRD, self.namespace)

    def all_synced(self, records: Mapping[Key, Record], timeout: float = 45) -> None:
        """Wait until every DNSEndpoint says that it is in DNS, and each record set that it is ours."""

        def look() -> bool:
            found = self.dnsendpoints()
            for one in found:
                ready = condition(one, "Ready")
                assert (ready["status"], ready["reason"]) == ("True", "Synced"), one
                assert ready["observedGeneration"] == one["metadata"]["generation"], one
            lines = [line for one in found for line in one["status"]["records"]]
            assert {Key(line["dnsName"], line["recordType"]) for line in lines} == records.keys()
            owners = {line["ownership"]["owner"] for line in lines}
            assert owners == {OWNER}, owners
            return True

        wait_until(look, timeout, what="all DNSEndpoints to be ready")

    # -- programs

    def run_externaldns(self) -> str:
        """One round; its log. Raises AssertionError when it fails."""
        command = [str(self.externaldns), "--once", f"--metrics-address={LOOPBACK}:0", *self._common()]
        done = subprocess.run(
            [*command, f"--kubeconfig={self.cluster.kubeconfig}"],
            env=environment(self.backend.env),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:]
        return done.stdout

    def zonewright(self) -> Operator:
        return Operator(self.cluster, *self._common(), env=self.backend.env)

    def _common(self) -> list[str]:
        sources = [f"--source={source}" for source in SOURCES]
        place = [f"--namespace={self.namespace}", f"--domain-filter={self.scope.domain}", f"--txt-owner-id={OWNER}"]
        return [*sources, *place, "--policy=sync", *self.backend.flags, *self.flags]

    # -- DNS

    def records(self) -> dict[Key, Record]:
        """What stands in DNS, without texts: no name of ours has one but for ownership."""
        return {key: record for key, record in self.backend.standing(self.scope.domain).items() if key.rtype != "TXT"}

    def texts(self) -> dict[str, str]:
        found = self.backend.standing(self.scope.domain).items()
        return {key.name: " ".join(record.targets) for key, record in found if key.rtype == "TXT"}


def _without_status(manifest: Manifest) -> Manifest:
    return {key: value for key, value in manifest.items() if key != "status"}
