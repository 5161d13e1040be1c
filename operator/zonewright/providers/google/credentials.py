"""Google's application default credentials: a key or configuration file, workload identity, or the metadata server.

google-auth's own transport blocks, so it is used in a thread; tokens are renewed some minutes before they end.
"""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import google.auth
import google.auth.exceptions
import google.auth.transport.requests

from zonewright.model.hostname import printable
from zonewright.providers.base import Denied, Unavailable

SCOPE = "https://www.googleapis.com/auth/ndev.clouddns.readwrite"
FILE = "GOOGLE_APPLICATION_CREDENTIALS"
# Of token servers whose errors google-auth does not tell apart (RFC 6749, section 4.1.2.1; Google's Security Token
# Service).
_FAILING = ("server_error", "temporarily_unavailable", "internal_failure")


@dataclass(frozen=True, slots=True)
class Place:
    """universe: the domain that Google's services are under, "googleapis.com" but for Google's sovereign clouds"""

    project: str
    universe: str


class Credentials:
    """project: "" for the one that the credentials or the metadata server name."""

    def __init__(self, project: str = "") -> None:
        self._asked = project
        self._found: tuple[Any, Place] | None = None
        self._renewing = asyncio.Lock()
        self._request: Any = None

    async def place(self) -> Place:
        """Raises Denied where there is no project."""
        _, place = await self._default()
        if not place.project:
            raise Denied("the credentials name no project of Google Cloud: give it with --google-project")
        return place

    async def headers(self) -> dict[str, str]:
        """With a token that is good for some minutes at least. Raises Denied or Unavailable."""
        credentials, _ = await self._default()
        async with self._renewing:
            if not credentials.valid:
                await _in_thread(credentials.refresh, self._transport())
        made: dict[str, str] = {}
        credentials.apply(made)  # beside the token the project to be charged, where the credentials name one
        return made

    def forget(self) -> None:
        """The token was refused: another one is fetched for the next request."""
        if self._found is not None:
            self._found[0].token = None

    async def _default(self) -> tuple[Any, Place]:
        async with self._renewing:
            found = self._found or await _in_thread(_find, self._asked)
            if found[1].project:  # where there is none, the metadata server may just not have answered
                self._found = found
            return found

    def _transport(self) -> Any:
        if self._request is None:
            self._request = google.auth.transport.requests.Request()
        return self._request


def check_file() -> None:
    """The file that the environment names, as far as can be seen without asking anybody. Raises ValueError."""
    if not (path := os.environ.get(FILE)):
        return
    try:
        found = json.loads(Path(path).read_text())
    except OSError as e:
        raise ValueError(f"{FILE}: {path} cannot be read: {e.strerror}") from None
    except ValueError:
        raise ValueError(f"{FILE}: {path} is no JSON") from None
    if not isinstance(found, dict) or not found.get("type"):
        raise ValueError(f"{FILE}: {path} is neither a key nor a configuration of Google's: it has no type")


class _NoProjects(google.auth.transport.requests.Request):
    """Federated credentials would ask the resource manager for a project that is known: they may not have the right."""

    def __call__(self, url: str, *given: Any, **named: Any) -> Any:
        if (urlsplit(url).hostname or "").startswith("cloudresourcemanager."):
            return SimpleNamespace(status=404, data=b"{}", headers={})
        return super().__call__(url, *given, **named)  # type: ignore[no-untyped-call]


def _find(project: str) -> tuple[Any, Place]:
    """Blocks: it may ask the metadata server."""
    credentials, found = google.auth.default([SCOPE], request=_NoProjects() if project else None)
    return credentials, Place(project or found or "", credentials.universe_domain)


async def _in_thread(work: Any, *given: Any) -> Any:
    try:
        return await asyncio.to_thread(work, *given)
    except (google.auth.exceptions.GoogleAuthError, OSError, ValueError) as e:
        first = str(e.args[0]) if e.args else type(e).__name__  # the rest may hold the answer of the token server
        lost = isinstance(e, google.auth.exceptions.TransportError) or getattr(e, "retryable", False)
        if lost or any(code in first for code in _FAILING):
            raise Unavailable(f"Google gives no token: {type(e).__name__}") from None
        raise Denied(f"Google's credentials do not serve: {printable(first, 200)}") from None
