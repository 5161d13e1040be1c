"""What is special about dynamic updates: keys, transfers, several servers, TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import dns.message
import dns.query
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.update
import pytest

from contract.authority import Authority
from contract.backends.dnsfaults import faulty
from contract.backends.rfc2136 import WRONG
from contract.build import create, delete, record, replace, update
from contract.rig import Rig
from localcluster.bind import KEY, Bind
from localcluster.ports import LOOPBACK, free_port
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.providers import tls
from zonewright.providers.base import Changed, Denied, ProviderError, Rejected, Unavailable
from zonewright.providers.rfc2136.connection import Connection, key
from zonewright.providers.rfc2136.provider import Options, Rfc2136
from zonewright.providers.rfc2136.wire import Refused, refusal


def provider(server: Bind, zone: str, **options: Any) -> Rfc2136:
    """port, secret ("" is none), tls, hosts: others than the server's own; the rest are `Options`."""
    port, secret = options.pop("port", server.port), options.pop("secret", server.secret)
    signed_by = key(KEY, secret, "hmac-sha256") if secret else None
    connection = Connection(options.pop("hosts", (LOOPBACK,)), port, signed_by, options.pop("tls", None))
    names = options.pop("names", DomainFilter())
    return Rfc2136(connection, Options(names, (zone,), **options), timeout=10.0)


async def rig_of(made: Rfc2136) -> Rig:
    (zone,) = await made.zones()
    return Rig(made, zone)


@contextmanager
def a_zone(server: Bind, domain: str, **rights: str) -> Iterator[str]:
    """rights: as of `Bind.add_zone`"""
    server.add_zone(domain, **rights)
    try:
        yield domain
    finally:
        server.delete_zone(domain)


def somebody_adds(server: Bind, zone: str, label: str, data: dns.rdata.Rdata) -> None:
    """Exactly these octets, past the provider."""
    signed_by = key(KEY, server.secret, "hmac-sha256")
    message = dns.update.UpdateMessage(zone, keyring=signed_by, keyname=signed_by.name)
    message.add(label, 60, data)
    assert dns.query.tcp(message, LOOPBACK, port=server.port, timeout=30).rcode() == dns.rcode.NOERROR


def held(records: Any) -> list[Endpoint]:
    return [one for one in records if one.rtype not in ("SOA", "NS")]


# -- zones


async def test_zones_are_those_of_the_flag_that_the_domains_reach(bind: Bind) -> None:
    made = provider(bind, "Example.org.", names=DomainFilter.of(["app.example.org"]))
    assert [zone.name for zone in await made.zones()] == ["example.org"]
    assert list(await provider(bind, "example.org", names=DomainFilter.of(["example.net"])).zones()) == []


async def test_a_zone_that_the_server_does_not_have_is_told(bind: Bind, domain: str) -> None:
    made = provider(bind, domain)
    (zone,) = await made.zones()
    with pytest.raises(Denied, match=f"answered NOTAUTH to the transfer of {domain}"):
        await made.records(zone)
    with pytest.raises(Denied, match=f"answered NOTAUTH to the update of {domain}"):
        await made.apply(zone, [create(record(f"app.{domain}", "A", "192.0.2.1"))])


# -- keys


@pytest.mark.parametrize(
    ("name", "secret", "flag"),
    [
        ("", WRONG, "--rfc2136-tsig-keyname"),
        (KEY, "", "--rfc2136-tsig-secret"),
        (KEY, "hunter2!", "--rfc2136-tsig-secret"),
        ("a..b", WRONG, "--rfc2136-tsig-keyname"),
    ],
    ids=["no name", "no secret", "no base64", "no name of DNS"],
)
def test_what_is_wrong_with_a_key_is_told_by_the_flag_and_without_the_secret(name: str, secret: str, flag: str) -> None:
    with pytest.raises(ValueError, match=flag) as told:
        key(name, secret, "hmac-sha256")
    assert not secret or secret not in str(told.value)


