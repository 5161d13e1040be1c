"""Cloudflare's API for zones and DNS records, held to the publisher's two descriptions.

The OpenAPI document of 2024 has the paths, but no batch; today's record types and the batch are in a schema made of the
publisher's SDK. So bodies and parameters are checked against the latter, paths against the former. What stands beside
records (custom hostnames, regions) is in neither: cloudflare_beside.py.
"""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jsonschema
from aiohttp import web

from contract.described import cloudflare_beside
from contract.described.cloudflare_beside import BesideZone, Refused
from contract.described.folder import folder
from contract.described.openapi import Description, NotAllowed

Json = dict[str, Any]
BASE = "/client/v4"
FREE_BATCH = 200
_PROXIABLE = {"A", "AAAA", "CNAME"}
_ADDRESSES = {"A", "AAAA"}
_TIME = "2026-01-01T00:00:00Z"
_SETTLED = {"flatten_cname": False}
_BY_KEY = {"X-Auth-Key", "X-Auth-Email"}
_WAYS_IN = {"Authorization", "X-Auth-User-Service-Key"} | _BY_KEY
_COMMENTS = {"free": 100}  # characters; 500 on all other plans
_MIN_TTL = {"enterprise": 30}  # seconds; 60 on all other plans


class CloudflareServer:
    """One account with zones. token: the one that is let in, and account: its older key and the e-mail address.

    batch: the most records in a batch; plan: of all zones
    """

    def __init__(self, token: str, *zones: str, batch: int = FREE_BATCH, plan: str = "free") -> None:
        self.url = ""
        self.violations: list[str] = []
        self.token = token
        self.account = ("", "")
        self.batch = batch
        self.plan = plan
        self.listing = True  # whether the token may list zones
        self._ids = itertools.count(1)
        self.zones = {f"{number:032x}": zone for number, zone in enumerate(zones, 0xA0)}
        self.records: dict[str, dict[str, Json]] = {zone_id: {} for zone_id in self.zones}
        self.calls: list[str] = []
        self.before_batch: Callable[[], object] = lambda: None  # what somebody else does right before one
        self.beside = {zone_id: BesideZone() for zone_id in self.zones}

    def vanish(self, zone: str) -> None:
        for zone_id in [zone_id for zone_id, name in self.zones.items() if name == zone]:
            del self.zones[zone_id], self.records[zone_id]

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        path, body = request.rel_url.raw_path, await request.read()
        self.calls.append(f"{request.method} {path.removeprefix(BASE)}")
        try:
            self._let_in(request)
            if path.endswith("/dns_records/batch"):
                self.before_batch()
                return _answered(self._batched(path, body))
            if (asked := cloudflare_beside.asked(request, path.removeprefix(BASE), body)) is not None:
                self._zone(asked.zone_id)
                origins = {r["name"] for r in self.records[asked.zone_id].values() if r["proxiable"]}
                return web.json_response(self.beside[asked.zone_id].answer(asked, origins))
            query = [(name, value) for name, value in request.query.items() if "." not in name]
            operation = _description().operation(request.method, path, query, body)
            _check_list(request)
            return self._operate(operation.id, operation.path, request.query)
        except NotAllowed as error:
            self.violations.append(str(error))
            return _refused(Refused(400, 9207, f"Request is not allowed: {error}"))
        except Refused as error:
            return _refused(error)
        except AssertionError as error:
            self.violations.append(str(error))
            return _refused(Refused(500, 0, "An answer is not what the publisher describes"))

    def _let_in(self, request: web.Request) -> None:
        """By one of two ways, and not by a mixture."""
        given = {name for name in _WAYS_IN if name in request.headers}
        if len(given) > 1 and given != _BY_KEY:
            raise NotAllowed(f"{sorted(given)} are sent together")
        key = request.headers.get("X-Auth-Key", ""), request.headers.get("X-Auth-Email", "")
        if given == _BY_KEY and key == self.account:
            return
        if request.headers.get("Authorization", "") != f"Bearer {self.token}":
            raise Refused(403, 9109 if given else 10000, "Invalid access token" if given else "Authentication error")

    def _operate(self, operation: str, path: Mapping[str, str], query: Mapping[str, str]) -> web.Response:
        match operation:
            case "zones-get":
                if not self.listing:
                    raise Refused(403, 9109, "Unauthorized to access requested resource")
                return _paged([_zone(zone_id, name, self.plan) for zone_id, name in self.zones.items()], query, 20)
            case "zones-0-get":
                return _answered(_zone(path["zone_id"], self._zone(path["zone_id"]), self.plan))
            case "dns-records-for-a-zone-list-dns-records":
                self._zone(path["zone_id"])
                wanted = query.get("name.exact")
                found = [r for r in self.records[path["zone_id"]].values() if wanted in (None, r["name"])]
                return _paged(found, query, 100)
        raise Refused(405, 10000, f"{operation} is not served here")

    def _zone(self, zone_id: str) -> str:
        if zone_id not in self.zones:
            raise Refused(404, 7003, f"Could not route to /zones/{zone_id}, perhaps your object identifier is invalid?")
        return self.zones[zone_id]

    def _batched(self, path: str, body: bytes) -> Json:
        """One transaction: deletes, patches, puts, posts; any failure applies nothing."""
        zone_id = path.removeprefix(f"{BASE}/zones/").removesuffix("/dns_records/batch")
        asked = json.loads(body)
        _check_batch(asked)
        zone = self._zone(zone_id)
        if sum(map(len, asked.values())) > self.batch:
            raise Refused(400, 81060, f"Batch has more than {self.batch} records")
        table = copy.deepcopy(self.records[zone_id])
        result: Json = {
            "deletes": [_taken(table, one["id"]) for one in asked.get("deletes", ())],
            "patches": [],
            "puts": [self._put(table, zone, one) for one in asked.get("puts", ())],
            "posts": [self._post(table, zone, one) for one in asked.get("posts", ())],
        }
        self.records[zone_id] = table
        return result

    def _put(self, table: dict[str, Json], zone: str, asked: Json) -> Json:
        """Replaces a record: what is left out goes back to its default."""
        _taken(table, asked["id"])
        return self._stored(table, zone, asked, asked["id"])

    def _post(self, table: dict[str, Json], zone: str, asked: Json) -> Json:
        return self._stored(table, zone, asked, f"{next(self._ids):032x}")

    def _stored(self, table: dict[str, Json], zone: str, asked: Json, record_id: str) -> Json:
        record = _record(asked, record_id)
        _check_name(record["name"], zone)
        _check_values(record, self.plan)
        _check_neighbours(record, table)
        if faults := _faults(record | {"comment": record["comment"] or ""}, f"RecordResponse.{record['type']}Record"):
            raise AssertionError(f"the answer is not what the publisher describes: {faults}")
        table[record_id] = record
        return record


