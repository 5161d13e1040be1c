"""Events: whom they concern, their form, and that they never hold anything up."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from zonewright.kube.api import Api, Forbidden, Unreachable
from zonewright.kube.events import Event, Recorder, Subject, body, concerned
from zonewright.model.kind import Kind

WEB = Subject("networking.k8s.io/v1", "Ingress", "ns", "web", "u1")
REFUSED = Event(WEB, True, "Rejected", "www.example.org A: no such type")


class Server:
    """errors: of the next creates."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.created: list[dict[str, Any]] = []

    async def create(self, kind: Kind, obj: dict[str, Any]) -> dict[str, Any]:
        if self.errors:
            raise self.errors.pop(0)
        self.created.append(obj)
        return obj


def recorder(server: Server) -> Recorder:
    return Recorder(cast("Api", server))


def test_the_form_is_that_of_the_api() -> None:
    found = body(REFUSED, "pod-1", 1_700_000_000.5, "abc")
    assert found == {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": "web.abc", "namespace": "ns"},
        "eventTime": "2023-11-14T22:13:20.500000Z",
        "reportingController": "zonewright.io/operator",
        "reportingInstance": "pod-1",
        "action": "Publish",
        "reason": "Rejected",
        "type": "Warning",
        "note": "www.example.org A: no such type",
        "regarding": {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "namespace": "ns",
            "name": "web",
            "uid": "u1",
        },
    }


def test_a_note_is_no_longer_than_the_api_takes_and_stays_whole_characters() -> None:
    event = Event(WEB, False, "Synced", "ü" * 2000)
    note = body(event, "pod", 0.0, "x")["note"]
    assert len(note.encode()) == 1024
    assert set(note) == {"ü"}


def test_an_event_on_an_object_of_the_cluster_is_in_the_default_namespace() -> None:
    node = Subject("v1", "Node", "", "worker", "u2")
    assert body(Event(node, True, "Rejected", ""), "pod", 0.0, "x")["metadata"]["namespace"] == "default"


@pytest.mark.parametrize(
    ("resource", "kinds"),
    [
        pytest.param("ingress/ns/web", ["DNSEndpoint", "Ingress"], id="its source"),
        pytest.param("service/ns/web", ["DNSEndpoint"], id="not one of another kind"),
        pytest.param("node/worker", ["DNSEndpoint", "Node"], id="without namespace"),
        pytest.param("crd/ns/www", ["DNSEndpoint"], id="written by hand"),
        pytest.param("", ["DNSEndpoint"], id="of nobody"),
    ],
)
def test_the_object_and_its_source_are_concerned(resource: str, kinds: list[str]) -> None:
    owners = [
        {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "web", "uid": "u1"},
        {"apiVersion": "v1", "kind": "Node", "name": "worker", "uid": "u2"},
    ]
    obj = {
        "apiVersion": "externaldns.k8s.io/v1alpha1",
        "kind": "DNSEndpoint",
        "metadata": {"namespace": "ns", "name": "www", "uid": "u0", "ownerReferences": owners},
    }
    assert [subject.kind for subject in concerned(obj, resource)] == kinds


async def test_events_are_written_in_their_order() -> None:
    server = Server()
    events = recorder(server)
    events.start()
    for number in range(5):
        events.add(Event(WEB, True, "Rejected", str(number)))
    await events.drained(5.0)
    await events.stop()
    assert [obj["note"] for obj in server.created] == list("01234")


async def test_an_event_that_fails_is_dropped_and_the_next_one_is_written() -> None:
    server = Server(Unreachable("POST", 0, "no answer"))
    events = recorder(server)
    events.start()
    events.add(REFUSED)
    events.add(Event(WEB, False, "Synced", "well"))
    await events.drained(5.0)
    await events.stop()
    assert ([obj["note"] for obj in server.created], events.dropped) == (["well"], 1)


async def test_where_they_may_not_be_written_that_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    server = Server(Forbidden("POST", 403, "no"), Forbidden("POST", 403, "no"))
    events = recorder(server)
    events.start()
    events.add(REFUSED)
    await events.drained(5.0)
    events.add(REFUSED)
    events.add(Event(Subject("v1", "Node", "", "worker", "u2"), True, "Rejected", ""))
    await events.drained(5.0)
    await events.stop()
    assert len([r for r in caplog.records if "right to create" in r.message]) == 1
    assert server.created == []


async def test_a_flood_is_bounded_and_holds_nobody_up() -> None:
    events = recorder(Server())
    for _ in range(5000):
        events.add(REFUSED)
    assert events.dropped == 4000
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await events.drained(10.0)
