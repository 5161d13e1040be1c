"""HTTPRoutes."""

from __future__ import annotations

from zonewright.model.claim import Claim
from zonewright.model.kind import HTTPROUTE
from zonewright.settings import Settings
from zonewright.sources import route
from zonewright.sources.fields import Object
from zonewright.sources.lookups import Lookups

TYPE = route.RouteType(HTTPROUTE, frozenset({"HTTP", "HTTPS"}))


def claims(obj: Object, lookups: Lookups, settings: Settings) -> tuple[Claim, ...]:
    """What an HTTPRoute in scope asks for."""
    return route.claims(TYPE, obj, lookups, settings)
