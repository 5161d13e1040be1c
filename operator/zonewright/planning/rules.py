"""What a plan may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self


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
    across_namespaces  whether objects of several namespaces may share a name; else the first to ask has it
    hold_deletes     no deletes for now: not everything that is wanted is known yet
    """

    policy: Policy
    managed: frozenset[str]
    zone_name: str = ""
    set_identifiers: bool = False
    apex_cname: bool = False
    across_namespaces: bool = False
    hold_deletes: bool = False

    @property
    def may_delete(self) -> bool:
        return self.policy == Policy.SYNC and not self.hold_deletes

    @property
    def may_update(self) -> bool:
        return self.policy != Policy.CREATE_ONLY

    def for_zone(self, name: str) -> Self:
        """The same rules in another zone."""
        return replace(self, zone_name=name)
