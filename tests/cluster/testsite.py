"""One test's own place on the shared servers: a namespace, a domain, and what etcd holds of that domain.

etcd is read and written here as another program would, by its JSON interface, without the code under test.
"""

from __future__ import annotations

import base64
import json
import subprocess
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cluster.manifests import condition
from localcluster.cluster import Cluster
from localcluster.dnsserver import DnsServer
from localcluster.operator_process import Operator, run_once
from localcluster.wait import NotYet, wait_until

CRD = "dnsendpoints.externaldns.k8s.io"


class Stored(NamedTuple):
    """A value in etcd, and the revision of the store at which it was written."""

    value: dict[str, Any]
    revision: int


@dataclass(frozen=True, slots=True)
class Site:
    """Operators that are started here see this namespace and this domain alone, and have an owner id of their own.

    Names of records are short for names below the domain: "app" is app.DOMAIN, "" is the domain.
    """

    cluster: Cluster
    dns: DnsServer
    namespace: str
    domain: str

    # -- the operator

    @property
    def owner(self) -> str:
        return f"owner-of-{self.namespace}"

    def operator(
        self, *flags: str, ready: bool = True, etcd: str = "", env: Mapping[str, str] | None = None
    ) -> Operator:
        """`zonewright run` on CoreDNS; etcd: another way to its store."""
        given = {"ETCD_URLS": etcd or self.dns.etcd, **(env or {})}
        return Operator(self.cluster, "--provider=coredns", *self._flags(flags), env=given, ready=ready)

    def once(self, *flags: str, provider: str = "coredns") -> subprocess.CompletedProcess[str]:
        """`zonewright run --once`."""
        env = {"ETCD_URLS": self.dns.etcd}
        return run_once(self.cluster, f"--provider={provider}", *self._flags(flags), env=env)

    def publish(self, *flags: str, provider: str = "coredns") -> str:
        """`zonewright run --once`, where nothing may fail; its log."""
        done = self.once(*flags, provider=provider)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def _flags(self, given: tuple[str, ...]) -> list[str]:
        ours = (
            f"--namespace={self.namespace}",
            f"--domain-filter={self.domain}",
            f"--txt-owner-id={self.owner}",
            f"--leader-election-namespace={self.namespace}",
        )
        named = {flag.partition("=")[0] for flag in given}
        return [*(flag for flag in ours if flag.partition("=")[0] not in named), *given]

    # -- objects

    def apply(self, *manifests: Mapping[str, Any]) -> None:
        self.cluster.apply(*manifests, namespace=self.namespace)

    def delete(self, kind: str, name: str) -> None:
        self.cluster.kubectl("delete", kind, name, f"--namespace={self.namespace}")

    def endpoint(self, name: str) -> dict[str, Any]:
        """A DNSEndpoint. Raises KubectlFailed when it is not there."""
        return self.cluster.get(CRD, name, self.namespace)

    def told(self, name: str, reason: str = "Synced", timeout: float = 15) -> dict[str, Any]:
        """A DNSEndpoint as soon as its status says `reason` of what is asked for now."""

        def look() -> dict[str, Any]:
            found = self.endpoint(name)
            ready = condition(found, "Ready")
            if (ready["reason"], ready["observedGeneration"]) != (reason, found["metadata"]["generation"]):
                raise NotYet(json.dumps(found))
            return found

        return wait_until(look, timeout, what=f"DNSEndpoint {name} to say {reason}")

    # -- records

    def name(self, short: str) -> str:
        return f"{short}.{self.domain}" if short else self.domain

    def ownership(self, resource: str, owner: str = "") -> str:
        """What ExternalDNS writes into an ownership record; resource without namespace: "crd/web" or "ingress/web"."""
        kind, _, name = resource.partition("/")
        labels = f"external-dns/owner={owner or self.owner},external-dns/resource={kind}/{self.namespace}/{name}"
        return f'"heritage=external-dns,{labels}"'

    def stored(self) -> dict[str, Stored]:
        """All that etcd holds of the domain, by key."""
        start = self._path("")
        page = self._ask("range", key=start, range_end=start + "0")  # "0" comes after "/"
        return {
            _decoded(kv["key"]): Stored(json.loads(_decoded(kv["value"])), int(kv["mod_revision"]))
            for kv in page.get("kvs", ())
        }

    def standing(self) -> dict[str, list[str]]:
        """Hosts and texts by name, sorted."""
        found: dict[str, list[str]] = {}
        for key, (value, _) in self.stored().items():
            labels = key.removeprefix(self._path("")).split("/")[1:-1]  # the last one is made up
            found.setdefault(".".join(reversed(labels)), []).append(value.get("host") or value["text"])
        return {name: sorted(targets) for name, targets in found.items()}

    def expect(self, standing: Mapping[str, list[str]], timeout: float = 15) -> None:
        """Wait until etcd holds exactly these records of the domain."""

        def look() -> bool:
            assert self.standing() == standing
            return True

        wait_until(look, timeout, what="etcd to hold the right records")

    def put(self, short: str, **value: object) -> None:
        """Write a record by hand, over the one that was written by hand before."""
        self._write(f"{self._path(short)}/by-hand", {"targetstrip": 1, **value})

    def edit(self, short: str, **fields: object) -> None:
        """Change the values of a name, whoever has written them."""
        for key, (value, _) in self._of(short).items():
            self._write(key, {**value, **fields})

    def remove(self, short: str) -> None:
        """Delete the values of a name, whoever has written them."""
        for key in self._of(short):
            self._ask("deleterange", key=key)

    def _of(self, short: str) -> dict[str, Stored]:
        path = self._path(short)
        found = {key: stored for key, stored in self.stored().items() if key.rpartition("/")[0] == path}
        assert found, f"nothing stands at {short}"
        return found

    def _path(self, short: str) -> str:
        return "/".join([self.dns.path, *reversed(self.name(short).split("."))])

    def _write(self, key: str, value: Mapping[str, object]) -> None:
        self._ask("put", key=key, value=json.dumps(value))

    def _ask(self, call: str, **texts: str) -> Any:
        body = {name: base64.b64encode(text.encode()).decode() for name, text in texts.items()}
        with urllib.request.urlopen(f"{self.dns.etcd}/v3/kv/{call}", json.dumps(body).encode(), timeout=10) as answer:
            return json.load(answer)


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()
