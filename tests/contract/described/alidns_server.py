"""Alibaba Cloud DNS, held to the publisher's description; it verifies each signature."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from aiohttp import web

from contract.described.alidns import actions
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


class AlidnsServer:
    """The domains of one account. token: of temporary keys; least_ttl: by its edition; calls: actions, as asked for"""

    def __init__(self, key_id: str, secret: str, *domains: str, token: str = "", least_ttl: int = 1) -> None:
        self.url = ""
        self.violations: list[str] = []
        self.calls: list[str] = []
        self.key_id, self.secret, self.token, self.least_ttl = key_id, secret, token, least_ttl
        self.domains: dict[str, dict[str, Json]] = {domain: {} for domain in domains}
        self._ids = itertools.count(9_000_000)
        self._nonces: set[str] = set()

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        action = request.headers.get("x-acs-action", "")
        self.calls.append(action)
        try:
            self._verify(request, body)
            asked = actions().request(action, request.method, request.path, dict(request.query), body)
            answer = {"RequestId": "536E9CAD", **self._operate(action, asked)}
            return web.json_response(actions().response(action, answer))
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
        if given["x-acs-version"] != actions().version:
            raise Refused("InvalidVersion")

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


def _paged(outer: str, inner: str, found: list[Json], asked: Mapping[str, Any], most: int) -> Json:
    page, size = asked.get("PageNumber", 1), asked.get("PageSize", 20)
    if not 1 <= size <= most:
        raise NotAllowed(f"PageSize {size} is more than {most}")
    shown = found[(page - 1) * size : page * size]
    return {outer: {inner: shown}, "PageNumber": page, "PageSize": size, "TotalCount": len(found)}
