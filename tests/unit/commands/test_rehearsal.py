from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zonewright.commands.rehearsal import MADE_UP, Rehearsal, merged
from zonewright.kube.api import Conflict, NotFound, Page
from zonewright.kube.store import version_of
from zonewright.model.kind import DNSENDPOINT


class Session:
    """Whoever asks it for anything has sent a request."""

    def request(self, method: str, url: str, **_: Any) -> None:
        raise AssertionError(f"{method} {url} was sent")

    async def close(self) -> None:
        pass


class Connection:
    server = "https://127.0.0.1:1"
    timeout = 1.0

    def session(self) -> Session:
        return Session()


@pytest.fixture
async def api() -> AsyncIterator[Rehearsal]:
    made = Rehearsal(Connection())  # type: ignore[arg-type]
    yield made
    await made.close()


def manifest(name: str, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "shop"}, "spec": spec}


async def test_what_is_created_is_answered_as_the_server_would_and_can_be_read_again(api: Rehearsal) -> None:
    made = await api.create(DNSENDPOINT, manifest("a", endpoints=[]))
    assert made["spec"] == {"endpoints": []}
    assert (made["metadata"]["generation"], bool(made["metadata"]["uid"])) == (1, True)
    assert version_of(made) > MADE_UP
    assert await api.get(DNSENDPOINT.path("shop", "a")) == made
    assert (api.writes, api.created) == ({"create": 1}, {("shop", "a")})


async def test_each_write_is_newer_than_the_one_before(api: Rehearsal) -> None:
    first = await api.create(DNSENDPOINT, manifest("a"))
    second = await api.patch(DNSENDPOINT, "shop", "a", {"spec": {"x": 1}})
    assert version_of(second) > version_of(first)
    assert second["metadata"]["generation"] == 2
    third = await api.patch(DNSENDPOINT, "shop", "a", {"metadata": {"labels": {"a": "b"}}})
    assert third["metadata"]["generation"] == 2  # only the spec counts


async def test_a_name_that_is_taken_is_a_conflict(api: Rehearsal) -> None:
    await api.create(DNSENDPOINT, manifest("a"))
    with pytest.raises(Conflict):
        await api.create(DNSENDPOINT, manifest("a"))


async def test_an_object_that_is_gone_or_another_one_is_not_written(api: Rehearsal) -> None:
    made = await api.create(DNSENDPOINT, manifest("a"))
    with pytest.raises(Conflict):
        await api.patch(DNSENDPOINT, "shop", "a", {"metadata": {"uid": "another"}})
    await api.delete(DNSENDPOINT, "shop", "a", made["metadata"]["uid"])
    with pytest.raises(NotFound):
        await api.delete(DNSENDPOINT, "shop", "a", made["metadata"]["uid"])
    with pytest.raises(NotFound):
        await api.patch(DNSENDPOINT, "shop", "a", {})


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
async def test_nothing_but_get_can_leave_the_process(api: Rehearsal, method: str) -> None:
    with pytest.raises(AssertionError, match="in a rehearsal"):
        await api._send(method, "/api")


async def test_dnsendpoints_are_amended_as_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async def pages(*_: Any, **__: Any) -> AsyncIterator[Page]:
        yield Page([manifest("a")], "7", True)

    monkeypatch.setattr("zonewright.kube.api.Api.pages", pages)
    api = Rehearsal(Connection(), lambda obj: merged(obj, {"spec": {"x": 1}}))  # type: ignore[arg-type]
    (page,) = [page async for page in api.pages(DNSENDPOINT)]
    assert page.items == [manifest("a", x=1)]
    assert await api.get(DNSENDPOINT.path("shop", "a")) == manifest("a", x=1)


@pytest.mark.parametrize(  # RFC 7386, appendix A
    ("before", "patch", "after"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patches_are_those_of_the_standard(
    before: dict[str, Any], patch: dict[str, Any], after: dict[str, Any]
) -> None:
    assert merged(before, patch) == after


@given(st.dictionaries(st.text(), st.integers()), st.dictionaries(st.text(), st.none() | st.integers()))
def test_a_patch_twice_is_a_patch_once_and_changes_nothing_that_was_given(
    before: dict[str, Any], patch: dict[str, Any]
) -> None:
    kept = dict(before)
    once = merged(before, patch)
    assert merged(once, patch) == once
    assert before == kept