async def test_a_key_that_the_server_does_not_know_is_told(bind: Bind, domain: str) -> None:
    with a_zone(bind, domain):
        made = provider(bind, domain, secret=WRONG)
        (zone,) = await made.zones()
        with pytest.raises(Denied, match="refuses the key"):
            await made.records(zone)
        with pytest.raises(Denied, match="refuses the key"):
            await made.apply(zone, [create(record(f"app.{domain}", "A", "192.0.2.1"))])


@asynccontextmanager
async def saying(*answers: dns.message.Message, spoiled: bytes = b"") -> AsyncIterator[int]:
    """The port of somebody who gives these answers to everything, without a signature, and then `spoiled`."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        for answer in answers:
            wire = request[:2] + answer.to_wire()[2:]
            writer.write(len(wire).to_bytes(2, "big") + wire)
        writer.write(spoiled)
        writer.close()

    async with await asyncio.start_server(accept, LOOPBACK, 0) as listening:
        yield listening.sockets[0].getsockname()[1]


async def test_an_answer_without_a_signature_is_not_believed(bind: Bind, domain: str) -> None:
    done = dns.message.from_text(f"id 1\nopcode UPDATE\nrcode NOERROR\nflags QR\n;ZONE\n{domain}. IN SOA\n")
    async with saying(done) as port:
        made = provider(bind, domain, port=port)
        (zone,) = await made.zones()
        with pytest.raises(Unavailable, match="makes no sense"):
            await made.apply(zone, [create(record(f"app.{domain}", "A", "192.0.2.1"))])


def transferred(domain: str, *records: str, rcode: str = "NOERROR") -> dns.message.Message:
    """Part of a transfer, with records of the name of the zone."""
    lines = "".join(f"{domain}. 60 IN {record}\n" for record in records)
    text = f"id 1\nopcode QUERY\nrcode {rcode}\nflags QR AA\n;QUESTION\n{domain}. IN AXFR\n;ANSWER\n{lines}"
    return dns.message.from_text(text, one_rr_per_rrset=True)


async def test_a_transfer_without_a_signature_is_not_believed(bind: Bind, domain: str) -> None:
    async with saying(transferred(domain, "SOA a. b. 1 2 3 4 5", "SOA a. b. 1 2 3 4 5")) as port:
        made = provider(bind, domain, port=port)
        (zone,) = await made.zones()
        with pytest.raises(Unavailable, match="missing TSIG"):
            await made.records(zone)


async def test_a_transfer_that_breaks_off_is_an_error_and_no_smaller_zone(bind: Bind, domain: str) -> None:
    soa, text = "SOA a. b. 1 2 3 4 5", "TXT x"
    half = transferred(domain, soa, text)
    whole = transferred(domain, soa, text, soa).to_wire()
    cut = whole[:-30]
    for answers, spoiled, why in (
        ([half], b"", "does not answer"),
        ([half], b"\0\x20nonsense", "does not answer"),
        ([half, transferred(domain, rcode="SERVFAIL")], b"", "SERVFAIL"),
        ([half], len(cut).to_bytes(2, "big") + half.to_wire()[:2] + cut[2:], "broke off|another question"),
        ([transferred(domain)], b"", "broke off"),
    ):
        async with saying(*answers, spoiled=spoiled) as port:
            made = provider(bind, domain, port=port, secret="")
            (zone,) = await made.zones()
            with pytest.raises(Unavailable, match=why):
                await made.records(zone)


@asynccontextmanager
async def cutting(server: int, octets: int) -> AsyncIterator[int]:
    """The port of a proxy that breaks off each answer of the server after so many octets."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, asking = await asyncio.open_connection(LOOPBACK, server)
        length = await reader.readexactly(2)
        asking.write(length + await reader.readexactly(int.from_bytes(length, "big")))
        writer.write(await answers.readexactly(octets))
        for each in (writer, asking):
            each.close()

    async with await asyncio.start_server(accept, LOOPBACK, 0) as listening:
        yield listening.sockets[0].getsockname()[1]


