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

from handover.inventory import Key, Record
from localcluster import build
from localcluster.controlplane import start_etcd
from localcluster.ports import LOOPBACK, free_port
from localcluster.process import Daemon
from localcluster.programs import ETCD


class Backend(Protocol):
    """flags, env: for both programs, besides those of the domain. dual: as in `inventory.Scope`.

    deletes_whole: whether ExternalDNS deletes all targets of a record set; of CoreDNS's it leaves all but one
    """

    dual: bool
    deletes_whole: bool
    flags: tuple[str, ...]
    env: dict[str, str]

    def state(self) -> object:
        """Any write, even one that changes nothing, makes it another."""
        ...

    def standing(self, domain: str) -> dict[Key, Record]:
        """All record sets of a domain; texts without quotes."""
        ...

    def prepare(self, domain: str) -> None:
        """Make room for a domain."""
        ...


class CoreDns:
    """An etcd of its own, as CoreDNS reads it. Nobody else writes there, so its revision counts all writes."""

    dual = False
    deletes_whole = False
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


BACKENDS: Mapping[str, Callable[[Path], AbstractContextManager[Backend]]] = {"coredns": coredns}


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
