"""Where a parent reference leads: to the listeners of an object, and to the Gateway that has them.

Of a Gateway these are one and the same; a ListenerSet brings listeners of its own to its Gateway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zonewright.model.kind import LISTENERSET
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings
from zonewright.sources import gateway, listenerset
from zonewright.sources.annotations import Annotations
from zonewright.sources.fields import Object
from zonewright.sources.lookups import Lookups, Ref
from zonewright.sources.parents import label
from zonewright.sources.precedence import Layer


@dataclass(frozen=True, slots=True)
class Place:
    """owner    the object with the listeners
    gateway  the one with the addresses
    address  how messages name that one
    layers   annotations that hold for routes here, the nearest first
    closed   listeners that take nobody, with the reason
    refusal  why nothing here can be published at present
    """

    owner: Object
    gateway: Object
    address: str
    layers: tuple[Layer, ...]
    closed: Mapping[str, str] = field(default_factory=dict)
    refusal: Problem | None = None


def find(ref: Ref, lookups: Lookups, settings: Settings) -> Place | Problem:
    """The place of a Gateway or a ListenerSet, or why there is none."""
    if ref.kind == LISTENERSET:
        return _of_set(ref, lookups, settings)
    found = gateway.find(ref, lookups, settings)
    if isinstance(found, Problem):
        return found
    return Place(found, found, label(ref), (_layer(ref, found, settings),))


def _of_set(ref: Ref, lookups: Lookups, settings: Settings) -> Place | Problem:
    found = listenerset.find(ref, lookups, settings)
    if isinstance(found, Problem):
        return found
    whose = listenerset.gateway_of(found)
    if whose is None:
        return Problem(Reason.SOURCE_NOT_READY, f"{label(ref)} has no Gateway as its parent", lasting=True)
    owner = gateway.find(whose, lookups, settings)
    if isinstance(owner, Problem):
        return Problem(owner.reason, f"the Gateway of {label(ref)} does not count: {owner.message}", owner.lasting)
    refusal = listenerset.refusal(found, ref, owner, whose, lookups)
    layers = (_layer(ref, found, settings), _layer(whose, owner, settings))
    return Place(found, owner, label(whose), layers, {} if refusal else listenerset.closed(found), refusal)


def _layer(ref: Ref, obj: Object, settings: Settings) -> Layer:
    return Layer(label(ref), Annotations.of(obj, settings.annotation_prefix))
