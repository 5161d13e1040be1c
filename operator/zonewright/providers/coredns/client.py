"""Talking to etcd: another server where one does not answer, another token where one has expired."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

import aiohttp
import orjson

from zonewright.providers.base import Unavailable
from zonewright.providers.coredns import requests
from zonewright.providers.coredns.connection import Connection
from zonewright.providers.coredns.requests import Json, Page, TxnAnswer
from zonewright.providers.http import NO_ANSWER, silence, without_credentials
from zonewright.providers.traffic import Traffic

TIMEOUT = aiohttp.ClientTimeout(total=5)  # seconds per call, as in ExternalDNS


class EtcdClient:
    """Reads and transactions. Any call raises ProviderError only."""

    def __init__(self, connection: Connection, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        self._connection = connection
        self._timeout = timeout
        self._urls = list(connection.urls)  # the one that answered last comes first
        self._session: aiohttp.ClientSession | None = None
        self.traffic = Traffic()
        self._token = ""
        self._authenticating = asyncio.Lock()

    @property
    def address(self) -> str:
        """Where it is, fit to be shown."""
        return ", ".join(map(without_credentials, self._connection.urls))

    async def read(self, request: Json) -> Page:
        return requests.page(await self._call(requests.RANGE, request))

    async def transact(self, request: Json) -> TxnAnswer:
        return requests.transaction_answer(await self._call(requests.TXN, request))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, path: str, request: Json) -> Json:
        """Once, and once more with a new token where the old one has expired."""
        if self._connection.username and not self._token:
            await self._authenticate("")
        token = self._token
        status, answer = await self._send(path, request, token)
        if token and status != 200 and requests.token_expired(answer):
            await self._authenticate(token)
            status, answer = await self._send(path, request, self._token)
        return _checked(status, answer)

    async def _authenticate(self, old: str) -> None:
        async with self._authenticating:
            if self._token != old:  # another call has been faster
                return
            who = {"name": self._connection.username, "password": self._connection.password}
            status, answer = await self._send(requests.AUTHENTICATE, who, "")
            if status != 200 and requests.authentication_is_off(answer):
                return  # credentials that nobody asks for do no harm, as with etcd's own client
            self._token = str(_checked(status, answer).get("token", ""))

    async def _send(self, path: str, request: Json, token: str) -> tuple[int, Any]:
        """To the first server that answers. Sending a transaction twice is safe: its conditions fail then."""
        errors: list[Exception] = []
        for url in list(self._urls):
            try:
                answer = await self._post(url + path, request, token)
            except NO_ANSWER as e:
                errors.append(e)
                continue
            self._prefer(url)
            return answer
        raise silence("etcd", self.address, errors[-1]) from errors[-1]

    async def _post(self, url: str, request: Json, token: str) -> tuple[int, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        self.traffic.sent()
        async with self._session.post(
            url,
            data=BytesIO(orjson.dumps(request)),  # goes out in chunks: bytes of over 1 MB block the event loop
            headers={"Authorization": token} if token else None,
            ssl=self._connection.tls or True,
            server_hostname=self._connection.server_name,
        ) as response:
            return response.status, _decoded(await response.read())

    def _prefer(self, url: str) -> None:
        if self._urls[0] != url:
            self._urls.remove(url)
            self._urls.insert(0, url)


def _checked(status: int, answer: object) -> Json:
    if status != 200:
        raise requests.refusal(status, answer)
    if not isinstance(answer, dict):
        raise Unavailable("etcd answered what is no JSON object")
    return answer


def _decoded(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
