"""A server that writes down who asks AWS for what, and answers STS's AssumeRole with keys that end when they are to."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import parse_qs

from aiohttp import web

from localcluster.ports import LOOPBACK

_ROLE = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>none</SecretAccessKey><SessionToken>none</SessionToken>
<Expiration>{end}</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/dns/zonewright</Arn>
<AssumedRoleId>x:zonewright</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"""
_ERROR = "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"


class Asked(NamedTuple):
    """key: the access key that signed; what: the operation; fields: of a form, the first value of each."""

    key: str
    what: str
    fields: dict[str, str]


class AwsServer:
    """lasting: seconds that keys of a role are good; refusal: status and code for AssumeRole; status: for others."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.lasting = 3600.0
        self.refusal: tuple[int, str] | None = None
        self.status = 200

    async def answer(self, request: web.Request) -> web.Response:
        form = {name: values[0] for name, values in parse_qs(await request.text()).items()}
        key = re.search(r"Credential=(\w+)/", request.headers.get("Authorization", ""))
        what = form.get("Action") or request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        self.asked.append(Asked(key[1] if key else "", what, form))
        if what != "AssumeRole":
            return web.json_response({"Responses": [], "__type": "InternalServerError"}, status=self.status)
        if self.refusal:
            status, code = self.refusal
            return web.Response(status=status, text=_ERROR.format(code=code), content_type="text/xml")
        end = (datetime.now(UTC) + timedelta(seconds=self.lasting)).strftime("%Y-%m-%dT%H:%M:%SZ")
        role_key = f"ROLE{sum(one.what == what for one in self.asked)}"
        return web.Response(text=_ROLE.format(key=role_key, end=end), content_type="text/xml")


@asynccontextmanager
async def serving() -> AsyncIterator[AwsServer]:
    server = AwsServer()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, 0).start()
        server.url = f"http://{LOOPBACK}:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()
