"""The parents of a route: which Gateways and ListenerSets it asks for, and whether they have accepted it."""

from __future__ import annotations

from typing import Any, NamedTuple

from zonewright.model.hostname import MAX_NAME, printable
from zonewright.model.kind import GATEWAY, LISTENERSET, Kind
from zonewright.model.reason import Problem, Reason
from zonewright.sources.fields import Object, conditions, items, part, text
from zonewright.sources.lookups import Ref

KINDS = {kind.kind: kind for kind in (GATEWAY, LISTENERSET)}


class ParentRef(NamedTuple):
    """The object that a parent reference means; with `section` and `port`, those of its listeners."""

    kind: Kind
    namespace: str
    name: str
    section: str = ""
    port: int | None = None

    @property
    def object(self) -> Ref:
        return Ref(self.kind, self.namespace, self.name)

    def __str__(self) -> str:
        return label(self.object)

    @property
    def spot(self) -> str:
        """The listener that is meant, where it is one."""
        if self.section:
            return f"listener {printable(self.section)} of {self}"
        return f"{self}" if self.port is None else f"port {self.port} of {self}"


class Parent(NamedTuple):
    """An object that is asked for; refusal: why the route is not attached to it (yet)."""

    ref: ParentRef
    refusal: Problem | None = None


def label(ref: Ref) -> str:
    """An object as messages name it: "gateway/infra/public"."""
    return f"{ref.kind.kind.lower()}/{printable(ref.namespace)}/{printable(ref.name, MAX_NAME)}"


def asked_for(route: Object) -> list[ParentRef]:
    """spec.parentRefs. Parents of other kinds, such as the Services of a mesh, publish nothing and are left out."""
    return _refs(items(route, "spec", "parentRefs"), _home(route))


def parents(route: Object) -> list[Parent]:
    """One per entry of status.parents whose object spec still asks for, and one per entry of spec without an answer.

    sectionName and port are those of the status: it says what has been accepted (ExternalDNS likewise). They stand in
    the order of spec, which is the author's: that of the status may change with every answer.
    """
    wanted = asked_for(route)
    order = {ref.object: number for number, ref in reversed(list(enumerate(wanted)))}
    answered = [parent for parent in _answers(route) if parent.ref.object in order]
    silent = [Parent(ref, _waiting(ref)) for ref in wanted if not _heard(ref, answered)]
    return sorted([*answered, *silent], key=lambda parent: order[parent.ref.object])


def _heard(ref: ParentRef, answered: list[Parent]) -> bool:
    """Whether one of the answers is about a reference. One that names no listener is about all of them."""
    sections = {parent.ref.section for parent in answered if parent.ref.object == ref.object}
    return bool(sections & {ref.section, ""} if ref.section else sections)


def _answers(route: Object) -> list[Parent]:
    found = []
    for status in items(route, "status", "parents"):
        ref = _ref(part(status, "parentRef"), _home(route))
        if ref:
            found.append(Parent(ref, _refusal(ref, status)))
    return found


def _refusal(ref: ParentRef, status: Any) -> Problem | None:
    accepted = conditions(status, "Accepted")
    if not accepted:
        return _waiting(ref)
    why = unaccepted(accepted)
    return Problem(Reason.SOURCE_NOT_READY, f"{ref.spot} has not accepted the route: {why}") if why else None


def unaccepted(accepted: list[Object]) -> str | None:
    """What the conditions of type Accepted say; None when they say yes."""
    if any(text(condition, "status") == "True" for condition in accepted):
        return None
    said = [f"{text(condition, 'reason')} {text(condition, 'message')}".strip() for condition in accepted[:1]]
    return printable(" ".join(said), 200) or "no reason given"


def _waiting(ref: ParentRef) -> Problem:
    return Problem(Reason.SOURCE_NOT_READY, f"{ref.spot} has not said yet whether it accepts the route")


def _home(route: Object) -> str:
    return text(route, "metadata", "namespace")


def _refs(entries: list[Any], home: str) -> list[ParentRef]:
    return [ref for entry in entries if (ref := _ref(entry, home))]


def _ref(entry: Any, home: str) -> ParentRef | None:
    """None for what has no listeners. What is empty has its default (ExternalDNS likewise)."""
    kind = KINDS.get(text(entry, "kind") or GATEWAY.kind)
    if kind is None or (text(entry, "group") or GATEWAY.group) != kind.group or not text(entry, "name"):
        return None
    port = part(entry).get("port")
    return ParentRef(
        kind,
        text(entry, "namespace") or home,
        text(entry, "name"),
        text(entry, "sectionName"),
        port if isinstance(port, int) else None,
    )
