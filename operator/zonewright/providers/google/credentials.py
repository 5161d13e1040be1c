"""Google's application default credentials: a key or configuration file, workload identity, or the metadata server.

google-auth's own transport blocks, so it is used in a thread; tokens are renewed some minutes before they end.
"""

from __future__ import annotations

import asyncio
from typing import Any

import google.auth
import google.auth.exceptions
import google.auth.transport.requests

from zonewright.model.hostname import printable
from zonewright.providers.base import Denied, Unavailable

SCOPE = "https://www.googleapis.com/auth/ndev.clouddns.readwrite"


class Credentials:
    """project: "" for the one that the credentials or the metadata server name."""

    def __init__(self, project: str = "") -> None:
        self._asked = project
        self._found: tuple[Any, str] | None = None
        self._renewing = asyncio.Lock()
        self._request: Any = None

    async def project(self) -> str:
        """Raises Denied where there is none."""
        _, project = await self._default()
        if not project:
            raise Denied("the credentials name no project of Google Cloud: give it with --google-project")
        return project

    async def headers(self) -> dict[str, str]:
        """With a token that is good for some minutes at least. Raises Denied or Unavailable."""
        credentials, _ = await self._default()
        async with self._renewing:
            if not credentials.valid:
                await self._in_thread(credentials.refresh, self._transport())
        return {"Authorization": f"Bearer {credentials.token}"}

    def forget(self) -> None:
        """The token was refused: another one is fetched for the next request."""
        if self._found is not None:
            self._found[0].token = None

    async def _default(self) -> tuple[Any, str]:
        async with self._renewing:
            if self._found is None:
                credentials, project = await self._in_thread(google.auth.default, [SCOPE])
                self._found = credentials, self._asked or project or ""
            return self._found

    def _transport(self) -> Any:
        if self._request is None:
            self._request = google.auth.transport.requests.Request()
        return self._request

    async def _in_thread(self, work: Any, *given: Any) -> Any:
        try:
            return await asyncio.to_thread(work, *given)
        except google.auth.exceptions.TransportError as e:
            raise Unavailable(f"Google gives no token: {type(e).__name__}") from None
        except (google.auth.exceptions.GoogleAuthError, OSError, ValueError) as e:
            first = str(e.args[0]) if e.args else type(e).__name__  # the rest may hold the answer of the token server
            raise Denied(f"Google's credentials do not serve: {printable(first, 200)}") from None
