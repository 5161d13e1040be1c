"""Who has written what into etcd: each writer has a way of its own, and one watch sees all that happens."""

from __future__ import annotations

import base64
import json
import threading
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any, NamedTuple

from cluster.tap import TRANSACTION, Tap, opened

EVERYTHING_PASSES = 2**62
PATIENCE = 60.0  # seconds for an answer, and for the last events to come


class Event(NamedTuple):
    """A key that was written (value) or deleted (None). before: its value until then, None where there was none."""

    key: str
    value: dict[str, Any] | None
    before: dict[str, Any] | None
    revision: int


class SignedWay(Tap):
    """A way to etcd that notes the revision of each transaction that has landed."""

    def __init__(self, etcd: str, writer: str, signatures: dict[int, str]) -> None:
        super().__init__(etcd, EVERYTHING_PASSES, landing=True)
        self._writer = writer
        self._signatures = signatures

    def carry(self, path: str, body: bytes) -> bytes | None:
        answer = super().carry(path, body)
        if path == TRANSACTION and answer:
            told = json.loads(answer)
            if told.get("succeeded"):
                self._signatures[int(told["header"]["revision"])] = self._writer
        return answer


@dataclass(frozen=True, slots=True)
class Witness:
    """ways: to etcd, by writer. signatures: who has landed the transaction with a revision; all others are people's.

    events: in their order; all of them only after the end of `witnessing`.
    """

    ways: Mapping[str, SignedWay]
    signatures: Mapping[int, str]
    events: Sequence[Event]

    def writer(self, event: Event) -> str:
        """ "" is a person."""
        return self.signatures.get(event.revision, "")


@contextmanager
def witnessing(etcd: str, path: str, *writers: str) -> Iterator[Witness]:
    """Watch all keys below a path until the end of the block, and a moment longer: until all events have come."""
    signatures: dict[int, str] = {}
    events: list[Event] = []
    with ExitStack() as stack:
        ways = {writer: stack.enter_context(opened(SignedWay(etcd, writer, signatures))) for writer in writers}
        stream = _watch(etcd, path)
        thread = threading.Thread(target=_follow, args=(stream, f"{path}/end", events), name="witness", daemon=True)
        thread.start()
        try:
            yield Witness(ways, signatures, events)
        finally:
            _post(etcd, "/v3/kv/put", {"key": _encoded(f"{path}/end"), "value": _encoded("null")}).close()
            thread.join(PATIENCE)
            stream.close()
            assert not thread.is_alive(), "the watch has stopped before its end"


def overwrite(etcd: str, key: str, revision: int, value: Mapping[str, Any] | None) -> bool:
    """As a person does, and only if the key is still as it was at a revision; None deletes. Whether it was."""
    put = {"request_put": {"key": _encoded(key), "value": _encoded(json.dumps(value))}}
    act = put if value is not None else {"request_delete_range": {"key": _encoded(key)}}
    unchanged = {"key": _encoded(key), "target": "MOD", "result": "EQUAL", "mod_revision": str(revision)}
    with _post(etcd, TRANSACTION, {"compare": [unchanged], "success": [act]}) as answer:
        return bool(json.load(answer).get("succeeded"))


def _watch(etcd: str, path: str) -> HTTPResponse:
    keys = {"key": _encoded(f"{path}/"), "range_end": _encoded(f"{path}0")}  # "0" comes after "/"
    stream = _post(etcd, "/v3/watch", {"create_request": keys | {"prev_kv": True}}, timeout=None)  # outages are quiet
    assert json.loads(stream.readline())["result"]["created"]
    return stream


def _follow(stream: HTTPResponse, end: str, events: list[Event]) -> None:
    for line in stream:
        for told in json.loads(line)["result"].get("events", ()):
            event = _event(told)
            if event.key == end:
                return
            events.append(event)


def _event(told: Mapping[str, Any]) -> Event:
    kv, before = told["kv"], told.get("prev_kv")
    value = None if told.get("type") == "DELETE" else _value(kv)
    return Event(_decoded(kv["key"]), value, _value(before) if before else None, int(kv["mod_revision"]))


def _value(kv: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_decoded(kv["value"]))
    return found


def _post(etcd: str, path: str, body: object, timeout: float | None = PATIENCE) -> HTTPResponse:
    answer: HTTPResponse = urllib.request.urlopen(etcd + path, json.dumps(body).encode(), timeout=timeout)
    return answer


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()
