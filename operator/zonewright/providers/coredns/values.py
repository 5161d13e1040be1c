"""The JSON under a key: a host, a text or both; and what CoreDNS makes of it.

Fields by CoreDNS's plugin/etcd/msg/service.go. Those that we do not use (port, priority, mail, ExternalDNS's owner …)
are kept when a value is written again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Self

import orjson

from zonewright.model.endpoint import Endpoint, RecordType, compared_target, type_of
from zonewright.model.hostname import is_under

GROUP = "coredns/group"
_REVERSE = ("in-addr.arpa", "ip6.arpa")
_MAX_UINT32 = 2**32 - 1
_DEFAULT_TTL = 300  # what CoreDNS answers where a value has none


@dataclass(frozen=True, slots=True)
class Value:
    """host and text: "" is none; ttl: seconds, None is none; strip: how many labels of its key are made up."""

    host: str = ""
    text: str = ""
    ttl: int | None = None
    strip: int = 0
    group: str = ""
    rest: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def parse(cls, data: bytes) -> Self | None:
        """None for what CoreDNS cannot read either: it then fails for this name and all above it."""
        try:
            fields = orjson.loads(data)
        except orjson.JSONDecodeError:
            return None
        if not isinstance(fields, dict):
            return None
        known = {name.lower(): value for name, value in fields.items()}  # Go does not mind the case of names
        host, text, group = (known.get(name) or "" for name in ("host", "text", "group"))
        ttl, strip = (known.get(name) or 0 for name in ("ttl", "targetstrip"))
        if not all(isinstance(part, str) for part in (host, text, group)):
            return None
        if not all(type(part) is int for part in (ttl, strip)) or not 0 <= ttl <= _MAX_UINT32:
            return None
        rest = tuple((name, value) for name, value in fields.items() if name.lower() not in _FIELDS)
        return cls(host, text, ttl or None, max(strip, 0), group, rest)

    def dump(self) -> str:
        """As ExternalDNS writes it: in the order of its fields, without those that say nothing."""
        ours = {name: value for name, value in zip(_FIELDS, self._fields(), strict=True) if value}
        return json.dumps(ours | dict(self.rest), separators=(",", ":"), ensure_ascii=False)

    def _fields(self) -> tuple[str | int | None, ...]:
        return self.host, self.text, self.ttl, self.strip, self.group

    def parts(self, name: str) -> Iterator[tuple[str, str]]:
        """The (type, target) pairs that it stands for at a name."""
        if self.host:
            yield _host(self.host, name)
        if self.text:
            yield RecordType.TXT, self.text

    def without(self, rtype: str) -> Value | None:
        """The same without its text, or without its host; None when nothing is left."""
        left = replace(self, text="") if rtype == RecordType.TXT else replace(self, host="")
        return left if left.host or left.text else None

    @classmethod
    def of(cls, endpoint: Endpoint, target: str) -> Self:
        """One target of a record set, to stand under a key with one made-up label."""
        bare = cls(text=target, strip=1) if endpoint.rtype == RecordType.TXT else cls(host=target, strip=1)
        return bare.dressed(endpoint)

    def dressed(self, endpoint: Endpoint) -> Self:
        """The same target with the TTL and the group of a record set."""
        return replace(self, ttl=endpoint.ttl, group=dict(endpoint.properties).get(GROUP, ""))


_FIELDS = ("host", "text", "ttl", "targetstrip", "group")


def address(host: str) -> IPv4Address | IPv6Address | None:
    """A host as CoreDNS sees it: an IPv4 address in IPv6 clothes (::ffff:192.0.2.1) is an IPv4 address to it."""
    if "%" in host:
        return None
    try:
        found = ip_address(host)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _host(host: str, name: str) -> tuple[str, str]:
    if type_of(host) is RecordType.A:  # nearly always, and quickly found
        return RecordType.A, host
    ip = address(host)
    if ip is not None:
        return (RecordType.A if ip.version == 4 else RecordType.AAAA), str(ip)
    reverse = any(is_under(name, domain) for domain in _REVERSE)
    return (RecordType.PTR if reverse else RecordType.CNAME), host


def record_sets(name: str, values: Iterable[Value]) -> list[Endpoint]:
    """The record sets that values make at one name, one per type."""
    by_type: dict[str, list[tuple[str, Value]]] = {}
    for value in values:
        for rtype, target in value.parts(name):
            by_type.setdefault(rtype, []).append((target, value))
    return [_record_set(name, rtype, found) for rtype, found in by_type.items()]


def _record_set(name: str, rtype: str, found: list[tuple[str, Value]]) -> Endpoint:
    # A text beside a host has the host's group: none of its own.
    groups = [value.group for _, value in found if value.group and not (rtype == RecordType.TXT and value.host)]
    return Endpoint.found(
        name,
        rtype,
        [target for target, _ in found],
        ttl=_ttl([value for _, value in found]),
        properties={GROUP: groups[0]} if groups else None,
    )


def _ttl(values: list[Value]) -> int | None:
    """The TTL of a set; where its members differ, the lowest (RFC 2181, section 5.2)."""
    distinct = {value.ttl for value in values}
    return distinct.pop() if len(distinct) == 1 else min(ttl or _DEFAULT_TTL for ttl in distinct)


def keys_by_target(name: str, rtype: str, values: Mapping[str, Value]) -> dict[str, list[str]]:
    """Under which keys each target of a record set stands, targets in the spelling by which they are compared."""
    keys: dict[str, list[str]] = {}
    for key, value in values.items():
        for found, target in value.parts(name):
            if found == rtype:
                keys.setdefault(compared_target(rtype, target), []).append(key)
    return keys
