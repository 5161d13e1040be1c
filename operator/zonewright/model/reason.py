"""Why a name stands where it stands: one enum, and one remedy per member in docs/reasons.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Written to conditions, status.records[].reason and Events. A member is never renamed: people alert on it."""

    SYNCED = "Synced"
    DRY_RUN = "DryRun"
    PENDING = "Pending"
    NO_TARGETS = "NoTargets"
    SOURCE_NOT_READY = "SourceNotReady"
    NO_MATCHING_ZONE = "NoMatchingZone"
    FILTERED = "Filtered"
    IGNORED = "Ignored"
    INVALID_NAME = "InvalidName"
    INVALID_TARGET = "InvalidTarget"
    INVALID_TTL = "InvalidTTL"
    INVALID_ANNOTATION = "InvalidAnnotation"
    INVALID_TEMPLATE = "InvalidTemplate"
    UNSUPPORTED_TYPE = "UnsupportedType"
    APEX_CNAME = "ApexCNAME"
    CNAME_CONFLICT = "CNAMEConflict"
    HOSTNAME_CONFLICT = "HostnameConflict"
    NOT_GRANTED = "NotGranted"
    OWNED_BY_OTHER = "OwnedByOther"
    NOT_OWNED = "NotOwned"
    POLICY = "Policy"
    REJECTED = "Rejected"
    THROTTLED = "Throttled"
    PROVIDER_UNAVAILABLE = "ProviderUnavailable"
    DENIED = "Denied"
    HELD_BY_BRAKE = "HeldByBrake"
    UNSTABLE = "Unstable"
    RETAINED = "Retained"
    PRIVATE_ADDRESS = "PrivateAddress"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something in the input that could not be honoured; `message` is one sentence for the person who wrote it.

    lasting  whether it is meant so, where others of its reason pass by themselves: what is asked for has no targets by
             its spec, or leads to an object that does not exist
    """

    reason: Reason
    message: str
    lasting: bool = field(default=False, compare=False)
