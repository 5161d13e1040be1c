"""Two hundred hostnames of all kinds, asked for by all kinds of objects, and what DNS has to say of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cluster.manifests import (
    accepted,
    dnsendpoint,
    entry,
    ga,
    gateway,
    gateway_addresses,
    httproute,
    ingress,
    load_balancer,
    service,
)

HOSTNAMES = 200
Manifest = dict[str, Any]


class Key(NamedTuple):
    name: str
    rtype: str


class Record(NamedTuple):
    """targets sorted; ttl in seconds, 0 where nobody asks for one."""

    targets: tuple[str, ...]
    ttl: int = 0


Records = Mapping[Key, Record]


@dataclass(frozen=True, slots=True)
class Piece:
    """Objects, with their statuses, and the record sets that they ask for together."""

    manifests: tuple[Manifest, ...]
    records: Records


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the names lie, and what the DNS server and the settings allow.

    dual  whether a name can have A and AAAA records at once: ExternalDNS's provider for CoreDNS takes both for one
    apex  whether the domain itself can have a record that is owned
    wild  whether wildcards can be owned; without, their names have another first label
    """

    domain: str
    dual: bool
    apex: bool
    wild: bool = True

    def name(self, short: str) -> str:
        short = short if self.wild else short.replace("*", "wild")
        return f"{short}.{self.domain}" if short else self.domain


def records_of(pieces: Iterable[Piece]) -> dict[Key, Record]:
    return {key: record for piece in pieces for key, record in piece.records.items()}


def manifests_of(pieces: Iterable[Piece]) -> list[Manifest]:
    return [manifest for piece in pieces for manifest in piece.manifests]


def inventory(scope: Scope) -> list[Piece]:
    """HOSTNAMES names."""
    return [*_ingresses(scope), *_services(scope), *_routes(scope), *_by_hand(scope)]


# -- 80 names of Ingresses


def _ingresses(scope: Scope) -> Iterator[Piece]:
    for number in range(10):
        yield published_ingress(scope, f"web-{number}", _shorts(f"web{number}", 4), f"192.0.2.{number + 1}")
    for number in range(2):
        two = ("198.51.100.1", f"198.51.100.{number + 2}")
        yield published_ingress(scope, f"two-{number}", _shorts(f"two{number}", 5), *two, ttl=240)
        six = (f"2001:db8::{number + 1}", *(("203.0.113.9",) if scope.dual else ()))
        yield published_ingress(scope, f"six-{number}", _shorts(f"six{number}", 5), *six)
        yield published_ingress(scope, f"lb-{number}", _shorts(f"lb{number}", 5), f"lb{number}.example.net")
    yield published_ingress(scope, "wild", [f"*.wild{i}" for i in range(5)], "192.0.2.50")
    yield published_ingress(scope, "wild-alias", [f"*.alias{i}" for i in range(5)], "lb.example.net", ttl=60)


def published_ingress(scope: Scope, name: str, shorts: Sequence[str], *addresses: str, ttl: int = 0) -> Piece:
    notes = ga(ttl=str(ttl)) if ttl else None
    manifest = ingress(name, *map(scope.name, shorts), annotations=notes)
    return Piece((manifest | {"status": load_balancer(*addresses)},), _records(scope, shorts, addresses, ttl))


# -- 50 names of Services


def _services(scope: Scope) -> Iterator[Piece]:
    for number in range(10):
        yield published_service(scope, f"svc-{number}", _shorts(f"svc{number}", 3), f"203.0.113.{number + 1}")
    for number in range(5):
        name = f"elb{number}.example.net"
        yield published_service(scope, f"elb-{number}", _shorts(f"elb{number}", 2), name, ttl=120)
    for number in range(2):
        target, address = f"2001:db8:1::{number + 1}", "192.0.2.99"  # of which the annotation wins
        shorts = _shorts(f"over{number}", 5)
        piece = published_service(scope, f"over-{number}", shorts, address, target=target)
        yield Piece(piece.manifests, _records(scope, shorts, [target]))


def published_service(
    scope: Scope, name: str, shorts: Sequence[str], *addresses: str, ttl: int = 0, **notes: str
) -> Piece:
    given = notes | {"hostname": ",".join(map(scope.name, shorts))} | ({"ttl": f"{ttl}s"} if ttl else {})
    manifest = service(name, ga(**given))
    return Piece((manifest | {"status": load_balancer(*addresses)},), _records(scope, shorts, addresses, ttl))


# -- 40 names of HTTPRoutes


def _routes(scope: Scope) -> Iterator[Piece]:
    for name, addresses, routes, hosts in (
        ("edge", ("192.0.2.201", "192.0.2.202"), 10, 3),
        ("cloud", ("gw.example.net",), 2, 5),
    ):
        yield Piece((gateway(name) | {"status": gateway_addresses(*addresses)},), {})
        for number in range(routes):
            shorts = _shorts(f"{name}{number}", hosts)
            route = httproute(f"{name}-{number}", *map(scope.name, shorts), gateway=name)
            yield Piece((route | {"status": accepted(name)},), _records(scope, shorts, addresses))


# -- 30 names of DNSEndpoints that a person writes


