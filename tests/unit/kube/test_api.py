from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from kubernetes_asyncio.client import Configuration

from localcluster.ports import LOOPBACK
from zonewright.kube.api import Api, ApiError, Conflict, Forbidden, Invalid, NotFound, Unreachable, parse
from zonewright.kube.connection import Connection
from zonewright.model.kind import DNSENDPOINT


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Invalid),
        (401, Forbidden),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (413, Invalid),
        (418, Invalid),
        (422, Invalid),
        (429, Unreachable),
        (500, Unreachable),
        (504, Unreachable),
    ],
)
def test_the_error_follows_from_the_status_code(status: int, error: type[ApiError]) -> None:
    with pytest.raises(error, match="it is so") as caught:
        parse("GET /x", status, {"Retry-After": "7"}, b'{"kind": "Status", "message": "it is so"}')
    assert caught.value.retry_after == 7.0


def test_an_object_is_handed_out_as_it_is() -> None:
    assert parse("GET /x", 200, {}, b'{"kind": "Ingress"}') == {"kind": "Ingress"}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"null"])
def test_an_answer_without_an_object_is_no_answer(body: bytes) -> None:
    with pytest.raises(Unreachable, match="no JSON object"):
        parse("GET /x", 200, {}, body)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"text"'])
def test_an_error_in_another_form_than_status_is_told_by_its_code(body: bytes) -> None:
    with pytest.raises(Unreachable, match="503"):
        parse("GET /x", 503, {"Retry-After": "soon"}, body)


async def test_an_object_of_megabytes_is_sent_whole_with_its_length_and_does_not_block_the_event_loop() -> None:
    """aiohttp warns of bytes of more than 1 MB, and warnings are errors here."""
    seen: list[tuple[int | None, int]] = []

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        seen.append((request.content_length, len(body)))
        return web.Response(body=body, content_type="application/json")

    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", take)
    async with TestServer(app, host=LOOPBACK) as server:
        api = Api(Connection(str(server.make_url("")).rstrip("/"), 30.0, Configuration()))
        large = {"spec": {"text": "x" * 2**21}}
        assert await api.patch(DNSENDPOINT, "default", "web", large) == large
        await api.close()
    ((told, came),) = seen
    assert told == came > 2**21
