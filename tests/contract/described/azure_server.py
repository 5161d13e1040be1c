"""Azure's resource manager for DNS zones, public or private, held to the publisher's descriptions."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from aiohttp import web

from contract.described.openapi import Description, NotAllowed

Json = dict[str, Any]
SUBSCRIPTION, GROUP = "00000000-0000-0000-0000-000000000001", "my-group"
_IPV4 = re.compile(r"\d+(\.\d+){3}")
_MOST_RECORDS = 20  # of a record set


class Refused(Exception):
    """An answer that is no success: HTTP status, code and message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class AzureServer:
    """One resource group. page: entries of a list in one answer; token: the one that is let in."""

    def __init__(self, token: str, *zones: str, private: bool = False, page: int = 100) -> None:
        self.url = ""
        self.violations: list[str] = []
        self.token = token
        self.private = private
        self.page = page
        self.calls: list[str] = []
        self._etags = itertools.count(1)
        self.zones: dict[str, dict[tuple[str, str], Json]] = {}
        for zone in zones:
            self.zones[zone] = {}
            soa = {"host": "ns1.azure-dns.com.", "email": "x", "serialNumber": 1}
            key = "soaRecord" if private else "SOARecord"
            self._store(zone, "SOA", "@", {"TTL": 3600, key: soa})

    @property
    def kind(self) -> str:
        return "privateDnsZones" if self.private else "dnszones"

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        path, body = request.rel_url.raw_path, await request.read()
        self.calls.append(f"{request.method} {path.rpartition('/Microsoft.Network/')[2]}")
        try:
            if request.headers.get("Authorization") != f"Bearer {self.token}":
                raise Refused(401, "InvalidAuthenticationToken", "The access token is invalid.")
            query = [(name, value) for name, value in request.query.items() if name != "$skiptoken"]
            operation = _description(self.private).operation(request.method, path, query, body)
            return self._operate(request, operation.id, operation.path, operation.body)
        except NotAllowed as error:
            self.violations.append(str(error))
            return _refused(Refused(400, "BadRequest", str(error)))
        except Refused as error:
            return _refused(error)

    def _operate(self, request: web.Request, operation: str, path: Mapping[str, Any], body: Any) -> web.Response:
        if (path["subscriptionId"], path["resourceGroupName"]) != (SUBSCRIPTION, GROUP):
            raise Refused(404, "ResourceGroupNotFound", "Resource group could not be found.")
        if operation in ("Zones_ListByResourceGroup", "PrivateZones_ListByResourceGroup"):
            return self._paged(request, [self._zone(name) for name in self.zones])
        zone = str(path.get("zoneName") or path.get("privateZoneName"))
        if zone not in self.zones:
            raise Refused(404, "ParentResourceNotFound", f"Can not perform requested operation: {zone} not found.")
        if operation in ("RecordSets_ListByDnsZone", "RecordSets_List"):
            return self._paged(request, list(self.zones[zone].values()))
        rtype, label = str(path["recordType"]), str(path["relativeRecordSetName"])
        standing = self.zones[zone].get((label, rtype))
        _check_condition(request.headers, standing)
        if operation == "RecordSets_CreateOrUpdate":
            _check(rtype, body["properties"], self.private)
            self._check_neighbours(zone, rtype, label)
            made = self._store(zone, rtype, label, body["properties"])
            return web.json_response(made, status=200 if standing else 201)
        if operation == "RecordSets_Delete":
            self.zones[zone].pop((label, rtype), None)
            return web.Response(status=200 if standing else 204)
        raise Refused(501, "NotImplemented", f"{operation} is not served here")

    def _store(self, zone: str, rtype: str, label: str, properties: Json) -> Json:
        place = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Network/{self.kind}/{zone}"
        made = {
            "id": f"{place}/{rtype}/{label}",
            "etag": f"etag-{next(self._etags)}",
            "name": label,
            "type": f"Microsoft.Network/{self.kind}/{rtype}",
            "properties": {"fqdn": f"{zone}.", "provisioningState": "Succeeded", **properties},
        }
        self.zones[zone][label, rtype] = made
        return made

    def _zone(self, name: str) -> Json:
        place = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Network/{self.kind}/{name}"
        return {"id": place, "name": name, "type": f"Microsoft.Network/{self.kind}", "location": "global", "etag": "1"}

    def _check_neighbours(self, zone: str, rtype: str, label: str) -> None:
        types = {t for name, t in self.zones[zone] if name == label} - {rtype}
        if types and (rtype == "CNAME" or "CNAME" in types):
            raise Refused(400, "BadRequest", f"The record could not be created because a CNAME conflicts: {label}")

    def _paged(self, request: web.Request, found: list[Json]) -> web.Response:
        start = int(request.query.get("$skiptoken", "0"))
        answer: Json = {"value": found[start : start + self.page]}
        if start + self.page < len(found):
            version = request.query["api-version"]
            link = f"{self.url}{request.rel_url.raw_path}?api-version={version}&$skiptoken={start + self.page}"
            answer["nextLink"] = link
        return web.json_response(answer)


def _check_condition(headers: Mapping[str, str], standing: Json | None) -> None:
    wanted, absent = headers.get("If-Match"), headers.get("If-None-Match")
    if wanted and (standing is None or standing["etag"] != wanted):
        raise Refused(412, "PreconditionFailed", "The condition 'If-Match' in the request header is not satisfied.")
    if absent == "*" and standing is not None:
        raise Refused(412, "PreconditionFailed", "The Record set exists already and hence cannot be created again.")


def _check(rtype: str, properties: Json, private: bool) -> None:
    given = {key.lower(): value for key, value in properties.items()}
    values = next((v for k, v in given.items() if k.endswith(("records", "record"))), None)
    listed: list[Any] = values if isinstance(values, list) else [values]
    if not values or not 1 <= int(given["ttl"]) <= 2**31 - 1:
        raise Refused(400, "BadRequest", "The record set has no records, or its TTL is invalid.")
    if len(listed) > _MOST_RECORDS:
        raise Refused(400, "BadRequest", f"A record set has at most {_MOST_RECORDS} records.")
    if rtype == "A" and any(not _IPV4.fullmatch(value["ipv4Address"]) for value in listed):
        raise Refused(400, "BadRequest", "The value is not a valid IPv4 address.")
    if rtype == "TXT" and any(len(piece.encode()) > 255 for value in listed for piece in value["value"]):
        raise Refused(400, "BadRequest", "A string of a TXT record has more than 255 characters.")
    if private and "metadata" in given and not isinstance(given["metadata"], dict):
        raise Refused(400, "BadRequest", "metadata")


@cache
def _description(private: bool) -> Description:
    file = "privatedns-2018-09-01" if private else "dns-2018-05-01"
    return Description.read(f"azure/{file}.openapi3.json", amended=_strict)


def _strict(document: Json) -> None:
    """What a record set does not list it does not have: a key in the other dialect's case would be ignored."""
    document["components"]["schemas"]["RecordSetProperties"]["additionalProperties"] = False


def _refused(error: Refused) -> web.Response:
    return web.json_response({"error": {"code": error.code, "message": str(error)}}, status=error.status)
