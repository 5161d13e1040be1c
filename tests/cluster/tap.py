"""A way to etcd that a test can stop up between two transactions, to cut the operator off in the middle of its work."""

from __future__ import annotations

import itertools
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

from localcluster.ports import LOOPBACK

TRANSACTION = "/v3/kv/txn"
LONGEST = 30.0  # seconds that a request is held


class Tap:
    """Lets `passing` transactions through and holds the next one, everything after it too, until `release`.

    landing  whether the transaction that is held is carried out, and its answer held, or not even that
    held     set as soon as one is held
    """

    def __init__(self, etcd: str, passing: int, landing: bool) -> None:
        self.held = threading.Event()
        self.url = ""
        self._etcd = etcd
        self._passing = passing
        self._landing = landing
        self._numbers = itertools.count(1)
        self._opened = threading.Event()
        self._closed = False

    def release(self) -> None:
        """Let everything through from now on."""
        self._opened.set()

    def close(self) -> None:
        """Give up what is held."""
        self._closed = True
        self._opened.set()

    def carry(self, path: str, body: bytes) -> bytes | None:
        """The answer to a request; None when it is given up."""
        if path != TRANSACTION or next(self._numbers) <= self._passing:
            return self._forward(path, body)
        answer = self._forward(path, body) if self._landing else None
        self.held.set()
        self._opened.wait(LONGEST)
        if self._closed:
            return None
        return answer or self._forward(path, body)

    def _forward(self, path: str, body: bytes) -> bytes:
        with urllib.request.urlopen(self._etcd + path, body, timeout=10) as response:
            answer: bytes = response.read()
            return answer


@contextmanager
def tap(etcd: str, passing: int, landing: bool = False) -> Iterator[Tap]:
    """One on a free port of the loopback, until the end of the block."""
    with opened(Tap(etcd, passing, landing)) as tapped:
        yield tapped


T = TypeVar("T", bound=Tap)


@contextmanager
def opened(tapped: T) -> Iterator[T]:
    """The same for a tap that is there already."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            answer = tapped.carry(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            if answer is None:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer((LOOPBACK, 0), Handler) as server:
        tapped.url = f"http://{LOOPBACK}:{server.server_address[1]}"
        serving = threading.Thread(target=server.serve_forever, args=(0.05,), name="tap")
        serving.start()
        try:
            yield tapped
        finally:
            tapped.close()
            server.shutdown()
            serving.join()
