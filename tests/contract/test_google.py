"""What is special about Cloud DNS: zones, exact deletions, limits of a change, whom it blames, routing policies."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from contract.build import create, record, update
from contract.conftest import closing
from contract.described.google_server import GoogleServer
from contract.described.server import serving
from zonewright.model.change import Change, Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.model.zone import Visibility
from zonewright.providers.base import Changed, Rejected, Unavailable
from zonewright.providers.google.client import CloudDns
from zonewright.providers.google.credentials import Credentials
from zonewright.providers.google.provider import Google, Options

ZONE = "example.org"


@pytest_asyncio.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[GoogleServer]:
    """With a key file of an account that is let in, where Google's libraries look for one."""
    made = GoogleServer(ZONE)
    async with serving(made):
        file = tmp_path / "key.json"
        file.write_text(json.dumps(made.key_file()))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
        yield made


def provider(server: GoogleServer, **options: Any) -> Google:
    given: dict[str, Any] = {"names": DomainFilter.of(()), "pause": 0.0} | options
    return Google(CloudDns(Credentials(), server.url), Options(**given))


async def test_zones_are_told_apart_by_visibility_and_id(server: GoogleServer) -> None:
    private = server.add_zone(ZONE, visibility="private")
    server.add_zone("peer.example.org", visibility="private", peeringConfig={"targetNetwork": {"networkUrl": "x"}})
    number = server.zones[private]["id"]
    for options, expected in (
        ({}, {Visibility.PUBLIC, Visibility.PRIVATE}),
        ({"visibility": "public"}, {Visibility.PUBLIC}),
        ({"visibility": "private"}, {Visibility.PRIVATE}),
        ({"zone_ids": (private,)}, {Visibility.PRIVATE}),
        ({"zone_ids": (number,)}, {Visibility.PRIVATE}),
    ):
        async with closing(provider(server, **options)) as google:
            assert {zone.visibility for zone in await google.zones()} == expected, options


async def test_all_pages_are_read(server: GoogleServer) -> None:
    server.page = 7
    async with closing(provider(server)) as google:
        (zone,) = await google.zones()
        await google.apply(zone, [create(record(f"n{i}.{ZONE}", "A", "192.0.2.1")) for i in range(30)])
        assert len(await google.records(zone)) == 32


async def test_one_change_costs_one_request_and_an_update_is_in_place(server: GoogleServer) -> None:
    async with closing(provider(server)) as google:
        (zone,) = await google.zones()
        old, new = record(f"www.{ZONE}", "A", "192.0.2.1"), record(f"www.{ZONE}", "A", "192.0.2.2", ttl=60)
        await google.records(zone)
        await google.apply(zone, [create(old)])
        before = len(server.calls)
        await google.apply(zone, [update(old, new)])
        assert len(server.calls) - before == 1
        assert server.sets[zone.id][f"www.{ZONE}.", "A"]["rrdatas"] == ["192.0.2.2"]


async def test_what_somebody_has_changed_is_not_overwritten(server: GoogleServer) -> None:
    async with closing(provider(server)) as google, closing(provider(server)) as other:
        (zone,) = await google.zones()
        old = record(f"www.{ZONE}", "A", "192.0.2.1")
        await google.apply(zone, [create(old)])
        await other.apply(zone, [update(old, record(old.name, "A", "198.51.100.1"))])
        (failure,) = await google.apply(zone, [update(old, record(old.name, "A", "192.0.2.2"))])
        assert isinstance(failure.error, Changed)
        assert server.sets[zone.id][f"www.{ZONE}.", "A"]["rrdatas"] == ["198.51.100.1"]


@pytest.mark.parametrize(("size", "requests"), [(1000, 1), (8, 3)])
async def test_changes_keep_to_their_size(server: GoogleServer, size: int, requests: int) -> None:
    async with closing(provider(server, batch_size=size)) as google:
        (zone,) = await google.zones()
        await google.records(zone)
        before = len(server.calls)
        await google.apply(zone, [create(record(f"n{i}.{ZONE}", "A", "192.0.2.1")) for i in range(20)])
        assert len(server.calls) - before == requests


