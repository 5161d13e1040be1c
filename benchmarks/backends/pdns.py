"""PowerDNS with its sqlite3 backend. Records are counted in its file; calls are read off the log of its web server."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.backends.base import Backend
from benchmarks.backends.question import Asker
from benchmarks.population import DOMAIN
from benchmarks.watching import now
from localcluster import pdns
from localcluster.ports import LOOPBACK
from localcluster.process import Daemon

# [webserver] 5d5e… 127.0.0.1:34722 "PATCH /api/v1/servers/localhost/zones/bench.example.org. HTTP/1.1" 204 53
_LINE = re.compile(r'"(GET|PUT|POST|PATCH|DELETE) /api/v1/servers/localhost(/zones)?(/[^ ?"]+)?(\?[^ "]*)?[ "]')
_PATIENCE = 5.0


class PowerDns(Backend):
    title = "PowerDNS"

    def __init__(self, directory: Path) -> None:
        # 6: its web server's requests are logged from there on.
        self._server = pdns.start(directory, "loglevel=6", "webserver-loglevel=normal")
        self._log = Daemon(directory, "pdns").log
        self._file = directory / "data" / "pdns.sqlite3"
        self._asker: Asker | None = None
        self._own: Counter[str] = Counter()

    @property
    def flags(self) -> Sequence[str]:
        return "--provider=pdns", f"--pdns-server={self._server.url}", f"--pdns-api-key={self._server.key}"

    @property
    def env(self) -> Mapping[str, str]:
        return {}

    async def close(self) -> None:
        if self._asker:
            self._asker.close()

    async def reset(self) -> None:
        if self._asker is None:
            self._asker = Asker()
            await self._asker.open(LOOPBACK, self._server.port)
        zones = await asyncio.to_thread(self._server.call, "GET", "/zones")
        self._own["GET zones"] += 1
        if zones:
            await asyncio.to_thread(self._server.delete_zone, DOMAIN)
            self._own["DELETE zone"] += 1
        await asyncio.to_thread(self._server.add_zone, DOMAIN)
        self._own["POST zones"] += 1

    async def count(self) -> int:
        return self._number("SELECT count(*) FROM records WHERE type NOT IN ('SOA', 'NS')")

    async def revision(self) -> int:
        """The serial of the zone, which each change moves on."""
        text = self._query("SELECT content FROM records WHERE type = 'SOA'")[0][0]
        return int(text.split()[2])

    async def landed(self, hostname: str, address: str) -> float | None:
        assert self._asker
        return now() if await self._asker.ask(hostname, address) else None

    async def calls(self) -> Mapping[str, float]:
        text = await asyncio.to_thread(self._log.read_text, errors="replace")
        return parse_log(text) - self._own

    async def addresses(self) -> Mapping[str, str]:
        found: dict[str, set[str]] = {}
        for name, content in self._query("SELECT name, content FROM records WHERE type = 'A'"):
            found.setdefault(name, set()).add(content)
        return {name: " ".join(sorted(contents)) for name, contents in found.items()}

    async def spoil(self, hostname: str, address: str) -> None:
        change = {"name": f"{hostname}.", "type": "A", "changetype": "DELETE", "records": []}
        await asyncio.to_thread(self._server.patch, DOMAIN, change)
        self._own["PATCH zone"] += 1

    def _number(self, statement: str) -> int:
        return int(self._query(statement)[0][0])

    def _query(self, statement: str) -> list[tuple[str, ...]]:
        # A reader holds a writer up for as long as it reads, which is about a millisecond.
        database = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, timeout=_PATIENCE)
        try:
            found: list[tuple[str, ...]] = database.execute(statement).fetchall()
            return found
        finally:
            database.close()


def parse_log(text: str) -> Counter[str]:
    """Requests by method, and whether they are about zones, one zone, or one name in it."""
    found: Counter[str] = Counter()
    for method, zones, zone, query in _LINE.findall(text):
        whole = "zone" if "rrset_name=" not in query else "rrset"
        found[f"{method} {whole if zones and zone else 'zones' if zones else 'server'}"] += 1
    return found
