"""A webhook provider that takes the protocol at its word: another media type, an unknown field, or a change that does
not fit what stands is refused.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

MEDIA_TYPE = "application/external.dns.webhook+json;version=1"
FIELDS = {"dnsName", "targets", "recordType", "setIdentifier", "recordTTL", "labels", "providerSpecific"}

Json = dict[str, Any]
Adjust = Callable[[list[Json]], list[Json] | None]


def key(endpoint: Json) -> tuple[str, str, str]:
    return endpoint["dnsName"], endpoint["recordType"], endpoint.get("setIdentifier", "")


class WebhookServer:
    """domain_filter: what GET / answers; adjust: what POST /adjustendpoints does; respond: answers in their place

    needs_accept: whether POST /records must say which answer is understood; ExternalDNS does not
    """

    def __init__(self) -> None:
        self.url = ""
        self.needs_accept = True
        self.records: dict[tuple[str, str, str], Json] = {}
        self.domain_filter: Json = {}
        self.adjust: Adjust = lambda endpoints: endpoints
        self.respond: dict[str, Callable[[], web.StreamResponse]] = {}
        self.calls: Counter[str] = Counter()
        self.applied: list[Json] = []
        self.lengths: list[int | None] = []  # Content-Length of each request; None: not told, such as of chunks

    def seed(self, *endpoints: Json) -> None:
        self.records |= {key(endpoint): endpoint for endpoint in endpoints}

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        call = f"{request.method} {request.path}"
        self.calls[call] += 1
        self.lengths.append(request.content_length)
        if call in self.respond:
            return self.respond[call]()
        needed = ["Accept"] if request.method == "GET" else ["Accept", "Content-Type"]
        if call == "POST /records" and not self.needs_accept:
            needed = ["Content-Type"]
        if any(request.headers.get(header) != MEDIA_TYPE for header in needed):
            return web.Response(status=415, text=f"{needed} must be {MEDIA_TYPE}")
        match call:
            case "GET /":
                return answer(self.domain_filter)
            case "GET /records":
                return answer(list(self.records.values()) or None)
            case "POST /adjustendpoints":
                return answer(self.adjust(strict(json.loads(await request.read()))))
            case "POST /records":
                return self.apply(json.loads(await request.read()))
        return web.Response(status=404)

    def apply(self, changes: Json) -> web.Response:
        """All or nothing."""
        self.applied.append(changes)
        records = dict(self.records)
        if set(changes) - {"create", "updateOld", "updateNew", "delete"}:
            return web.Response(status=400, text="unknown field")
        creates, old, new, deletes = (
            strict(changes.get(n, [])) for n in ("create", "updateOld", "updateNew", "delete")
        )
        if [key(endpoint)[1:] for endpoint in old] != [key(endpoint)[1:] for endpoint in new]:
            return web.Response(status=400, text="updateOld and updateNew are no pairs")
        for endpoint in [*old, *deletes]:
            standing = records.pop(key(endpoint), None)
            if standing is None or sorted(standing["targets"]) != sorted(endpoint["targets"]):
                return web.Response(status=409, text=f"{key(endpoint)} is not what stands")
        for endpoint in [*creates, *new]:
            if key(endpoint) in records or not endpoint.get("targets"):
                return web.Response(status=409, text=f"{key(endpoint)} is there already, or without targets")
            records[key(endpoint)] = {name: value for name, value in endpoint.items() if name != "labels"}
        self.records = records
        return web.Response(status=204)


def strict(endpoints: list[Json]) -> list[Json]:
    for endpoint in endpoints:
        if set(endpoint) - FIELDS or not isinstance(endpoint.get("recordTTL", 0), int):
            raise web.HTTPBadRequest(text=f"not an endpoint: {json.dumps(endpoint)}")
    return endpoints


def answer(value: object) -> web.Response:
    return web.Response(body=json.dumps(value).encode(), headers={"Content-Type": MEDIA_TYPE, "Vary": "Content-Type"})


@asynccontextmanager
async def serving() -> AsyncIterator[WebhookServer]:
    """A server of one's own on a free port of the loopback."""
    server = WebhookServer()
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", server.dispatch)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        server.url = f"http://{host}:{port}"
        yield server
    finally:
        await runner.cleanup()
