"""The provider: domains of one token, and records one by one."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from zonewright.model.change import Unit
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import ADDRESS_TYPES, Endpoint, Key, RecordType, type_of
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Visibility, Zone
from zonewright.providers.base import (
    Capabilities,
    Changed,
    Failure,
    Normalized,
    ProviderError,
    Rejected,
    Throttled,
    Unavailable,
)
from zonewright.providers.digitalocean.records import DEFAULT_TTL, MIN_TTL, TYPES, body, normalized, parse
from zonewright.providers.http import failure, retry_after
from zonewright.providers.rest import Answer, Rest
from zonewright.providers.singles import Desk, Edit, Single, record_sets
from zonewright.providers.steps import Steps
from zonewright.providers.traffic import Bucket, Traffic
from zonewright.providers.zonefilter import admits

ADDRESS = "https://api.digitalocean.com"
OVERRIDE = "DIGITALOCEAN_API_URL"  # as DigitalOcean's own tools have it
# Requests per second in the long run, and at once: no hour has more than 5,000 of them, no minute more than 250.
RATE, BURST = 4800 / 3600, 160.0
BY_NAME = 4  # so many names are asked for one by one before a write; for more of them the domain is listed


def token_of(environment: Mapping[str, str] = os.environ) -> str:
    """DO_TOKEN. Raises ValueError, which names it."""
    token = environment.get("DO_TOKEN", "")
    if not token or not token.isascii() or not token.isprintable() or token != token.strip():
        raise ValueError("--provider=digitalocean needs DO_TOKEN in the environment: a token of the API")
    return token


@dataclass(frozen=True, slots=True)
class Options:
    """per_page: records in one page of a list."""

    names: DomainFilter
    per_page: int = 50


class DigitalOcean:
    """The domains of one token."""

    name = "digitalocean"
    capabilities = Capabilities(record_types=TYPES, batch_size=500, min_ttl=MIN_TTL, default_ttl=DEFAULT_TTL)

    def __init__(
        self, token: str, options: Options, *, address: str = "", timeout: float = 30.0, bucket: Bucket | None = None
    ) -> None:
        self._options = options
        found = address or os.environ.get(OVERRIDE) or ADDRESS
        turns = bucket or Bucket(RATE, BURST)
        self._token = token
        self._rest = Rest("DigitalOcean", found, turns, headers=self._headers, refusal=_refusal, timeout=timeout)

    @property
    def traffic(self) -> Traffic:
        return self._rest.bucket.traffic

    async def zones(self) -> Sequence[Zone]:
        listed = [str(one.get("name")) for one in await self._listed("/v2/domains", "domains", "list domains")]
        return [Zone(name, name, Visibility.PUBLIC) for name in listed if admits(self._options.names, name)]

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        return record_sets(await self._singles(zone))

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        """Without I/O."""
        kept: dict[Key, Endpoint] = {}
        problems: dict[Key, Problem] = {}
        for endpoint in endpoints:
            try:
                problems |= {endpoint.key: problem} if (problem := _problem(endpoint)) else {}
                kept |= {} if endpoint.key in problems else {endpoint.key: _held(endpoint)}
            except ValueError as e:
                problems[endpoint.key] = Problem(Reason.INVALID_TARGET, f"DigitalOcean cannot hold the target: {e}")
        return Normalized(kept, problems)

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        desk = Desk(await self._standing(zone, {change.key.name for unit in units for change in unit.changes}))
        drawn_up = desk.draw_up(units)
        steps = Steps[Edit](lambda edit: self._carry_out(zone, edit))
        return [*drawn_up.failures, *await steps.run(drawn_up.units)]

    async def close(self) -> None:
        await self._rest.close()

    async def _carry_out(self, zone: Zone, edit: Edit) -> Edit | None:
        """Returns the edit that undoes it."""
        path = _records(zone)
        if edit.after is None:
            record_id = edit.before.id if edit.before else ""
            await self._rest.call("DELETE", f"{path}/{quote(record_id)}", f"delete a record of {zone}")
            return Edit(None, edit.before)
        try:
            given = body(edit.after, zone.name)
        except ValueError as e:
            raise Rejected(f"DigitalOcean cannot hold the target: {e}") from e
        if edit.before is not None:
            await self._rest.call("PUT", f"{path}/{quote(edit.before.id)}", f"change a record of {zone}", body=given)
            return Edit(edit.after, edit.before)
        answer = await self._rest.mapping("POST", path, f"create a record of {zone}", body=given)
        made = answer.get("domain_record")
        return Edit(replace(edit.after, id=str(made["id"])), None) if isinstance(made, dict) and "id" in made else None

    async def _standing(self, zone: Zone, names: set[str]) -> list[Single]:
        if len(names) > BY_NAME:
            return await self._singles(zone)
        return [single for name in sorted(names) for single in await self._singles(zone, name)]

    async def _singles(self, zone: Zone, name: str = "") -> list[Single]:
        query = {"name": name} if name else {}
        listed = await self._listed(_records(zone), "domain_records", f"list the records of {zone}", query)
        return [single for record in listed if (single := parse(record, zone.name)) is not None]

    async def _listed(self, path: str, field: str, what: str, query: Mapping[str, str] | None = None) -> list[Any]:
        found: list[Any] = []
        page = 1
        while True:
            given = {**(query or {}), "page": str(page), "per_page": str(self._options.per_page)}
            answer = await self._rest.mapping("GET", path, what, query=given)
            listed = answer.get(field)
            if not isinstance(listed, list):  # another empty thing must not pass for an empty domain
                raise Unavailable(f"DigitalOcean's answer to {what} has no list")
            found += listed
            if not ((answer.get("links") or {}).get("pages") or {}).get("next"):
                return found
            page += 1

    async def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._token}"}


def _records(zone: Zone) -> str:
    return f"/v2/domains/{quote(zone.id)}/records"


def _refusal(what: str, answer: Answer) -> ProviderError:
    """By HTTP status; 404 is a record or domain that has gone (API reference, "Errors")."""
    message = str(answer.value.get("message", "")) if isinstance(answer.value, Mapping) else ""
    if answer.status == 404:
        return Changed(f"DigitalOcean answered 404 to {what}: {message}")
    if answer.status == 429:
        return Throttled("DigitalOcean", _wait(answer.headers, time.time()))
    return failure("DigitalOcean", what, answer.status, message, answer.headers)


def _wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds: Retry-After is told at the limit of a minute; at that of an hour, the epoch when requests are free."""
    told = retry_after(headers)
    reset = headers.get("ratelimit-reset", "")
    if told is not None or not (reset.isascii() and reset.isdigit() and len(reset) < 12):
        return told
    return min(max(float(reset) - now, 1.0), 3600.0)


def _held(endpoint: Endpoint) -> Endpoint:
    targets = tuple(sorted({normalized(endpoint.rtype, target) for target in endpoint.targets}))
    found = Endpoint.found(endpoint.name, endpoint.rtype, targets)
    ttl = None if endpoint.ttl is None else max(MIN_TTL, endpoint.ttl)
    return replace(endpoint.with_properties({}), targets=found.targets, ttl=ttl)


def _problem(endpoint: Endpoint) -> Problem | None:
    if endpoint.rtype not in TYPES:
        return Problem(Reason.UNSUPPORTED_TYPE, f"DigitalOcean has no records of type {endpoint.rtype}")
    if endpoint.set_identifier:
        return Problem(
            Reason.REJECTED, "DigitalOcean has one record set per name and type: it knows no set identifiers"
        )
    if endpoint.rtype in ADDRESS_TYPES and any(type_of(target) is RecordType.CNAME for target in endpoint.targets):
        return Problem(Reason.REJECTED, "DigitalOcean has no address records with the addresses of a name")
    return None
