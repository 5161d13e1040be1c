"""What is done to all claims alike, whatever object they come from (ExternalDNS, source/wrappers)."""

from __future__ import annotations

from zonewright.model.claim import Claim
from zonewright.settings import Settings


def applied(claims: tuple[Claim, ...], settings: Settings) -> tuple[Claim, ...]:
    """The claims of one object, in the order in which they were made."""
    return claims
