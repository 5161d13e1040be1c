"""A Lease (coordination.k8s.io/v1): what it says, who may take it, and what to write into it. Pure.

Whether a lease has run out is told by our own clock alone: the time since we saw it change last. The times in it are
for people; clocks of machines differ, and jump.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from zonewright.model.kind import Kind

LEASE = Kind("coordination.k8s.io", "v1", "leases", "Lease")
DURATION = 12.0  # seconds without a sign of life after which another replica takes over
RELEASED = 1  # seconds of a lease that nobody holds; 0 is not allowed

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Term:
    """What a lease says. holder: "" is nobody; duration: in seconds; renewed: any change of it is a sign of life."""

    holder: str
    duration: float
    renewed: str
    transitions: int

    @classmethod
    def of(cls, lease: Object) -> Term:
        """Never raises: junk is a lease that nobody holds, or one of the usual duration."""
        spec = lease.get("spec")
        spec = spec if isinstance(spec, Mapping) else {}
        duration, transitions = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
        return cls(
            str(spec.get("holderIdentity") or ""),
            float(duration) if isinstance(duration, int) and duration > 0 else DURATION,
            str(spec.get("renewTime") or ""),
            transitions if isinstance(transitions, int) else 0,
        )


@dataclass(frozen=True, slots=True)
class Sight:
    """What a lease was seen to say, and since when it has said so; None: there is no lease."""

    term: Term | None
    since: float


def seen(before: Sight | None, lease: Object | None, now: float) -> Sight:
    """After another look. A lease that has been deleted goes on for as long as it would have: its holder may not know.

    now  when the answer had come, by a clock that is never set
    """
    term = Term.of(lease) if lease is not None else None
    if before is None or (term is not None and term != before.term):
        return Sight(term, now)
    return before


class Verdict(Enum):
    """HELD: by somebody who may live. FREE: it may be taken. OURS: it says that we hold it."""

    HELD = auto()
    FREE = auto()
    OURS = auto()


def judge(sight: Sight, me: str, now: float, *, dead: bool = False) -> Verdict:
    """dead: whether the holder is proven to have ended."""
    if sight.term is None or not sight.term.holder:
        return Verdict.FREE
    if sight.term.holder == me:
        return Verdict.OURS
    return Verdict.FREE if dead or now - sight.since >= sight.term.duration else Verdict.HELD


# -- what to write: whole objects, with the resourceVersion that was read, so that only one of two writers succeeds


def taken(lease: Object | None, namespace: str, name: str, me: str, at: float) -> dict[str, Any]:
    """Held by us from now on. lease: as it was read, None where there is none; at: seconds since the epoch."""
    before = Term.of(lease) if lease is not None else None
    change = {
        "holderIdentity": me,
        "leaseDurationSeconds": int(DURATION),
        "acquireTime": _time(at),
        "renewTime": _time(at),
        "leaseTransitions": 0 if before is None else before.transitions + (before.holder != me),
    }
    if lease is None:
        lease = {"metadata": {"namespace": namespace, "name": name}}
    return _with(lease, change)


def renewed(lease: Object, at: float) -> dict[str, Any]:
    """Held as before, with a sign of life."""
    return _with(lease, {"renewTime": _time(at)})


def released(lease: Object, at: float) -> dict[str, Any]:
    """Held by nobody, as client-go does it."""
    return _with(lease, {"holderIdentity": "", "leaseDurationSeconds": RELEASED, "renewTime": _time(at)})


def _with(lease: Object, change: Object) -> dict[str, Any]:
    return {
        "apiVersion": LEASE.api_version,
        "kind": LEASE.kind,
        "metadata": lease["metadata"],
        "spec": {**(lease.get("spec") or {}), **change},
    }


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
