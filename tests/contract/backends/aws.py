"""moto's server for Route 53, and before it what Route 53 checks and moto does not."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from xml.etree import ElementTree

import botocore.exceptions
import pytest
from aiobotocore.session import get_session
from aiohttp import web

from contract.backends.httpfaults import HttpFaults, Throttled, faulty
from contract.backends.others import put, take_away
from localcluster import dynamodb
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.providers.aws.client import Route53Client
from zonewright.providers.aws.provider import Options, Route53
from zonewright.providers.awsclients import Access
from zonewright.providers.base import Provider
from zonewright.providers.traffic import Bucket

NAMESPACE = "{https://route53.amazonaws.com/doc/2013-04-01/}"
MOST_VALUES, MOST_OCTETS = 1000, 32_000
_CHANGES = re.compile(r"/2013-04-01/hostedzone/([^/]+)/rrset/?")
_ERROR = (
    '<?xml version="1.0"?><ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error>'
    "<Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
)
_KEY = re.compile(r"Credential=([^/,]+)/")


def error(code: str, message: str, status: int = 400) -> web.Response:
    """As Route 53 says it."""
    return web.Response(status=status, text=_ERROR.format(code=code, message=message), content_type="text/xml")


def throttled(retry_after: int | None) -> web.Response:
    """Route 53 has no Retry-After, and HTTP 400."""
    return error("Throttling", "Rate exceeded")


class Strict(HttpFaults):
    """Checks credentials, the limits of a batch, and that its entries fit what stands, by a list of moto's own."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.changes: list[Counter[str]] = []  # of each batch: how many entries of each action

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        given = _KEY.search(request.headers.get("Authorization", ""))
        if given is None or given[1] != KEY:
            self.requests += 1
            return error("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
        if (match := _CHANGES.fullmatch(request.path)) and request.method == "POST" and not self._spoiled:
            refused = await self._refusal(match[1], ElementTree.fromstring(await request.read()))
            if refused is not None:
                self.requests += 1
                return refused
        return await super().dispatch(request)

    async def _forward(self, request: web.Request, body: bytes) -> web.Response:
        """moto refuses to create again what was created before and deleted since; what may be created is known here."""
        if 2 * body.count(b"<Value>") <= MOST_VALUES:  # an UPSERT counts twice
            body = body.replace(b"<Action>CREATE<", b"<Action>UPSERT<")
        return await super()._forward(request, body)

    async def _refusal(self, zone_id: str, batch: ElementTree.Element) -> web.Response | None:
        entries = [_entry(change) for change in batch.iter(f"{NAMESPACE}Change")]
        self.changes.append(Counter(action for action, _, _ in entries))
        values = sum(len(values) * (2 if action == "UPSERT" else 1) for action, _, (values, _) in entries)
        octets = sum(len("".join(values)) * (2 if action == "UPSERT" else 1) for action, _, (values, _) in entries)
        if values > MOST_VALUES or octets > MOST_OCTETS:
            return error(
                "InvalidChangeBatch", f"Number of records limit exceeded: {values} values, {octets} characters"
            )
        async with client(self._server) as aws:
            try:
                listed = await _all(aws, zone_id)
            except botocore.exceptions.ClientError:
                return None  # moto will say what is wrong
        standing = {_key(one): _data(one) for one in listed}
        for action, key, data in sorted(entries, key=lambda entry: entry[0] != "DELETE"):
            name, rtype, _ = key
            what = f"[name='{name}', type='{rtype}']"
            if action == "DELETE" and key not in standing:
                return error("InvalidChangeBatch", f"[Tried to delete resource record set {what} but it was not found]")
            if action == "DELETE" and standing.pop(key) != data:
                why = "but the values provided do not match the current values"
                return error("InvalidChangeBatch", f"[Tried to delete resource record set {what} {why}]")
            if action == "CREATE" and key in standing:
                return error(
                    "InvalidChangeBatch", f"[Tried to create resource record set {what} but it already exists]"
                )
            if action != "DELETE":
                if (wrong := _wrong(rtype, data)) is not None:
                    return error("InvalidChangeBatch", f"[Invalid Resource Record: {wrong} of {what}]")
                standing[key] = data
        for name, rtype, _ in standing:
            if rtype == "CNAME" and any(n == name and t != "CNAME" for n, t, _ in standing):
                why = "RRSet of type CNAME is not permitted as it conflicts with other records with the same DNS name"
                return error("InvalidChangeBatch", f"[{why} {name}]")
        return None


Entry = tuple[str, tuple[str, str, str], tuple[tuple[str, ...], str]]


def _entry(change: ElementTree.Element) -> Entry:
    found = change.find(f"{NAMESPACE}ResourceRecordSet")
    assert found is not None
    texts = {child.tag.removeprefix(NAMESPACE): (child.text or "") for child in found}
    values = tuple(sorted(value.text or "" for value in found.iter(f"{NAMESPACE}Value")))
    alias = found.find(f"{NAMESPACE}AliasTarget")
    target = (alias.findtext(f"{NAMESPACE}DNSName") or "") if alias is not None else texts.get("TTL", "")
    action = change.findtext(f"{NAMESPACE}Action") or ""
    return action, (texts["Name"], texts["Type"], texts.get("SetIdentifier", "")), (values, target)


def _key(listed: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(listed["Name"]).replace("\\052", "*"), listed["Type"], listed.get("SetIdentifier") or ""


def _data(listed: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
    values = tuple(sorted(record["Value"] for record in listed.get("ResourceRecords") or ()))
    alias = listed.get("AliasTarget")
    return values, alias["DNSName"] if alias else str(listed.get("TTL", ""))


def _wrong(rtype: str, data: tuple[tuple[str, ...], str]) -> str | None:
    """What Route 53 refuses of values and moto does not."""
    values, _ = data
    if rtype == "A" and any(not re.fullmatch(r"\d+(\.\d+){3}", value) for value in values):
        return "ARRDATAIllegalIPv4Address"
    if rtype == "TXT" and any(not re.fullmatch(r'("([^"\\]|\\.)*" ?)+', value) for value in values):
        return "InvalidCharacterString (Value should be enclosed in quotation marks)"
    if rtype == "TXT" and any(len(piece) > 255 for value in values for piece in re.findall(r'"([^"]*)"', value)):
        return "CharacterStringTooLong"
    return None


KEY = dynamodb.environment("")["AWS_ACCESS_KEY_ID"]


@asynccontextmanager
async def client(url: str) -> AsyncIterator[Any]:
    session = get_session()  # type: ignore[no-untyped-call]
    secret = dynamodb.environment(url)["AWS_SECRET_ACCESS_KEY"]
    async with session.create_client(
        "route53", endpoint_url=url, region_name="us-east-1", aws_access_key_id=KEY, aws_secret_access_key=secret
    ) as made:
        yield made


async def _all(aws: Any, zone_id: str) -> list[dict[str, Any]]:
    pages = aws.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone_id)
    return [one async for page in pages for one in page["ResourceRecordSets"]]


class Route53Backend:
    """Implements `Backend`."""

    answers_wildcards = False

    def __init__(self, url: str, zone_id: str, faults: Strict, domain: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.faults = faults
        self.url = url
        self.zone_id = zone_id
        self._domain = domain
        self._monkeypatch = monkeypatch
        self._environment = dynamodb.environment(faults.url)
        self.secret = self._environment["AWS_SECRET_ACCESS_KEY"]

    def provider(self, *, wrong_secret: bool = False, patience: float = 30.0) -> Provider:
        given = self._environment | ({"AWS_ACCESS_KEY_ID": "AKIDWRONG"} if wrong_secret else {})
        return self._provider(given, patience)

    def _provider(self, environment: Mapping[str, str], patience: float) -> Route53:
        """The environment is that of the process: it is read when the first request is made."""
        for name, value in environment.items():
            self._monkeypatch.setenv(name, value)
        many = Bucket(10_000, 10_000)  # the server here has no limit
        options = Options(DomainFilter.of([self._domain]), pause=0.0)
        return Route53([Route53Client(Access(), timeout=patience, bucket=many)], options)

    async def write(self, endpoint: Endpoint) -> None:
        await self._by_somebody(put, endpoint)

    async def remove(self, endpoint: Endpoint) -> None:
        await self._by_somebody(take_away, endpoint)

    async def _by_somebody(self, what: Any, endpoint: Endpoint) -> None:
        spoiled, self.faults._spoiled = self.faults._spoiled, []
        counts = self.faults.requests, self.faults.writes
        somebody = self._provider(self._environment, 30.0)
        await what(somebody, endpoint)
        await somebody.close()
        self.faults._spoiled = spoiled
        self.faults.requests, self.faults.writes = counts

    async def vanish(self) -> None:
        async with client(self.url) as aws:
            await aws.delete_hosted_zone(Id=self.zone_id)

    def refused(self) -> Endpoint | None:
        return Endpoint.found(f"bad.{self._domain}", "A", ["no-address"])

    async def answer(self, name: str, rtype: str) -> set[str] | None:
        return None


def _is_write(request: web.Request, body: bytes) -> bool:
    return request.method == "POST" and _CHANGES.fullmatch(request.path) is not None


@asynccontextmanager
async def make(domain: str, request: pytest.FixtureRequest) -> AsyncIterator[Route53Backend]:
    url: str = request.getfixturevalue("moto")
    monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    async with client(url) as aws:
        made = await aws.create_hosted_zone(Name=domain, CallerReference=secrets.token_hex(8))
    zone_id = made["HostedZone"]["Id"].rpartition("/")[2]
    async with strict(url) as faults:
        yield Route53Backend(url, zone_id, faults, domain, monkeypatch)
    async with client(url) as aws:
        with contextlib.suppress(botocore.exceptions.ClientError):  # it may have vanished
            await aws.delete_hosted_zone(Id=zone_id)


@asynccontextmanager
async def strict(url: str) -> AsyncIterator[Strict]:
    async with faulty(url, _is_write, throttled, Strict) as faults:
        assert isinstance(faults, Strict)
        yield faults


__all__ = ["Route53Backend", "Strict", "Throttled", "client", "make", "strict"]
