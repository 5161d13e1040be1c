"""Requests to the API server: JSON in, JSON out, errors by remedy.

ApiError             remedy
├── NotFound         404: the object, or its kind, is not there
├── Conflict         409: it is there already, or is another one than was meant
├── Forbidden        401, 403: a right is missing
├── Invalid          400, 413, 422: the request will fail again
└── Unreachable      5xx, 429, no answer, or not for this process to write: the same again later
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp
import orjson

from zonewright.fence import Closed, Fence
from zonewright.kube.connection import Connection
from zonewright.model.kind import Kind

FIELD_MANAGER = "zonewright"
PAGE = 500  # objects per page of a list: at 5,000 objects 23 MB less at the peak, for no more CPU

LARGE = 2**20  # bytes; from here on aiohttp warns

JSON = "application/json"
METADATA = f"application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,{JSON}"
MERGE_PATCH = "application/merge-patch+json"


class ApiError(Exception):
    """The API server did not do what was asked."""

    def __init__(self, what: str, status: int, message: str, retry_after: float | None = None) -> None:
        super().__init__(f"{what}: {message} ({status})" if status else f"{what}: {message}")
        self.status = status
        self.retry_after = retry_after


class NotFound(ApiError):
    """The object, or its kind, does not exist."""


class Conflict(ApiError):
    """The object exists already, or is another one than was meant."""


class Forbidden(ApiError):
    """A right is missing, or the credentials are not accepted."""


class Invalid(ApiError):
    """The request is wrong, or an admission rule refuses it; unchanged it will fail again."""


class Unreachable(ApiError):
    """No answer, or the server is busy: the same again later."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: Invalid,
    401: Forbidden,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: Invalid,
    422: Invalid,
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list. last: whether it is the final one; version: the list's resourceVersion."""

    items: list[dict[str, Any]]
    version: str
    last: bool


class Api:
    """The few verbs that are needed. Every method raises ApiError, and nothing else but cancellation.

    fence  asked before each write, and waited for where it is closed
    """

    def __init__(self, connection: Connection, fence: Fence | None = None) -> None:
        self._connection = connection
        self._fence = fence or Fence.none()
        self._session = connection.session()
        self._timeout = aiohttp.ClientTimeout(total=connection.timeout)

    async def close(self) -> None:
        await self._session.close()

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """One object, or an answer of discovery."""
        return await self._send("GET", path, params=params)

    async def pages(self, kind: Kind, namespace: str = "", *, metadata_only: bool = False) -> AsyncIterator[Page]:
        """All objects of a kind, page by page; of each the metadata alone, where that is enough."""
        token = ""
        while True:
            params = {"limit": str(PAGE)} | ({"continue": token} if token else {})
            accept = METADATA if metadata_only else ""
            answer = await self._send("GET", kind.path(namespace), params=params, accept=accept)
            meta = answer.get("metadata") or {}
            token = meta.get("continue") or ""
            yield Page(answer.get("items") or [], meta.get("resourceVersion") or "", not token)
            if not token:
                return

    async def ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a question that is sent as an object, and not stored, such as one about rights."""
        return await self._send("POST", path, body, JSON)

    async def create(self, kind: Kind, obj: Mapping[str, Any]) -> dict[str, Any]:
        """Create a namespaced object; the answer is what the server stored."""
        path = kind.path(obj["metadata"]["namespace"])
        return await self._write("POST", path, obj, JSON, {"fieldManager": FIELD_MANAGER})

    async def replace(self, kind: Kind, obj: Mapping[str, Any]) -> dict[str, Any]:
        """Write an object whole. Raises Conflict where it is not the one with its resourceVersion any more."""
        meta = obj["metadata"]
        path = kind.path(meta["namespace"], meta["name"])
        return await self._write("PUT", path, obj, JSON, {"fieldManager": FIELD_MANAGER})

    async def patch(
        self, kind: Kind, namespace: str, name: str, body: Mapping[str, Any], subresource: str = ""
    ) -> dict[str, Any]:
        """Merge-patch an object; `metadata.uid` in the body makes sure that it is still the same one."""
        path = kind.path(namespace, name) + (f"/{subresource}" if subresource else "")
        return await self._write("PATCH", path, body, MERGE_PATCH, {"fieldManager": FIELD_MANAGER})

    async def delete(self, kind: Kind, namespace: str, name: str, uid: str) -> None:
        """Delete an object if it is still the one with this uid."""
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid}}
        await self._write("DELETE", kind.path(namespace, name), body, JSON)

    async def _write(
        self, method: str, path: str, body: Mapping[str, Any], media: str, params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        try:
            async with self._fence.guarded():
                return await self._send(method, path, body, media, params)
        except Closed as e:
            raise Unreachable(f"{method} {path}", 0, str(e)) from None

    async def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        media: str = "",
        params: Mapping[str, str] | None = None,
        accept: str = "",
    ) -> dict[str, Any]:
        what = f"{method} {path}"
        data = _sendable(orjson.dumps(body)) if body is not None else None
        given = {"Content-Type": media, "Accept": accept}
        try:
            headers = {name: value for name, value in given.items() if value} | await self._connection.authorization()
            async with self._session.request(
                method,
                self._connection.server + path,
                data=data,
                headers=headers,
                params=params,
                timeout=self._timeout,
            ) as response:
                return parse(what, response.status, response.headers, await response.read())
        except (TimeoutError, aiohttp.ClientError, OSError) as e:
            raise Unreachable(what, 0, str(e) or type(e).__name__) from e


def _sendable(body: bytes) -> bytes | BytesIO:
    """A large body goes out in chunks, since its bytes would block the event loop. A small one stays bytes, which
    aiohttp can send a second time (with a DELETE) where a connection that was kept turns out to be closed."""
    return BytesIO(body) if len(body) > LARGE else body


def parse(what: str, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The object in an answer. Raises ApiError by the answer's status code."""
    try:
        document = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        document = {}
    if not isinstance(document, dict):
        document = {}
    if status < 300:
        if not document:
            raise Unreachable(what, status, "the answer is no JSON object")
        return document
    message = str(document.get("message") or "no message")[:500]
    error = _BY_STATUS.get(status, Unreachable if status >= 500 or status == 429 else Invalid)
    raise error(what, status, message, _seconds(headers.get("Retry-After")))


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() else None