async def test_a_unit_that_no_change_holds_is_alone_in_being_refused(server: GoogleServer) -> None:
    async with closing(provider(server)) as google:
        (zone,) = await google.zones()
        large = create(record(f"large.{ZONE}", "TXT", *(f"{number} {'x' * 250}" for number in range(500))))
        (failure,) = await google.apply(zone, [large, create(record(f"n.{ZONE}", "A", "192.0.2.1"))])
        assert (failure.unit, isinstance(failure.error, Rejected)) == (large, True)


async def test_all_that_a_refused_change_blames_is_left_out_and_one_more_request_does_the_rest(
    server: GoogleServer,
) -> None:
    async with closing(provider(server)) as google, closing(provider(server)) as somebody:
        (zone,) = await google.zones()
        await google.records(zone)
        taken = [create(record(f"taken{i}.{ZONE}", "A", "192.0.2.1")) for i in range(3)]
        assert list(await somebody.apply(zone, taken)) == []
        good = [
            create(record(f"a-n{i}.{ZONE}", "TXT", "mine"), record(f"n{i}.{ZONE}", "A", "192.0.2.1")) for i in range(9)
        ]
        server.calls.clear()
        failures = await google.apply(zone, [*good[:4], *taken, *good[4:]])
        assert {failure.unit.name: type(failure.error) for failure in failures} == {
            unit.name: Changed for unit in taken
        }
        assert len(server.calls) == 2
        assert {name for name, rtype in server.sets[zone.id] if rtype == "TXT"} == {f"a-n{i}.{ZONE}." for i in range(9)}


async def test_where_all_of_a_change_is_to_blame_nothing_more_is_sent(server: GoogleServer) -> None:
    async with closing(provider(server)) as google:
        (zone,) = await google.zones()
        await google.records(zone)
        server.calls.clear()
        bad = create(Endpoint.found(f"bad.{ZONE}", "A", ["no-address"]))
        (failure,) = await google.apply(zone, [bad])
        assert (failure.unit, isinstance(failure.error, Rejected), len(server.calls)) == (bad, True, 1)
        assert "no-address" in str(failure.error)


async def test_faults_that_come_one_after_the_other_end(server: GoogleServer) -> None:
    """A kind of fault is told only when there is none of the kind before it."""
    async with closing(provider(server)) as google, closing(provider(server)) as somebody:
        (zone,) = await google.zones()
        await google.records(zone)
        taken = create(record(f"taken.{ZONE}", "A", "192.0.2.1"))
        assert list(await somebody.apply(zone, [taken])) == []
        bad = create(Endpoint.found(f"bad.{ZONE}", "A", ["no-address"]))
        good = create(record(f"good.{ZONE}", "A", "192.0.2.1"))
        failures = await google.apply(zone, [taken, bad, good])
        assert {failure.unit.name: type(failure.error) for failure in failures} == {
            taken.name: Changed,
            bad.name: Rejected,
        }
        assert (f"good.{ZONE}.", "A") in server.sets[zone.id]


@pytest.mark.parametrize("new", [None, record(f"geo.{ZONE}", "A", "192.0.2.1")], ids=["deleted", "written over"])
async def test_a_record_set_with_a_routing_policy_is_seen_and_left_alone(
    server: GoogleServer, new: Endpoint | None
) -> None:
    async with closing(provider(server)) as google:
        (zone,) = await google.zones()
        made = {"kind": "dns#resourceRecordSet", "name": f"geo.{ZONE}.", "type": "A", "ttl": 60}
        made |= {"routingPolicy": {"geo": {"items": []}}}
        server.sets[zone.id][f"geo.{ZONE}.", "A"] = made
        (old,) = [one for one in await google.records(zone) if one.name == f"geo.{ZONE}"]
        assert old.targets == ()
        (failure,) = await google.apply(zone, [Unit(old.name, (Change(old, new),))])
        assert isinstance(failure.error, Rejected)
        assert server.sets[zone.id][f"geo.{ZONE}.", "A"] == made


