"""A record set as it is wanted, and as it stands in a zone: one type for both, so that they can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from zonewright.model.hostname import canonical, spelled
from zonewright.model.recordtype import ADDRESS_TYPES, ALIAS_TYPES, RecordType
from zonewright.model.targets import InvalidTarget, check_target, checked, compared_target, reported, type_of

__all__ = [
    "ADDRESS_TYPES",
    "ALIAS",
    "ALIAS_TYPES",
    "MAX_TTL",
    "OWNER_LABEL",
    "RESOURCE_LABEL",
    "RETAIN_LABEL",
    "SHARED_LABEL",
    "Endpoint",
    "InvalidTarget",
    "Key",
    "RecordType",
    "check_target",
    "compared_target",
    "type_of",
]

MAX_TTL = 2**31 - 1  # RFC 2181, section 8

OWNER_LABEL = "owner"
RESOURCE_LABEL = "resource"
RETAIN_LABEL = "retain"  # "true": the record set stays in DNS when the object that asks for it goes
# On what is wanted "true": other owners may have the name as well. In ownership records: the targets of one owner.
SHARED_LABEL = "shared"
ALIAS = "alias"  # the property of a record set that has the addresses of the name that is its target


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
        alias = (properties or {}).get(ALIAS) == "true"
        sound = checked(rtype, targets, alias=alias)
        return cls(canonical(name), rtype, sound, ttl, set_identifier, _pairs(properties), _pairs(labels))

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
        rtype = rtype.upper()
        return cls(
            spelled(name),
            rtype,
            tuple(sorted({reported(rtype, target) for target in targets})),
            ttl if ttl and ttl > 0 else None,
            set_identifier,
            _pairs(properties),
        )

    @property
    def key(self) -> Key:
        return Key(self.name, self.rtype, self.set_identifier)

    def label(self, name: str) -> str | None:
        """The value of a label; None when it is not set."""
        for key, value in self.labels:
            if key == name:
                return value
        return None

    @property
    def retained(self) -> bool:
        """Whether it is to stay in DNS when the object that asks for it goes."""
        return self.label(RETAIN_LABEL) == "true"

    @property
    def shared(self) -> bool:
        """Whether other owners may publish targets of theirs under the same key."""
        return self.label(SHARED_LABEL) == "true"

    def with_properties(self, properties: Mapping[str, str]) -> Self:
        """The same record set with other properties."""
        given = _pairs(properties)
        return type(self)(self.name, self.rtype, self.targets, self.ttl, self.set_identifier, given, self.labels)

    def with_labels(self, labels: Mapping[str, str]) -> Self:
        """The same record set under other labels."""
        given = _pairs(labels)
        if given == self.labels:
            return self
        return type(self)(self.name, self.rtype, self.targets, self.ttl, self.set_identifier, self.properties, given)

    def same_targets(self, other: Endpoint) -> bool:
        """Whether DNS would answer the same: case, final dots, quotes and the spelling of addresses do not count."""
        return self.targets == other.targets or _compared(self) == _compared(other)


def _pairs(mapping: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(mapping.items())) if mapping else ()


def _compared(endpoint: Endpoint) -> frozenset[str]:
    return frozenset(compared_target(endpoint.rtype, target) for target in endpoint.targets)
