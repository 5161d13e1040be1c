"""What the controller makes of rounds. The rest of it is tested on real servers, in tests/cluster."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from zonewright.claims.book import Slot
from zonewright.claims.generated import manifest
from zonewright.controller import Controller
from zonewright.kube.api import Api
from zonewright.kube.store import ObjectId
from zonewright.metrics import Metrics
from zonewright.model.claim import Claim, Resource
from zonewright.model.endpoint import Endpoint
from zonewright.model.kind import DNSENDPOINT, INGRESS
from zonewright.model.zone import Zone
from zonewright.providers.base import Unavailable
from zonewright.providers.inmemory import InMemory
from zonewright.registry.noop import NoopRegistry
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry
from zonewright.settings import Settings
from zonewright.uptake import Taken, Uptake
from zonewright.zones import pace, worker

LAST_SYNC, ERRORS = "external_dns_controller_last_sync_timestamp_seconds", "external_dns_registry_errors_total"


class HalfDead(InMemory):
    """One of its zones cannot be read."""

    def __init__(self, *names: str, unreadable: str) -> None:
        super().__init__(names)
        self.unreadable = unreadable

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        if zone.name == self.unreadable:
            raise Unavailable("no answer")
        return await super().records(zone)


FOREIGN = 'zonewright_foreign_writer{zone="a.org"}'


def value(metrics: Metrics, name: str) -> float:
    (line,) = [line for line in metrics.text().decode().splitlines() if line.startswith(f"{name} ")]
    return float(line.partition(" ")[2])


async def test_last_sync_stands_still_while_any_zone_is_in_trouble() -> None:
    metrics, provider = Metrics(), HalfDead("a.org", "b.org", "c.org", unreadable="b.org")
    nobody = cast("Api", None)  # no object is wanted, so none is written
    controller = Controller(Settings(provider="inmemory"), nobody, provider, NoopRegistry(), metrics)
    await controller.zones.round()
    assert (value(metrics, LAST_SYNC), value(metrics, ERRORS)) == (0, 1)
    provider.unreadable = ""
    await controller.zones.round()
    assert value(metrics, LAST_SYNC) > 0


def test_objects_are_known_by_what_ownership_records_call_them() -> None:
    nobody = cast("Api", None)
    controller = Controller(Settings(provider="inmemory"), nobody, InMemory(["a.org"]), NoopRegistry(), Metrics())
    about = {"metadata": {"namespace": "shop", "name": "web", "resourceVersion": "1", "uid": "u"}}
    controller.seen(INGRESS, "ADDED", about)
    controller.seen(DNSENDPOINT, "ADDED", about)
    known = ["ingress/shop/web", "crd/shop/web", "ingress/shop/api", "service/shop/web", "pod/shop/web", "", "ingress"]
    assert [controller.view.exists(resource) for resource in known] == [True, True, False, False, False, False, False]
    controller.seen(INGRESS, "DELETED", about | {"metadata": about["metadata"] | {"resourceVersion": "2"}})
    assert not controller.view.exists("ingress/shop/web")


@pytest.mark.parametrize("once", [pytest.param(False, id="in doubt"), pytest.param(True, id="once")])
async def test_the_metric_of_foreign_writers_says_when_left_overs_wait_and_when_no_more(
    monkeypatch: pytest.MonkeyPatch, once: bool
) -> None:
    clock = SimpleNamespace(now=1000.0)
    time = SimpleNamespace(monotonic=lambda: clock.now, time=lambda: clock.now)
    for module in (worker, pace):
        monkeypatch.setattr(module, "time", time)
        monkeypatch.setattr(module, "monotonic", time.monotonic)
    text = '"heritage=external-dns,external-dns/owner=default"'
    stands = [Endpoint.found("www.a.org", "A", ["192.0.2.1"]), Endpoint.found("a-www.a.org", "TXT", [text])]
    metrics, provider = Metrics(), InMemory(["a.org"], stands)
    settings = Settings(provider="inmemory", interval=60.0, once=once)
    registry = TxtRegistry("default", OwnershipNames("", "", ""))
    controller = Controller(settings, cast("Api", None), provider, registry, metrics)
    seen = []
    for _ in range(13):
        await controller.zones.round()
        seen.append(value(metrics, FOREIGN) if FOREIGN in metrics.text().decode() else None)
        clock.now += 60.0
    assert seen == ([None] * 13 if once else [1.0] * 11 + [0.0] * 2)
    assert not await provider.records(Zone("a.org", "a.org"))


async def test_faults_of_names_that_nobody_asks_for_any_more_are_forgotten() -> None:
    provider = HalfDead("a.org", unreadable="a.org")
    controller = Controller(Settings(provider="inmemory"), cast("Api", None), provider, NoopRegistry(), Metrics())
    entry = {"dnsName": "www.a.org", "recordType": "A", "targets": ["192.0.2.1"]}
    about = {"namespace": "shop", "name": "web", "resourceVersion": "1", "uid": "u", "generation": 1}
    controller.seen(DNSENDPOINT, "ADDED", {"metadata": about, "spec": {"endpoints": [entry]}})
    await controller.zones.round()
    assert set(controller.faults) == {"www.a.org"}
    controller.seen(DNSENDPOINT, "DELETED", {"metadata": about | {"resourceVersion": "2"}})
    assert not controller.faults


def ingress(name: str, address: str, version: int) -> dict[str, Any]:
    target = {"external-dns.kubernetes.io/target": address}
    about = {"namespace": "shop", "name": name, "resourceVersion": str(version), "uid": name, "annotations": target}
    return {"metadata": about, "spec": {"rules": [{"host": f"{name}.a.org"}]}}


async def test_ten_thousand_events_of_one_object_wait_in_one_place_and_the_last_one_counts() -> None:
    """More than an API server can send in a second. Nobody works meanwhile: what waits is all that there is of them."""
    provider = InMemory(["a.org"])
    controller = Controller(Settings(provider="inmemory"), cast("Api", None), provider, NoopRegistry(), Metrics())
    for sink in controller.sinks().values():
        sink.begin()
        sink.finish("1")
    controller.seen(INGRESS, "ADDED", ingress("other", "192.0.2.1", 2))
    tracemalloc.start()
    for number in range(10_000):
        controller.seen(INGRESS, "MODIFIED", ingress("busy", f"192.0.2.{number % 250 + 1}", number + 3))
        if number == 100:
            before, _ = tracemalloc.get_traced_memory()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(controller.writer.queue) == 2
    assert after - before < 100_000
    (claim,) = controller.view.book.at(Slot("shop", "busy.a.org"))
    assert claim.endpoints[0].targets == (f"192.0.2.{9_999 % 250 + 1}",)


async def test_what_became_of_a_wish_is_not_told_of_the_next_one() -> None:
    """Who waits for the status of a new generation would be told that it is done before it is."""
    provider = InMemory(["a.org"])
    settings = Settings(provider="inmemory")
    controller = Controller(settings, cast("Api", None), provider, NoopRegistry(), Metrics())
    names = ("www.a.org", "api.a.org")

    def see(version: int, target: str) -> None:
        """Only the first entry changes."""
        targets = [target], ["192.0.2.9"]
        entries = [{"dnsName": name, "recordType": "A", "targets": at} for name, at in zip(names, targets, strict=True)]
        about = {"namespace": "shop", "name": "web", "uid": "u", "generation": version, "resourceVersion": str(version)}
        controller.seen(DNSENDPOINT, "MODIFIED", {"metadata": about, "spec": {"endpoints": entries}})

    def known() -> dict[int, tuple[str, ...]]:
        (outcomes,) = controller.reporter.outcomes().values()
        return {entry: outcome.endpoint.targets for entry, outcome in outcomes.items() if outcome.endpoint}

    see(1, "192.0.2.1")
    await controller.zones.round()
    assert known() == {0: ("192.0.2.1",), 1: ("192.0.2.9",)}
    see(2, "192.0.2.2")
    assert known() == {1: ("192.0.2.9",)}
    await controller.zones.round()
    assert known() == {0: ("192.0.2.2",), 1: ("192.0.2.9",)}


async def test_an_object_that_comes_before_what_it_follows_from_is_taken_when_that_has_come() -> None:
    """As to a standby: the leader has written it, and of two watches the one on Ingresses is the slower one."""
    settings, slot = Settings(provider="inmemory"), Slot("shop", "web.a.org")
    controller = Controller(settings, cast("Api", None), InMemory(["a.org"]), NoopRegistry(), Metrics())
    for sink in controller.sinks().values():
        sink.begin()
        sink.finish("1")

    def written(version: int) -> dict[str, Any]:
        """The DNSEndpoint for the Ingress as it is."""
        made = manifest(slot, controller.view.book.at(slot), settings.txt_owner_id, slot.hostname)
        about = made["metadata"] | {"uid": "e", "generation": version, "resourceVersion": str(version)}
        return made | {"metadata": about}

    def wanted() -> list[tuple[str, ...]]:
        return [wish.endpoint.targets for wish in controller.desired.at(slot.hostname)]

    controller.seen(INGRESS, "ADDED", ingress("web", "192.0.2.2", 2))
    second = written(6)
    controller.seen(INGRESS, "MODIFIED", ingress("web", "192.0.2.1", 3))
    controller.seen(DNSENDPOINT, "ADDED", written(4))
    assert wanted() == [("192.0.2.1",)]
    controller.seen(DNSENDPOINT, "MODIFIED", second)
    controller.seen(INGRESS, "MODIFIED", ingress("web", "192.0.2.2", 5))
    assert wanted() == [("192.0.2.2",)]


class Altering:
    """An API server with a webhook that leaves everything as it was."""

    def __init__(self, stored: dict[str, Any]) -> None:
        self.stored = stored
        self.patches = 0

    async def patch(self, *_: Any) -> dict[str, Any]:
        self.patches += 1
        await asyncio.sleep(0)
        return self.stored


def written_by(kind: str, *, target: str) -> dict[str, Any]:
    """A DNSEndpoint of this owner id, for an object of the kind."""
    who = Resource(kind, "shop", "web", "v1" if kind == "Service" else "networking.k8s.io/v1", uid="web")
    claim = Claim("web.a.org", (Endpoint.wanted("web.a.org", "A", [target]),), who)
    made = manifest(Slot("shop", "web.a.org"), [claim], "default", "web.a.org")
    return made | {"metadata": made["metadata"] | {"uid": "e", "generation": 1, "resourceVersion": "1"}}


@pytest.mark.parametrize(
    ("stored", "asked", "patches"),
    [
        pytest.param(written_by("Service", target="192.0.2.1"), False, 0, id="of another installation"),
        pytest.param(written_by("Ingress", target="192.0.2.1"), True, 1, id="altered by somebody else"),
    ],
)
async def test_what_the_writer_cannot_bring_in_line_is_left_until_something_changes(
    monkeypatch: pytest.MonkeyPatch, stored: dict[str, Any], asked: bool, patches: int
) -> None:
    looks, look = 0, Uptake.changed

    def counted(uptake: Uptake, oids: Iterable[ObjectId]) -> Taken:
        nonlocal looks
        looks += 1
        assert looks < 100, "for ever, and nobody else gets a turn"
        return look(uptake, oids)

    monkeypatch.setattr(Uptake, "changed", counted)
    api, settings = Altering(stored), Settings(provider="inmemory", source=("ingress",))
    controller = Controller(settings, cast("Api", api), InMemory(["a.org"]), NoopRegistry(), Metrics())
    kinds = controller.sinks()
    controller.require(frozenset(kinds))
    for kind, sink in kinds.items():
        sink.begin()
        known = {DNSENDPOINT: [stored], INGRESS: [ingress("web", "192.0.2.2", 2)] if asked else []}
        sink.page(known.get(kind, []))
        sink.finish("2")
    controller.writer.queue.start()
    try:
        async with asyncio.timeout(5):
            await controller.writer.queue.drained()
    finally:
        await controller.writer.queue.stop()
    assert looks < 10
    assert api.patches == patches
