"""PowerDNS Authoritative with the sqlite3 backend, in a directory: its API and its DNS on ports of the loopback."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from localcluster import debian
from localcluster.controlplane import STARTUP, exclusive
from localcluster.debian import NotToBeHad
from localcluster.dnsserver import Answer, DnsServer
from localcluster.ports import LOOPBACK, free_port
from localcluster.process import Daemon

__all__ = ["NotToBeHad", "PowerDns", "find", "start", "stop"]

STATE = "pdns.json"
_NAME = "pdns"
_PACKAGES = ("pdns-server", "pdns-backend-sqlite3")
_SBIN = "/usr/local/sbin:/usr/sbin:/sbin"
# Where distributions put the tables of the backend.
_SCHEMAS = (
    "usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql",
    "usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql",
    "usr/share/doc/pdns/schema.sqlite3.sql",
    "usr/local/share/doc/pdns/schema.sqlite3.sql",
)


@dataclass(frozen=True, slots=True)
class Program:
    """A pdns_server that runs here: how it is started, where its modules are ("": where it thinks), its tables."""

    path: str
    environment: Mapping[str, str]
    modules: str
    schema: str


@dataclass(frozen=True, slots=True)
class PowerDns:
    """A server on the loopback. url: of the API, as --pdns-server takes it; key: of the API; port: of DNS"""

    url: str
    key: str
    port: int

    def query(self, name: str, rtype: str = "A") -> Answer:
        """What DNS answers. Raises OSError where it does not."""
        return DnsServer(LOOPBACK, self.port, "", "").query(name, rtype)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """A request to the API, such as GET /zones: the JSON of the answer. Raises urllib.error.HTTPError."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/servers/localhost{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-API-Key": self.key, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
        return json.loads(text) if text else None

    def add_zone(self, name: str, kind: str = "Native") -> None:
        """A zone with SOA and NS."""
        servers = [] if kind == "Slave" else [f"ns.{name}."]
        masters = [LOOPBACK] if kind == "Slave" else []
        self.call("POST", "/zones", {"name": f"{name}.", "kind": kind, "nameservers": servers, "masters": masters})

    def delete_zone(self, name: str) -> None:
        self.call("DELETE", f"/zones/{name}.")

    def rrsets(self, zone: str) -> list[dict[str, Any]]:
        """All of a zone, as the API has them."""
        found: list[dict[str, Any]] = self.call("GET", f"/zones/{zone}.")["rrsets"]
        return found

    def patch(self, zone: str, *rrsets: Mapping[str, Any]) -> None:
        """Change a zone behind everybody's back."""
        self.call("PATCH", f"/zones/{zone}.", {"rrsets": list(rrsets)})


def find(directory: Path) -> PowerDns | None:
    """The server that runs in a directory."""
    if Daemon(directory, _NAME).pid() is None:
        return None
    return PowerDns(**json.loads((directory / "data" / STATE).read_text()))


def start(directory: Path, *more: str) -> PowerDns:
    """The server of a directory, started unless it runs; `stop` or `controlplane.down` ends it. more: of pdns.conf.

    Raises NotToBeHad, and what starting a process can raise: Died, TimeoutError.
    """
    program = locate()
    with exclusive(directory):
        return find(directory) or _start(directory, program, more)


def stop(directory: Path) -> None:
    Daemon(directory, _NAME).stop()


def locate() -> Program:
    """The machine's own server, or else Debian's. Raises NotToBeHad."""
    installed = shutil.which("pdns_server", path=f"{os.environ.get('PATH', '')}:{_SBIN}")
    schema = _schema(Path("/"))
    if installed and schema:
        return Program(installed, os.environ, "", schema)
    root = debian.unpacked(*_PACKAGES)
    modules, schema = next(root.glob("usr/lib/**/libgsqlite3backend.so"), None), _schema(root)
    if modules is None or not schema:
        raise NotToBeHad(f"Debian's {' and '.join(_PACKAGES)} do not have the parts that are looked for")
    return Program(str(root / "usr/sbin/pdns_server"), debian.environment(root), str(modules.parent), schema)


def _schema(root: Path) -> str:
    return next((str(root / path) for path in _SCHEMAS if (root / path).exists()), "")


def _start(directory: Path, program: Program, more: Sequence[str]) -> PowerDns:
    daemon, data = Daemon(directory, _NAME), directory / "data"
    daemon.stop()
    data.mkdir(parents=True, exist_ok=True)
    (data / "pdns.sqlite3").unlink(missing_ok=True)
    with sqlite3.connect(data / "pdns.sqlite3") as database:
        database.executescript(Path(program.schema).read_text())
    database.close()
    api, port = free_port(), free_port()
    server = PowerDns(f"http://{LOOPBACK}:{api}", secrets.token_hex(8), port)
    (data / "pdns.conf").write_text("\n".join([*_configuration(data, program, server, api), *more, ""]))
    daemon.start([program.path, f"--config-dir={data}"], program.environment)
    daemon.wait_ready(lambda: server.call("GET", "") is not None, STARTUP)
    (data / STATE).write_text(json.dumps(asdict(server)))
    return server


def _configuration(data: Path, program: Program, server: PowerDns, api: int) -> Sequence[str]:
    return [
        "daemon=no",
        "guardian=no",
        "disable-syslog=yes",
        "write-pid=no",
        f"socket-dir={data}",
        *([f"module-dir={program.modules}"] if program.modules else []),
        "launch=gsqlite3",
        f"gsqlite3-database={data / 'pdns.sqlite3'}",
        f"local-address={LOOPBACK}",
        f"local-port={server.port}",
        "webserver=yes",
        f"webserver-address={LOOPBACK}",
        f"webserver-port={api}",
        "api=yes",
        f"api-key={server.key}",
        # Answers are what stands there now.
        "cache-ttl=0",
        "query-cache-ttl=0",
        "negquery-cache-ttl=0",
        "zone-cache-refresh-interval=0",
        # An ALIAS has the addresses that a resolver gives for its target: here it asks itself.
        "expand-alias=yes",
        f"resolver={LOOPBACK}:{server.port}",
        "dname-processing=yes",
        "security-poll-suffix=",  # asks nobody whether this version has known faults
    ]
