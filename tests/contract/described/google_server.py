"""Cloud DNS, held to its discovery document. Beside it stand the servers that give tokens."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from contract.described.discovery import Discovery
from contract.described.google_accounts import PROJECT, Accounts
from contract.described.openapi import NotAllowed

Json = dict[str, Any]
MOST, MOST_OCTETS, MOST_VALUES = 1000, 100_000, 100
_IPV4 = re.compile(r"\d+(\.\d+){3}")
_TEXT = re.compile(r'("([^"\\]|\\.)*" ?)+')
_ABSOLUTE = {"CNAME", "MX", "NS", "PTR", "SRV"}
# Cloud DNS, "DNS records overview"
_TYPES = _ABSOLUTE | {"A", "AAAA", "CAA", "DS", "HTTPS", "NAPTR", "SOA", "SSHFP", "SVCB", "TLSA", "TXT"}


class Refused(Exception):
    """An answer that is no success: HTTP status, reason and messages; the first one is that of the whole."""

    def __init__(self, status: int, reason: str, *messages: str) -> None:
        super().__init__(messages[0])
        self.status, self.reason, self.messages = status, reason, messages


class GoogleServer:
    """One project with zones; page: the most that a page has, however many are asked for.

    calls    method and path of what was asked of Cloud DNS; payers: the projects that were to pay for it
    """

    def __init__(self, *zones: str, page: int = 100) -> None:
        self.url = ""
        self.violations: list[str] = []
        self.page = page
        self.accounts = Accounts()
        self.zones: dict[str, Json] = {}
        self.sets: dict[str, dict[tuple[str, str], Json]] = {}
        self.calls: list[str] = []
        self.payers: list[str | None] = []
        self._ids = itertools.count(1000)
        for zone in zones:
            self.add_zone(zone)

    def add_zone(self, dns_name: str, **more: Any) -> str:
        name = f"zone-{next(self._ids)}"
        made: Json = {"id": str(next(self._ids)), "name": name, "dnsName": f"{dns_name}.", "visibility": "public"}
        self.zones[name] = made | {"kind": "dns#managedZone", "description": ""} | more
        self.sets[name] = {}
        for rtype, value in (("SOA", "ns.google.com. admin.google.com. 1 2 3 4 5"), ("NS", "ns.google.com.")):
            made = {"kind": "dns#resourceRecordSet", "name": f"{dns_name}.", "type": rtype}
            self.sets[name][f"{dns_name}.", rtype] = made | {"ttl": 21600, "rrdatas": [value]}
        return name

    def vanish(self, dns_name: str) -> None:
        for name in [name for name, zone in self.zones.items() if zone["dnsName"] == f"{dns_name}."]:
            del self.zones[name], self.sets[name]

    def key_file(self, key: rsa.RSAPrivateKey | None = None) -> Json:
        return self.accounts.key_file(self.url, key)

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        path, body = request.rel_url.raw_path, await request.read()
        if (token := await self.accounts.answer(request)) is not None:
            return token
        self.calls.append(f"{request.method} {path}")
        self.payers.append(request.headers.get("x-goog-user-project"))
        try:
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.accounts.tokens:
                raise Refused(401, "authError", "Request had invalid authentication credentials.")
            operation = _description().operation(request.method, path, list(request.query.items()), body)
            answer = self._operate(operation.id, operation.path, operation.query, operation.body)
        except NotAllowed as error:
            self.violations.append(str(error))
            return _refused(Refused(400, "invalid", f"not allowed: {error}"))
        except Refused as error:
            return _refused(error)
        self.violations += _description().faults(answer, _ANSWERS[operation.id])
        return web.json_response(answer)

    def _operate(self, operation: str, path: Mapping[str, Any], query: Mapping[str, Any], body: Any) -> Json:
        if path["project"] != PROJECT:
            raise Refused(403, "forbidden", "Forbidden")
        match operation:
            case "dns.managedZones.list":
                return self._paged("managedZones", list(self.zones.values()), query)
            case "dns.resourceRecordSets.list":
                return self._paged("rrsets", list(self._sets(path["managedZone"]).values()), query)
            case "dns.changes.create":
                return self._changed(path["managedZone"], body)
        raise Refused(501, "notImplemented", f"{operation} is not served here")

    def _sets(self, zone: str) -> dict[tuple[str, str], Json]:
        if zone not in self.zones:
            raise Refused(404, "notFound", f"The 'parameters.managedZone' resource named '{zone}' does not exist.")
        return self.sets[zone]

    def _changed(self, zone: str, body: Json) -> Json:
        """All or nothing."""
        table = dict(self._sets(zone))
        deletions, additions = body.get("deletions", []), body.get("additions", [])
        octets = sum(len(value) for one in (*deletions, *additions) for value in one.get("rrdatas", ()))
        if max(len(deletions), len(additions)) > MOST or octets > MOST_OCTETS:
            raise Refused(403, "quotaExceeded", "The change would exceed quota for additions per change.")
        faults: dict[tuple[int, str], list[str]] = {}  # the first kind that there is, is told: all of it

        def fault(status: int, reason: str, message: str) -> None:
            faults.setdefault((status, reason), []).append(message)

        for number, one in enumerate(deletions):
            what = f"entity.change.deletions[{number}]"
            standing = table.pop((one["name"], one["type"]), None)
            if standing is None:
                fault(404, "notFound", f"The '{what}' resource named '{one['name']} ({one['type']})' does not exist.")
            elif not _same(standing, one):
                fault(412, "conditionNotMet", f"Precondition not met for '{what}'")
        for number, one in enumerate(additions):
            self._add(table, one, f"entity.change.additions[{number}]", self.zones[zone]["dnsName"], fault)
        for (status, reason), messages in faults.items():
            raise Refused(status, reason, *messages)
        self.sets[zone] = table
        return {"kind": "dns#change", "id": str(next(self._ids)), "status": "pending", **body}

    def _add(self, table: dict[tuple[str, str], Json], one: Json, what: str, zone: str, fault: Any) -> None:
        name, rtype = one["name"], one["type"]
        types = {t for n, t in table if n == name}
        wrong = [n for n, value in enumerate(one["rrdatas"]) if not _is_valid(rtype, value)]
        if rtype in types:
            fault(409, "alreadyExists", f"The resource '{what}' named '{name} ({rtype})' already exists")
        elif name != zone and not name.endswith(f".{zone}"):
            fault(400, "invalid", f"Invalid value for '{what}.name': '{name}'")
        elif rtype not in _TYPES:
            fault(400, "invalid", f"Invalid value for '{what}.type': '{rtype}'")
        elif rtype == "NS" and name.startswith("*."):
            fault(400, "wildcardNotAllowed", f"The resource record set '{what}' has the wrong type to be a wildcard.")
        elif types and (rtype == "CNAME" or "CNAME" in types):
            why = f"is invalid because the DNS name '{name}' may have either one CNAME or others, but not both."
            fault(400, "cnameResourceRecordSetConflict", f"The resource record set '{what}' {why}")
        elif rtype == "CNAME" and len(one["rrdatas"]) > 1:
            fault(400, "invalidRecordCount", f"The resource record set '{what}' is only permitted to have one record.")
        elif len(one["rrdatas"]) > MOST_VALUES:
            fault(403, "quotaExceeded", f"The value for '{what}' exceeds the quota for records per record set.")
        elif wrong:
            bad = one["rrdatas"][wrong[0]]
            fault(400, "invalid", f"Invalid value for '{what}.rrdata[{wrong[0]}]': '{bad}'")
        else:
            table[name, rtype] = {key: one[key] for key in ("kind", "name", "type", "ttl", "rrdatas")}

    def _paged(self, field: str, found: list[Json], query: Mapping[str, Any]) -> Json:
        start, size = int(query.get("pageToken") or 0), min(self.page, int(query.get("maxResults") or self.page))
        more = {"nextPageToken": str(start + size)} if start + size < len(found) else {}
        kind = {"managedZones": "dns#managedZonesListResponse", "rrsets": "dns#resourceRecordSetsListResponse"}[field]
        return {"kind": kind, field: found[start : start + size]} | more


_ANSWERS = {
    "dns.managedZones.list": "ManagedZonesListResponse",
    "dns.resourceRecordSets.list": "ResourceRecordSetsListResponse",
    "dns.changes.create": "Change",
}


@cache
def _description() -> Discovery:
    return Discovery.read("google-cloud-dns/dns-v1.discovery.json")


def _same(standing: Json, one: Json) -> bool:
    """One with a routing policy has no data of its own."""
    if (standing["ttl"], standing.get("routingPolicy")) != (one["ttl"], one.get("routingPolicy")):
        return False
    return sorted(standing.get("rrdatas", ())) == sorted(one.get("rrdatas", ()))


def _is_valid(rtype: str, value: str) -> bool:
    if rtype == "A":
        return _IPV4.fullmatch(value) is not None
    if rtype == "TXT":
        return _TEXT.fullmatch(value) is not None and all(len(p) <= 255 for p in re.findall(r'"([^"]*)"', value))
    return value.endswith(".") if rtype in _ABSOLUTE else True


def _refused(error: Refused) -> web.Response:
    listed = [{"message": message, "domain": "global", "reason": error.reason} for message in error.messages]
    body = {"error": {"code": error.status, "message": str(error), "errors": listed}}
    return web.Response(status=error.status, text=json.dumps(body), content_type="application/json")