@pytest.mark.parametrize("octets", [1, 100, 30_000, 90_000], ids="after {} octets".format)
async def test_a_connection_that_is_cut_during_a_transfer_is_an_error(bind: Bind, domain: str, octets: int) -> None:
    with a_zone(bind, domain):
        made = provider(bind, domain)
        (zone,) = await made.zones()
        texts = [record(f"n{number}.{domain}", "TXT", "x" * 250) for number in range(400)]
        await made.apply(zone, [create(endpoint) for endpoint in texts[:200]])
        await made.apply(zone, [create(endpoint) for endpoint in texts[200:]])
        assert len(held(await made.records(zone))) == len(texts)
        async with cutting(bind.port, octets) as port:
            with pytest.raises(Unavailable, match="does not answer to the transfer"):
                await provider(bind, domain, port=port).records(zone)


# -- rights


@pytest.mark.parametrize(
    ("rcode", "error"),
    [
        ("REFUSED", Denied),
        ("NOTAUTH", Denied),
        ("BADKEY", Denied),
        ("BADSIG", Denied),
        ("BADTIME", Denied),
        ("SERVFAIL", Unavailable),
        ("FORMERR", Rejected),
        ("NOTZONE", Rejected),
        ("NOTIMP", Rejected),
        ("NXRRSET", Changed),
        ("YXRRSET", Changed),
        ("YXDOMAIN", Changed),
        ("NXDOMAIN", Changed),
        ("RESERVED11", Unavailable),
    ],
)
def test_each_response_code_has_its_remedy(rcode: str, error: type[ProviderError]) -> None:
    code = 11 if rcode.startswith("RESERVED") else dns.rcode.from_text(rcode)
    told = refusal("the update of example.org", "192.0.2.53", code)
    assert isinstance(told, error)
    assert "192.0.2.53" in str(told)


async def test_where_transfers_are_refused_each_name_says_so_and_nothing_is_written(bind: Bind, domain: str) -> None:
    with a_zone(bind, domain, transfer="none"):
        rig = await rig_of(provider(bind, domain))
        rig.want(record(f"app.{domain}", "A", "192.0.2.1"))
        await rig.worker().round()
        told = rig.outcomes[f"app.{domain}"]
        assert told.reason is Reason.DENIED
        assert "REFUSED to the transfer" in told.message
        assert not bind.query(f"app.{domain}").records


async def test_a_zone_that_vanishes_is_told_and_comes_back(bind: Bind, domain: str) -> None:
    with a_zone(bind, domain):
        rig = await rig_of(provider(bind, domain))
        worker = rig.worker()
        await worker.round()
    worker.mark(rig.want(record(f"app.{domain}", "A", "192.0.2.1")))
    await worker.round()
    assert rig.reasons() == {f"app.{domain}": Reason.DENIED}
    with a_zone(bind, domain):
        await rig.until_synced(worker)


async def test_a_name_that_the_key_may_not_change_is_alone_in_being_refused(bind: Bind, domain: str) -> None:
    policy = f'deny "{KEY}" name bad.{domain}. ANY; grant "{KEY}" zonesub ANY'
    with a_zone(bind, domain, policy=policy):
        made = provider(bind, domain)
        (zone,) = await made.zones()
        bad = create(record(f"bad.{domain}", "A", "192.0.2.1"))
        good = [create(record(f"n{number}.{domain}", "A", "192.0.2.1")) for number in range(40)]
        before = made.traffic.requests
        (failure,) = await made.apply(zone, [*good[:30], bad, *good[30:]])
        assert (failure.unit, type(failure.error)) == (bad, Refused)
        assert made.traffic.requests - before <= 14
        assert len(held(await made.records(zone))) == len(good)


