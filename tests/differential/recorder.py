"""An empty provider behind the webhook protocol, that takes whatever it is told and remembers it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from localcluster.ports import LOOPBACK

MEDIA_TYPE = "application/external.dns.webhook+json;version=1"


class Recorder(ThreadingHTTPServer):
    """created: record sets, in the protocol's form. An update or a delete would be a surprise, and is refused."""

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.created: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Recorder

    def do_GET(self) -> None:
        self._answer(200, {} if self.path == "/" else [])

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
        if self.path == "/adjustendpoints":
            self._answer(200, body)
            return
        changes = {name.lower(): found for name, found in body.items() if found}
        if changes.keys() - {"create"}:
            self._answer(400, f"nothing stands here to be changed: {sorted(changes)}")
            return
        self.server.created += changes.get("create", [])
        self._answer(204, None)

    def _answer(self, status: int, value: object) -> None:
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", MEDIA_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def recording() -> Iterator[Recorder]:
    with Recorder() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="recorder")
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