@cache
def _description() -> Description:
    return Description.read("cloudflare/openapi-dns-2024-08-06.json", BASE)


@cache
def _schema() -> Json:
    found: Json = json.loads((folder() / "cloudflare/dns-records-current.schema.json").read_text())
    return found


def _faults(value: Json, name: str) -> list[str]:
    whole = {"$ref": f"#/definitions/{name}", "definitions": _schema()["definitions"]}
    return [f"{e.json_path}: {e.message[:300]}" for e in jsonschema.Draft7Validator(whole).iter_errors(value)]


def _check_batch(asked: Json) -> None:
    unknown = set(asked) - {"deletes", "patches", "puts", "posts"}
    faults = [f"{name} is not known" for name in unknown] + _faults({**asked, "zone_id": "z"}, "RecordBatchParams")
    for one in (*asked.get("puts", ()), *asked.get("posts", ())):
        fields = {"name", "type", "ttl", "content", "data", "priority", "proxied", "comment", "tags", "settings", "id"}
        faults += [f"{name} is no field of a record" for name in set(one) - fields]
    if faults:
        raise NotAllowed(f"POST batch: {'; '.join(faults[:5])}")


def _check_list(request: web.Request) -> None:
    """Dotted parameters, as `name.exact`, which the document of 2024 has in another form."""
    known = {
        f"{field}.{how}" for field in ("name", "content") for how in ("exact", "contains", "endswith", "startswith")
    }
    unknown = {name for name in request.query if "." in name} - known
    if unknown:
        raise NotAllowed(f"query {sorted(unknown)} is not known")


def _record(asked: Json, record_id: str) -> Json:
    rtype = asked["type"]
    record: Json = {
        "id": record_id,
        "name": asked["name"].removesuffix("."),
        "type": rtype,
        "proxied": bool(asked.get("proxied")),
        "proxiable": rtype in _PROXIABLE,
        "ttl": 1 if asked.get("proxied") else asked["ttl"],
        "comment": asked.get("comment") or None,
        "tags": sorted(asked.get("tags") or ()),
        "settings": _SETTLED if rtype in _PROXIABLE else {},
        "meta": {},
        "created_on": _TIME,
        "modified_on": _TIME,
    }
    record |= {name: asked[name] for name in ("content", "data", "priority") if name in asked}
    if "data" in record:
        record["content"] = " ".join(str(value) for value in record["data"].values())
    return record


