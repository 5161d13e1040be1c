"""A test's own place on a PowerDNS with several zones, for operators that share them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from cluster.testsite import Site
from localcluster.operator_process import Operator
from localcluster.pdns import PowerDns
from zonewright.model.shard import place

COUNT = 2
_CHANGE = re.compile(r"Desired change: ([A-Z]+) (\S+) ")
_OF_THE_ZONE = ("SOA", "NS")


@dataclass(frozen=True, slots=True)
class ShardSite(Site):
    """zones: one of each of the two shards, below the domain."""

    server: PowerDns
    zones: tuple[str, str]

    def shard(self, index: int, *flags: str, ready: bool = True) -> Operator:
        """One of two operators; it looks for zones every second."""
        given = ("--interval=1s", f"--shard={index}/{COUNT}", *flags)
        env = {"EXTERNAL_DNS_PDNS_API_KEY": self.server.key}
        ours = ("--provider=pdns", f"--pdns-server={self.server.url}")
        return Operator(self.cluster, *ours, *self._flags(given), env=env, ready=ready)

    @contextmanager
    def shards(self, *flags: str) -> Iterator[tuple[Operator, Operator]]:
        """Both of them."""
        with self.shard(0, *flags) as first, self.shard(1, *flags) as second:
            yield first, second

    def within(self, shard: int, label: str = "www") -> str:
        """A name in the zone of a shard."""
        return f"{label}.{self.zones[shard]}"

    def found(self, zone: str, rtype: str = "A") -> dict[str, list[str]]:
        """The record sets of a zone, by name."""
        rrsets = (one for one in self.server.rrsets(zone) if one["type"] == rtype)
        return {one["name"].removesuffix("."): sorted(r["content"] for r in one["records"]) for one in rrsets}

    def serials(self) -> list[str]:
        """They go up with every write."""
        return [self.found(zone, "SOA")[zone][0] for zone in self.zones]

    def copied(self, source: str, zone: str) -> list[Mapping[str, Any]]:
        """What stands of a zone in the one above it."""
        rrsets = self.server.rrsets(source)
        mine = [one for one in rrsets if one["name"].endswith(f".{zone}.") and one["type"] not in _OF_THE_ZONE]
        return [{key: one[key] for key in ("name", "type", "ttl", "records")} for one in mine]


def zone_of(shard: int, below: str, pattern: str = "z{}") -> str:
    """The first name below a domain that a shard of two has."""
    return next(name for number in count() if place(name := f"{pattern.format(number)}.{below}", COUNT) == shard)


@contextmanager
def standing(server: PowerDns, *zones: str) -> Iterator[None]:
    """Zones for the time of a test."""
    with ExitStack() as stack:
        for zone in zones:
            server.add_zone(zone)
            stack.callback(server.delete_zone, zone)
        yield


def changes(operator: Operator) -> list[tuple[str, str]]:
    """What an operator has changed in DNS by now: action and name."""
    return [(match[1], match[2]) for match in _CHANGE.finditer(operator.log())]
