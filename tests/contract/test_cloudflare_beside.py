"""What Cloudflare keeps beside records: custom hostnames and regions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from contract.build import create, delete, record, replace, update
from contract.conftest import closing
from contract.described.cloudflare_server import CloudflareServer
from contract.test_cloudflare import GA, ZONE, asked, provider, served
from zonewright.model.endpoint import Endpoint
from zonewright.model.zone import Zone
from zonewright.providers.base import Denied, Rejected
from zonewright.providers.cloudflare.beside import Features
from zonewright.providers.cloudflare.provider import Cloudflare

BOTH = Features(custom_hostnames=True, regions=True)
WWW = f"www.{ZONE}"


@asynccontextmanager
async def zone_of(features: Features = BOTH) -> AsyncIterator[tuple[CloudflareServer, Cloudflare, Zone]]:
    async with served() as server, closing(cloudflare := provider(server, features=features)):
        (zone,) = await cloudflare.zones()
        yield server, cloudflare, zone


async def normal(cloudflare: Cloudflare, zone: Zone, wanted: Endpoint) -> Endpoint:
    return (await cloudflare.normalize(zone, [wanted])).endpoints[wanted.key]


def both(hostnames: str, region: str, rtype: str = "A") -> Endpoint:
    return asked(rtype, ga_cloudflare_custom_hostname=hostnames, ga_cloudflare_region_key=region)


def leading(server: CloudflareServer, zone: Zone) -> dict[str, str]:
    return {one["hostname"]: one["custom_origin_server"] for one in server.beside[zone.id].custom.values()}


def regions(server: CloudflareServer, zone: Zone) -> dict[str, str]:
    return server.beside[zone.id].regions


@pytest.mark.parametrize(
    ("wanted", "features"),
    [
        pytest.param(asked(ga_cloudflare_custom_hostname="B.example.net., a.example.net"), BOTH, id="custom hostnames"),
        pytest.param(asked("CNAME", ga_cloudflare_region_key="eu"), BOTH, id="region"),
        pytest.param(asked(), Features(regions=True, region="us"), id="region by default"),
        pytest.param(asked(ga_cloudflare_region_key=""), Features(regions=True, region="us"), id="no region"),
        pytest.param(asked("TXT", ga_cloudflare_region_key="eu"), BOTH, id="not for text"),
        pytest.param(asked(ga_cloudflare_custom_hostname="a.example.net"), Features(), id="not looked after"),
    ],
)
async def test_what_is_written_is_read_again_as_it_was_normalized(wanted: Endpoint, features: Features) -> None:
    async with zone_of(features) as (_, cloudflare, zone):
        made = await normal(cloudflare, zone, wanted)
        assert list(await cloudflare.apply(zone, [create(made)])) == []
        assert list(await cloudflare.records(zone)) == [made]


async def test_a_custom_hostname_leads_to_its_name_with_what_the_flags_say() -> None:
    async with zone_of(Features(custom_hostnames=True, min_tls_version="1.2", authority="google")) as made:
        server, cloudflare, zone = made
        wanted = await normal(cloudflare, zone, asked(ga_cloudflare_custom_hostname="a.example.net"))
        await cloudflare.apply(zone, [create(wanted)])
        (one,) = server.beside[zone.id].custom.values()
        assert (one["hostname"], one["custom_origin_server"]) == ("a.example.net", WWW)
        assert one["ssl"]["settings"] == {"min_tls_version": "1.2"}
        assert one["ssl"]["certificate_authority"] == "google"


async def test_without_a_choice_of_an_authority_none_is_sent() -> None:
    async with zone_of() as (server, cloudflare, zone):
        wanted = await normal(cloudflare, zone, asked(ga_cloudflare_custom_hostname="a.example.net"))
        await cloudflare.apply(zone, [create(wanted)])
        (one,) = server.beside[zone.id].custom.values()
        assert "certificate_authority" not in one["ssl"]


async def test_an_update_of_them_alone_leaves_the_records_alone() -> None:
    async with zone_of() as (server, cloudflare, zone):
        old = await normal(cloudflare, zone, both("a.example.net,b.example.net", "eu"))
        await cloudflare.apply(zone, [create(old)])
        new = await normal(cloudflare, zone, both("b.example.net,c.example.net", "us"))
        server.calls.clear()
        assert list(await cloudflare.apply(zone, [update(old, new)])) == []
        assert leading(server, zone) == {"b.example.net": WWW, "c.example.net": WWW}
        assert regions(server, zone) == {WWW: "us"}
        assert not any(call.endswith("batch") for call in server.calls)
        assert list(await cloudflare.records(zone)) == [new]


async def test_they_go_with_the_last_record_of_their_name() -> None:
    async with zone_of() as (server, cloudflare, zone):
        four = await normal(cloudflare, zone, both("a.example.net", "eu"))
        six = four.found(WWW, "AAAA", ["2001:db8::1"], properties=dict(four.properties))
        assert list(await cloudflare.apply(zone, [create(four), create(six)])) == []
        assert leading(server, zone) == {"a.example.net": WWW}
        await cloudflare.apply(zone, [delete(six)])
        assert (leading(server, zone), regions(server, zone)) == ({"a.example.net": WWW}, {WWW: "eu"})
        await cloudflare.apply(zone, [delete(four)])
        assert (leading(server, zone), regions(server, zone)) == ({}, {})


async def test_a_change_of_type_keeps_them() -> None:
    async with zone_of() as (server, cloudflare, zone):
        old = await normal(cloudflare, zone, both("a.example.net", "eu"))
        new = await normal(cloudflare, zone, both("a.example.net", "eu", "CNAME"))
        await cloudflare.apply(zone, [create(old)])
        server.calls.clear()
        assert list(await cloudflare.apply(zone, [replace(old, new)])) == []
        assert list(await cloudflare.records(zone)) == [new]
        assert not any(call.startswith("DELETE") for call in server.calls)


async def test_a_custom_hostname_moves_from_one_name_to_another() -> None:
    async with zone_of() as (server, cloudflare, zone):
        old = await normal(cloudflare, zone, asked(ga_cloudflare_custom_hostname="a.example.net"))
        await cloudflare.apply(zone, [create(old)])
        bare = old.with_properties({k: v for k, v in old.properties if k != "cloudflare-custom-hostname"})
        other = old.found(f"app.{ZONE}", "A", ["192.0.2.2"], properties=dict(old.properties))
        assert list(await cloudflare.apply(zone, [create(other), update(old, bare)])) == []
        assert leading(server, zone) == {"a.example.net": f"app.{ZONE}"}


async def test_a_custom_hostname_of_another_name_is_not_taken_away_from_it() -> None:
    async with zone_of() as (server, cloudflare, zone):
        theirs = await normal(cloudflare, zone, asked(ga_cloudflare_custom_hostname="a.example.net"))
        await cloudflare.apply(zone, [create(theirs)])
        mine = theirs.found(f"app.{ZONE}", "A", ["192.0.2.2"], properties=dict(theirs.properties))
        good = record(f"good.{ZONE}", "A", "192.0.2.3")
        (failure,) = await cloudflare.apply(zone, [create(mine), create(good)])
        assert isinstance(failure.error, Rejected)
        assert "leads to www.example.org already" in str(failure.error)
        assert leading(server, zone) == {"a.example.net": WWW}
        assert good.name in {one.name for one in await cloudflare.records(zone)}


async def test_a_region_that_is_refused_is_told_on_its_name_alone() -> None:
    async with zone_of() as (_, cloudflare, zone):
        bad = await normal(cloudflare, zone, asked(ga_cloudflare_region_key="moon"))
        good = record(f"good.{ZONE}", "A", "192.0.2.3")
        (failure,) = await cloudflare.apply(zone, [create(bad), create(good)])
        assert (failure.unit.name, type(failure.error)) == (WWW, Rejected)


async def test_what_one_type_of_a_name_asks_for_its_other_type_does_not_undo() -> None:
    async with zone_of() as (server, cloudflare, zone):
        four = asked("A", ga_cloudflare_custom_hostname="a.example.net", ga_cloudflare_region_key="eu")
        six = four.found(WWW, "AAAA", ["2001:db8::1"], properties={f"{GA}cloudflare-custom-hostname": "b.example.net"})
        made = (await cloudflare.normalize(zone, [four, six])).endpoints
        assert list(await cloudflare.apply(zone, [create(one) for one in made.values()])) == []
        assert leading(server, zone) == {"a.example.net": WWW, "b.example.net": WWW}
        found = {one.key: dict(one.properties) for one in await cloudflare.records(zone)}
        assert found == {key: dict(one.properties) for key, one in made.items()}


async def test_with_them_what_failed_may_have_landed_in_part() -> None:
    async with served() as server, closing(provider(server)) as alone:
        assert alone.capabilities.atomic
    async with zone_of() as (_, cloudflare, _zone):
        assert not cloudflare.capabilities.atomic


async def test_a_plan_without_them_is_told() -> None:
    async with zone_of() as (server, cloudflare, zone):
        server.beside[zone.id].entitled = False
        with pytest.raises(Denied, match="permission to use this feature"):
            await cloudflare.records(zone)


async def test_all_pages_of_custom_hostnames_are_read() -> None:
    async with zone_of() as (_, cloudflare, zone):
        names = ",".join(f"n{number:03}.example.net" for number in range(120))
        wanted = await normal(cloudflare, zone, asked(ga_cloudflare_custom_hostname=names))
        assert list(await cloudflare.apply(zone, [create(wanted)])) == []
        assert list(await cloudflare.records(zone)) == [wanted]
