"""A record set as it is wanted, and as it stands in a zone: one type for both, so that they can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple, Self

from zonewright.model.hostname import InvalidName, canonical, printable, spelled

MAX_TTL = 2**31 - 1  # RFC 2181, section 8

OWNER_LABEL = "owner"
RESOURCE_LABEL = "resource"


class RecordType(StrEnum):
    """Record types that can be wanted. What stands in a zone may have others, so `Endpoint.rtype` is plain text."""

    A = "A"
    AAAA = "AAAA"
    CNAME = "CNAME"
    TXT = "TXT"
    SRV = "SRV"
    NS = "NS"
    PTR = "PTR"
    MX = "MX"
    NAPTR = "NAPTR"
    DNAME = "DNAME"
    CAA = "CAA"
    HTTPS = "HTTPS"
    SVCB = "SVCB"
    TLSA = "TLSA"


ADDRESS_TYPES = frozenset({RecordType.A, RecordType.AAAA})
ALIAS_TYPES = frozenset({RecordType.CNAME, RecordType.DNAME})
_NAME_IS_TARGET = frozenset({RecordType.CNAME, RecordType.DNAME, RecordType.NS, RecordType.PTR})
_KEEPS_FINAL_DOT = frozenset({RecordType.TXT, RecordType.SRV, RecordType.NAPTR})  # as ExternalDNS writes them


class InvalidTarget(ValueError):
    """A target that its record type cannot hold. Remedy: correct the target in the object that asks for it."""

    def __init__(self, rtype: str, target: str, why: str) -> None:
        super().__init__(f"{printable(target)!r} is not a target of a {rtype} record: {why}")
        self.target = target
        self.why = why


class Key(NamedTuple):
    """What makes a record set the same one: its name (spelled), type and set identifier ("" is none)."""

    name: str
    rtype: str
    set_identifier: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """All targets of one name under one type. Build what is wanted with `wanted`, what stands in a zone with `found`.

    name            absolute, lower case, no final dot; a leading "*." is a wildcard (RFC 4592)
    rtype           upper case, usually a RecordType
    targets         sorted, none twice: a set has no order (RFC 2181, section 5)
    ttl             seconds, 1 to 2**31 - 1 (RFC 2181, section 8); None is the provider's default
    set_identifier  tells apart record sets of one name and type, where a provider has routing policies; "" is none
    properties      provider-specific (name, value) pairs, sorted
    labels          what the registry knows of it (owner, resource, …), sorted; no part of what DNS answers
    """

    name: str
    rtype: str
    targets: tuple[str, ...]
    ttl: int | None = None
    set_identifier: str = ""
    properties: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()

    @classmethod
    def wanted(
        cls,
        name: str,
        rtype: str,
        targets: Iterable[str],
        *,
        ttl: int | None = None,
        set_identifier: str = "",
        properties: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Self:
        """A record set that somebody asks for, checked in every field.

        Raises InvalidName or InvalidTarget, which say what is wrong and where.
        """
        checked = {check_target(rtype, target) for target in targets}
        return cls(
            canonical(name), rtype, tuple(sorted(checked)), ttl, set_identifier, _pairs(properties), _pairs(labels)
        )

    @classmethod
    def found(
        cls,
        name: str,
        rtype: str,
        targets: Iterable[str],
        *,
        ttl: int | None = None,
        set_identifier: str = "",
        properties: Mapping[str, str] | None = None,
    ) -> Self:
        """A record set as a provider reports it. Never raises: a zone may hold anything."""
        spelled_targets = {_trimmed(rtype, target) for target in targets}
        return cls(
            spelled(name),
            rtype.upper(),
            tuple(sorted(spelled_targets)),
            ttl if ttl and ttl > 0 else None,
            set_identifier,
            _pairs(properties),
        )

    @property
    def key(self) -> Key:
        return Key(self.name, self.rtype, self.set_identifier)

    def label(self, name: str) -> str | None:
        """The value of a label; None when it is not set."""
        return next((value for key, value in self.labels if key == name), None)

    def with_labels(self, labels: Mapping[str, str]) -> Self:
        """The same record set under other labels."""
        return replace(self, labels=_pairs(labels))

    def same_targets(self, other: Endpoint) -> bool:
        """Whether DNS would answer the same: case, final dots and spelling of IPv6 addresses do not count."""
        return self.targets == other.targets or _compared(self) == _compared(other)


def _pairs(mapping: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(mapping.items())) if mapping else ()


def _compared(endpoint: Endpoint) -> frozenset[str]:
    return frozenset(compared_target(endpoint.rtype, target) for target in endpoint.targets)


def compared_target(rtype: str, target: str) -> str:
    """The spelling by which targets are compared. Text of TXT and NAPTR records counts to the letter."""
    if rtype in ADDRESS_TYPES:
        try:
            return str(ip_address(target))
        except ValueError:
            return target
    if rtype in (RecordType.TXT, RecordType.NAPTR, RecordType.CAA):
        return target
    return target.lower().removesuffix(".")


def _trimmed(rtype: str, target: str) -> str:
    if rtype in ADDRESS_TYPES:
        return compared_target(rtype, target)
    return target if rtype in _KEEPS_FINAL_DOT else target.removesuffix(".")


def type_of(target: str) -> RecordType:
    """The record type that a bare target asks for: A, AAAA, or else CNAME (ExternalDNS, endpoint/utils.go)."""
    try:
        return RecordType.A if isinstance(ip_address(target), IPv4Address) else RecordType.AAAA
    except ValueError:
        return RecordType.CNAME


def check_target(rtype: str, target: str) -> str:
    """The target in its canonical spelling. Raises InvalidTarget.

    A and AAAA: an address of that family. CNAME, DNAME, NS, PTR: a name. MX: "preference name". SRV: "priority weight
    port name." with its final dot, NAPTR likewise (ExternalDNS, endpoint.go CheckEndpoint and source/crd.go).
    """
    if not target or len(target) > 65_535 or any(ord(c) < 32 for c in target):
        raise InvalidTarget(rtype, target, "it is empty, too long, or has control characters")
    match rtype:
        case RecordType.A | RecordType.AAAA:
            return _address(rtype, target)
        case RecordType.CNAME | RecordType.DNAME | RecordType.NS | RecordType.PTR:
            return _host(rtype, target, target.removesuffix("."))
        case RecordType.MX:
            preference, host = _fields(rtype, target, 1)
            return f"{preference} {_host(rtype, target, host.removesuffix('.'))}"
        case RecordType.SRV:
            *numbers, host = _fields(rtype, target, 3)
            _ends_in_dot(rtype, target)
            _host(rtype, target, host.removesuffix("."))
            return " ".join([*numbers, host])
        case RecordType.NAPTR:
            _ends_in_dot(rtype, target)
    return target


def _address(rtype: str, target: str) -> str:
    if "%" in target:
        raise InvalidTarget(rtype, target, "its scope means nothing outside of one host (RFC 4007)")
    try:
        return str((IPv4Address if rtype == RecordType.A else IPv6Address)(target))
    except ValueError as e:
        raise InvalidTarget(rtype, target, f"it is no IPv{4 if rtype == RecordType.A else 6} address") from e


def _host(rtype: str, target: str, host: str) -> str:
    """A name as target, canonical; the null MX and SRV target "." becomes "" (RFC 7505, RFC 2782)."""
    if not host and rtype in (RecordType.MX, RecordType.SRV):
        return "."
    try:
        name = canonical(host)
    except InvalidName as e:
        raise InvalidTarget(rtype, target, e.why) from e
    if name.rpartition(".")[2].isdecimal():  # RFC 3696, section 2: no top-level domain is all digits
        raise InvalidTarget(rtype, target, "it is an address or a number, not a name")
    return name


def _fields(rtype: str, target: str, numbers: int) -> list[str]:
    fields = target.split()
    if len(fields) != numbers + 1:
        raise InvalidTarget(rtype, target, f"it needs {numbers + 1} fields, it has {len(fields)}")
    for field in fields[:numbers]:
        if not (field.isascii() and field.isdigit() and int(field) < 65_536):
            raise InvalidTarget(rtype, target, f"{printable(field)!r} is no number from 0 to 65535")
    return fields


def _ends_in_dot(rtype: str, target: str) -> None:
    if not target.endswith("."):
        raise InvalidTarget(rtype, target, f"its name must end with a dot: {printable(target)}.")
