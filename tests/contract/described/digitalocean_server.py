"""DigitalOcean's API for domains, held to the publisher's description."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from aiohttp import web

from contract.described.openapi import Description, NotAllowed

Json = dict[str, Any]
_HOSTS = {"CNAME", "MX", "NS", "SRV"}
_IPV4 = re.compile(r"\d+(\.\d+){3}")


class Refused(Exception):
    """An answer that is no success: HTTP status, id and message."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status, self.name = status, name


class DigitalOceanServer:
    """The domains of one token."""

    def __init__(self, token: str, *domains: str) -> None:
        self.url = ""
        self.violations: list[str] = []
        self.token = token
        self.calls: list[str] = []
        self._ids = itertools.count(1000)
        self.domains: dict[str, dict[int, Json]] = {}
        for domain in domains:
            self.domains[domain] = {}
            for server in ("ns1", "ns2"):
                self._store(domain, {"type": "NS", "name": "@", "data": f"{server}.digitalocean.com", "ttl": 1800})

    async def dispatch(self, request: web.Request) -> web.StreamResponse:
        path, body = request.rel_url.raw_path, await request.read()
        self.calls.append(f"{request.method} {path}")
        try:
            if request.headers.get("Authorization") != f"Bearer {self.token}":
                raise Refused(401, "unauthorized", "Unable to authenticate you")
            operation = _description().operation(request.method, path, list(request.query.items()), body)
            return self._operate(operation.id, operation.path, operation.query, operation.body)
        except NotAllowed as error:
            self.violations.append(str(error))
            return web.json_response({"id": "bad_request", "message": str(error)}, status=400)
        except Refused as error:
            return web.json_response({"id": error.name, "message": str(error)}, status=error.status)

    def _operate(self, operation: str, path: Mapping[str, Any], query: Mapping[str, Any], body: Any) -> web.Response:
        if operation == "domains_list":
            found = [{"name": name, "ttl": 1800, "zone_file": ""} for name in self.domains]
            return self._paged("domains", found, query)
        domain = path["domain_name"]
        if domain not in self.domains:
            raise Refused(404, "not_found", "The resource you were accessing could not be found.")
        match operation:
            case "domains_list_records":
                listed = [r for r in self.domains[domain].values() if _fits(r, domain, query)]
                return self._paged("domain_records", listed, query)
            case "domains_create_record":
                return web.json_response({"domain_record": self._store(domain, _checked(body))}, status=201)
            case "domains_update_record":
                record = self._record(domain, path)
                made = self._store(domain, _checked({**record, **body}), int(record["id"]))
                return web.json_response({"domain_record": made})
            case "domains_delete_record":
                del self.domains[domain][self._record(domain, path)["id"]]
                return web.Response(status=204)
        raise Refused(405, "method_not_allowed", f"{operation} is not served here")

    def _record(self, domain: str, path: Mapping[str, Any]) -> Json:
        found = self.domains[domain].get(int(path["domain_record_id"]))
        if found is None:
            raise Refused(404, "not_found", "The resource you requested could not be found.")
        return found

    def _store(self, domain: str, asked: Json, record_id: int | None = None) -> Json:
        """Several records of one name and type are let in, and even twice the same."""
        others = [r for r in self.domains[domain].values() if r["name"] == asked["name"] and r["id"] != record_id]
        if others and (asked["type"] == "CNAME" or any(other["type"] == "CNAME" for other in others)):
            raise Refused(422, "unprocessable_entity", "CNAME records cannot share a name with other records")
        number = record_id or next(self._ids)
        fields = ("priority", "port", "weight", "flags", "tag")
        made = {"id": number, **{field: asked.get(field) for field in fields}}
        data = str(asked["data"]).removesuffix(".") if asked["type"] in _HOSTS else asked["data"]
        made |= {"type": asked["type"], "name": asked["name"], "data": data, "ttl": asked.get("ttl") or 1800}
        self.domains[domain][number] = made
        return made

    def _paged(self, field: str, found: list[Json], query: Mapping[str, Any]) -> web.Response:
        page, size = int(query.get("page", 1)), int(query.get("per_page", 20))
        pages = {"next": f"{self.url}/?page={page + 1}"} if page * size < len(found) else {}
        links = {"pages": pages} if pages else {}
        shown = found[(page - 1) * size : page * size]
        return web.json_response({field: shown, "links": links, "meta": {"total": len(found)}})


def _fits(record: Json, domain: str, query: Mapping[str, Any]) -> bool:
    name = domain if record["name"] == "@" else f"{record['name']}.{domain}"
    return query.get("name") in (None, name) and query.get("type") in (None, record["type"])


def _checked(record: Json) -> Json:
    if record["type"] in _HOSTS and record["data"] != "@" and not record["data"].endswith("."):
        raise Refused(422, "unprocessable_entity", "Data needs to end with a dot (.)")
    if record["type"] == "A" and not _IPV4.fullmatch(record["data"]):
        raise Refused(422, "unprocessable_entity", "IP address did not match IPv4 format (e.g. 127.0.0.1).")
    if (record.get("ttl") or 1800) < 30:
        raise Refused(422, "unprocessable_entity", "TTL needs to be at least 30.")
    return record


@cache
def _description() -> Description:
    return Description.read("digitalocean/openapi-domains.yaml")
