"""What Cloud DNS's refusals mean. Pure.

A refused change names the record sets that are to blame, several at once where there are several, by their place in it
(Cloud DNS, "Error messages"): entity.change.additions[3], with .name or .rrdata[0] behind; by name and type in some
texts, entity.change.additions[www.example.org.][A].
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zonewright.model.hostname import printable
from zonewright.providers.base import Changed, Denied, ProviderError, Rejected, Throttled, Unavailable
from zonewright.providers.http import MESSAGE_LIMIT, failure, retry_after
from zonewright.providers.rest import Answer

LABEL = "Cloud DNS"
_PLACE = re.compile(r"entity\.change\.(additions|deletions)\[([^\]]+)\](?:\[([A-Za-z0-9]+)\])?")
_BUSY = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_OVERTAKEN = frozenset({404, 409, 412})  # gone, there already, or not what it was


@dataclass(frozen=True, slots=True)
class Fault:
    """One record set of a change that is to blame.

    part   "additions" or "deletions"
    which  its place there, as a number, or its absolute name; rtype: "" where that is not told
    error  what is wrong with it
    """

    part: str
    which: str
    rtype: str
    error: ProviderError


class Blamed(Rejected):
    """A change of which nothing has landed, and which of its record sets are to blame."""

    def __init__(self, text: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(text)
        self.faults = faults


class TokenRefused(Denied):
    """A token that looked good was refused. Remedy: another one, once."""


def refusal(what: str, answer: Answer) -> ProviderError:
    """By HTTP status and the reasons in the error."""
    error = answer.value.get("error") if isinstance(answer.value, Mapping) else None
    about: Mapping[str, Any] = error if isinstance(error, Mapping) else {}
    errors = about.get("errors")
    listed = [one for one in errors if isinstance(one, Mapping)] if isinstance(errors, list) else []
    message = str(about.get("message") or "")
    text = _text(what, answer.status, message)
    reasons = {str(one.get("reason")) for one in listed}
    if answer.status == 429 or (answer.status == 403 and reasons & _BUSY):
        return Throttled(LABEL, retry_after(answer.headers))
    if answer.status == 401:
        return TokenRefused(text)
    messages = [message, *(str(one.get("message")) for one in listed)]
    if answer.status < 500 and (faults := tuple(_faults(what, answer.status, messages))):
        return Blamed(text, faults)
    if answer.status == 403 and "quotaExceeded" in reasons:  # of requests mostly; of what else, Google's words tell
        return Throttled(f"{LABEL} ({printable(message, MESSAGE_LIMIT)})", retry_after(answer.headers))
    if answer.status == 404:  # the zone or the project
        return Unavailable(text)
    return failure(LABEL, what, answer.status, message, answer.headers)


def _faults(what: str, status: int, messages: list[str]) -> Iterator[Fault]:
    kind = Changed if status in _OVERTAKEN else Rejected
    seen: set[tuple[str, str, str]] = set()
    for message in messages:
        if (found := _PLACE.search(message)) is None:
            continue
        place = found[1], found[2], (found[3] or "").upper()
        if place not in seen:
            seen.add(place)
            yield Fault(*place, kind(_text(what, status, message)))


def _text(what: str, status: int, message: str) -> str:
    return f"{LABEL} answered {status} to {what}" + (f": {printable(message, MESSAGE_LIMIT)}" if message else "")
