from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any, cast

from zonewright.kube.api import Api, NotFound, Page, Unreachable
from zonewright.kube.store import ObjectId, Store
from zonewright.model.kind import INGRESS, Kind
from zonewright.sweep import Sweep

WEB, APP = ObjectId("shop", "web"), ObjectId("shop", "app")


def ingress(name: str, version: int) -> dict[str, Any]:
    return {"metadata": {"namespace": "shop", "name": name, "resourceVersion": str(version)}}


class Server:
    """What the API server has, and how often it does not answer."""

    def __init__(self, *objects: dict[str, Any]) -> None:
        self.objects = list(objects)
        self.silent = 0
        self.asked: list[str] = []

    async def get(self, path: str) -> dict[str, Any]:
        self.asked.append(path)
        if self.silent:
            self.silent -= 1
            raise Unreachable(path, 0, "nobody there", 0.0)
        for obj in self.objects:
            if path == INGRESS.path("shop", obj["metadata"]["name"]):
                return obj
        raise NotFound(path, 404, "it is not there")

    async def pages(self, kind: Kind, namespace: str = "", *, metadata_only: bool = False) -> AsyncIterator[Page]:
        assert metadata_only
        yield Page(list(self.objects), "50", True)


class Place:
    """A store that has been listed, and the sweep over it."""

    def __init__(self, server: Server, *known: dict[str, Any]) -> None:
        self.store = Store(INGRESS, dict)
        self.store.begin()
        self.store.page(list(known))
        self.store.finish("20")
        self.changes: list[ObjectId] = []
        self.told = asyncio.Event()
        stores = {INGRESS: (self.store, "")}
        self.sweep = Sweep(cast("Api", server), stores, 0.001, readable=lambda: [INGRESS], changed=self.changed)

    def changed(self, kind: Kind, oids: Iterable[ObjectId]) -> None:
        self.changes += oids
        self.told.set()

    def relist(self, *objects: dict[str, Any]) -> None:
        self.store.begin()
        self.store.page(list(objects))
        self.sweep.doubt(INGRESS, self.store.finish("30").missing)

    async def settle(self) -> None:
        self.sweep.queue.start()
        async with asyncio.timeout(5):
            await self.told.wait()
            await self.sweep.queue.drained()
        await self.sweep.queue.stop()


async def test_what_a_list_lacks_is_gone_only_when_it_is_not_found_by_its_name() -> None:
    server = Server(ingress("web", 5))
    place = Place(server, ingress("web", 5), ingress("app", 6))
    place.relist()
    assert (place.store.get(WEB), place.store.get(APP)) != (None, None), "neither is gone yet"
    await place.settle()
    assert place.store.get(WEB) is not None
    assert place.store.get(APP) is None
    assert place.changes == [APP]


async def test_an_object_stays_as_long_as_nobody_answers_for_it() -> None:
    server = Server()
    server.silent = 3
    place = Place(server, ingress("web", 5))
    place.relist()
    await place.settle()
    assert len(server.asked) == 4
    assert place.changes == [WEB]


async def test_another_object_of_the_same_name_is_taken() -> None:
    server = Server(ingress("web", 40))
    place = Place(server, ingress("web", 5))
    place.relist()
    await place.settle()
    assert (place.store.get(WEB) or {})["metadata"]["resourceVersion"] == "40"


async def test_an_object_that_has_come_while_the_answer_was_under_way_stays() -> None:
    class Late(Server):
        async def get(self, path: str) -> dict[str, Any]:
            place.store.put(ingress("web", 40))
            place.told.set()
            return await super().get(path)

    place = Place(Late(), ingress("web", 5))
    place.relist()
    await place.settle()
    assert place.store.get(WEB) is not None


async def test_a_look_at_everything_finds_what_no_event_has_told() -> None:
    server = Server(ingress("app", 6), ingress("new", 40))
    place = Place(server, ingress("web", 5), ingress("app", 6))
    running = asyncio.create_task(place.sweep.run())
    place.sweep.queue.start()
    async with asyncio.timeout(5):
        while set(place.changes) != {WEB, ObjectId("shop", "new")}:
            place.told.clear()
            await place.told.wait()
    running.cancel()
    await place.sweep.queue.stop()
    assert not any("app" in path for path in server.asked), "what is as it was known is not asked for"


async def test_what_has_come_after_the_look_is_not_missing() -> None:
    place = Place(Server(), ingress("web", 5))
    place.store.put(ingress("app", 60))
    assert place.store.strange({WEB: 5}, 50) == set()
