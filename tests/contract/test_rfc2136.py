"""What is special about dynamic updates: keys, transfers, several servers, TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import dns.message
import pytest

from contract.authority import Authority
from contract.backends.dnsfaults import faulty
from contract.backends.rfc2136 import WRONG
from contract.build import create, record, update
from localcluster.bind import KEY, Bind
from localcluster.ports import LOOPBACK, free_port
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.providers import tls
from zonewright.providers.base import Denied, Rejected, Unavailable
from zonewright.providers.rfc2136.connection import Connection, key
from zonewright.providers.rfc2136.provider import Options, Rfc2136


def provider(server: Bind, zone: str, **options: Any) -> Rfc2136:
    """port, secret, tls, hosts: others than the server's own; the rest are `Options`."""
    port, secret = options.pop("port", server.port), options.pop("secret", server.secret)
    connection = Connection(
        options.pop("hosts", (LOOPBACK,)), port, key(KEY, secret, "hmac-sha256"), options.pop("tls", None)
    )
    names = options.pop("names", DomainFilter())
    return Rfc2136(connection, Options(names, (zone,), **options), timeout=10.0)


@contextmanager
def a_zone(server: Bind, domain: str) -> Iterator[str]:
    server.add_zone(domain)
    try:
        yield domain
    finally:
        server.delete_zone(domain)


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
async def saying(answer: dns.message.Message) -> AsyncIterator[int]:
    """The port of somebody who gives one answer to everything, without a signature."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        wire = request[:2] + answer.to_wire()[2:]
        writer.write(len(wire).to_bytes(2, "big") + wire)
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


async def test_a_transfer_without_a_signature_is_not_believed(bind: Bind, domain: str) -> None:
    soa = f"{domain}. 60 IN SOA a. b. 1 2 3 4 5"
    whole = dns.message.from_text(
        f"id 1\nopcode QUERY\nrcode NOERROR\nflags QR AA\n;QUESTION\n{domain}. IN AXFR\n;ANSWER\n{soa}\n{soa}\n",
        one_rr_per_rrset=True,
    )
    async with saying(whole) as port:
        made = provider(bind, domain, port=port)
        (zone,) = await made.zones()
        with pytest.raises(Unavailable, match="missing TSIG"):
            await made.records(zone)


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
    problems = (await made.normalize(zone, [green, odd])).problems
    assert {key.name: problem.reason for key, problem in problems.items()} == {
        green.name: Reason.REJECTED,
        odd.name: Reason.INVALID_TARGET,
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


async def test_turns_are_taken_and_a_write_goes_to_one_server_only(bind: Bind, domain: str) -> None:
    with a_zone(bind, domain):
        made = provider(bind, domain, hosts=("127.0.0.2", LOOPBACK), strategy="round-robin")
        (zone,) = await made.zones()
        asked = record(f"app.{domain}", "A", "192.0.2.1", ttl=60)
        with pytest.raises(Unavailable, match=r"127\.0\.0\.2"):
            await made.apply(zone, [create(asked)])
        assert list(await made.apply(zone, [create(asked)])) == []
        assert held(await made.records(zone)) == [asked]


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
