"""What Cloudflare keeps beside records: custom hostnames and regional hostnames, held to the types of its own SDK."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote

from aiohttp import web
from cloudflare.types.addressing import RegionalHostnameCreateParams, RegionalHostnameEditParams
from cloudflare.types.custom_hostnames import CustomHostnameCreateParams
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from contract.described.openapi import NotAllowed

Json = dict[str, Any]
_PATH = re.compile(r"/zones/([0-9a-f]+)/(custom_hostnames|addressing/regional_hostnames)(?:/([^/]+))?$")
REGIONS = {"eu", "us", "earth"}
_MOST = 50  # custom hostnames in a page
_BODIES: Mapping[tuple[str, str], Any] = {
    ("POST", "custom_hostnames"): CustomHostnameCreateParams,
    ("POST", "addressing/regional_hostnames"): RegionalHostnameCreateParams,
    ("PATCH", "addressing/regional_hostnames"): RegionalHostnameEditParams,
}
_ALONE = {("GET", False), ("DELETE", True)}  # without a body; whether the path names one of the list


class Refused(Exception):
    """An answer that is no success: HTTP status, code and message."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Asked:
    """which: the path of the list; one: of its members, "" for the list"""

    method: str
    zone_id: str
    which: str
    one: str
    body: Json
    query: Mapping[str, str]


def asked(request: web.Request, path: str, body: bytes) -> Asked | None:
    """None for another path. Raises NotAllowed."""
    if (found := _PATH.match(path)) is None:
        return None
    zone_id, which, one = found.groups(default="")
    given = json.loads(body) if body else {}
    if (request.method, which) in _BODIES:
        try:
            _strict(request.method, which).validate_python({"zone_id": zone_id, **given})
        except ValidationError as e:
            raise NotAllowed(f"{request.method} {which}: {e}") from e
    elif (request.method, bool(one)) not in _ALONE or given:
        raise NotAllowed(f"{request.method} {path} is not known")
    if unknown := set(request.query) - ({"page", "per_page"} if which == "custom_hostnames" else set()):
        raise NotAllowed(f"{which}: query {sorted(unknown)} is not known")
    if not 5 <= int(request.query.get("per_page", 20)) <= _MOST:
        raise NotAllowed(f"{which}: per_page is {request.query['per_page']}")
    return Asked(request.method, zone_id, which, unquote(one), given, request.query)


@cache
def _strict(method: str, which: str) -> TypeAdapter[Any]:
    """The SDK's type, with nothing in it or in its parts that it does not know."""
    kind = _BODIES[method, which]
    return TypeAdapter(with_config(ConfigDict(extra="forbid", strict=True))(kind))


@dataclass
class BesideZone:
    """custom: by id; regions: by name; entitled: whether the plan has both"""

    custom: dict[str, Json] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    entitled: bool = True
    _ids: Any = field(default_factory=lambda: itertools.count(0xC0))

    def answer(self, asked: Asked, origins: set[str]) -> Json:
        """The body of an answer. origins: names with records that may be led to. Raises Refused."""
        if not self.entitled:
            raise Refused(403, 1404, "You do not have the permission to use this feature.")
        if asked.which == "custom_hostnames":
            return self._custom(asked, origins)
        return self._regional(asked)

    def _custom(self, asked: Asked, origins: set[str]) -> Json:
        if asked.method == "GET":
            page, size = int(asked.query.get("page", 1)), int(asked.query.get("per_page", 20))
            listed = list(self.custom.values())
            shown = listed[(page - 1) * size : page * size]
            info = {"page": page, "per_page": size, "count": len(shown), "total_count": len(listed)}
            return _enveloped(shown) | {"result_info": info | {"total_pages": -(-len(listed) // size)}}
        if asked.method == "DELETE":
            if self.custom.pop(asked.one, None) is None:
                raise Refused(404, 1436, "The custom hostname was not found.")
            return {"id": asked.one}
        hostname, origin = asked.body["hostname"], asked.body.get("custom_origin_server", "")
        if any(one["hostname"] == hostname for one in self.custom.values()):
            raise Refused(409, 1406, "Duplicate custom hostname found.")
        if origin not in origins:
            raise Refused(400, 1434, "The custom origin server is not a record of this zone.")
        made = f"{next(self._ids):032x}"
        self.custom[made] = {**asked.body, "id": made, "status": "pending"}
        return _enveloped(self.custom[made])

    def _regional(self, asked: Asked) -> Json:
        if asked.method == "GET":
            return _enveloped([_regional(name, key) for name, key in self.regions.items()])
        if asked.method == "DELETE":
            if self.regions.pop(asked.one, None) is None:
                raise Refused(404, 1003, "The regional hostname was not found.")
            return _enveloped(None)
        name, key = asked.one or asked.body["hostname"], asked.body["region_key"]
        if key not in REGIONS:
            raise Refused(400, 1002, f"The region {key} is not known.")
        if (asked.method == "POST") == (name in self.regions):
            raise Refused(*((409, 1001, "It exists already.") if asked.method == "POST" else (404, 1003, "Not found.")))
        self.regions[name] = key
        return _enveloped(_regional(name, key))


def _regional(name: str, key: str) -> Json:
    return {"hostname": name, "region_key": key, "created_on": "2026-01-01T00:00:00Z", "routing": "dns"}


def _enveloped(result: object) -> Json:
    return {"success": True, "errors": [], "messages": [], "result": result}
