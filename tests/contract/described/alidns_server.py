"""Alibaba Cloud's public domains and private zones, held to the publisher's descriptions; signatures are verified."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from aiohttp import web

from contract.described.alidns import Actions, alidns, private_zone
from contract.described.openapi import NotAllowed

Json = dict[str, Any]
_IPV4 = re.compile(r"\d+(\.\d+){3}")
_AUTHORIZATION = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})")
_MUST_BE_SIGNED = {
    "host",
    "x-acs-action",
    "x-acs-version",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-content-sha256",
}


class Refused(Exception):
    """An answer that is no success: HTTP status and code."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.status = code, status


class SignedServer:
    """One API of one account. token: of temporary keys; calls: actions, as asked for; zones: records by id, by zone"""

    def __init__(self, actions: Actions, key_id: str, secret: str, zones: Iterable[str], token: str = "") -> None:
        self.url = ""
        self.violations: list[str] = []
        self.calls: list[str] = []
        self.key_id, self.secret, self.token = key_id, secret, token
        self.domains: dict[str, dict[str, Json]] = {zone: {} for zone in zones}
        self._actions = actions
        self._ids = itertools.count(9_000_000)
        self._nonces: set[str] = set()

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        action = request.headers.get("x-acs-action", "")
        self.calls.append(action)
        try:
            self._verify(request, body)
            asked = self._actions.request(action, request.method, request.path, dict(request.query), body)
            answer = {"RequestId": "536E9CAD", **self._operate(action, asked)}
            return web.json_response(self._actions.response(action, answer))
        except NotAllowed as error:
            self.violations.append(str(error))
            return web.json_response({"Code": "InvalidParameter", "Message": str(error)}, status=400)
        except Refused as error:
            said = {"RequestId": "0", "HostId": "alidns.aliyuncs.com", "Code": error.code, "Message": "It is refused."}
            return web.json_response(said, status=error.status)

    def _verify(self, request: web.Request, body: bytes) -> None:
        """By the documentation of the signature, written apart from the code that is tested."""
        given = request.headers
        match = _AUTHORIZATION.fullmatch(given.get("Authorization", ""))
        if match is None:
            raise Refused("IncompleteSignature")
        key_id, names, signature = match.groups()
        if key_id != self.key_id:
            raise Refused("InvalidAccessKeyId.NotFound", 404)
        if not set(names.split(";")) >= _MUST_BE_SIGNED | ({"x-acs-security-token"} if self.token else set()):
            raise Refused("IncompleteSignature")
        at = datetime.strptime(given["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if abs(datetime.now(UTC) - at) > timedelta(minutes=15):
            raise Refused("InvalidTimeStamp.Expired")
        nonce = given["x-acs-signature-nonce"]
        if nonce in self._nonces:
            raise Refused("SignatureNonceUsed")
        self._nonces.add(nonce)
        digest = hashlib.sha256(body).hexdigest()
        pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in request.query.items())
        query = "&".join(f"{name}={value}" for name, value in pairs)
        lines = "".join(f"{name}:{given[name].strip()}\n" for name in names.split(";"))
        whole = f"{request.method}\n{request.path}\n{query}\n{lines}\n{names}\n{digest}"
        text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(whole.encode()).hexdigest()}"
        right = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        if signature != right or given["x-acs-content-sha256"] != digest:
            raise Refused("SignatureDoesNotMatch")
        if given.get("x-acs-security-token", "") != self.token:
            raise Refused("InvalidSecurityToken.Malformed")
        if given["x-acs-version"] != self._actions.version:
            raise Refused("InvalidVersion")

    def _operate(self, action: str, asked: Json) -> Json:
        raise NotImplementedError


class AlidnsServer(SignedServer):
    """Public domains. least_ttl: by the edition"""

    def __init__(self, key_id: str, secret: str, *domains: str, token: str = "", least_ttl: int = 1) -> None:
        super().__init__(alidns(), key_id, secret, domains, token)
        self.least_ttl = least_ttl

    def _operate(self, action: str, asked: Json) -> Json:
        match action:
            case "DescribeDomains":
                found = [{"DomainName": name, "PunyCode": name, "DomainId": name[::-1]} for name in self.domains]
                return _paged("Domains", "Domain", found, asked, 100)
            case "DescribeDomainInfo":
                self._domain(asked)
                return {"DomainName": asked["DomainName"], "MinTtl": self.least_ttl}
            case "DescribeDomainRecords":
                return _paged("DomainRecords", "Record", list(self._domain(asked).values()), asked, 500)
            case "DescribeSubDomainRecords":
                label = asked["SubDomain"].removesuffix(f".{asked['DomainName']}")
                found = [record for record in self._domain(asked).values() if record["RR"] == label]
                return _paged("DomainRecords", "Record", found, asked, 100)
            case "AddDomainRecord":
                record_id = str(next(self._ids))
                self._store(asked["DomainName"], self._domain(asked), record_id, asked)
                return {"RecordId": record_id}
            case "UpdateDomainRecord":
                domain, record = self._record(asked)
                self._store(domain, self.domains[domain], record["RecordId"], asked)
                return {"RecordId": record["RecordId"]}
            case "DeleteDomainRecord":
                domain, record = self._record(asked)
                del self.domains[domain][record["RecordId"]]
                return {"RecordId": record["RecordId"]}
        raise Refused("UnsupportedOperation")

    def _domain(self, asked: Json) -> dict[str, Json]:
        if asked["DomainName"] not in self.domains:
            raise Refused("IncorrectDomainUser")
        return self.domains[asked["DomainName"]]

    def _record(self, asked: Json) -> tuple[str, Json]:
        for domain, records in self.domains.items():
            if (record := records.get(asked["RecordId"])) is not None:
                if record["Locked"]:
                    raise Refused("DomainRecordLocked")
                return domain, record
        raise Refused("DomainRecordNotBelongToUser")

    def _store(self, domain: str, records: dict[str, Json], record_id: str, asked: Json) -> None:
        made: Json = {"RecordId": record_id, "DomainName": domain, "Status": "ENABLE", "Locked": False, "Weight": 1}
        made |= {name: asked[name] for name in ("RR", "Type", "Value")}
        made |= {"TTL": asked.get("TTL", 600), "Line": asked.get("Line", "default")}
        if made["Type"] == "MX":
            if asked.get("Priority") not in range(1, 51):
                raise Refused("InvalidParameter.Priority")
            made["Priority"] = asked["Priority"]
        if made["Type"] == "A" and not _IPV4.fullmatch(made["Value"]):
            raise Refused("InvalidParameter.Value")
        if not self.least_ttl <= made["TTL"] <= 86400:
            raise Refused("InvalidTTL")
        for other in (one for one in records.values() if (one["RR"], one["Line"]) == (made["RR"], made["Line"])):
            same = (other["Type"], other["Value"], other.get("Priority")) == (
                made["Type"], made["Value"], made.get("Priority")
            )  # fmt: skip
            if same and (other["RecordId"] != record_id or other["TTL"] == made["TTL"]):
                raise Refused("DomainRecordDuplicate")
            if other["RecordId"] != record_id and "CNAME" in (other["Type"], made["Type"]):
                raise Refused("DomainRecordConflict")
        records[record_id] = made


