"""Targets that are missing for now: an object that is there and has lost them keeps the ones that it had last.

Ingress controllers that restart, load balancers that are replaced and Gateways that are not ready empty the statuses
from which targets are read (ExternalDNS #1289, #2677, #3841, #5603: all their records were deleted). So a record set
that nobody gives targets for any more stays in the generated DNSEndpoint for a while, as long as the object that it
came from asks for its name. Which objects are waited for, and since when, stands in an annotation beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from zonewright.claims.book import Slot
from zonewright.claims.generated import manifest
from zonewright.model.claim import Claim
from zonewright.model.endpoint import RESOURCE_LABEL
from zonewright.model.marks import MISSING_SINCE_ANNOTATION
from zonewright.model.reason import Reason
from zonewright.model.timestamp import timestamp

_FOR_NOW = frozenset({Reason.NO_TARGETS, Reason.SOURCE_NOT_READY})
_KEY = ("dnsName", "recordType", "setIdentifier")

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Patience:
    """For how long record sets stay without targets; seconds: 0 follows at once."""

    seconds: float = 0.0

    def held(
        self, wanted: Manifest, existing: Mapping[str, Any], claims: Sequence[Claim], now: float
    ) -> tuple[Manifest, float | None]:
        """The manifest with what stays for now, and until when (seconds since the epoch); None where nothing does."""
        since = missing_since(existing)
        waiting = {str(claim.resource) for claim in claims if is_missing(claim)} if self.seconds > 0 else set()
        if not waiting and not since:
            return wanted, None
        ends = {who: since.get(who, now) + self.seconds for who in waiting}
        waiting = {who for who in waiting if ends[who] > now}
        kept = _kept(wanted, existing, waiting)
        for_whom = {_resource(entry) for entry in kept}
        if not kept and not since:
            return wanted, None
        annotations = {**wanted["metadata"]["annotations"], MISSING_SINCE_ANNOTATION: _written(since, for_whom, now)}
        metadata = {**wanted["metadata"], "annotations": annotations}
        spec = {**wanted["spec"], "endpoints": [*wanted["spec"]["endpoints"], *kept]}
        held = {**wanted, "metadata": metadata, "spec": spec}
        return held, min((ends[who] for who in for_whom), default=None)

    def manifest(
        self, slot: Slot, claims: Sequence[Claim], owner_id: str, existing: Mapping[str, Any], now: float
    ) -> tuple[Manifest, float | None]:
        """What an object that was generated for a slot should be, with what stays for now; and until when."""
        return self.held(manifest(slot, claims, owner_id, existing["metadata"]["name"]), existing, claims, now)

    def until(self, obj: Mapping[str, Any]) -> dict[str, float]:
        """When an object's patience with each resource that has lost its targets ends; seconds since the epoch."""
        return {who: since + self.seconds for who, since in missing_since(obj).items()}


def is_missing(claim: Claim) -> bool:
    """Whether an object asks for a name and has no targets for now, as opposed to: it is not to have any."""
    if claim.endpoints or not claim.problems or claim.problems[0].reason not in _FOR_NOW:
        return False
    return any(problem.reason in _FOR_NOW and not problem.lasting for problem in claim.problems)


def missing_since(obj: Mapping[str, Any]) -> dict[str, float]:
    """By resource, since when a generated DNSEndpoint has waited for its targets; seconds since the epoch."""
    text = (obj["metadata"].get("annotations") or {}).get(MISSING_SINCE_ANNOTATION)
    try:
        found = orjson.loads(text) if isinstance(text, str) else {}
        return {str(who): datetime.fromisoformat(since).timestamp() for who, since in dict(found).items()}
    except (ValueError, TypeError):  # somebody has written there: the time starts anew
        return {}


def _written(since: Mapping[str, float], for_whom: Iterable[str], now: float) -> str | None:
    text = {who: timestamp(since.get(who, now)) for who in sorted(for_whom)}
    return orjson.dumps(text).decode() if text else None


def _kept(wanted: Manifest, existing: Mapping[str, Any], waiting: set[str]) -> list[dict[str, Any]]:
    """Entries of those who are waited for, at which nothing else has come."""
    if not waiting:
        return []
    come = {_key(entry) for entry in wanted["spec"]["endpoints"]}
    entries = (existing.get("spec") or {}).get("endpoints") or []
    return [entry for entry in entries if _resource(entry) in waiting and _key(entry) not in come]


def _key(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(entry.get(field) or "" for field in _KEY)


def _resource(entry: Mapping[str, Any]) -> str:
    labels = entry.get("labels")
    return str(labels.get(RESOURCE_LABEL) or "") if isinstance(labels, Mapping) else ""
