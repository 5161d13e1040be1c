"""What is special about Cloudflare: the proxy, comments and tags, pages, batches, credentials."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from contract.build import create, delete, record, update
from contract.conftest import closing
from contract.described.cloudflare_server import BASE, CloudflareServer
from contract.described.server import serving
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.model.zone import Visibility
from zonewright.providers.base import Changed, Denied, Rejected
from zonewright.providers.cloudflare.client import CloudflareClient
from zonewright.providers.cloudflare.credentials import Credentials, from_environment
from zonewright.providers.cloudflare.provider import Cloudflare, Options
from zonewright.providers.cloudflare.records import Defaults

TOKEN = "a-token-that-nobody-must-see"
ZONE = "example.org"
ALPHA, GA = "external-dns.alpha.kubernetes.io/", "external-dns.kubernetes.io/"


@asynccontextmanager
async def served(*zones: str, batch: int = 200, plan: str = "free") -> AsyncIterator[CloudflareServer]:
    server = CloudflareServer(TOKEN, *(zones or (ZONE,)), batch=batch, plan=plan)
    async with serving(server):
        yield server


def provider(server: CloudflareServer, credentials: Credentials | None = None, **options: object) -> Cloudflare:
    client = CloudflareClient(credentials or Credentials(TOKEN), base_url=server.url + BASE)
    given = {"names": DomainFilter.of(()), "pause": 0.0} | options
    return Cloudflare(client, Options(**given))  # type: ignore[arg-type]


def asked(rtype: str = "A", *targets: str, ttl: int | None = None, **properties: str) -> Endpoint:
    named = {key.replace("_", "-").replace("alpha-", ALPHA).replace("ga-", GA): v for key, v in properties.items()}
    default = {"A": "192.0.2.1", "CNAME": "lb.example.com", "TXT": "text"}[rtype]
    return Endpoint.wanted(f"www.{ZONE}", rtype, targets or (default,), ttl=ttl, properties=named)


@pytest.mark.parametrize(
    ("wanted", "defaults"),
    [
        pytest.param(asked(), Defaults(), id="nothing asked"),
        pytest.param(asked(ttl=300), Defaults(proxied=True), id="proxied by default"),
        pytest.param(asked(alpha_cloudflare_proxied="true", ttl=300), Defaults(), id="proxied, the older prefix"),
        pytest.param(asked(ga_cloudflare_proxied="false", ttl=300), Defaults(proxied=True), id="not proxied"),
        pytest.param(asked("CNAME", ga_cloudflare_proxied="true"), Defaults(), id="a proxied CNAME"),
        pytest.param(asked("TXT", ga_cloudflare_proxied="true"), Defaults(proxied=True), id="text is never proxied"),
        pytest.param(asked(ttl=1), Defaults(), id="automatic TTL"),
        pytest.param(asked(ttl=5), Defaults(), id="a TTL that is too short"),
        pytest.param(asked(ttl=10**6), Defaults(), id="a TTL that is too long"),
        pytest.param(asked(ga_cloudflare_record_comment=" of mine "), Defaults(), id="comment"),
        pytest.param(asked(), Defaults(comment="of all"), id="comment by default"),
        pytest.param(asked(ga_cloudflare_tags="b:2, a:1 ,b:2"), Defaults(), id="tags"),
        pytest.param(asked("A", "192.0.2.1", "192.0.2.2", ga_cloudflare_proxied="true"), Defaults(), id="two values"),
    ],
)
async def test_what_is_written_is_read_again_as_it_was_normalized(wanted: Endpoint, defaults: Defaults) -> None:
    async with served(plan="pro") as server, closing(cloudflare := provider(server, defaults=defaults)):
        (zone,) = await cloudflare.zones()
        normal = (await cloudflare.normalize(zone, [wanted])).endpoints[wanted.key]
        assert list(await cloudflare.apply(zone, [create(normal)])) == []
        assert list(await cloudflare.records(zone)) == [normal]


async def test_a_proxied_record_has_the_ttl_of_the_proxy() -> None:
    async with served() as server, closing(cloudflare := provider(server)):
        (zone,) = await cloudflare.zones()
        wanted = asked(ga_cloudflare_proxied="true", ttl=300)
        assert (await cloudflare.normalize(zone, [wanted])).endpoints[wanted.key].ttl is None


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        pytest.param(Endpoint.found(f"www.{ZONE}", "DNAME", ["x.io"]), Reason.UNSUPPORTED_TYPE, id="type"),
        pytest.param(
            Endpoint.wanted(f"www.{ZONE}", "A", ["192.0.2.1"], set_identifier="x"), Reason.REJECTED, id="set identifier"
        ),
        pytest.param(Endpoint.found(f"www.{ZONE}", "SRV", ["junk"]), Reason.INVALID_TARGET, id="junk"),
    ],
)
async def test_what_cannot_be_held_is_told_without_a_call(wanted: Endpoint, reason: Reason) -> None:
    async with served() as server, closing(cloudflare := provider(server)):
        (zone,) = await cloudflare.zones()
        calls = len(server.calls)
        assert (await cloudflare.normalize(zone, [wanted])).problems[wanted.key].reason is reason
        assert len(server.calls) == calls


async def test_an_update_keeps_the_records_and_touches_only_what_differs() -> None:
    async with served() as server, closing(cloudflare := provider(server)):
        (zone,) = await cloudflare.zones()
        old, new = asked("A", "192.0.2.1", "192.0.2.2"), asked("A", "192.0.2.2", "192.0.2.3")
        await cloudflare.apply(zone, [create(old)])
        before = {r["content"]: r["id"] for r in server.records[zone.id].values()}
        await cloudflare.apply(zone, [update(old, new)])
        after = {r["content"]: r["id"] for r in server.records[zone.id].values()}
        assert after == {"192.0.2.2": before["192.0.2.2"], "192.0.2.3": before["192.0.2.1"]}


async def test_one_change_costs_a_look_at_its_names_and_one_batch() -> None:
    async with served() as server, closing(cloudflare := provider(server)):
        (zone,) = await cloudflare.zones()
        pair = create(record(f"a-www.{ZONE}", "TXT", "mine"), record(f"www.{ZONE}", "A", "192.0.2.1"))
        server.calls.clear()
        await cloudflare.apply(zone, [pair])
        assert [call.split()[0] for call in server.calls] == ["GET", "GET", "POST"]


async def test_batches_are_no_larger_than_the_plan_allows() -> None:
    async with served() as server, closing(cloudflare := provider(server)):
        (zone,) = await cloudflare.zones()
        units = [create(record(f"n{i}.{ZONE}", "A", "192.0.2.1", "192.0.2.2")) for i in range(150)]
        assert list(await cloudflare.apply(zone, units)) == []
        assert sum(call.endswith("batch") for call in server.calls) == 2
        assert len(server.records[zone.id]) == 300


async def test_of_several_batches_those_that_have_landed_stay() -> None:
    async with served() as server, closing(cloudflare := provider(server)):
        (zone,) = await cloudflare.zones()
        good = [create(record(f"n{i}.{ZONE}", "A", "192.0.2.1", "192.0.2.2")) for i in range(100)]
        bad = create(Endpoint.found(f"bad.{ZONE}", "A", ["no-address"]))
        last = create(record(f"last.{ZONE}", "A", "192.0.2.1"))
        failures = await cloudflare.apply(zone, [*good, bad, last])
        assert [failure.unit for failure in failures] == [bad, last]
        assert len(server.records[zone.id]) == 200


async def test_a_larger_plan_has_larger_batches() -> None:
    async with served(batch=3500, plan="pro") as server, closing(cloudflare := provider(server, batch_size=3500)):
        (zone,) = await cloudflare.zones()
        assert cloudflare.capabilities.batch_size == 3500
        units = [create(record(f"n{i}.{ZONE}", "A", "192.0.2.1")) for i in range(1000)]
        assert list(await cloudflare.apply(zone, units)) == []
        assert sum(call.endswith("batch") for call in server.calls) == 1


async def test_a_batch_size_below_that_of_the_free_plan_has_no_effect() -> None:
    async with served() as server, closing(cloudflare := provider(server, batch_size=10)):
        assert cloudflare.capabilities.batch_size == 200


@pytest.mark.parametrize(
    ("plan", "ttl", "characters"),
    [
        pytest.param("free", 60, 100, id="free"),
        pytest.param("pro", 60, 500, id="paid"),
        pytest.param("enterprise", 30, 500, id="enterprise"),
    ],
)
async def test_limits_are_those_of_the_zones_plan(plan: str, ttl: int, characters: int) -> None:
    async with served(plan=plan) as server, closing(cloudflare := provider(server)):
        (zone,) = await cloudflare.zones()
        wanted = asked(ttl=1 + 1, ga_cloudflare_record_comment="x" * 600)
        normal = (await cloudflare.normalize(zone, [wanted])).endpoints[wanted.key]
        assert (normal.ttl, len(dict(normal.properties)["cloudflare-record-comment"])) == (ttl, characters)
        assert list(await cloudflare.apply(zone, [create(normal)])) == []
        assert list(await cloudflare.records(zone)) == [normal]


async def test_a_record_whose_value_somebody_else_has_changed_is_neither_changed_nor_deleted() -> None:
    async with served() as server, closing(cloudflare := provider(server)):
        (zone,) = await cloudflare.zones()
        await cloudflare.apply(zone, [create(theirs := asked("A", "192.0.2.66"))])
        mine = asked("A", "192.0.2.1")
        for unit in (delete(mine), update(mine, asked("A", "192.0.2.2")), create(mine)):
            (failure,) = await cloudflare.apply(zone, [unit])
            assert isinstance(failure.error, Changed)
        (found,) = await cloudflare.records(zone)
        assert found.targets == theirs.targets


async def test_a_record_that_goes_between_the_look_and_the_write_is_planned_again() -> None:
    async with served() as server, closing(cloudflare := provider(server)):
        (zone,) = await cloudflare.zones()
        await cloudflare.apply(zone, [create(mine := asked("A", "192.0.2.1"))])
        server.before_batch = server.records[zone.id].clear
        with pytest.raises(Changed, match="81044"):
            await cloudflare.apply(zone, [delete(mine)])


async def test_a_cname_that_somebody_else_has_made_meanwhile_is_a_conflict() -> None:
    async with served() as server, closing(cloudflare := provider(server)):
        (zone,) = await cloudflare.zones()
        await cloudflare.apply(zone, [create(asked("CNAME"))])
        with pytest.raises(Rejected, match="81054"):
            await cloudflare.apply(zone, [create(asked("A"))])


async def test_a_batch_that_fails_changes_nothing() -> None:
    async with served() as server, closing(cloudflare := provider(server)):
        (zone,) = await cloudflare.zones()
        bad = create(Endpoint.found(f"bad.{ZONE}", "A", ["no-address"]))
        with pytest.raises(Rejected):
            await cloudflare.apply(zone, [create(asked()), bad])
        assert not server.records[zone.id]


async def test_all_pages_are_read() -> None:
    zones = [f"z{number}.org" for number in range(120)]
    async with served(*zones) as server, closing(cloudflare := provider(server, per_page=7)):
        assert [zone.name for zone in await cloudflare.zones()] == zones
        zone = (await cloudflare.zones())[0]
        units = [create(record(f"n{i}.{zone.name}", "A", "192.0.2.1")) for i in range(30)]
        await cloudflare.apply(zone, units)
        assert len(await cloudflare.records(zone)) == 30


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, ["a.org", "b.org"], id="all"),
        pytest.param({"names": DomainFilter.of(["www.b.org"])}, ["b.org"], id="domain filter"),
        pytest.param({"zone_ids": ("a1",)}, ["b.org"], id="the end of an id"),
        pytest.param({"zone_ids": ("0" * 30 + "a0",)}, ["a.org"], id="a whole id"),
    ],
)
async def test_zones_are_filtered(options: dict[str, Any], expected: list[str]) -> None:
    async with served("a.org", "b.org") as server, closing(cloudflare := provider(server, **options)):
        zones = await cloudflare.zones()
        assert [zone.name for zone in zones] == expected
        assert {zone.visibility for zone in zones} == {Visibility.PUBLIC}


async def test_a_token_that_cannot_list_does_with_whole_ids() -> None:
    async with served("a.org", "b.org") as server:
        server.listing = False
        async with closing(provider(server)) as unfiltered:
            with pytest.raises(Denied):
                await unfiltered.zones()
        async with closing(provider(server, zone_ids=("0" * 30 + "a1",))) as filtered:
            assert [zone.name for zone in await filtered.zones()] == ["b.org"]


# -- credentials


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({"CF_API_TOKEN": TOKEN}, Credentials(TOKEN), id="token"),
        pytest.param({"CF_API_KEY": "k", "CF_API_EMAIL": "e@x.io"}, Credentials(key="k", email="e@x.io"), id="key"),
        pytest.param({"CF_API_TOKEN": TOKEN, "CF_API_KEY": "k"}, Credentials(TOKEN), id="token first"),
    ],
)
def test_credentials_come_from_the_environment(environment: dict[str, str], expected: Credentials) -> None:
    assert from_environment(environment) == expected


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        pytest.param({}, "CF_API_TOKEN", id="none"),
        pytest.param({"CF_API_KEY": "k"}, "CF_API_EMAIL", id="a key alone"),
        pytest.param({"CF_API_TOKEN": "file:/nowhere"}, "/nowhere", id="no file"),
        pytest.param({"CF_API_TOKEN": "two\nlines"}, "CF_API_TOKEN", id="no header"),
    ],
)
def test_bad_credentials_are_told_by_the_name_of_the_variable(environment: dict[str, str], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        from_environment(environment)


async def test_a_token_of_a_file_is_read_again_when_it_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old\n")
    async with (
        served() as server,
        closing(cloudflare := provider(server, from_environment({"CF_API_TOKEN": f"file:{file}"}))),
    ):
        with pytest.raises(Denied):
            await cloudflare.zones()
        file.write_text(TOKEN)
        assert len(await cloudflare.zones()) == 1


async def test_nothing_shows_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    credentials = Credentials(TOKEN, key="secret-key")
    assert TOKEN not in repr(credentials)
    assert "secret-key" not in repr(credentials)
    with caplog.at_level(logging.DEBUG):
        async with served() as server, closing(cloudflare := provider(server)):
            (zone,) = await cloudflare.zones()
            await cloudflare.apply(zone, [create(asked())])
    assert TOKEN not in caplog.text
