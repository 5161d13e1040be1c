"""ListenerSets: more listeners for a Gateway, from whoever it lets in (Gateway API, GEP-1713).

Routes attach to a set by a parent reference of their own; they are reached at the Gateway's addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zonewright.model.kind import GATEWAY, LISTENERSET
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings
from zonewright.sources import allowed
from zonewright.sources.fields import Object, conditions, items, part, text
from zonewright.sources.lookups import Lookups, Ref
from zonewright.sources.parents import label, unaccepted
from zonewright.sources.scope import other_controller


def find(ref: Ref, lookups: Lookups, settings: Settings) -> Object | Problem:
    """A set that counts, or why it does not. The filters on Gateways are not about sets, but about their Gateways."""
    if not settings.gateway_listener_sets:
        return Problem(Reason.FILTERED, f"{label(ref)} is left out: ListenerSets need --gateway-listener-sets")
    found = lookups.get(LISTENERSET, ref.namespace, ref.name)
    if found is None:
        return _not_ready(f"{label(ref)} does not exist", lasting=True)
    if why := other_controller(found, settings):
        return Problem(Reason.FILTERED, f"{label(ref)} is left out: {why}")
    return found


def gateway_of(listener_set: Object) -> Ref | None:
    """The Gateway that a set adds its listeners to; None where it names something else."""
    ref = part(listener_set, "spec", "parentRef")
    kind = (text(ref, "group") or GATEWAY.group, text(ref, "kind") or GATEWAY.kind)
    if kind != (GATEWAY.group, GATEWAY.kind) or not text(ref, "name"):
        return None
    return Ref(GATEWAY, text(ref, "namespace") or text(listener_set, "metadata", "namespace"), text(ref, "name"))


def refusal(listener_set: Object, who: Ref, gateway: Object, whose: Ref, lookups: Lookups) -> Problem | None:
    """Why a set is not part of its Gateway: the Gateway does not let it in, or has not accepted it."""
    rule = part(gateway, "spec", "allowedListeners", "namespaces")
    if why := allowed.refusal(rule, "None", whose.namespace, who.namespace, lookups):
        return _not_ready(f"{label(whose)} takes no ListenerSets of the namespace {who.namespace} {why}", lasting=True)
    accepted = conditions(part(listener_set, "status"), "Accepted")
    if not accepted:
        return _not_ready(f"{label(whose)} has not said yet whether it accepts {label(who)}")
    why = unaccepted(accepted)
    return _not_ready(f"{label(whose)} has not accepted {label(who)}: {why}") if why else None


def _not_ready(message: str, *, lasting: bool = False) -> Problem:
    return Problem(Reason.SOURCE_NOT_READY, message, lasting)


def closed(listener_set: Object) -> dict[str, str]:
    """The listeners of a set that its Gateway has not accepted, with the reason: each has a verdict of its own."""
    verdicts: dict[str, Any] = {}
    for entry in items(listener_set, "status", "listeners"):
        verdicts.setdefault(text(entry, "name"), entry)
    names = (text(listener, "name") for listener in items(listener_set, "spec", "listeners"))
    return dict(_closed(names, verdicts))


def _closed(names: Iterator[str], verdicts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in names:
        accepted = conditions(verdicts.get(name), "Accepted")
        if not accepted:
            yield name, "has not been accepted yet"
        elif why := unaccepted(accepted):
            yield name, f"has not been accepted: {why}"
