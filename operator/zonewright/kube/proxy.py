"""The proxy that the environment asks for, found out once for each server.

aiohttp's own `trust_env` asks anew at each request, in a thread: for the variables, and for passwords in ~/.netrc,
which have no business at an API server.
"""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

from yarl import URL


def proxy_for(url: str) -> str | None:
    """URL of the proxy for requests to a URL, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY in either case of letters."""
    parts = URL(url)
    if parts.host is None or proxy_bypass(f"{parts.host}:{parts.port}"):
        return None
    return getproxies().get(parts.scheme)
