"""ListenerSets as the API server returns them, and Gateways that let them in."""

from __future__ import annotations

from typing import Any

from unit.sources.builders import Object, gateway, listener, meta


def verdict(status: str = "True", **fields: str) -> Object:
    """A condition Accepted."""
    return {"type": "Accepted", "status": status, **fields}


def listener_set(
    *listeners: Object,
    name: str = "set",
    namespace: str = "default",
    parent: Any = None,
    accepted: Object | None = None,
    verdicts: dict[str, Object | None] | None = None,
    **notes: Any,
) -> Object:
    """A set of the Gateway `gw` that has accepted it and all of its listeners, unless something else is said.

    accepted  its condition Accepted; verdicts: those of listeners by name, None for a listener without one
    """
    given = list(listeners or (listener(),))
    said = {entry["name"]: verdict() for entry in given} | (verdicts or {})
    return {
        "metadata": meta(name, namespace, **notes),
        "spec": {"parentRef": {"name": "gw"} if parent is None else parent, "listeners": given},
        "status": {
            "conditions": [verdict() if accepted is None else accepted],
            "listeners": [{"name": key, "conditions": [found] if found else []} for key, found in said.items()],
        },
    }


def open_gateway(where: str = "Same", *listeners: Object, selector: Any = None, **fields: Any) -> Object:
    """A Gateway with spec.allowedListeners."""
    found = gateway(*listeners, **fields)
    rule = {"from": where} | ({} if selector is None else {"selector": selector})
    found["spec"]["allowedListeners"] = {"namespaces": rule}
    return found
