"""A test's own place on a PowerDNS: a namespace, and a zone that has the name of its domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cluster.testsite import Site
from localcluster.operator_process import Operator
from localcluster.pdns import PowerDns

_OF_THE_ZONE = ("SOA", "NS")


@dataclass(frozen=True, slots=True)
class PdnsSite(Site):
    """Records are those of the zone, less SOA and NS; `etcd` of `operator` is another way to the API."""

    server: PowerDns

    def operator(
        self, *flags: str, ready: bool = True, etcd: str = "", env: Mapping[str, str] | None = None
    ) -> Operator:
        ours = ("--provider=pdns", f"--pdns-server={etcd or self.server.url}")
        given = {"EXTERNAL_DNS_PDNS_API_KEY": self.server.key, **(env or {})}
        return Operator(self.cluster, *ours, *self._flags(flags), env=given, ready=ready)

    def standing(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for rrset in self.server.rrsets(self.domain):
            if rrset["type"] not in _OF_THE_ZONE:
                name = rrset["name"].removesuffix(".").removesuffix(self.domain).removesuffix(".")
                contents = (record["content"].removesuffix(".") for record in rrset["records"])
                found.setdefault(name, []).extend(contents)
        return {name: sorted(targets) for name, targets in found.items()}

    def put(self, short: str, **value: object) -> None:
        self.server.patch(self.domain, self._rrset(short, "A", [str(value["host"])]))

    def edit(self, short: str, **fields: object) -> None:
        self.put(short, **fields)

    def remove(self, short: str) -> None:
        name = f"{self.name(short)}."
        of_name = [rrset for rrset in self.server.rrsets(self.domain) if rrset["name"] == name]
        assert of_name, f"nothing stands at {short}"
        gone = [{"name": name, "type": rrset["type"], "changetype": "DELETE"} for rrset in of_name]
        self.server.patch(self.domain, *gone)

    def _rrset(self, short: str, rtype: str, contents: Sequence[str]) -> Mapping[str, Any]:
        records = [{"content": content, "disabled": False} for content in contents]
        place = {"name": f"{self.name(short)}.", "type": rtype, "ttl": 60}
        return {**place, "changetype": "REPLACE", "records": records}