async def test_a_key_that_may_change_nothing_is_told_on_every_name(bind: Bind, domain: str) -> None:
    with a_zone(bind, domain, policy=f'grant "{KEY}" name other.{domain}. ANY'):
        made = provider(bind, domain)
        (zone,) = await made.zones()
        units = [create(record(f"n{number}.{domain}", "A", "192.0.2.1")) for number in range(8)]
        failures = await made.apply(zone, units)
        assert {id(failure.unit) for failure in failures} == {id(unit) for unit in units}
        assert {type(failure.error) for failure in failures} == {Refused}


# -- what stands


async def test_what_has_changed_under_one_name_keeps_no_other_waiting(bind: Bind, domain: str) -> None:
    with a_zone(bind, domain):
        made = provider(bind, domain)
        (zone,) = await made.zones()
        await made.apply(zone, [create(record(f"n3.{domain}", "A", "198.51.100.1", ttl=60))])
        units = [create(record(f"n{number}.{domain}", "A", "192.0.2.1", ttl=60)) for number in range(20)]
        (failure,) = await made.apply(zone, units)
        assert (failure.unit, type(failure.error)) == (units[3], Changed)
        standing = {one.name: one.targets for one in held(await made.records(zone))}
        assert len(standing) == len(units)
        assert standing[f"n3.{domain}"] == ("198.51.100.1",)


@pytest.mark.parametrize(
    ("standing", "wanted"),
    [
        (("TXT", '"text"'), ("CNAME", "lb.example.com")),
        (("A", "192.0.2.1"), ("CNAME", "lb.example.com")),
        (("CNAME", "lb.example.com"), ("A", "192.0.2.1")),
        (("CNAME", "lb.example.com"), ("TXT", '"text"')),
    ],
    ids=lambda pair: pair[0],
)
async def test_what_a_server_would_pass_over_beside_a_cname_is_told(
    bind: Bind, domain: str, standing: tuple[str, str], wanted: tuple[str, str]
) -> None:
    """It came after the zone was read, so planning does not know of it (RFC 2136, section 3.4.2.2)."""
    with a_zone(bind, domain):
        made = provider(bind, domain)
        (zone,) = await made.zones()
        stands = record(f"app.{domain}", *standing, ttl=60)
        await made.apply(zone, [create(stands)])
        with pytest.raises(Changed):
            await made.apply(zone, [create(record(f"app.{domain}", *wanted))])
        assert held(await made.records(zone)) == [stands]


async def test_a_change_of_type_is_not_lost_beside_what_has_come_meanwhile(bind: Bind, domain: str) -> None:
    with a_zone(bind, domain):
        made = provider(bind, domain)
        (zone,) = await made.zones()
        both = [record(f"app.{domain}", "A", "192.0.2.1", ttl=60), record(f"app.{domain}", "TXT", '"come"', ttl=60)]
        await made.apply(zone, [create(endpoint) for endpoint in both])
        with pytest.raises(Changed):
            await made.apply(zone, [replace(both[0], record(f"app.{domain}", "CNAME", "lb.example.com"))])
        assert sorted(held(await made.records(zone)), key=str) == sorted(both, key=str)


SPELLINGS = [
    ("A", "192.0.2.1"),
    ("AAAA", "2001:DB8:0:0::1"),
    ("CAA", '0 ISSUE "ca.example.com"'),
    ("CNAME", "LB.Example.COM."),
    ("DNAME", "Other.Example.com."),
    ("HTTPS", '1 LB.Example.com. alpn="h2,h3" ipv4hint=192.0.2.2,192.0.2.1'),
    ("LOC", "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m"),
    ("MX", "10 Mail.Example.COM."),
    ("NAPTR", '10 100 S "SIP+D2U" "" _SIP._udp.Example.com.'),
    ("NS", "NS1.Example.com."),
    ("PTR", "Host.Example.com."),
    ("SRV", "0 0 1 Foo.Example.com."),
    ("SVCB", "1 a.Example.com. mandatory=alpn alpn=h2"),
    ("TXT", '"in" "pieces"'),
    ("TXT", f'"{"x" * 100}" "{"x" * 200}"'),
    ("TXT", '"" "a"'),
    ("TXT", '""'),
    ("TXT", '"caf\\195\\169"'),
    ("TXT", '"\\255\\000x"'),
    ("TYPE65280", "\\# 3 010203"),
]


