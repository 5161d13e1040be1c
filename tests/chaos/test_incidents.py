"""What has happened to users of ExternalDNS, by the numbers of their reports: each is replayed, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from chaos.extent import extent
from chaos.faults import both, empty, first, forgotten, hanging, of_kind
from chaos.way import passing, way_to_cluster
from chaos.world import Wish, World
from cluster.manifests import dnsendpoint, entry
from cluster.testsite import Site
from contract.described.google_server import GoogleServer
from contract.described.server import serving
from contract.rig import Rig
from localcluster.bind import KEY, Bind
from localcluster.cluster import Cluster
from localcluster.dnsserver import DnsServer
from localcluster.ports import LOOPBACK
from localcluster.wait import wait_until
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.providers.base import Provider
from zonewright.providers.google.client import CloudDns
from zonewright.providers.google.credentials import Credentials
from zonewright.providers.google.provider import Google
from zonewright.providers.google.provider import Options as GoogleOptions
from zonewright.providers.rfc2136.connection import Connection, key
from zonewright.providers.rfc2136.provider import Options, Rfc2136

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
FLAGS = ("--source=ingress", "--source=service", "--source=gateway-httproute", "--source=crd", "--interval=1s")
SIZE = 6  # below what the brake takes for a zone: it must not be what saves them
WHILE = extent(5, 60)  # seconds that it lasts


def asked_for(world: World) -> None:
    """Something else is wanted meanwhile, and comes at once."""
    world.put(Wish("DNSEndpoint", "meanwhile", ("meanwhile",), "192.0.2.60"))
    world.settle()


# -- sources that look empty


def test_2858_an_api_server_that_times_out_deletes_no_records(world: World) -> None:
    """An informer timed out, its source was taken for empty, and all records were deleted."""
    world.base(SIZE)
    lists = of_kind("ingresses", lists=True)
    with way_to_cluster(world.site.cluster) as (way, seen), replace(world.site, cluster=seen).operator(*FLAGS):
        world.settle()
        asked = len(way.calls)
        watches = of_kind("ingresses", watches=True)
        way.fault = both(first(1, forgotten(watches), watches), hanging(3, lists))
        way.hang_up()
        wait_until(lambda: any(map(lists, way.calls[asked:])), 20, what="a list that is not answered")
        asked_for(world)
        time.sleep(WHILE)
        world.settle()
        way.fault = passing
        world.settle()


def test_414_an_empty_list_during_a_rolling_update_of_the_api_server_deletes_no_records(world: World) -> None:
    world.base(SIZE)
    for number in range(SIZE):
        world.put(Wish("Service", f"app{number}", (f"app{number}",), "192.0.2.1"))
    with way_to_cluster(world.site.cluster) as (way, seen), replace(world.site, cluster=seen).operator(*FLAGS):
        world.settle()
        asked = len(way.calls)
        faults = []
        for plural in ("ingresses", "services"):
            lists, watches = of_kind(plural, lists=True), of_kind(plural, watches=True)
            faults.append(both(first(1, forgotten(watches), watches), first(1, empty(lists), lists)))
        way.fault = both(*faults)
        way.hang_up()
        for plural in ("ingresses", "services"):
            lists = of_kind(plural, lists=True)
            wait_until(lambda lists=lists: any(map(lists, way.calls[asked:])), 20, what="an empty list")  # type: ignore[misc]
        asked_for(world)
        world.settle()


# -- targets that are missing for a while


def emptied(world: World) -> list[Wish]:
    wishes = [Wish("Ingress", f"web{number}", (f"web{number}",), "192.0.2.1", filled=True) for number in range(SIZE)]
    for wish in wishes:
        world.put(wish)
    return wishes


def test_2677_an_ingress_controller_that_restarts_costs_no_records(world: World) -> None:
    """It emptied the statuses of all Ingresses when it ended, and filled them when it was back: 15 minutes without."""
    wishes = emptied(world)
    with world.site.operator(*FLAGS):
        world.settle()
        for wish in wishes:
            world.fill(wish)
        asked_for(world)
        time.sleep(WHILE)
        for wish in wishes:
            world.fill(wish, wish.target)
        world.settle()


def test_5603_an_upgrade_that_restarts_everything_costs_no_records(world: World) -> None:
    """The statuses are empty when the operator comes back from its own restart."""
    wishes = emptied(world)
    with world.site.operator(*FLAGS):
        world.settle()
        for wish in wishes:
            world.fill(wish)
        asked_for(world)
    with world.site.operator(*FLAGS):
        time.sleep(WHILE)
        world.settle()
        for wish in wishes:
            world.retarget(wish, "192.0.2.2")
        world.settle()


def test_3841_one_broken_route_that_makes_its_gateway_not_ready_costs_the_others_nothing(world: World) -> None:
    routes = [Wish("HTTPRoute", f"route{number}", (f"route{number}",), "192.0.2.1") for number in range(SIZE)]
    world.gateway("192.0.2.1")
    for route in routes:
        world.put(route)
    with world.site.operator(*FLAGS):
        world.settle()
        world.refuse(routes[0])
        world.gateway()
        asked_for(world)
        time.sleep(WHILE)
        world.settle()
        world.gateway("192.0.2.1")
        for route in routes:
            world.put(route)
        world.settle()


# -- what is planned


def test_5993_the_migration_of_an_owner_deletes_nothing(
    cluster: Cluster, coredns: DnsServer, namespace: str, domain: str
) -> None:
    """With policy sync it planned to delete the whole zone: all that the old owner had and nobody wanted here."""
    names = [f"n{number:02}" for number in range(14)]
    site = Site(cluster, coredns, namespace, domain)
    site.apply(dnsendpoint("many", *(entry(site.name(name), "192.0.2.1") for name in names)))
    site.publish("--txt-owner-id=old")
    before = site.standing()
    site.apply(dnsendpoint("many", entry(site.name(names[0]), "192.0.2.1")))
    site.publish("--txt-owner-id=new", "--migrate-from-txt-owner=old", "--brake-percent=100")
    after = site.standing()
    assert {name for name in after if name in names} == set(names)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {f"a-{names[0]}"}, "only the ownership of what is wanted is rewritten"
    assert site.standing() == after


def test_2125_a_cname_that_was_edited_by_hand_is_put_right_in_place(world: World) -> None:
    """It was deleted and created anew, with minutes of NXDOMAIN, even under upsert-only."""
    world.put(Wish("DNSEndpoint", "there", ("there",), "192.0.2.1"))
    world.put(Wish("DNSEndpoint", "alias", ("alias",), world.alias))
    with world.site.operator(*FLAGS, "--policy=upsert-only"):
        world.settle()
        for _ in range(3):
            world.site.edit("alias", host=world.site.name("there"))
            world.settle()


# -- one bad record


def wanted(name: str, target: str = "192.0.2.1") -> Endpoint:
    return Endpoint.wanted(name, "A", [target])


async def published(provider: Provider, names: list[str], bad: str) -> dict[str, Reason]:
    """What one round comes to."""
    (zone,) = await provider.zones()
    rig = Rig(provider, zone)
    rig.want(*(wanted(name) for name in [*names[:20], bad, *names[20:]]))
    await rig.worker().round()
    return rig.reasons()


async def test_3307_a_record_that_google_says_exists_already_keeps_no_other_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One 409 (alreadyExists) blocked each batch, and with it the zone."""
    domain = "example.org"
    server = GoogleServer(domain)
    async with serving(server):
        file = tmp_path / "key.json"
        file.write_text(json.dumps(server.key_file()))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
        google, somebody = (
            Google(CloudDns(Credentials(), server.url), GoogleOptions(DomainFilter(), pause=0.0)) for _ in range(2)
        )
        try:
            (zone,) = await google.zones()
            rig = Rig(google, zone)
            names = [f"n{number}.{domain}" for number in range(40)]
            rig.want(*map(wanted, names))
            worker = rig.worker()
            await worker.round()
            taken = f"taken.{domain}"
            rig_of_others = Rig(somebody, zone)
            rig_of_others.want(wanted(taken, "198.51.100.1"))
            await rig_of_others.worker().round()  # after our reading of the zone
            more = [f"m{number}.{domain}" for number in range(40)]
            worker.mark(rig.want(*map(wanted, [*names, *more[:20], taken, *more[20:]])))
            await worker.round()
            assert {rig.reasons()[name] for name in more} == {Reason.SYNCED}
        finally:
            await asyncio.gather(google.close(), somebody.close())


@contextmanager
def zone_without_underscores(bind: Bind, domain: str) -> Iterator[None]:
    """A server that refuses the one name of that user, and with it the whole message that has it."""
    bind.add_zone(domain, policy=f'deny "{KEY}" name my_app.{domain}. ANY; grant "{KEY}" zonesub ANY')
    try:
        yield
    finally:
        bind.delete_zone(domain)


async def test_3599_a_name_with_an_underscore_that_the_server_refuses_keeps_no_other_waiting(
    bind: Bind, domain: str
) -> None:
    """All other records of the batch were not updated, for days."""
    with zone_without_underscores(bind, domain):
        connection = Connection((LOOPBACK,), bind.port, key(KEY, bind.secret, "hmac-sha256"), None)
        provider = Rfc2136(connection, Options(DomainFilter(), (domain,)), timeout=10.0)
        names = [f"n{number}.{domain}" for number in range(40)]
        bad = f"my_app.{domain}"
        reasons = await published(provider, names, bad)
        await provider.close()
        assert {reasons[name] for name in names} == {Reason.SYNCED}
        assert reasons[bad] in (Reason.REJECTED, Reason.DENIED)
        assert bind.query(names[-1]).records == ("192.0.2.1",)
        assert bind.query(bad).records == ()
