"""BIND 9 in a directory: dynamic zones, transfers and updates for one key, on a port of the loopback."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from localcluster import debian
from localcluster.controlplane import STARTUP, exclusive
from localcluster.debian import NotToBeHad
from localcluster.dnsserver import Answer, DnsServer
from localcluster.ports import LOOPBACK, free_port
from localcluster.process import Daemon

__all__ = ["Bind", "NotToBeHad", "start", "stop"]

STATE = "bind.json"
KEY = "tests"
_NAME = "bind"
_PACKAGES = ("bind9", "bind9-utils")
_SBIN = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin"


@dataclass(frozen=True, slots=True)
class Program:
    """named and rndc that run here."""

    named: str
    rndc: str
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Bind:
    """port: of DNS; secret: of the key KEY, hmac-sha256, base64; control: what rndc needs"""

    port: int
    secret: str
    directory: str
    control: tuple[str, ...]

    def query(self, name: str, rtype: str = "A") -> Answer:
        """What DNS answers. Raises OSError where it does not."""
        return DnsServer(LOOPBACK, self.port, "", "").query(name, rtype)

    def add_zone(
        self, name: str, *, transfer: str = f'key "{KEY}"', policy: str = f'grant "{KEY}" zonesub ANY'
    ) -> None:
        """A zone with SOA and NS. transfer, policy: who may read and change what, in the words of BIND."""
        file = Path(self.directory) / f"{name}.zone"
        file.write_text(
            f"$ORIGIN {name}.\n$TTL 300\n@ SOA ns.invalid. hostmaster 1 3600 600 86400 60\n@ NS ns.invalid.\n"
        )
        rules = f"update-policy {{ {policy}; }}; allow-transfer {{ {transfer}; }};"
        self._rndc("addzone", name, f'{{ type primary; file "{file}"; {rules} }};')

    def delete_zone(self, name: str) -> None:
        self._rndc("delzone", name)

    def _rndc(self, *command: str) -> None:
        rndc, *options = self.control
        environment = json.loads((Path(self.directory) / "environment.json").read_text())
        done = subprocess.run(
            [rndc, *options, *command], env=environment, capture_output=True, text=True, timeout=30, check=False
        )
        if done.returncode != 0:
            raise OSError(f"rndc {command[0]}: {done.stderr.strip()}")


def start(directory: Path) -> Bind:
    """The server of a directory, started unless it runs. Raises NotToBeHad, Died, TimeoutError."""
    program = locate()
    with exclusive(directory):
        if Daemon(directory, _NAME).pid() is not None:
            found = json.loads((directory / "data" / STATE).read_text())
            return Bind(**found | {"control": tuple(found["control"])})
        return _start(directory, program)


def stop(directory: Path) -> None:
    Daemon(directory, _NAME).stop()


def locate() -> Program:
    """The machine's own server, or else Debian's. Raises NotToBeHad."""
    path = f"{os.environ.get('PATH', '')}:{_SBIN}"
    named, rndc = shutil.which("named", path=path), shutil.which("rndc", path=path)
    if named and rndc:
        return Program(named, rndc, os.environ)
    root = debian.unpacked(*_PACKAGES)
    return Program(str(root / "usr/sbin/named"), str(root / "usr/sbin/rndc"), debian.environment(root))


def _start(directory: Path, program: Program) -> Bind:
    daemon, data = Daemon(directory, _NAME), directory / "data"
    daemon.stop()
    data.mkdir(parents=True, exist_ok=True)
    port, control = free_port(), free_port()
    secret, entry = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
    (data / "rndc.key").write_text(f'key "control" {{ algorithm hmac-sha256; secret "{entry}"; }};\n')
    options = ("-s", LOOPBACK, "-p", str(control), "-k", str(data / "rndc.key"))
    server = Bind(port, secret, str(data), (program.rndc, *options))
    (data / "environment.json").write_text(json.dumps(dict(program.environment)))
    (data / "named.conf").write_text("\n".join(_configuration(data, server, control, entry)))
    daemon.start([program.named, "-g", "-c", str(data / "named.conf"), "-n", "1"], program.environment)
    daemon.wait_ready(lambda: _answers(server), STARTUP)
    (data / STATE).write_text(json.dumps(asdict(server)))
    return server


def _answers(server: Bind) -> bool:
    try:
        server.query("version.bind", "TXT")
    except OSError:
        return False
    return True


def _configuration(data: Path, server: Bind, control: int, entry: str) -> Sequence[str]:
    return [
        f'key "{KEY}" {{ algorithm hmac-sha256; secret "{server.secret}"; }};',
        f'key "control" {{ algorithm hmac-sha256; secret "{entry}"; }};',
        f'controls {{ inet {LOOPBACK} port {control} allow {{ {LOOPBACK}; }} keys {{ "control"; }}; }};',
        "options {",
        f'  directory "{data}";',
        f'  pid-file "{data / "named.pid"}";',
        f'  session-keyfile "{data / "session.key"}";',
        f'  lock-file "{data / "named.lock"}";',
        f"  listen-on port {server.port} {{ {LOOPBACK}; }};",
        "  listen-on-v6 { none; };",
        "  recursion no;",
        "  notify no;",
        "  dnssec-validation no;",
        "  allow-new-zones yes;",
        "  check-names primary ignore;",
        "};",
        "",
    ]
