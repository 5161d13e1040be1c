"""What we write is what a real PowerDNS answers."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass

import dns.message
import dns.name
import dns.query
import dns.rdata
import dns.rdatatype
import dns.rrset
import pytest
import pytest_asyncio

from contract.build import create, delete, record, replace, update
from contract.conftest import a_powerdns
from localcluster.dnsserver import Answer
from localcluster.pdns import PowerDns
from localcluster.ports import LOOPBACK
from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint, compared_target
from zonewright.model.zone import Zone
from zonewright.providers.pdns.provider import PowerDNS


@dataclass(frozen=True)
class Writer:
    """One zone, written to and asked."""

    provider: PowerDNS
    server: PowerDns
    zone: Zone

    @property
    def domain(self) -> str:
        return self.zone.name

    async def write(self, *wanted: Endpoint) -> None:
        result = await self.provider.normalize(self.zone, wanted)
        await self.apply(*(create(result.endpoints[each.key]) for each in wanted))

    async def apply(self, *units: Unit) -> None:
        assert list(await self.provider.apply(self.zone, units)) == []

    def ask(self, name: str, rtype: str = "A") -> Answer:
        return self.server.query(name, rtype)

    def data(self, name: str, rtype: str) -> set[dns.rdata.Rdata]:
        """The records as they come over the wire."""
        question = dns.message.make_query(name, rtype)
        response, _ = dns.query.udp_with_fallback(question, LOOPBACK, timeout=5, port=self.server.port)
        return {rdata for rrset in response.answer for rdata in rrset}


@pytest_asyncio.fixture
async def writer(powerdns: PowerDns, domain: str) -> AsyncIterator[Writer]:
    powerdns.add_zone(domain)
    async with a_powerdns(powerdns, domain) as provider:
        (zone,) = await provider.zones()
        yield Writer(provider, powerdns, zone)
    powerdns.delete_zone(domain)


@pytest.mark.parametrize(
    ("label", "rtype", "targets"),
    [
        pytest.param("app", "A", ["192.0.2.2", "192.0.2.1"], id="addresses"),
        pytest.param("app", "AAAA", ["2001:DB8:0::1"], id="IPv6"),
        pytest.param("app", "CNAME", ["lb.example.com"], id="CNAME"),
        pytest.param("app", "DNAME", ["other.example.com"], id="DNAME"),
        pytest.param("app", "NS", ["ns.example.com"], id="delegation"),
        pytest.param("app", "PTR", ["host.example.com"], id="PTR"),
        pytest.param("app", "MX", ["10 mail.example.com", "20 mail2.example.com"], id="MX"),
        pytest.param("app", "MX", ["0 ."], id="a domain without mail"),
        pytest.param("_sip._udp", "SRV", ["0 50 5060 sip.example.com."], id="SRV under names with underscores"),
        pytest.param("app", "TXT", ["one", 'two "quoted"', '"in" "pieces"', "x" * 700, "ü \\"], id="texts"),
        pytest.param("app", "CAA", ['0 issue "ca.example.com; a=b"'], id="CAA"),
        pytest.param("app", "NAPTR", ['10 100 u E2U+sip "!^.*$!sip:x@example.com!" .'], id="NAPTR"),
        pytest.param("app", "HTTPS", ['1 . alpn="h2,h3" port=443 ipv4hint=192.0.2.1'], id="HTTPS"),
        pytest.param("app", "SVCB", ['1 a.example.com. mandatory=port port=1 key65333="x y"'], id="SVCB"),
        pytest.param("_443._tcp", "TLSA", ["3 1 1 " + "AB" * 32], id="TLSA"),
    ],
)
async def test_every_type_is_answered_as_it_was_asked_for(
    writer: Writer, label: str, rtype: str, targets: list[str]
) -> None:
    asked = record(f"{label}.{writer.domain}", rtype, *targets)
    await writer.write(asked)
    said = [compared_target(rtype, target) if rtype == "TXT" else target for target in asked.targets]
    origin = dns.name.root
    expected = {dns.rdata.from_text("IN", rtype, text, origin=origin, relativize=False) for text in said}
    found = writer.data(asked.name, rtype)
    if rtype == "NS":  # the server says who knows, it does not answer for him
        found = {rdata for rrset in _authority(writer, asked.name) for rdata in rrset}
    assert found == expected


def _authority(writer: Writer, name: str) -> list[dns.rrset.RRset]:
    question = dns.message.make_query(name, "NS")
    return list(dns.query.udp(question, LOOPBACK, timeout=5, port=writer.server.port).authority)


async def test_any_text_comes_over_the_wire_as_it_was_meant(writer: Writer) -> None:
    dice = random.Random(5)
    alphabet = 'ab "\\;$().@0123ü€\u2028~\t'
    texts = {"".join(dice.choices(alphabet, k=dice.choice([1, 3, 30, 400]))).replace("\t", " ") for _ in range(200)}
    records = [record(f"n{i}.{writer.domain}", "TXT", text) for i, text in enumerate(sorted(texts))]
    await writer.write(*records)
    standing = {found.key: found for found in await writer.provider.records(writer.zone)}
    for asked in records:
        (meant,) = asked.targets
        assert writer.data(asked.name, "TXT") == {dns.rdata.from_text("IN", "TXT", compared_target("TXT", meant))}
        assert standing[asked.key].same_targets(asked)


@pytest.mark.parametrize(("asked", "answered"), [(None, 300), (1, 1), (2**31 - 1, 2**31 - 1)])
async def test_the_ttl_is_the_one_that_is_asked_for(writer: Writer, asked: int | None, answered: int) -> None:
    await writer.write(record(f"app.{writer.domain}", "A", "192.0.2.1", ttl=asked))
    assert writer.ask(f"app.{writer.domain}").ttl == answered


async def test_a_wildcard_is_answered_where_no_name_is(writer: Writer) -> None:
    await writer.write(
        record(f"*.{writer.domain}", "A", "192.0.2.99"),
        record(f"app.{writer.domain}", "A", "192.0.2.1"),
        record(f"*.deep.{writer.domain}", "CNAME", f"app.{writer.domain}"),
    )
    answers = {label: writer.ask(f"{label}.{writer.domain}").records for label in ("any", "app", "x.deep")}
    assert answers == {"any": ("192.0.2.99",), "app": ("192.0.2.1",), "x.deep": ("192.0.2.1",)}


async def test_the_name_of_the_zone_has_addresses_and_texts(writer: Writer) -> None:
    await writer.write(record(writer.domain, "A", "192.0.2.1"), record(writer.domain, "TXT", "v=spf1 -all"))
    assert writer.ask(writer.domain).records == ("192.0.2.1",)
    assert writer.ask(writer.domain, "TXT").records == ("v=spf1 -all",)


async def test_a_cname_at_the_name_of_the_zone_is_answered_with_addresses(writer: Writer) -> None:
    """It is an ALIAS; NS and SOA are answered as before."""
    target = record(f"lb.{writer.domain}", "A", "192.0.2.1")
    await writer.write(target, record(writer.domain, "CNAME", target.name))
    answer = writer.ask(writer.domain)
    assert (answer.records, answer.aliases) == (target.targets, ())
    assert writer.ask(writer.domain, "NS").records == (f"ns.{writer.domain}",)


async def test_an_alias_is_answered_with_addresses_of_both_kinds(writer: Writer) -> None:
    target = [record(f"lb.{writer.domain}", "A", "192.0.2.1"), record(f"lb.{writer.domain}", "AAAA", "2001:db8::1")]
    await writer.write(*target, record(f"app.{writer.domain}", "CNAME", target[0].name, alias="true"))
    assert [writer.ask(f"app.{writer.domain}", rtype).records for rtype in ("A", "AAAA")] == [
        ("192.0.2.1",),
        ("2001:db8::1",),
    ]


async def test_a_name_in_other_letters_is_answered(writer: Writer) -> None:
    await writer.write(record(f"bücher.{writer.domain}", "A", "192.0.2.1"))
    assert writer.ask(f"xn--bcher-kva.{writer.domain}").records == ("192.0.2.1",)


async def test_a_change_is_answered_at_once_and_a_deleted_name_is_denied(writer: Writer) -> None:
    name = f"app.{writer.domain}"
    old, new = record(name, "A", "192.0.2.1", ttl=60), record(name, "A", "192.0.2.2", "192.0.2.3", ttl=30)
    await writer.apply(create(old))
    await writer.apply(update(old, new))
    assert (writer.ask(name).records, writer.ask(name).ttl) == (new.targets, 30)
    cname = record(name, "CNAME", "lb.example.com")
    await writer.apply(replace(new, cname))
    assert writer.ask(name, "CNAME").records == ("lb.example.com",)
    await writer.apply(delete(cname))
    assert writer.ask(name).rcode == "NXDOMAIN"


async def test_a_disabled_record_is_not_answered(writer: Writer) -> None:
    name = f"app.{writer.domain}"
    disabled = {"content": "192.0.2.9", "disabled": True}
    writer.server.patch(
        writer.domain,
        {"name": f"{name}.", "type": "A", "ttl": 60, "changetype": "REPLACE", "records": [disabled]},
    )
    await writer.write(record(name, "A", "192.0.2.1"))
    assert writer.ask(name).records == ("192.0.2.1",)


async def test_each_batch_makes_the_serial_of_the_zone_go_up(writer: Writer) -> None:
    """So that secondaries come for it (SOA-EDIT-API)."""

    def serial() -> int:
        return int(writer.ask(writer.domain, "SOA").records[0].split()[2])

    before = serial()
    await writer.write(record(f"a.{writer.domain}", "A", "192.0.2.1"), record(f"b.{writer.domain}", "A", "192.0.2.1"))
    assert serial() == before + 1
