"""Which objects are ours to read at all. An object out of scope asks for nothing and is told nothing.

The order is ExternalDNS's: namespace, annotations, labels, controller; a source adds its own checks at the end.
"""

from __future__ import annotations

from functools import lru_cache

from zonewright.model.hostname import printable
from zonewright.model.selector import Selector
from zonewright.settings import Settings
from zonewright.sources.annotations import CONTROLLER, Annotations
from zonewright.sources.fields import Object, pairs, text


@lru_cache(maxsize=64)
def selector(written: str) -> Selector:
    """A selector of the settings, parsed once. They have been checked there: a wrong one does not come this far."""
    return Selector.parse(written)


def outside(obj: Object, settings: Settings) -> str | None:
    """Why no source at all reads the object."""
    return elsewhere(obj, settings) or filtered(obj, settings) or other_controller(obj, settings)


def elsewhere(obj: Object, settings: Settings) -> str | None:
    """--namespace. What belongs to no namespace is not limited by it."""
    if not settings.namespace or text(obj, "metadata", "namespace") in ("", settings.namespace):
        return None
    return f"it is not in the namespace of --namespace={settings.namespace}"


def filtered(obj: Object, settings: Settings) -> str | None:
    """The two filters; an object without the annotation or label in question does not match "key=value"."""
    if settings.annotation_filter and not _selected(settings.annotation_filter, obj, "annotations"):
        return f"its annotations do not match --annotation-filter={settings.annotation_filter}"
    if settings.label_filter and not _selected(settings.label_filter, obj, "labels"):
        return f"its labels do not match --label-filter={settings.label_filter}"
    return None


def _selected(written: str, obj: Object, field: str) -> bool:
    return selector(written).matches(pairs(obj, "metadata", field))


def other_controller(obj: Object, settings: Settings) -> str | None:
    """The annotation `controller`, by which several controllers share the objects of a cluster."""
    other = Annotations.of(obj, settings.annotation_prefix).other_controller()
    return None if other is None else f"its annotation controller is {printable(other)!r}, not {CONTROLLER!r}"
