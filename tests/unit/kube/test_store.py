from __future__ import annotations

from typing import Any

import pytest

from zonewright.kube.store import Object, ObjectId, Store
from zonewright.model.kind import INGRESS


def ingress(name: str, version: int, host: str = "a.example.org") -> dict[str, Any]:
    return {
        "metadata": {"namespace": "default", "name": name, "resourceVersion": str(version)},
        "spec": {"host": host},
    }


def hosts(obj: Object) -> Object:
    return {"metadata": {"name": obj["metadata"]["name"]}, "host": obj["spec"]["host"], "kind": obj["kind"]}


@pytest.fixture
def store() -> Store:
    return Store(INGRESS, hosts)


def listed(store: Store, version: int, *objects: dict[str, Any]) -> set[str]:
    store.begin()
    store.page(list(objects))
    found = store.finish(str(version))
    return {oid.name for oid in found.changed | found.missing}


WEB = ObjectId("default", "web")


def test_not_ready_before_the_first_list_is_complete(store: Store) -> None:
    store.begin()
    store.page([ingress("web", 5)])
    assert not store.ready
    assert store.get(WEB) is None
    store.finish("7")
    assert store.ready


def test_items_of_a_list_get_the_kind_that_the_server_leaves_out(store: Store) -> None:
    listed(store, 7, ingress("web", 5))
    assert (store.get(WEB) or {})["kind"] == "Ingress"


def test_a_list_tells_what_is_new_changed_and_gone(store: Store) -> None:
    listed(store, 10, ingress("same", 1), ingress("changed", 2), ingress("gone", 3))
    changes = listed(store, 20, ingress("same", 1), ingress("changed", 11, "b.example.org"), ingress("new", 12))
    assert changes == {"changed", "gone", "new"}


def test_an_unfinished_list_is_forgotten_when_it_starts_over(store: Store) -> None:
    store.begin()
    store.page([ingress("half", 1)])
    assert listed(store, 10, ingress("web", 5)) == {"web"}
    assert len(store) == 1


def test_what_is_newer_than_a_list_survives_it(store: Store) -> None:
    listed(store, 10)
    store.put(ingress("web", 30, "new.example.org"))
    store.put(ingress("late", 31))
    listed(store, 20, ingress("web", 15, "old.example.org"))
    assert (store.get(WEB) or {})["host"] == "new.example.org"
    assert store.get(ObjectId("default", "late")) is not None


@pytest.mark.parametrize(
    ("version", "fresh"),
    [
        pytest.param(4, False, id="an older event changes nothing"),
        pytest.param(5, False, id="the echo of what is known changes nothing"),
        pytest.param(6, True, id="a newer event counts"),
    ],
)
def test_the_newest_version_stands(store: Store, version: int, fresh: bool) -> None:
    store.put(ingress("web", 5))
    assert store.put(ingress("web", version, "b.example.org")) is fresh


def test_an_event_from_before_the_list_does_not_bring_an_object_back(store: Store) -> None:
    listed(store, 10)
    assert not store.put(ingress("web", 9))
    assert store.get(WEB) is None


def test_an_answer_that_comes_after_the_deletion_does_not_bring_an_object_back(store: Store) -> None:
    store.put(ingress("web", 5))
    assert store.drop(ingress("web", 12))
    assert not store.put(ingress("web", 10))
    assert store.put(ingress("web", 13))


def test_the_deletion_of_a_predecessor_does_not_take_its_successor(store: Store) -> None:
    store.put(ingress("web", 20))
    assert not store.drop(ingress("web", 12))
    assert store.get(WEB) is not None


def test_a_change_outside_the_projection_is_none(store: Store) -> None:
    store.put(ingress("web", 5))
    touched = ingress("web", 6) | {"status": {"loadBalancer": {}}}
    assert store.put(touched) is False