@pytest.mark.parametrize(("rtype", "text"), SPELLINGS, ids=[f"{rtype} {text[:20]}" for rtype, text in SPELLINGS])
async def test_what_somebody_else_spelled_is_deleted_as_it_was_read(
    bind: Bind, domain: str, rtype: str, text: str
) -> None:
    with a_zone(bind, domain):
        made = provider(bind, domain)
        (zone,) = await made.zones()
        somebody_adds(bind, domain, "App", dns.rdata.from_text("IN", rtype, text))
        (found,) = (one for one in await made.records(zone) if one.name != domain)
        assert list(await made.apply(zone, [delete(found)])) == []
        assert held(await made.records(zone)) == []


async def test_a_record_that_makes_no_sense_costs_no_other_one_and_is_not_written_over(
    bind: Bind, domain: str, caplog: pytest.LogCaptureFixture
) -> None:
    name = f"odd.{domain}"
    octets = bytes.fromhex("0001 00 0005 0003 000102")  # HTTPS with an ECHConfigList that is none
    with a_zone(bind, domain):
        made = provider(bind, domain)
        (zone,) = await made.zones()
        good = record(f"app.{domain}", "A", "192.0.2.1", ttl=60)
        await made.apply(zone, [create(good)])
        somebody_adds(bind, domain, "odd", dns.rdata.GenericRdata(dns.rdataclass.IN, dns.rdatatype.HTTPS, octets))
        assert held(await made.records(zone)) == [good]
        assert "1 records make no sense" in caplog.text
        with pytest.raises(Changed):
            await made.apply(zone, [create(record(name, "HTTPS", "1 . alpn=h2"))])


# -- records


async def test_a_ttl_below_the_least_becomes_the_least(bind: Bind, domain: str) -> None:
    with a_zone(bind, domain):
        made = provider(bind, domain, min_ttl=120)
        (zone,) = await made.zones()
        asked = [record(f"a.{domain}", "A", "192.0.2.1", ttl=60), record(f"b.{domain}", "A", "192.0.2.1")]
        wanted = (await made.normalize(zone, asked)).endpoints
        await made.apply(zone, [create(endpoint) for endpoint in wanted.values()])
        assert {one.ttl for one in held(await made.records(zone))} == {120}


async def test_what_dns_cannot_hold_is_told_on_the_name(bind: Bind, domain: str) -> None:
    made = provider(bind, domain)
    (zone,) = await made.zones()
    green = Endpoint.wanted(f"a.{domain}", "A", ["192.0.2.1"], set_identifier="green")
    odd = record(f"b.{domain}", "HTTPS", '1 . ech="AAEC"')  # three octets are no ECHConfigList
    servers = record(domain, "NS", "ns2.example.com")
    problems = (await made.normalize(zone, [green, odd, servers])).problems
    assert {key.name: problem.reason for key, problem in problems.items()} == {
        green.name: Reason.REJECTED,
        odd.name: Reason.INVALID_TARGET,
        domain: Reason.REJECTED,
    }


async def test_more_than_a_message_holds_is_refused_before_anything_is_sent(bind: Bind, domain: str) -> None:
    with a_zone(bind, domain):
        made = provider(bind, domain)
        (zone,) = await made.zones()
        before = made.traffic.requests
        long = Endpoint.wanted(f"a.{domain}", "TXT", ["1" + "x" * 40_000, "2" + "x" * 40_000])
        with pytest.raises(Rejected, match="65,535"):
            await made.apply(zone, [create(long)])
        assert made.traffic.requests == before


# -- several servers


@pytest.mark.parametrize("strategy", ["disabled", "round-robin", "random"])
async def test_a_zone_is_read_from_a_server_that_answers(bind: Bind, domain: str, strategy: str) -> None:
    """127.0.0.2 has nobody on that port."""
    with a_zone(bind, domain):
        made = provider(bind, domain, hosts=("127.0.0.2", LOOPBACK), strategy=strategy)
        (zone,) = await made.zones()
        for _ in range(4):
            assert {one.rtype for one in await made.records(zone)} == {"SOA", "NS"}


