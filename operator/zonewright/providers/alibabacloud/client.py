"""Actions of the API, one request each; their pages; what a refusal means."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from zonewright.model.hostname import printable
from zonewright.providers.alibabacloud.credentials import Source
from zonewright.providers.alibabacloud.signature import Moment, canonical_query, headers
from zonewright.providers.base import Changed, Denied, ProviderError, Rejected, Throttled, Unavailable
from zonewright.providers.http import MESSAGE_LIMIT, failure, retry_after
from zonewright.providers.rest import Answer, Rest
from zonewright.providers.traffic import Bucket

Json = dict[str, Any]

LABEL = "Alibaba Cloud"


@dataclass(frozen=True, slots=True)
class Service:
    """One API of Alibaba Cloud's: its address, the variable for another one, its version, what lists call their size.

    The variables are those of the publisher's Terraform provider.
    """

    address: str
    override: str
    version: str
    total: str


ALIDNS = Service("https://alidns.aliyuncs.com", "ALIDNS_ENDPOINT", "2015-01-09", "TotalCount")
PRIVATE_ZONE = Service("https://pvtz.aliyuncs.com", "PVTZ_ENDPOINT", "2018-01-01", "TotalItems")

RATE, BURST = (
    10.0,
    20.0,
)  # requests per second; ours: limits are per user and action, and are not published in one place
_UNFINISHED = 1.0  # seconds until another try while a domain's last change is not done
_GONE = {
    "DomainRecordNotBelongToUser",
    "DomainRecordDuplicate",
    "IncorrectDomainUser",
    "InvalidDomainName.NoExist",
    "Record.NotExists",
    "Record.Conflict.Duplicate",
    "Zone.NotExists",
}
_DENIED = (  # what codes begin with
    "InvalidAccessKey",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "Forbidden",
    "NoPermission",
    "InvalidSecurityToken",
    "DomainForbidden",
    "SignatureNonceUsed",
    "InvalidTimeStamp",
)


class AlidnsClient:
    """address: URL of the API, for another than the public one"""

    def __init__(
        self,
        source: Source,
        service: Service = ALIDNS,
        *,
        address: str = "",
        timeout: float = 30.0,
        bucket: Bucket | None = None,
    ) -> None:
        found = address or os.environ.get(service.override) or service.address
        base = found if "://" in found else f"https://{found}"
        self._host = urlsplit(base).netloc.rpartition("@")[2]
        self._source = source
        self._service = service
        turns = bucket or Bucket(RATE, BURST)
        self.rest = Rest(LABEL, base, turns, headers=_nothing, refusal=refusal, timeout=timeout)

    async def ask(self, action: str, **parameters: str) -> dict[str, Any]:
        """Raises ProviderError."""
        at = Moment(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), secrets.token_hex(16))
        signed = headers(self._host, action, self._service.version, parameters, await self._source(), at)
        return await self.rest.mapping("POST", f"/?{canonical_query(parameters)}", action, headers=signed)

    async def listed(self, action: str, path: tuple[str, str], size: int, **parameters: str) -> list[dict[str, Any]]:
        """All pages. path: to the list in an answer. Raises Unavailable where it changes while it is read."""
        found: list[dict[str, Any]] = []
        page = 1
        while True:
            answer = await self.ask(action, **parameters, PageNumber=str(page), PageSize=str(size))
            outer = answer.get(path[0])
            some = outer.get(path[1]) if isinstance(outer, dict) else None
            total = answer.get(self._service.total)
            if not isinstance(some, list) or not isinstance(total, int):  # no emptiness that nobody has told
                raise Unavailable(f"{LABEL}'s answer to {action} has no list")
            found += some
            if len(found) == total:
                return found
            if not some or len(found) > total:
                raise Unavailable(f"{LABEL}'s list has changed while it was read")
            page += 1


async def _nothing() -> Mapping[str, str]:
    return {}


def refusal(what: str, answer: Answer) -> ProviderError:
    """By code: most refusals have the status 400."""
    said = answer.value if isinstance(answer.value, Mapping) else {}
    code, message = str(said.get("Code", "")), str(said.get("Message", ""))
    text = f"{LABEL} refused {what} with {printable(code, 80)}"
    told = f"{text}: {printable(message, MESSAGE_LIMIT)}"
    if code.startswith("Throttling") or answer.status == 429:
        return Throttled(LABEL, retry_after(answer.headers))
    if code == "LastOperationNotFinished":
        return Throttled(LABEL, _UNFINISHED)
    if code.startswith(_DENIED):
        return Denied(text if "Signature" in code else told)  # that message repeats the request, with its token
    if code in _GONE:
        return Changed(told)
    if code and 400 <= answer.status < 500:
        return Rejected(told)
    return failure(LABEL, what, answer.status, message, answer.headers)
