"""What is sent where, and what an answer other than success means. Pure.

Source: https://doc.powerdns.com/authoritative/http-api/ and the answers of PowerDNS 4.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode

import orjson

from zonewright.model.hostname import printable, spelled
from zonewright.model.zone import Zone
from zonewright.providers.base import Changed, ProviderError, Rejected, Unavailable
from zonewright.providers.http import MESSAGE_LIMIT, failure
from zonewright.providers.pdns.rrsets import Json

# Kinds of zones that are copies: what is written there is gone with the next transfer.
COPIES = frozenset({"SLAVE", "SECONDARY", "CONSUMER"})
LONGEST_BODY = 2 * 2**20  # octets, by default
# How the API has said, before and beside 404, that a zone is not there.
_NO_ZONE = "Could not find domain"


class Listed(NamedTuple):
    """copy: whether the zone is transferred from another server."""

    zone: Zone
    copy: bool


def zones_path(server_id: str) -> str:
    """Without what DNSSEC needs, which costs the server a query for each zone."""
    return f"/servers/{quote(server_id, safe='')}/zones?dnssec=false"


def zone_path(server_id: str, zone: Zone, name: str | None = None) -> str:
    """The zone, or of it what stands at one name. The API's ids are fit for a URL as they are."""
    path = f"/servers/{quote(server_id, safe='')}/zones/{zone.id}"
    return path if name is None else f"{path}?{urlencode({'rrset_name': f'{name}.'})}"


def parse_zones(answer: object) -> list[Listed]:
    """Raises Unavailable where the answer makes no sense."""
    try:
        if not isinstance(answer, list):
            raise TypeError
        return [Listed(Zone(spelled(z["name"]), z["id"]), z.get("kind", "").upper() in COPIES) for z in answer]
    except (AttributeError, KeyError, TypeError) as e:
        raise Unavailable("PowerDNS answered with zones of another shape than the API's") from e


def encoded(body: Json) -> bytes:
    """Raises Rejected for more than the server takes: it answers in the middle of it and closes, which can get lost."""
    text = orjson.dumps(body)
    if len(text) > LONGEST_BODY:
        raise Rejected(f"PowerDNS takes {LONGEST_BODY} octets in one request (webserver-max-bodysize), not {len(text)}")
    return text


def refusal(what: str, status: int, body: bytes, headers: Mapping[str, str], zone: Zone | None) -> ProviderError:
    """The error that an answer other than success stands for. zone: the one that was asked for, if it was one."""
    message = _message(body)
    if zone is not None and (status == 404 or (status == 422 and _NO_ZONE in message)):
        return Changed(f"PowerDNS has no zone {zone} any more: {printable(message, MESSAGE_LIMIT)}")
    if status == 404:
        return Unavailable("PowerDNS has no such server; see --pdns-server and --pdns-server-id")
    return failure("PowerDNS", what, status, message, headers)


def _message(body: bytes) -> str:
    """The server's own words: of its JSON, or what there is instead."""
    try:
        answer: Json = orjson.loads(body)
        words = [answer["error"], *answer.get("errors", ())]
        return "; ".join(dict.fromkeys(map(str, words)))
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
        return body.decode(errors="replace").strip()
