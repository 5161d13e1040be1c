"""Whom a Gateway lets in, by namespace: routes at its listeners, and ListenerSets beside them."""

from __future__ import annotations

from typing import Any

from zonewright.model.hostname import printable
from zonewright.model.kind import NAMESPACE
from zonewright.model.selector import Selector
from zonewright.sources.fields import Object, part, text
from zonewright.sources.lookups import Lookups


def refusal(rule: Object, default: str, home: str, guest: str, lookups: Lookups) -> str | None:
    """Why objects of the namespace `guest` are not let in, as the rule has it; None when they are.

    rule     `namespaces` of allowedRoutes or allowedListeners
    default  its `from` where it has none
    home     the namespace that "Same" means
    """
    word = text(rule, "from") or default
    if _admits(word, rule, home, guest, lookups):
        return None
    return f"(from: {printable(word)})"


def _admits(word: str, rule: Object, home: str, guest: str, lookups: Lookups) -> bool:
    match word:
        case "Same":
            return guest == home
        case "All":
            return True
        case "Selector":
            return _selected(rule, _labels(lookups, guest))
    return False  # "None", and a word of a later version of the API is no consent


def _labels(lookups: Lookups, namespace: str) -> Object | None:
    found = lookups.get(NAMESPACE, "", namespace)
    return None if found is None else part(found, "metadata", "labels")


def _selected(rule: Object, labels: Any) -> bool:
    """No selector selects nothing, an empty one everything, as everywhere in Kubernetes."""
    if labels is None or "selector" not in rule:
        return False
    try:
        return Selector.of(part(rule, "selector")).matches(labels)
    except ValueError:
        return False
