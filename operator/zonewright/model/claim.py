"""Who asks for which name: a claim is what one object says about one hostname."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from zonewright.model.adopt import Adopt
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.reason import Problem


@dataclass(frozen=True, slots=True, order=True)
class Resource:
    """The Kubernetes object that asks. `str()` is the form that ownership records carry: "ingress/default/web".

    namespace is "" for cluster-scoped objects; created is metadata.creationTimestamp, RFC 3339, UTC.
    """

    kind: str
    namespace: str
    name: str
    api_version: str = ""
    uid: str = ""
    created: str = ""

    def __str__(self) -> str:
        parts = [self.kind.lower(), self.namespace, self.name]
        return "/".join(part for part in parts if part)


class Note(NamedTuple):
    """Worth telling of a record set, and no fault of anybody's: such as targets that a flag leaves out."""

    about: Key
    text: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What one object asks for one hostname.

    hostname   canonical; where it is no DNS name, the text as it was written (then `endpoints` is empty)
    endpoints  checked; empty when nothing can be published, and then `problems` says why
    problems   what was left out or could not be honoured; the endpoints stand all the same
    adopt      whether records of nobody may be taken over for it
    notes      on what is published
    """

    hostname: str
    endpoints: tuple[Endpoint, ...]
    resource: Resource
    problems: tuple[Problem, ...] = ()
    adopt: Adopt = Adopt.NONE
    notes: tuple[Note, ...] = ()
