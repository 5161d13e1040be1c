"""A place for each test under one running operator, which sees the objects with its label and no others."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cluster.testsite import CRD, Site
from localcluster.cluster import Cluster
from localcluster.dnsserver import DnsServer
from localcluster.operator_process import Operator
from localcluster.wait import wait_until

LABEL = "zonewright-tests"
SECONDS = 20.0  # for what takes a fraction of one when the machine is not busy
HOSTNAME = "zonewright.io/hostname"


@dataclass(frozen=True, slots=True)
class Tenancy:
    """An operator that many tests share. Its label keeps it apart from others on these servers, and others from it."""

    operator: Operator
    mark: str
    domain: str

    @property
    def owner(self) -> str:
        return f"owner-{self.mark}"


@contextmanager
def tenancy(cluster: Cluster, dns: DnsServer) -> Iterator[Tenancy]:
    mark = secrets.token_hex(4)
    domain = f"shared-{mark}.example.org"
    flags = (
        "--provider=coredns",
        f"--domain-filter={domain}",
        f"--label-filter={LABEL}={mark}",
        f"--txt-owner-id=owner-{mark}",
        "--brake-percent=100",  # tests come and go, and take most of the zone with them
    )
    with Operator(cluster, *flags, env={"ETCD_URLS": dns.etcd}) as operator:
        yield Tenancy(operator, mark, domain)


@dataclass(frozen=True, slots=True)
class SharedSite(Site):
    """Objects are made with the label of the running operator. For tests that need no operator of their own."""

    tenancy: Tenancy

    @property
    def owner(self) -> str:
        return self.tenancy.owner

    # -- objects

    def apply(self, *manifests: Mapping[str, Any]) -> None:
        Site.apply(self, *(self._labelled(manifest) for manifest in manifests))

    def apply_in(self, namespace: str, *manifests: Mapping[str, Any]) -> None:
        self.cluster.apply(*(self._labelled(manifest) for manifest in manifests), namespace=namespace)

    def fill(self, kind: str, name: str, status: Mapping[str, Any]) -> None:
        """Write a status, as a controller does."""
        self.cluster.set_status(kind, name, status, self.namespace)

    def uid(self, kind: str, name: str) -> str:
        uid: str = self.cluster.get(kind, name, self.namespace)["metadata"]["uid"]
        return uid

    def hostnames(self) -> dict[str, str]:
        """The names of the DNSEndpoints of the namespace, with the hostname of each; "" for one of a person."""
        found = (one["metadata"] for one in self.cluster.objects(CRD, self.namespace))
        return {meta["name"]: meta.get("annotations", {}).get(HOSTNAME, "") for meta in found}

    def asked_by(self, short: str, *owners: str) -> dict[str, Any]:
        """The DNSEndpoint of a name as soon as these objects, "kind/name" each, are its owners, and no others."""
        wanted = sorted((owner, self.uid(*owner.split("/"))) for owner in owners)

        def look() -> dict[str, Any]:
            found = self.endpoint(self.name(short))
            owning = found["metadata"]["ownerReferences"]
            assert sorted((f"{one['kind'].lower()}/{one['name']}", one["uid"]) for one in owning) == wanted, owning
            return found

        return wait_until(look, SECONDS, what=f"DNSEndpoint {self.name(short)} to be owned by {', '.join(owners)}")

    def _labelled(self, manifest: Mapping[str, Any]) -> dict[str, Any]:
        metadata = manifest["metadata"]
        labels = {**metadata.get("labels", {}), LABEL: self.tenancy.mark}
        return {**manifest, "metadata": {**metadata, "labels": labels}}

    # -- DNS

    def answers(self, short: str, *records: str, rtype: str = "A", alias: str = "", ttl: int | None = None) -> None:
        """Wait until a question for a name brings exactly these records; by way of an alias and with a ttl if given."""
        name, through = self.name(short), (self.name(alias),) if alias else ()

        def look() -> bool:
            answer = self.dns.query(name, rtype)
            assert (answer.records, answer.aliases) == (tuple(sorted(records)), through), answer
            assert ttl in (None, answer.ttl), answer
            return True

        wait_until(look, SECONDS, what=f"{name} {rtype} to be {', '.join(records) or 'nothing'}")

    def vanishes(self, short: str) -> None:
        """Wait until nothing tells of a name any more: no DNSEndpoint, no record and no ownership record."""
        name = self.name(short)
        related = {short, *(f"{rtype}-{short}" for rtype in ("a", "aaaa", "cname"))}

        def look() -> bool:
            hostnames, standing = self.hostnames(), self.standing()
            assert name not in hostnames.values(), hostnames
            assert not related & standing.keys(), standing
            return self.dns.query(name).rcode == "NXDOMAIN"

        wait_until(look, SECONDS, what=f"{name} to vanish")