@pytest.mark.parametrize(
    ("rtype", "targets"),
    [
        pytest.param("A", ["192.0.2.2", "192.0.2.1"], id="A"),
        pytest.param("AAAA", ["2001:DB8:0::1"], id="AAAA"),
        pytest.param("CNAME", ["LB.example.com."], id="CNAME"),
        pytest.param("MX", ["10 mail.example.com", "20 mail2.example.com"], id="MX"),
        pytest.param("NS", ["ns.example.com"], id="NS"),
        pytest.param("PTR", ["host.example.com"], id="PTR"),
        pytest.param("SRV", ["0 50 5060 sip.example.com."], id="SRV"),
        pytest.param("TXT", ["one", 'two "quoted"', "x" * 700, "ü \\"], id="TXT"),
        pytest.param("CAA", ['0 issue "ca.example.com; a=b"'], id="CAA"),
        pytest.param("NAPTR", ['10 20 "S" "SIP+D2U" "" _sip._udp.example.com.'], id="NAPTR"),
        pytest.param("HTTPS", ["1 . alpn=h2,h3"], id="HTTPS"),
        pytest.param("SVCB", ["1 svc.example.com. port=8080"], id="SVCB"),
        pytest.param("TLSA", ["3 1 1 " + "AB" * 32], id="TLSA"),
    ],
)
async def test_every_type_is_read_as_it_is_held(server: GoogleServer, rtype: str, targets: list[str]) -> None:
    async with closing(provider(server)) as google:
        (zone,) = await google.zones()
        wanted = record(f"x.{ZONE}", rtype, *targets, ttl=60)
        normal = (await google.normalize(zone, [wanted])).endpoints[wanted.key]
        assert list(await google.apply(zone, [create(normal)])) == []
        found = next(one for one in await google.records(zone) if one.key == wanted.key)
        assert found == normal


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        pytest.param(record(f"x.{ZONE}", "DNAME", "other.example.com"), Reason.UNSUPPORTED_TYPE, id="DNAME"),
        pytest.param(record(f"*.{ZONE}", "NS", "ns.example.com"), Reason.REJECTED, id="wildcard of type NS"),
        pytest.param(
            Endpoint.wanted(f"x.{ZONE}", "A", ["192.0.2.1"], set_identifier="one"), Reason.REJECTED, id="set identifier"
        ),
    ],
)
async def test_what_it_does_not_have_is_known_without_asking(
    server: GoogleServer, wanted: Endpoint, reason: Reason
) -> None:
    async with closing(provider(server)) as google:
        (zone,) = await google.zones()
        server.calls.clear()
        result = await google.normalize(zone, [wanted])
        assert (result.problems[wanted.key].reason, dict(result.endpoints), server.calls) == (reason, {}, [])


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({}, id="no list"),
        pytest.param({"kind": "dns#resourceRecordSetsListResponse", "rrsets": "none"}, id="a list that is none"),
        pytest.param({"kind": "dns#resourceRecordSetsListResponse", "rrsets": [{}]}, id="a record set of nothing"),
        pytest.param({"kind": "dns#resourceRecordSetsListResponse", "rrsets": ["x"]}, id="a record set that is none"),
    ],
)
async def test_an_answer_without_sense_never_passes_for_an_empty_zone(
    server: GoogleServer, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]
) -> None:
    async with closing(provider(server)) as google:
        (zone,) = await google.zones()
        monkeypatch.setattr(server, "_operate", lambda *_: answer)
        with pytest.raises(Unavailable):
            await google.records(zone)
        server.violations.clear()