def _by_hand(scope: Scope) -> Iterator[Piece]:
    for number in range(5):
        yield by_hand(scope, f"hand-{number}", f"hand{number}", "192.0.2.7", "192.0.2.8", "192.0.2.10", ttl=60)
        yield by_hand(scope, f"hand6-{number}", f"hand6{number}", "2001:db8:2::1", "2001:db8:2::2")
        yield by_hand(scope, f"away-{number}", f"away{number}", f"away{number}.example.net", ttl=3600)
        yield by_hand(scope, f"star-{number}", f"*.star{number}", "192.0.2.20")
        yield by_hand(scope, f"team-{number}", f"team{number}", "192.0.2.30", labels={"team": "blue", "a": "b"})
    for number in range(2):
        one = by_hand(scope, f"pair-{number}", f"left{number}", "192.0.2.40")
        other = by_hand(scope, f"pair-{number}", f"right{number}", "192.0.2.41", ttl=90)
        entries = [e for piece in (one, other) for m in piece.manifests for e in m["spec"]["endpoints"]]
        yield Piece((dnsendpoint(f"pair-{number}", *entries),), records_of((one, other)))
    yield by_hand(scope, "top", "" if scope.apex else "top", "192.0.2.60")


def by_hand(scope: Scope, name: str, short: str, *targets: str, ttl: int = 0, **more: Any) -> Piece:
    records = _records(scope, [short], targets, ttl)
    given = more | ({"recordTTL": ttl} if ttl else {})
    entries = [entry(key.name, *record.targets, rtype=key.rtype, **given) for key, record in records.items()]
    return Piece((dnsendpoint(name, *entries),), records)


def _shorts(stem: str, count: int) -> list[str]:
    return [f"{stem}-{chr(ord('a') + index)}" for index in range(count)]


def _records(scope: Scope, shorts: Iterable[str], targets: Iterable[str], ttl: int = 0) -> dict[Key, Record]:
    by_type: dict[str, list[str]] = {}
    for target in targets:
        by_type.setdefault(_type(target), []).append(target)
    return {
        Key(scope.name(short), rtype): Record(tuple(sorted(found)), ttl)
        for short in shorts
        for rtype, found in by_type.items()
    }


def _type(target: str) -> str:
    if ":" in target:
        return "AAAA"
    return "A" if target.replace(".", "").isdigit() else "CNAME"


# -- what happens meanwhile


@dataclass(frozen=True, slots=True)
class Edits:
    """deleted: of the inventory; changed: what stands in the place of pieces with the same objects; created: new."""

    deleted: Sequence[Piece]
    changed: Sequence[Piece]
    created: Sequence[Piece]

    def carried_out(self, pieces: Iterable[Piece]) -> list[Piece]:
        gone = {_objects(piece) for piece in (*self.deleted, *self.changed)}
        return [*(piece for piece in pieces if _objects(piece) not in gone), *self.changed, *self.created]


def edits(scope: Scope, pieces: Sequence[Piece]) -> Edits:
    """Of each kind of object, and of each kind of change that a record can have."""
    by_object = {_objects(piece): piece for piece in pieces}
    gone = (
        *("Ingress/web-0", "Ingress/two-1", "Ingress/wild", "Service/svc-1", "Service/over-1"),
        *("HTTPRoute/edge-9", "DNSEndpoint/hand-3", "DNSEndpoint/team-0"),
    )
    changed = (
        published_ingress(scope, "web-1", _shorts("web1", 4), "192.0.2.77"),
        published_ingress(scope, "web-2", _shorts("web2", 4), "lb2.example.net"),  # A to CNAME
        published_ingress(scope, "lb-0", _shorts("lb0", 5), "192.0.2.78", "192.0.2.79"),  # and back, of two
        published_ingress(scope, "two-0", _shorts("two0", 5), "198.51.100.1", ttl=30),  # one address and another ttl
        published_ingress(scope, "web-3", _shorts("web3", 6), "192.0.2.4"),  # two names more
        published_ingress(scope, "wild-alias", [f"*.alias{i}" for i in range(5)], "other.example.net", ttl=60),
        published_service(scope, "svc-2", _shorts("svc2", 2), "203.0.113.3"),  # a name less
        published_service(scope, "elb-1", _shorts("elb1", 2), "elb.example.net", ttl=120),
        by_hand(scope, "hand-1", "hand1", "192.0.2.8", "192.0.2.10", "192.0.2.11", "192.0.2.12", ttl=61),
        by_hand(scope, "hand6-1", "hand6one", "2001:db8:2::1"),  # another name
        by_hand(scope, "team-1", "team1", "192.0.2.31", labels={"team": "red"}),
    )
    created = (
        published_ingress(scope, "late", _shorts("late", 3), "192.0.2.90"),
        published_ingress(scope, "late-alias", ["*.late-alias"], "late.example.net", ttl=45),
        by_hand(scope, "late", "late-hand", "2001:db8:3::1", "2001:db8:3::2"),
    )
    return Edits([by_object[name] for name in gone], changed, created)


def _objects(piece: Piece) -> str:
    return " ".join(f"{manifest['kind']}/{manifest['metadata']['name']}" for manifest in piece.manifests)