@pytest.mark.parametrize("strategy", ["disabled", "round-robin", "random"])
async def test_a_write_goes_on_to_the_next_server_where_nobody_listens(bind: Bind, domain: str, strategy: str) -> None:
    with a_zone(bind, domain):
        made = provider(bind, domain, hosts=("127.0.0.2", LOOPBACK), strategy=strategy)
        (zone,) = await made.zones()
        asked = [record(f"n{number}.{domain}", "A", "192.0.2.1", ttl=60) for number in range(4)]
        for endpoint in asked:
            assert list(await made.apply(zone, [create(endpoint)])) == []
        assert sorted(held(await made.records(zone)), key=str) == asked


@asynccontextmanager
async def hanging_up(*hosts: str) -> AsyncIterator[tuple[int, list[str]]]:
    """A port at which each host takes a question and gives no answer, and a list of those that were asked."""
    seen: list[str] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer.get_extra_info("sockname")[0])
        await reader.readexactly(2)
        writer.close()

    async with AsyncExitStack() as stack:
        port = 0
        for host in hosts:
            server = await stack.enter_async_context(await asyncio.start_server(accept, host, port))
            port = server.sockets[0].getsockname()[1]
        yield port, seen


async def test_a_write_that_is_not_answered_goes_to_no_other_server(bind: Bind, domain: str) -> None:
    """The first may have taken it."""
    async with hanging_up("127.0.0.2", "127.0.0.3") as (port, seen):
        made = provider(bind, domain, hosts=("127.0.0.2", "127.0.0.3"), port=port)
        (zone,) = await made.zones()
        with pytest.raises(Unavailable, match="does not answer to the update"):
            await made.apply(zone, [create(record(f"app.{domain}", "A", "192.0.2.1"))])
        assert seen == ["127.0.0.2"]


@pytest.mark.parametrize(("strategy", "order"), [("disabled", "23232323"), ("round-robin", "23322332")])
async def test_servers_are_asked_in_the_order_of_the_strategy(
    bind: Bind, domain: str, strategy: str, order: str
) -> None:
    async with hanging_up("127.0.0.2", "127.0.0.3") as (port, seen):
        made = provider(bind, domain, hosts=("127.0.0.2", "127.0.0.3"), port=port, strategy=strategy)
        (zone,) = await made.zones()
        for _ in range(4):
            with pytest.raises(Unavailable):
                await made.records(zone)
        assert "".join(host[-1] for host in seen) == order


async def test_no_server_at_all_is_told(bind: Bind, domain: str) -> None:
    made = provider(bind, domain, port=free_port())
    (zone,) = await made.zones()
    with pytest.raises(Unavailable, match="does not answer to the transfer"):
        await made.records(zone)


# -- TLS


async def test_over_tls_the_servers_certificate_counts(bind: Bind, domain: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(*authority.issue("bind"))
    asked = record(f"app.{domain}", "A", "192.0.2.1", ttl=60)
    with a_zone(bind, domain):
        async with faulty(bind.port, served) as proxy:
            trusting = provider(bind, domain, port=proxy.port, tls=tls.context(authority.file, "", ""))
            (zone,) = await trusting.zones()
            await trusting.apply(zone, [create(asked)])
            changed = record(asked.name, "A", "192.0.2.2", ttl=60)
            await trusting.apply(zone, [update(asked, changed)])
            assert held(await trusting.records(zone)) == [changed]
            careless = provider(bind, domain, port=proxy.port, tls=tls.context("", "", "", verify=False))
            assert held(await careless.records(zone)) == [changed]
            wary = provider(bind, domain, port=proxy.port, tls=tls.context("", "", ""))
            with pytest.raises(Unavailable, match=r"(?i)certificate"):
                await wary.records(zone)
