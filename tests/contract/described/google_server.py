"""Cloud DNS, held to its discovery document, and the token server of Google's accounts."""

from __future__ import annotations

import itertools
import json
import re
import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any

import google.auth.crypt
import google.auth.jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from contract.described.discovery import Discovery
from contract.described.openapi import NotAllowed

Json = dict[str, Any]
PROJECT = "my-project"
AUDIENCE = "https://oauth2.googleapis.com/token"  # google-auth claims it, wherever it sends the claim
MOST, MOST_OCTETS = 1000, 100_000
_IPV4 = re.compile(r"\d+(\.\d+){3}")
_TEXT = re.compile(r'("([^"\\]|\\.)*" ?)+')
_ABSOLUTE = {"CNAME", "DNAME", "MX", "NS", "PTR", "SRV"}


class Refused(Exception):
    """An answer that is no success: HTTP status, reason and message."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status, self.reason = status, reason


class GoogleServer:
    """One project with zones; page: the most that a page has, however many are asked for.

    account  the key file of a service account that is let in
    """

    def __init__(self, *zones: str, page: int = 100) -> None:
        self.url = ""
        self.violations: list[str] = []
        self.page = page
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.tokens: set[str] = set()
        self.zones: dict[str, Json] = {}
        self.sets: dict[str, dict[tuple[str, str], Json]] = {}
        self.calls: list[str] = []
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

    def key_file(self, key: rsa.RSAPrivateKey | None = None, address: str = "") -> Json:
        """Of a service account, as Google gives it; key: another one than the account's."""
        text = (key or self.key).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "1",
            "private_key": text.decode(),
            "client_email": "dns@my-project.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": f"{address or self.url}/token",
        }

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        path, body = request.rel_url.raw_path, await request.read()
        if (request.method, path) == ("POST", "/token"):
            return self._token(dict(await request.post()))
        self.calls.append(f"{request.method} {path}")
        try:
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
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

    def _token(self, given: Mapping[str, Any]) -> web.Response:
        """The grant of a signed claim (RFC 7523)."""
        public = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        try:
            claims = google.auth.jwt.decode(str(given["assertion"]), certs=public, audience=AUDIENCE)  # type: ignore[no-untyped-call]
            assert "ndev.clouddns.readwrite" in claims["scope"]
        except (ValueError, KeyError, AssertionError):
            return web.json_response(
                {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, status=400
            )
        token = secrets.token_urlsafe(20)
        self.tokens.add(token)
        return web.json_response({"access_token": token, "expires_in": 3600, "token_type": "Bearer"})

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
        for number, one in enumerate(deletions):
            what = f"entity.change.deletions[{number}]"
            standing = table.pop((one["name"], one["type"]), None)
            if standing is None:
                named = f"named '{one['name']} ({one['type']})' does not exist."
                raise Refused(404, "notFound", f"The '{what}' resource {named}")
            if (standing["ttl"], sorted(standing["rrdatas"])) != (one["ttl"], sorted(one["rrdatas"])):
                raise Refused(412, "conditionNotMet", f"Precondition not met for '{what}'")
        for number, one in enumerate(additions):
            self._add(table, one, f"entity.change.additions[{number}]", self.zones[zone]["dnsName"])
        self.sets[zone] = table
        return {"kind": "dns#change", "id": str(next(self._ids)), "status": "pending", **body}

    def _add(self, table: dict[tuple[str, str], Json], one: Json, what: str, zone: str) -> None:
        name, rtype = one["name"], one["type"]
        if (name, rtype) in table:
            raise Refused(409, "alreadyExists", f"The resource '{what}' named '{name} ({rtype})' already exists")
        if name != zone and not name.endswith(f".{zone}"):
            raise Refused(400, "invalid", f"Invalid value for '{what}.name': '{name}'")
        types = {t for n, t in table if n == name}
        if types and (rtype == "CNAME" or "CNAME" in types):
            raise Refused(400, "cnameResourceRecordSetConflict", f"The resource record set '{what}' is invalid: CNAME")
        for value in one["rrdatas"]:
            if not _is_valid(rtype, value):
                raise Refused(400, "invalid", f"Invalid value for '{what}.rrdata[0]': '{value}'")
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


def _is_valid(rtype: str, value: str) -> bool:
    if rtype == "A":
        return _IPV4.fullmatch(value) is not None
    if rtype == "TXT":
        return _TEXT.fullmatch(value) is not None and all(len(p) <= 255 for p in re.findall(r'"([^"]*)"', value))
    return value.endswith(".") if rtype in _ABSOLUTE else True


def _refused(error: Refused) -> web.Response:
    listed = [{"message": str(error), "domain": "global", "reason": error.reason}]
    body = {"error": {"code": error.status, "message": str(error), "errors": listed}}
    return web.Response(status=error.status, text=json.dumps(body), content_type="application/json")
