"""Where the server is, and how to get in."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field

API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Connection:
    """url: of the server, a path before the API's may be in it, and credentials of a proxy; tls: None for http"""

    url: str
    server_id: str
    api_key: str = field(repr=False)
    tls: ssl.SSLContext | None = None

    @property
    def api(self) -> str:
        """What all paths are put after."""
        return self.url.rstrip("/") + API
