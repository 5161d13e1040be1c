"""The parents of a route: which Gateways it asks for, and whether they have accepted it."""

from __future__ import annotations

from typing import Any, NamedTuple

from zonewright.model.hostname import printable
from zonewright.model.kind import GATEWAY
from zonewright.model.reason import Problem, Reason
from zonewright.sources.fields import Object, conditions, items, part, text


class Ref(NamedTuple):
    """The Gateway that a parent reference means; with `section` and `port`, those of its listeners."""

    namespace: str
    name: str
    section: str = ""
    port: int | None = None

    @property
    def gateway(self) -> tuple[str, str]:
        return self.namespace, self.name

    def __str__(self) -> str:
        return f"gateway/{self.namespace}/{self.name}"


class Parent(NamedTuple):
    """A Gateway that is asked for; refusal: why the route is not attached to it (yet)."""

    ref: Ref
    refusal: Problem | None = None


def gateways(route: Object) -> frozenset[tuple[str, str]]:
    """(namespace, name) of the Gateways on which the claims of a route depend."""
    return frozenset(ref.gateway for ref in _refs(items(route, "spec", "parentRefs"), _home(route)))


def parents(route: Object) -> list[Parent]:
    """One per entry of status.parents that spec still asks for; where there is none yet, one per entry of spec.

    sectionName and port are those of the status: it says what the Gateway has accepted (ExternalDNS likewise).
    Parents of other kinds than Gateway publish nothing and are left out.
    """
    wanted = _refs(items(route, "spec", "parentRefs"), _home(route))
    asked = {ref.gateway for ref in wanted}
    answered = [parent for parent in _answers(route) if parent.ref.gateway in asked]
    silent = asked - {parent.ref.gateway for parent in answered}
    return answered + [Parent(ref, _waiting(ref)) for ref in wanted if ref.gateway in silent]


def _answers(route: Object) -> list[Parent]:
    found = []
    for status in items(route, "status", "parents"):
        ref = _ref(part(status, "parentRef"), _home(route))
        if ref:
            found.append(Parent(ref, _refusal(ref, status)))
    return found


def _refusal(ref: Ref, status: Any) -> Problem | None:
    accepted = conditions(status, "Accepted")
    if any(text(condition, "status") == "True" for condition in accepted):
        return None
    if not accepted:
        return _waiting(ref)
    why = f"{text(accepted[0], 'reason')} {text(accepted[0], 'message')}".strip() or "no reason given"
    return Problem(Reason.SOURCE_NOT_READY, f"{ref} has not accepted the route: {printable(why, 200)}")


def _waiting(ref: Ref) -> Problem:
    return Problem(Reason.SOURCE_NOT_READY, f"{ref} has not said yet whether it accepts the route")


def _home(route: Object) -> str:
    return text(route, "metadata", "namespace")


def _refs(entries: list[Any], home: str) -> list[Ref]:
    return [ref for entry in entries if (ref := _ref(entry, home))]


def _ref(entry: Any, home: str) -> Ref | None:
    """None for what is no Gateway, such as the Service of a mesh."""
    group = part(entry).get("group", GATEWAY.group)
    if group != GATEWAY.group or (text(entry, "kind") or GATEWAY.kind) != GATEWAY.kind or not text(entry, "name"):
        return None
    port = part(entry).get("port")
    return Ref(
        text(entry, "namespace") or home,
        text(entry, "name"),
        text(entry, "sectionName"),
        port if isinstance(port, int) else None,
    )
