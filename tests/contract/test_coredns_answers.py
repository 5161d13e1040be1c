"""What we write is what a real CoreDNS answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from contract.build import create, delete, record, update
from localcluster.controlplane import STARTUP, program_path
from localcluster.dnsserver import DnsServer
from localcluster.ports import LOOPBACK, free_port
from localcluster.process import Daemon
from localcluster.programs import COREDNS
from zonewright.model.endpoint import Endpoint
from zonewright.providers.coredns.client import EtcdClient
from zonewright.providers.coredns.provider import CoreDNS

DOCUMENT = Path(__file__).parents[2] / "docs" / "providers" / "coredns.md"


class Writer:
    """One zone, written to."""

    def __init__(self, etcd: EtcdClient, domain: str) -> None:
        self.domain = domain
        self._provider = CoreDNS(etcd, domains=[domain])

    async def create(self, *records: Endpoint) -> None:
        (zone,) = await self._provider.zones()
        assert await self._provider.apply(zone, [create(each) for each in records]) == []

    async def update(self, old: Endpoint, new: Endpoint) -> None:
        (zone,) = await self._provider.zones()
        assert await self._provider.apply(zone, [update(old, new)]) == []

    async def delete(self, *records: Endpoint) -> None:
        (zone,) = await self._provider.zones()
        assert await self._provider.apply(zone, [delete(each) for each in records]) == []


@pytest_asyncio.fixture
async def writer(etcd: EtcdClient, domain: str) -> AsyncIterator[Writer]:
    yield Writer(etcd, domain)


@pytest.mark.parametrize(
    ("rtype", "targets", "ttl", "answered"),
    [
        pytest.param("A", ["192.0.2.2", "192.0.2.1"], 60, 60, id="addresses"),
        pytest.param("AAAA", ["2001:db8::1"], None, 300, id="IPv6, no TTL"),
        pytest.param("TXT", ["one", 'two "quoted"'], 30, 30, id="texts"),
        pytest.param("TXT", ["x" * 700], None, 300, id="a text longer than a string of DNS"),
    ],
)
async def test_records_are_answered(
    writer: Writer, coredns: DnsServer, rtype: str, targets: list[str], ttl: int | None, answered: int
) -> None:
    name = f"app.{writer.domain}"
    await writer.create(record(name, rtype, *targets, ttl=ttl))
    answer = coredns.query(name, rtype)
    assert (answer.rcode, answer.records, answer.ttl) == ("NOERROR", tuple(sorted(targets)), answered)


async def test_types_of_one_name_stand_side_by_side(writer: Writer, coredns: DnsServer) -> None:
    name = f"app.{writer.domain}"
    await writer.create(record(name, "A", "192.0.2.1"), record(name, "AAAA", "2001:db8::1"), record(name, "TXT", "t"))
    answers = {rtype: coredns.query(name, rtype).records for rtype in ("A", "AAAA", "TXT")}
    assert answers == {"A": ("192.0.2.1",), "AAAA": ("2001:db8::1",), "TXT": ("t",)}


async def test_a_cname_leads_to_the_address_of_its_target(writer: Writer, coredns: DnsServer) -> None:
    target = record(f"lb.{writer.domain}", "A", "192.0.2.1")
    await writer.create(target, record(f"app.{writer.domain}", "CNAME", target.name))
    assert coredns.query(f"app.{writer.domain}").records == ("192.0.2.1",)


async def test_an_update_is_answered(writer: Writer, coredns: DnsServer) -> None:
    old, new = (record(f"app.{writer.domain}", "A", target, ttl=60) for target in ("192.0.2.1", "192.0.2.2"))
    await writer.create(old)
    await writer.update(old, new)
    assert coredns.query(new.name).records == new.targets


async def test_a_deleted_name_is_denied(writer: Writer, coredns: DnsServer) -> None:
    gone = record(f"app.{writer.domain}", "A", "192.0.2.1")
    await writer.create(gone, record(f"other.{writer.domain}", "A", "192.0.2.1"))
    await writer.delete(gone)
    assert coredns.query(gone.name).rcode == "NXDOMAIN"


@pytest.fixture
def with_wildcards(coredns: DnsServer, tmp_path: Path) -> Iterator[DnsServer]:
    """A CoreDNS on the same etcd, with the Corefile of our document."""
    port, inner = free_port(), free_port()
    found = re.search(r"```\n(\.:53.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found is not None
    corefile = found[1].replace(".:53 {", f".:{port} {{\n    bind {LOOPBACK}").replace("1053", str(inner))
    (tmp_path / "Corefile").write_text(corefile.replace("http://localhost:2379", coredns.etcd))
    daemon, server = Daemon(tmp_path, "coredns"), DnsServer(LOOPBACK, port, coredns.etcd, coredns.path)
    daemon.start([program_path(COREDNS), "-conf", tmp_path / "Corefile"])
    try:
        daemon.wait_ready(lambda: server.query("example.org", "SOA", timeout=0.1).rcode == "NOERROR", STARTUP)
        yield server
    finally:
        daemon.stop()


async def test_a_wildcard_is_answered_where_no_name_is(writer: Writer, with_wildcards: DnsServer) -> None:
    await writer.create(
        record(f"*.{writer.domain}", "A", "192.0.2.99", ttl=60),
        record(f"app.{writer.domain}", "A", "192.0.2.1"),
        record(f"*.deep.{writer.domain}", "CNAME", f"app.{writer.domain}"),
    )
    asked = {label: with_wildcards.query(f"{label}.{writer.domain}") for label in ("any-name", "app", "x.deep", "x.y")}
    records = {label: (answer.rcode, answer.records) for label, answer in asked.items()}
    assert records == {
        "any-name": ("NOERROR", ("192.0.2.99",)),
        "app": ("NOERROR", ("192.0.2.1",)),
        "x.deep": ("NOERROR", ("192.0.2.1",)),
        "x.y": ("NXDOMAIN", ()),
    }
