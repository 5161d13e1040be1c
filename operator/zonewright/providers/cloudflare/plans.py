"""What the plan of a zone allows (API reference, "DNS records", and Cloudflare's page of each feature)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PAID = frozenset({"lite", "pro", "pro_plus", "business", "enterprise"})


@dataclass(frozen=True, slots=True)
class Plan:
    """comment: characters of a comment; min_ttl: seconds. Without more knowledge, those of the free plan."""

    comment: int = 100
    min_ttl: int = 60


def plan_of(zone: Mapping[str, Any]) -> Plan:
    """By a zone as the API lists it."""
    told = zone.get("plan")
    plan: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    kind = str(plan.get("legacy_id") or "")
    paid = kind in _PAID or plan.get("is_subscribed") is True
    return Plan(comment=500 if paid else 100, min_ttl=30 if kind == "enterprise" else 60)
