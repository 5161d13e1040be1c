"""Gateways: which of them count, and where they are reached."""

from __future__ import annotations

from typing import Any

from zonewright.model.kind import GATEWAY
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings
from zonewright.sources.fields import Object, conditions, every, items, metadata, only, pairs, part, text
from zonewright.sources.lookups import Lookups, Ref
from zonewright.sources.parents import label
from zonewright.sources.scope import other_controller, selector

_LISTENER = ("name", "hostname", "port", "protocol", "allowedRoutes")


def find(ref: Ref, lookups: Lookups, settings: Settings) -> Object | Problem:
    """A Gateway that counts, or why it does not.

    The filters on Gateways are flags of their own; --annotation-filter and --label-filter are about routes
    (ExternalDNS v0.22.0 likewise).
    """
    if why := _elsewhere(ref, settings):
        return _left_out(ref, why)
    found = lookups.get(GATEWAY, ref.namespace, ref.name)
    if found is None:
        return Problem(Reason.SOURCE_NOT_READY, f"{label(ref)} does not exist", lasting=True)
    if why := _filtered(found, settings):
        return _left_out(ref, why)
    return found


def _left_out(ref: Ref, why: str) -> Problem:
    return Problem(Reason.FILTERED, f"{label(ref)} is left out: {why}")


def _elsewhere(ref: Ref, settings: Settings) -> str | None:
    """What can be told without a look: Gateways of other namespaces are not even listed."""
    if settings.gateway_namespace not in ("", ref.namespace):
        return f"it is not in the namespace of --gateway-namespace={settings.gateway_namespace}"
    if settings.gateway_name not in ("", ref.name):
        return f"its name is not that of --gateway-name={settings.gateway_name}"
    return None


def _filtered(gateway: Object, settings: Settings) -> str | None:
    wanted = settings.gateway_label_filter
    if wanted and not selector(wanted).matches(pairs(gateway, "metadata", "labels")):
        return f"its labels do not match --gateway-label-filter={wanted}"
    return other_controller(gateway, settings)


def addresses(gateway: Object) -> list[str]:
    """status.addresses, of whatever type: each is an address or a name."""
    values = (text(entry, "value") for entry in items(gateway, "status", "addresses"))
    return [value for value in values if value]


def project(obj: Object) -> dict[str, Any]:
    """The fields of a Gateway or a ListenerSet that are read here.

    Of a Gateway no conditions: they are not read, and change with every route that comes or goes.
    """
    spec = {"listeners": every(items(obj, "spec", "listeners"), *_LISTENER)}
    spec |= only(part(obj, "spec"), "allowedListeners", "parentRef")
    status: dict[str, Any] = {}
    if addressed := every(items(obj, "status", "addresses"), "value"):
        status["addresses"] = addressed
    if "parentRef" in spec:
        status |= {"conditions": _accepted(part(obj, "status")), "listeners": _verdicts(obj)}
    return {"metadata": metadata(obj), "spec": spec, "status": status}


def _accepted(entry: Any) -> list[dict[str, Any]]:
    return every(conditions(entry, "Accepted"), "type", "status", "reason", "message")


def _verdicts(listener_set: Object) -> list[dict[str, Any]]:
    entries = items(listener_set, "status", "listeners")
    return [{"name": text(entry, "name"), "conditions": _accepted(entry)} for entry in entries]


def project_namespace(obj: Object) -> dict[str, Any]:
    """Of a namespace the labels."""
    return {"metadata": only(part(obj, "metadata"), "name", "labels")}