class PrivateZoneServer(SignedServer):
    """Private zones. vpcs: those that a zone is bound to, by its name; ids of zones are their names backwards"""

    def __init__(self, key_id: str, secret: str, *zones: str) -> None:
        super().__init__(private_zone(), key_id, secret, zones)
        self.vpcs: dict[str, set[str]] = {}

    def _operate(self, action: str, asked: Json) -> Json:
        match action:
            case "DescribeZones":
                vpc = asked.get("QueryVpcId")
                names = [name for name in self.domains if vpc is None or vpc in self.vpcs.get(name, ())]
                return _sized("Zones", "Zone", [{"ZoneId": name[::-1], "ZoneName": name} for name in names], asked)
            case "DescribeZoneRecords":
                found = [r for r in self._zone(asked).values() if asked.get("Keyword") in (None, r["Rr"])]
                if "Keyword" in asked and asked.get("SearchMode", "EXACT") != "EXACT":
                    raise NotAllowed("only an exact search is served here")
                return _sized("Records", "Record", found, asked)
            case "AddZoneRecord":
                return {"RecordId": self._stored(self._zone(asked), next(self._ids), asked), "Success": True}
            case "UpdateZoneRecord":
                return {"RecordId": self._stored(self._holding(asked), asked["RecordId"], asked)}
            case "DeleteZoneRecord":
                del self._holding(asked)[str(asked["RecordId"])]
                return {"RecordId": asked["RecordId"]}
        raise Refused("UnsupportedOperation")

    def _zone(self, asked: Json) -> dict[str, Json]:
        if asked["ZoneId"][::-1] not in self.domains:
            raise Refused("Zone.NotExists")
        return self.domains[asked["ZoneId"][::-1]]

    def _holding(self, asked: Json) -> dict[str, Json]:
        for records in self.domains.values():
            if str(asked["RecordId"]) in records:
                return records
        raise Refused("Record.NotExists")

    def _stored(self, records: dict[str, Json], record_id: int, asked: Json) -> int:
        made: Json = {"RecordId": record_id, "Status": "ENABLE", "Line": "default", "Ttl": asked.get("Ttl", 60)}
        made |= {name: asked[name] for name in ("Rr", "Type", "Value", "Priority") if name in asked}
        if made["Type"] == "MX" and made.get("Priority") not in range(1, 100):
            raise Refused("Record.Invalid.Priority")
        if made["Type"] == "A" and not _IPV4.fullmatch(made["Value"]):
            raise Refused("Record.Invalid.Value")
        if made["Ttl"] not in (5, 30, 60, 3600, 43200, 86400) or len(made["Value"]) > 255:
            raise Refused("Record.Invalid")
        for other in (one for one in records.values() if one["Rr"] == made["Rr"] and one["RecordId"] != record_id):
            if (other["Type"], other["Value"]) == (made["Type"], made["Value"]):
                raise Refused("Record.Conflict.Duplicate")
            if "CNAME" in (other["Type"], made["Type"]):
                raise Refused("Record.Conflict")
        records[str(record_id)] = made
        return record_id


def _sized(outer: str, inner: str, found: list[Json], asked: Mapping[str, Any]) -> Json:
    paged = _paged(outer, inner, found, asked, 100)
    return {name: value for name, value in paged.items() if name != "TotalCount"} | {"TotalItems": len(found)}


def _paged(outer: str, inner: str, found: list[Json], asked: Mapping[str, Any], most: int) -> Json:
    page, size = asked.get("PageNumber", 1), asked.get("PageSize", 20)
    if not 1 <= size <= most:
        raise NotAllowed(f"PageSize {size} is more than {most}")
    shown = found[(page - 1) * size : page * size]
    return {outer: {inner: shown}, "PageNumber": page, "PageSize": size, "TotalCount": len(found)}
