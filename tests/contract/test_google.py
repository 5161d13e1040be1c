"""What is special about Cloud DNS: credentials, zones, exact deletions, limits of a change, routing policies."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import rsa

from contract.build import create, record, update
from contract.conftest import closing
from contract.described.google_accounts import PROJECT
from contract.described.google_server import GoogleServer
from contract.described.server import serving
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.zone import Visibility
from zonewright.providers.base import Changed, Denied, Rejected
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


def provider(server: GoogleServer, project: str = "", **options: Any) -> Google:
    given: dict[str, Any] = {"names": DomainFilter.of(()), "pause": 0.0} | options
    return Google(CloudDns(Credentials(project), server.url), Options(**given))


async def test_the_project_is_that_of_the_credentials_unless_it_is_given(server: GoogleServer) -> None:
    async with closing(provider(server)) as google:
        assert len(await google.zones()) == 1
    async with closing(provider(server, "other-project")) as google:
        with pytest.raises(Denied):
            await google.zones()
    assert all(f"/projects/{PROJECT}/" in call for call in server.calls[:1])


async def test_a_token_that_is_refused_is_fetched_anew_for_a_change(server: GoogleServer) -> None:
    async with closing(provider(server)) as google:
        (zone,) = await google.zones()
        await google.records(zone)
        server.accounts.tokens.clear()
        assert list(await google.apply(zone, [create(record(f"www.{ZONE}", "A", "192.0.2.1"))])) == []


async def test_a_key_of_somebody_else_is_denied_without_showing_it(server: GoogleServer, tmp_path: Path) -> None:
    other = server.key_file(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    (tmp_path / "key.json").write_text(json.dumps(other))
    async with closing(provider(server)) as google:
        with pytest.raises(Denied) as denied:
            await google.zones()
    assert "invalid_grant" in str(denied.value)
    assert other["private_key"][100:140] not in str(denied.value)


@pytest.mark.parametrize("content", ["", "{}", '{"type": "nobody"}'], ids=["empty", "no type", "unknown type"])
async def test_a_key_file_that_is_none_is_denied(server: GoogleServer, tmp_path: Path, content: str) -> None:
    (tmp_path / "key.json").write_text(content)
    async with closing(provider(server)) as google:
        with pytest.raises(Denied):
            await google.zones()


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


async def test_a_record_set_with_a_routing_policy_is_seen_and_left_alone(server: GoogleServer) -> None:
    async with closing(provider(server)) as google:
        (zone,) = await google.zones()
        made = {"kind": "dns#resourceRecordSet", "name": f"geo.{ZONE}.", "type": "A", "ttl": 60}
        server.sets[zone.id][f"geo.{ZONE}.", "A"] = made | {"routingPolicy": {"geo": {"items": []}}}
        found = {one.name: one.targets for one in await google.records(zone)}
        assert found[f"geo.{ZONE}"] == ()
