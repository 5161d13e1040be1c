"""Records as the API has them ⇄ values of record sets, with what Cloudflare keeps beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from zonewright.model.endpoint import Endpoint, Key, RecordType
from zonewright.model.hostname import spelled
from zonewright.model.reason import Problem, Reason
from zonewright.providers.cloudflare import content
from zonewright.providers.cloudflare.beside import Features
from zonewright.providers.cloudflare.plans import Plan
from zonewright.providers.singles import Single

Json = dict[str, Any]

PROXIED, COMMENT, TAGS = "cloudflare-proxied", "cloudflare-record-comment", "cloudflare-tags"
PROXIABLE = frozenset({RecordType.A, RecordType.AAAA, RecordType.CNAME})
MAX_TTL = 86_400  # seconds (API reference)
_AUTOMATIC = 1


@dataclass(frozen=True, slots=True)
class Defaults:
    """What record sets have that do not say otherwise: --cloudflare-proxied, --cloudflare-record-comment."""

    proxied: bool = False
    comment: str = ""


def parse(record: Mapping[str, Any]) -> Single | None:
    """One record of a list. None for one that cannot be read: it is nobody's that we know."""
    rtype = str(record.get("type", "")).upper()
    try:
        target = content.read(rtype, record)
        key = Key(spelled(str(record["name"])), rtype, "")
        ttl = int(record.get("ttl") or _AUTOMATIC)
        return Single(str(record["id"]), key, target, None if ttl == _AUTOMATIC else ttl, _settings(rtype, record))
    except (KeyError, TypeError, ValueError):
        return None


def _settings(rtype: str, record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    found = {
        COMMENT: str(record.get("comment") or ""),
        TAGS: ",".join(sorted(map(str, record.get("tags") or ()))),
    }
    if rtype in PROXIABLE:
        found[PROXIED] = str(bool(record.get("proxied"))).lower()
    return tuple(sorted((name, value) for name, value in found.items() if value))


def body(single: Single) -> Json:
    """The record to create, or to put in another one's place. Raises ValueError where the type cannot hold it."""
    settings = dict(single.settings)
    proxied = settings.get(PROXIED) == "true" and single.key.rtype in PROXIABLE
    record: Json = {
        "name": single.key.name,
        "type": single.key.rtype,
        "ttl": single.ttl or _AUTOMATIC,
        **content.written(single.key.rtype, single.target),
    }
    record |= {"id": single.id} if single.id else {}
    record |= {"proxied": proxied} if single.key.rtype in PROXIABLE else {}
    record |= {"comment": settings[COMMENT]} if settings.get(COMMENT) else {}
    record |= {"tags": settings[TAGS].split(",")} if settings.get(TAGS) else {}
    return record


def held(endpoint: Endpoint, defaults: Defaults, features: Features, plan: Plan) -> Endpoint:
    """A wanted record set as it would be reported. Raises ValueError for a target that the type cannot hold."""
    asked = {name.rpartition("/")[2]: value for name, value in endpoint.properties}
    settings = features.asked(endpoint.rtype, asked)
    if endpoint.rtype in PROXIABLE:
        settings[PROXIED] = _word(asked.get(PROXIED), default=defaults.proxied)
    if comment := asked.get(COMMENT, defaults.comment).strip()[: plan.comment].strip():
        settings[COMMENT] = comment
    if tags := ",".join(sorted({tag.strip() for tag in asked.get(TAGS, "").split(",")} - {""})):
        settings[TAGS] = tags
    targets = tuple(sorted({content.normalized(endpoint.rtype, target) for target in endpoint.targets}))
    ttl = None if settings.get(PROXIED) == "true" else _ttl(endpoint.ttl, plan.min_ttl)
    return replace(endpoint.with_properties(settings), targets=targets, ttl=ttl)


def problem(endpoint: Endpoint) -> Problem | None:
    """What of a wanted record set Cloudflare cannot hold."""
    if endpoint.set_identifier:
        return Problem(Reason.REJECTED, "Cloudflare has one record set per name and type: it knows no set identifiers")
    return None


def _word(asked: str | None, *, default: bool) -> str:
    """As Go's ParseBool reads it, which ExternalDNS uses; the default for what it does not understand."""
    if asked in ("1", "t", "T", "TRUE", "true", "True"):
        return "true"
    if asked in ("0", "f", "F", "FALSE", "false", "False"):
        return "false"
    return str(default).lower()


def _ttl(ttl: int | None, least: int) -> int | None:
    """1 is automatic, as none is; others are brought to the bounds."""
    return None if ttl is None or ttl == _AUTOMATIC else max(least, min(MAX_TTL, ttl))
