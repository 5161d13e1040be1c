"""What is special about DigitalOcean: records one by one, pages, the token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from contract.build import create, record, replace, update
from contract.conftest import closing
from contract.described.digitalocean_server import DigitalOceanServer
from contract.described.server import serving
from zonewright.model.change import Change, Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.providers.base import Rejected
from zonewright.providers.digitalocean.provider import BURST, RATE, DigitalOcean, Options, _wait, token_of
from zonewright.providers.traffic import Bucket

ZONE, TOKEN = "example.org", "a-token-that-nobody-must-see"


@pytest_asyncio.fixture
async def server() -> AsyncIterator[DigitalOceanServer]:
    made = DigitalOceanServer(TOKEN, ZONE, "example.net")
    async with serving(made):
        yield made


def provider(server: DigitalOceanServer, **options: Any) -> DigitalOcean:
    given: dict[str, Any] = {"names": DomainFilter.of([ZONE])} | options
    return DigitalOcean(TOKEN, Options(**given), address=server.url, bucket=Bucket(10_000, 10_000))


@pytest.mark.parametrize(
    "environment", [{}, {"DO_TOKEN": ""}, {"DO_TOKEN": "two\nlines"}], ids=["none", "empty", "odd"]
)
def test_a_missing_token_is_told_by_the_name_of_the_variable(environment: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="DO_TOKEN"):
        token_of(environment)


async def test_domains_are_filtered_and_all_pages_are_read(server: DigitalOceanServer) -> None:
    async with closing(provider(server, per_page=1)) as digitalocean:
        (zone,) = await digitalocean.zones()
        assert zone.name == ZONE
        await digitalocean.apply(zone, [create(record(f"n{i}.{ZONE}", "A", "192.0.2.1")) for i in range(5)])
        assert len([e for e in await digitalocean.records(zone) if e.rtype == "A"]) == 5


async def test_an_update_keeps_records_and_touches_only_what_differs(server: DigitalOceanServer) -> None:
    async with closing(provider(server)) as digitalocean:
        (zone,) = await digitalocean.zones()
        old = record(f"www.{ZONE}", "A", "192.0.2.1", "192.0.2.2", ttl=60)
        await digitalocean.apply(zone, [create(old)])
        before = {r["data"]: r["id"] for r in server.domains[ZONE].values()}
        server.calls.clear()
        await digitalocean.apply(zone, [update(old, record(old.name, "A", "192.0.2.2", "192.0.2.3", ttl=60))])
        after = {r["data"]: r["id"] for r in server.domains[ZONE].values()}
        assert (after["192.0.2.2"], after["192.0.2.3"]) == (before["192.0.2.2"], before["192.0.2.1"])
        assert [call.split()[0] for call in server.calls] == ["GET", "PUT"]


async def test_a_type_that_cannot_come_leaves_the_old_one_where_it_was(server: DigitalOceanServer) -> None:
    async with closing(provider(server)) as digitalocean:
        (zone,) = await digitalocean.zones()
        cname = record(f"www.{ZONE}", "CNAME", "lb.example.com")
        await digitalocean.apply(zone, [create(cname)])
        (failure,) = await digitalocean.apply(zone, [replace(cname, Endpoint.found(cname.name, "A", ["no-address"]))])
        assert isinstance(failure.error, Rejected)
        assert [e.rtype for e in await digitalocean.records(zone) if e.name == cname.name] == ["CNAME"]


async def test_ownership_goes_with_a_record_that_is_refused(server: DigitalOceanServer) -> None:
    async with closing(provider(server)) as digitalocean:
        (zone,) = await digitalocean.zones()
        text, bad = record(f"a-www.{ZONE}", "TXT", "mine"), Endpoint.found(f"www.{ZONE}", "A", ["no-address"])
        (failure,) = await digitalocean.apply(zone, [Unit(bad.name, (Change(None, text), Change(None, bad)))])
        assert isinstance(failure.error, Rejected)
        assert [e.rtype for e in await digitalocean.records(zone)] == ["NS"]


def test_no_minute_and_no_hour_has_more_requests_than_a_token_may_make() -> None:
    assert BURST + 60 * RATE <= 250
    assert BURST + 3600 * RATE <= 5000


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7", "ratelimit-reset": "1900"}, 7),
        ({"ratelimit-reset": "1900"}, 900),
        ({"ratelimit-reset": "10"}, 1),
        ({"ratelimit-reset": "soon"}, None),
        ({}, None),
    ],
    ids=["minute", "hour", "over by now", "no number", "not told"],
)
def test_how_long_to_wait_is_read_in_both_ways(headers: dict[str, str], seconds: float | None) -> None:
    assert _wait(headers, now=1000.0) == seconds
