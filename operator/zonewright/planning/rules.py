"""What a plan may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from zonewright.model.endpoint import ALIAS, Endpoint, RecordType


class Policy(StrEnum):
    """--policy. SYNC: everything. UPSERT_ONLY: no deletes. CREATE_ONLY: neither changes nor deletes."""

    SYNC = "sync"
    UPSERT_ONLY = "upsert-only"
    CREATE_ONLY = "create-only"


@dataclass(frozen=True, slots=True)
class Rules:
    """What planning has to know of settings, provider and zone.

    managed          record types that count; what has another type is left alone
    zone_name        "" for a provider that holds any name
    set_identifiers  whether the provider tells record sets of one name and type apart
    apex_cname       whether a CNAME at the name of the zone is possible
    aliases          whether a CNAME with the property `alias` is none in DNS, so that others can stand beside it
    across_namespaces  whether objects of several namespaces may share a name; else the first to ask has it
    wildcards        whether names with a leading "*." are possible
    inner_asterisk   whether an asterisk is possible that is not the whole first label
    hold_deletes     no deletes for now: not everything that is wanted is known yet
    """

    policy: Policy
    managed: frozenset[str]
    zone_name: str = ""
    set_identifiers: bool = False
    apex_cname: bool = False
    aliases: bool = False
    across_namespaces: bool = False
    wildcards: bool = True
    inner_asterisk: bool = True
    hold_deletes: bool = False

    @property
    def may_delete(self) -> bool:
        return self.policy == Policy.SYNC and not self.hold_deletes

    @property
    def may_update(self) -> bool:
        return self.policy != Policy.CREATE_ONLY

    def stands_alone(self, endpoint: Endpoint) -> bool:
        """Whether no record set of another type can stand beside one: true of a CNAME (RFC 1034, section 3.6.2)."""
        return endpoint.rtype == RecordType.CNAME and not self.is_alias(endpoint)

    def is_alias(self, endpoint: Endpoint) -> bool:
        """Whether a CNAME is none in DNS, which has the addresses of its target in its place."""
        return self.aliases and endpoint.rtype == RecordType.CNAME and (ALIAS, "true") in endpoint.properties

    def for_zone(self, name: str) -> Self:
        """The same rules in another zone."""
        return replace(self, zone_name=name)
