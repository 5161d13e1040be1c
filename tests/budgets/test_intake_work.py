"""What an event, a list and a queue cost, however many other objects there are."""

from __future__ import annotations

from typing import Any

import pytest

from budgets.counting import calls_of, calls_while
from unit.claims.rig import Rig
from zonewright.claims.book import Slot
from zonewright.claims.generated import manifest, object_name
from zonewright.kube.store import ObjectId, Store
from zonewright.model.kind import INGRESS
from zonewright.sources import catalog
from zonewright.workqueue import WorkQueue

# A fifth above what was counted in November 2026 with Python 3.11; later ones call less for the same.
EVENT_CALLS = 500
LIST_CALLS = 64  # for each object
QUEUE_CALLS = 8.4  # for each key


def ingress(number: int, version: int = 1, address: str = "192.0.2.1") -> dict[str, Any]:
    meta = {"namespace": "shop", "name": f"web-{number}", "uid": f"u{number}", "resourceVersion": str(version)}
    return {
        "metadata": meta,
        "spec": {"rules": [{"host": f"n{number}.example.org"}]},
        "status": {"loadBalancer": {"ingress": [{"ip": address}]}},
    }


def event(others: int) -> int:
    """Calls from the event to the manifest of what is to be written."""
    rig = Rig()
    for number in range(others + 1):
        rig.see(INGRESS, ingress(number))
    slot = Slot("shop", "n0.example.org")

    def come() -> dict[str, Any]:
        assert rig.see(INGRESS, ingress(0, 2, "198.51.100.1")) == {slot}
        return manifest(slot, rig.book.at(slot), "me", object_name(slot.hostname))

    return calls_of(come)


def test_an_event_of_an_ingress_costs_the_same_beside_100_others_and_beside_3000() -> None:
    few, many = event(100), event(3000)
    assert many == pytest.approx(few, rel=0.1)
    assert many <= EVENT_CALLS


def relist(objects: int) -> float:
    """Calls for each object of a list, in pages, of a kind that has been listed before."""
    rig = Rig()
    store = Store(INGRESS, catalog.projection(INGRESS, rig.settings))
    items = [ingress(number) for number in range(objects)]

    def listed(version: str) -> int:
        store.begin()
        for start in range(0, objects, 500):
            store.page(items[start : start + 500])
        return len(store.finish(version).changed)

    assert listed("10") == objects
    calls = calls_of(lambda: listed("20"))
    assert store.get(ObjectId("shop", "web-0")) is not None
    return calls / objects


def test_a_list_costs_the_same_for_each_of_1000_objects_and_of_4000() -> None:
    few, many = relist(1000), relist(4000)
    assert many == pytest.approx(few, rel=0.1)
    assert many <= LIST_CALLS


async def queue(keys: int) -> float:
    """Calls for each key that comes, is worked on, and comes again while it waits."""
    done: list[int] = []

    async def work(key: int) -> None:
        done.append(key)

    waiting: WorkQueue[int] = WorkQueue("test", work, workers=4)

    async def all_of_it() -> None:
        waiting.add(range(keys))
        for key in range(keys):
            waiting.add([key])
        waiting.start()
        await waiting.drained()

    calls = await calls_while(all_of_it())
    await waiting.stop()
    assert sorted(done) == list(range(keys))
    return calls / keys


async def test_a_queue_costs_the_same_for_each_of_1000_keys_and_of_8000() -> None:
    few, many = await queue(1000), await queue(8000)
    assert many == pytest.approx(few, rel=0.1)
    assert many <= QUEUE_CALLS