def _check_name(name: str, zone: str) -> None:
    if name != zone and not name.endswith(f".{zone}"):
        raise Refused(400, 9005, f"{name} is not in the zone {zone}")
    labels = name.split(".")
    if any("*" in label and (label != "*" or number) for number, label in enumerate(labels)):
        raise Refused(400, 9000, "DNS name is invalid: an asterisk must be the whole leftmost label")
    if not name.isascii() or any(not 0 < len(label) < 64 for label in labels):
        raise Refused(400, 9000, "DNS name is invalid")


def _check_values(record: Json, plan: str) -> None:
    ttl, rtype = record["ttl"], record["type"]
    if ttl != 1 and not _MIN_TTL.get(plan, 60) <= ttl <= 86_400:
        raise Refused(400, 9021, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic")
    if record["proxied"] and not record["proxiable"]:
        raise Refused(400, 9004, f"Records of type {rtype} cannot be proxied")
    check = _CONTENT.get(rtype)
    if check and not check(record.get("content", "")):
        raise Refused(400, 9005, f"Content for {rtype} record is invalid")
    if len(record["comment"] or "") > _COMMENTS.get(plan, 500):
        raise Refused(400, 9300, "DNS record has an invalid comment: it is too long")
    if record["tags"] and plan == "free":
        raise Refused(400, 9301, "DNS record has too many tags: the plan has none")


def _is_ip(content: str, version: int) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(content).version == version
    except ValueError:
        return False


def _is_quoted(content: str) -> bool:
    return content.startswith('"') and content.endswith('"')


_CONTENT: Mapping[str, Callable[[str], bool]] = {
    "A": lambda content: _is_ip(content, 4),
    "AAAA": lambda content: _is_ip(content, 6),
    "CNAME": lambda content: bool(content) and not content.endswith("."),
    "TXT": _is_quoted,
}


def _check_neighbours(record: Json, table: Mapping[str, Json]) -> None:
    """A CNAME excludes address records and other CNAMEs, NS every other type; no value twice."""
    at_name = [other for other in table.values() if other["name"] == record["name"]]
    rtype = record["type"]
    for other in at_name:
        if other["type"] == rtype and other.get("content") == record.get("content"):
            raise Refused(400, 81058, "An identical record already exists.")
    types = {other["type"] for other in at_name}
    if rtype in _ADDRESSES and "CNAME" in types:
        raise Refused(400, 81054, "A CNAME record with that host already exists.")
    if rtype == "CNAME" and types & (_ADDRESSES | {"CNAME"}):
        raise Refused(400, 81053, "An A, AAAA, or CNAME record with that host already exists.")


def _taken(table: dict[str, Json], record_id: str) -> Json:
    if record_id not in table:
        raise Refused(404, 81044, "Record does not exist.")
    return table.pop(record_id)


@cache
def _zone(zone_id: str, name: str, plan: str) -> Json:
    """The document of 2024 has no plan; the SDK's type of a zone has."""
    zone = {
        "id": zone_id,
        "name": name,
        "status": "active",
        "type": "full",
        "account": {"id": "a" * 32, "name": "An account"},
        "owner": {"id": "b" * 32, "name": "An owner", "type": "organization"},
        "meta": {"step": 2},
        "development_mode": 0,
        "name_servers": ["ns1.example.net", "ns2.example.net"],
        **dict.fromkeys(("original_name_servers", "original_registrar", "original_dnshost")),
        **dict.fromkeys(("created_on", "modified_on", "activated_on"), _TIME),
        "plan": {"id": "c" * 32, "legacy_id": plan, "is_subscribed": plan != "free"},
    }
    if faults := _description().faults(zone, {"$ref": "#/components/schemas/zones_zone"}, "zone"):
        raise AssertionError(f"the answer is not what the publisher describes: {faults}")
    return zone


def _answered(result: object, info: Json | None = None) -> web.Response:
    answer = {"success": True, "errors": [], "messages": [], "result": result}
    return web.json_response(answer | ({"result_info": info} if info else {}))


def _refused(error: Refused) -> web.Response:
    answer = {"success": False, "errors": [{"code": error.code, "message": str(error)}], "messages": [], "result": None}
    return web.json_response(answer, status=error.status)


def _paged(found: list[Json], query: Mapping[str, str], default: int) -> web.Response:
    page, size = int(query.get("page", 1)), int(query.get("per_page", default))
    shown = found[(page - 1) * size : page * size]
    info = {"page": page, "per_page": size, "count": len(shown), "total_count": len(found)}
    return _answered(shown, info | {"total_pages": -(-len(found) // size)})
