"""What HTTP answers, and their absence, mean for every provider that speaks HTTP. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit, urlunsplit

import aiohttp

from zonewright.model.hostname import printable
from zonewright.providers.base import Changed, Denied, ProviderError, Rejected, Throttled, Unavailable

# What aiohttp raises where no answer has come.
NO_ANSWER = (aiohttp.ClientError, TimeoutError, OSError)
MESSAGE_LIMIT = 256  # characters of a provider's own words in an error


def failure(provider: str, what: str, status: int, message: str, headers: Mapping[str, str]) -> ProviderError:
    """The error that an HTTP status (RFC 9110, section 15) other than success stands for.

    what     the request in words, such as "GET /records"
    message  the provider's own words, or ""
    """
    text = f"{provider} answered {status} to {what}" + (f": {printable(message, MESSAGE_LIMIT)}" if message else "")
    match status:
        case 429:
            return Throttled(provider, retry_after(headers))
        case 401 | 403:
            return Denied(text)
        case 409 | 412:
            return Changed(text)
        case 408 | 425:  # time-out, too early: worth another try unchanged
            return Unavailable(text)
        case _ if 400 <= status < 500:
            return Rejected(text)
    return Unavailable(text)


def silence(provider: str, address: str, error: Exception) -> Unavailable:
    """The error for no answer at all. address: fit to be shown."""
    if isinstance(error, TimeoutError):
        why = "time-out"
    elif isinstance(error, aiohttp.InvalidURL):  # its text is the URL, which may hold a password
        why = "no valid URL"
    else:
        why = str(error) or type(error).__name__
    return Unavailable(f"{provider} at {address} does not answer: {printable(why, MESSAGE_LIMIT)}")


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds until a retry is welcome: a number or a date (RFC 9110, section 10.2.3); None when not told."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())


def without_credentials(url: str) -> str:
    """A URL that may be shown: no user, password, query or fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
