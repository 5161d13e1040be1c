"""DNS servers that both programs write to, seen from outside: what stands there, and whether anybody has written."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Protocol

import dns.name
import dns.query
import dns.rdatatype
import dns.tsig
import dns.tsigkeyring
import dns.xfr
import dns.zone
import pytest

from handover.inventory import Key, Record
from localcluster import bind, build, pdns
from localcluster.controlplane import start_etcd
from localcluster.ports import LOOPBACK, free_port
from localcluster.process import Daemon
from localcluster.programs import ETCD


class Backend(Protocol):
    """flags, env: for both programs, besides those of the domain. dual: as in `inventory.Scope`.

    deletes_whole: whether ExternalDNS deletes all targets of a record set; of CoreDNS's it leaves all but one
    any_label: whether "*" can be a part of a label, as in the name of the ownership record of a wildcard
    """

    dual: bool
    deletes_whole: bool
    any_label: bool
    env: dict[str, str]

    @property
    def flags(self) -> tuple[str, ...]: ...

    def state(self) -> object:
        """Any write, even one that changes nothing, makes it another."""
        ...

    def standing(self, domain: str) -> dict[Key, Record]:
        """All record sets of a domain, but those that make a zone; texts without quotes, 0 for the default TTL."""
        ...

    def prepare(self, domain: str) -> None:
        """Make room for a domain."""
        ...


class CoreDns:
    """An etcd of its own, as CoreDNS reads it. Nobody else writes there, so its revision counts all writes."""

    dual = False
    deletes_whole = False
    any_label = True
    flags: tuple[str, ...] = ("--provider=coredns",)

    def __init__(self, etcd: str) -> None:
        self._etcd = etcd
        self.env = {"ETCD_URLS": etcd}

    def prepare(self, domain: str) -> None:
        """Any domain will do."""

    def state(self) -> object:
        return int(self._range("/")["header"]["revision"])

    def standing(self, domain: str) -> dict[Key, Record]:
        path = "/skydns/" + "/".join(reversed(domain.split("."))) + "/"
        found: dict[Key, Record] = {}
        for kv in self._range(path).get("kvs", ()):
            value: dict[str, Any] = json.loads(_decoded(kv["value"]))
            labels = _decoded(kv["key"]).removeprefix("/skydns/").split("/")
            name = ".".join(reversed(labels[: len(labels) - value.get("targetstrip", 0)]))
            for rtype, target in _parts(value):
                key, ttl = Key(name, rtype), int(value.get("ttl", 0))
                targets = found[key].targets if key in found else ()
                found[key] = Record(tuple(sorted((*targets, target))), ttl)
        return found

    def _range(self, start: str) -> Any:
        body = {"key": _encoded(start), "range_end": _encoded(start[:-1] + chr(ord(start[-1]) + 1))}
        request = json.dumps(body).encode()
        with urllib.request.urlopen(f"{self._etcd}/v3/kv/range", request, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def coredns(directory: Path) -> Iterator[CoreDns]:
    build.ensure((ETCD,))
    daemon, port = Daemon(directory, "records"), free_port()
    try:
        start_etcd(daemon, port)
        yield CoreDns(f"http://{LOOPBACK}:{port}")
    finally:
        daemon.stop()


class PowerDns:
    """A PowerDNS of its own. Each change of a zone makes its serial another, even one that changes nothing."""

    dual = True
    deletes_whole = True
    any_label = False
    default_ttl = 300  # no name of the inventory asks for it

    def __init__(self, server: pdns.PowerDns) -> None:
        self._server = server
        self._zones: list[str] = []
        self.flags: tuple[str, ...] = ("--provider=pdns", f"--pdns-server={server.url}", f"--pdns-api-key={server.key}")
        self.env: dict[str, str] = {}

    def prepare(self, domain: str) -> None:
        self._server.add_zone(domain)
        self._zones.append(domain)

    def state(self) -> object:
        return [self._server.call("GET", f"/zones/{zone}.") for zone in self._zones]

    def standing(self, domain: str) -> dict[Key, Record]:
        found: dict[Key, Record] = {}
        for rrset in self._server.rrsets(domain):
            if rrset["type"] not in ("SOA", "NS"):
                targets = (record["content"].removesuffix(".").strip('"') for record in rrset["records"])
                ttl = 0 if rrset["ttl"] == self.default_ttl else rrset["ttl"]
                found[Key(rrset["name"].removesuffix("."), rrset["type"])] = Record(tuple(sorted(targets)), ttl)
        return found


@contextmanager
def powerdns(directory: Path) -> Iterator[PowerDns]:
    """Skips the test where there is no such server."""
    try:
        server = pdns.start(directory)
    except pdns.NotToBeHad as reason:
        pytest.skip(f"no PowerDNS: {reason}")
    try:
        yield PowerDns(server)
    finally:
        pdns.stop(directory)


class Bind9:
    """A BIND of its own. An update that changes anything makes the serial of its zone another."""

    dual = True
    deletes_whole = True
    any_label = True
    default_ttls = (0, 300)  # ExternalDNS's and Zonewright's; no name of the inventory asks for either

    def __init__(self, server: bind.Bind) -> None:
        self._server = server
        self._zone = ""
        self.env: dict[str, str] = {"EXTERNAL_DNS_RFC2136_TSIG_SECRET": server.secret}

    @property
    def flags(self) -> tuple[str, ...]:
        where = (f"--rfc2136-host={LOOPBACK}", f"--rfc2136-port={self._server.port}", f"--rfc2136-zone={self._zone}")
        key = (f"--rfc2136-tsig-keyname={bind.KEY}", "--rfc2136-tsig-secret-alg=hmac-sha256", "--rfc2136-tsig-axfr")
        return ("--provider=rfc2136", *where, *key)

    def prepare(self, domain: str) -> None:
        self._server.add_zone(domain)
        self._zone = domain

    def state(self) -> object:
        return self._server.query(self._zone, "SOA").records

    def standing(self, domain: str) -> dict[Key, Record]:
        found: dict[Key, Record] = {}
        for name, rdatas in self._transfer(domain).iterate_rdatasets():
            rtype = dns.rdatatype.to_text(rdatas.rdtype)
            if rtype not in ("SOA", "NS"):
                targets = (rdata.to_text().removesuffix(".").strip('"') for rdata in rdatas)
                ttl = 0 if rdatas.ttl in self.default_ttls else rdatas.ttl
                found[Key(name.to_text(omit_final_dot=True), rtype)] = Record(tuple(sorted(targets)), ttl)
        return found

    def _transfer(self, domain: str) -> dns.zone.Zone:
        zone = dns.zone.Zone(domain, relativize=False)
        keyring = dns.tsigkeyring.from_text({bind.KEY: self._server.secret})
        query, _ = dns.xfr.make_query(
            zone, keyring=keyring, keyname=dns.name.from_text(bind.KEY), keyalgorithm=dns.tsig.HMAC_SHA256
        )
        dns.query.inbound_xfr(LOOPBACK, zone, query, port=self._server.port, timeout=10)
        return zone


@contextmanager
def bind9(directory: Path) -> Iterator[Bind9]:
    """Skips the test where there is no such server."""
    try:
        server = bind.start(directory)
    except bind.NotToBeHad as reason:
        pytest.skip(f"no BIND: {reason}")
    try:
        yield Bind9(server)
    finally:
        bind.stop(directory)


BACKENDS: Mapping[str, Callable[[Path], AbstractContextManager[Backend]]] = {
    "coredns": coredns,
    "pdns": powerdns,
    "rfc2136": bind9,
}


def _parts(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if host := value.get("host"):
        yield _type(host), host
    if text := value.get("text"):
        yield "TXT", text.strip('"')


def _type(host: str) -> str:
    try:
        return "A" if ip_address(host).version == 4 else "AAAA"
    except ValueError:
        return "CNAME"


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()
