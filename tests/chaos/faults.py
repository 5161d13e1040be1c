"""What can go wrong on a way: each is a `Fault` that a test hangs into it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from collections.abc import Callable, Mapping

from aiohttp import web

from chaos.way import Call, Cut, Fault, Forward

Which = Callable[[Call], bool]


def every(_: Call) -> bool:
    return True


def written(call: Call) -> bool:
    return call.writes


def of_kind(plural: str, *, watches: bool | None = None, lists: bool | None = None) -> Which:
    """Requests for a kind as a whole: its lists, its watches, or both."""

    def which(call: Call) -> bool:
        if call.path.rpartition("/")[2] != plural:
            return False
        return watches in (None, call.watches) and lists in (None, call.lists)

    return which


def answering(status: int, which: Which = every, *, body: str = "", headers: Mapping[str, str] | None = None) -> Fault:
    """Something else instead of what was asked for."""

    async def fault(call: Call, forward: Forward) -> web.StreamResponse:
        if not which(call):
            return await forward(call)
        return web.Response(status=status, text=body, headers=headers)

    return fault


def denying(which: Which) -> Fault:
    """As the API server says no."""
    told = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403}
    headers = {"Content-Type": "application/json"}
    return answering(403, which, body=json.dumps(told | {"message": "not allowed"}), headers=headers)


def forgotten(which: Which) -> Fault:
    """410: the API server has forgotten the version that a watch begins at, as after a restart."""
    return failing_watch(410, "Expired", which)


def failing_watch(code: int, reason: str, which: Which) -> Fault:
    """A watch that begins well, and the first event of which is an error."""
    told = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code}
    event = {"type": "ERROR", "object": told | {"message": f"{reason}, as a test wants it"}}
    headers = {"Content-Type": "application/json"}
    return answering(200, which, body=json.dumps(event) + "\n", headers=headers)


def empty(which: Which) -> Fault:
    """A list that is well-formed, recent, and empty."""

    async def fault(call: Call, forward: Forward) -> web.StreamResponse:
        answer = await forward(call)
        if not which(call) or not isinstance(answer, web.Response) or answer.status != 200:
            return answer
        assert isinstance(answer.body, bytes)
        document = json.loads(answer.body)
        version = document["metadata"]["resourceVersion"]
        return web.json_response(document | {"items": [], "metadata": {"resourceVersion": version}})

    return fault


def slow(seconds: float, which: Which = every) -> Fault:
    async def fault(call: Call, forward: Forward) -> web.StreamResponse:
        if which(call):
            await asyncio.sleep(seconds)
        return await forward(call)

    return fault


def hanging(seconds: float, which: Which = every) -> Fault:
    """No answer, and only after so long an end of the connection."""

    async def fault(call: Call, forward: Forward) -> web.StreamResponse:
        if which(call):
            await asyncio.sleep(seconds)
            raise Cut
        return await forward(call)

    return fault


def cutting(which: Which = every, *, landing: bool = False) -> Fault:
    """The connection breaks before the request gets anywhere; landing: after it was carried out, before the answer."""

    async def fault(call: Call, forward: Forward) -> web.StreamResponse:
        if not which(call):
            return await forward(call)
        if landing:
            await forward(call)
        raise Cut

    return fault


def first(count: int, fault: Fault, which: Which = every) -> Fault:
    """A fault for so many requests; those after them pass."""
    left = count

    async def limited(call: Call, forward: Forward) -> web.StreamResponse:
        nonlocal left
        if not which(call) or left <= 0:
            return await forward(call)
        left -= 1
        return await fault(call, forward)

    return limited


def both(outer: Fault, inner: Fault) -> Fault:
    """What the outer one lets through meets the inner one."""

    async def fault(call: Call, forward: Forward) -> web.StreamResponse:
        return await outer(call, lambda passed: inner(passed, forward))

    return fault


class Kill:
    """SIGKILL for the operator when it sends its write of a number, from 1: before it gets anywhere, or after it has
    landed and before it is answered. It may hang in several ways at once: all writes are counted together.

    done  set as soon as it has happened
    """

    def __init__(self, pid: Callable[[], int], number: int, *, landing: bool) -> None:
        self.done = threading.Event()
        self._pid = pid
        self._number = number
        self._landing = landing
        self._seen = 0

    async def __call__(self, call: Call, forward: Forward) -> web.StreamResponse:
        if not call.writes or self.done.is_set():
            return await forward(call)
        self._seen += 1
        if self._seen != self._number:
            return await forward(call)
        if self._landing:
            await forward(call)
        os.kill(self._pid(), signal.SIGKILL)
        self.done.set()
        raise Cut
