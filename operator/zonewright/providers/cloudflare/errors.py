"""What Cloudflare's errors mean: by code, and else by HTTP status.

Codes as the API and public issues quote them: 81053 and 81054 a name has a CNAME or address records, 81057 and 81058
the record exists, 81044 it does not; 10000, 9109, 6003 and 6111 are about credentials.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zonewright.model.hostname import printable
from zonewright.providers.base import Changed, Denied, ProviderError, Rejected, Throttled
from zonewright.providers.http import MESSAGE_LIMIT, failure, retry_after

_CHANGED = frozenset({81044, 81057, 81058, 81042})
_DENIED = frozenset({10000, 9106, 9107, 9109, 6003, 6103, 6111})
_THROTTLED = frozenset({971, 10429})
WINDOW = 300.0  # seconds: who has made too many requests is refused for the rest of the window


def refusal(what: str, status: int, answer: object, headers: Mapping[str, str]) -> ProviderError:
    """The error for an answer that is no success."""
    errors = _errors(answer)
    codes = {code for code, _ in errors}
    said = "; ".join(f"{printable(message, MESSAGE_LIMIT)} ({code})" for code, message in errors[:3])
    text = f"Cloudflare answered {status} to {what}" + (f": {said}" if said else "")
    if status == 429 or codes & _THROTTLED:
        return Throttled("Cloudflare", retry_after(headers))
    if codes & _DENIED:
        return Denied(text)
    if codes & _CHANGED:
        return Changed(text)
    if status == 404:
        return Changed(text)
    return failure("Cloudflare", what, status, said, headers) if status >= 300 else Rejected(text)


def _errors(answer: object) -> Sequence[tuple[int, str]]:
    listed: Any = answer.get("errors") if isinstance(answer, Mapping) else None
    found = [error for error in listed if isinstance(error, Mapping)] if isinstance(listed, list) else []
    return [(_number(error.get("code")), str(error.get("message", ""))) for error in found]


def _number(code: object) -> int:
    return code if isinstance(code, int) else 0
