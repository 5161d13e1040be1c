"""What the annotations of an object say about all of its hostnames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zonewright.model.adopt import Adopt
from zonewright.model.claim import Resource
from zonewright.model.reason import Problem, Reason
from zonewright.sources.annotations import Annotations
from zonewright.sources.ttl import parse_ttl


@dataclass(frozen=True, slots=True)
class Terms:
    """targets are those of the `target` annotation, as written; empty when the object's own targets count.

    problems are about annotations that could not be honoured: they stand beside every name of the object.
    """

    resource: Resource
    ttl: int | None
    set_identifier: str
    properties: Mapping[str, str]
    targets: tuple[str, ...]
    ignored: bool
    problems: tuple[Problem, ...] = ()
    adopt: Adopt = Adopt.NONE
    retained: bool = False
    shared: bool = False


def terms(annotations: Annotations, resource: Resource, problems: tuple[Problem, ...] = ()) -> Terms:
    """Never raises: what is not understood becomes a problem beside the `problems` known so far, and its default."""
    ignored, doubts = annotations.ignored()
    _, misread = annotations.alias()
    adopt, unclear = annotations.adopt()
    retained, vague = annotations.retained()
    shared, hazy = annotations.shared()
    ttl, complaints = _ttl(annotations.get("ttl"))
    return Terms(
        resource,
        ttl,
        annotations.set_identifier(),
        annotations.properties(),
        tuple(annotations.targets()),
        ignored,
        (*problems, *doubts, *misread, *complaints, *unclear, *vague, *hazy),
        adopt,
        retained,
        shared,
    )


def _ttl(text: str | None) -> tuple[int | None, tuple[Problem, ...]]:
    """An empty annotation is what templates leave behind: as none."""
    if not text:
        return None, ()
    try:
        return parse_ttl(text), ()
    except ValueError as e:
        return None, (Problem(Reason.INVALID_TTL, f"annotation ttl: {e}; the record has the provider's default"),)
