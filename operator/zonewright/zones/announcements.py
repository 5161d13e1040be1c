"""What is worth an Event: a record set that comes into trouble, or out of it. Transitions only: nothing is repeated.

A name that is published without trouble has none: its status says so, and thousands of them would drown the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zonewright.model.outcome import State
from zonewright.model.reason import Reason
from zonewright.zones.status import Line, identity

# Trouble that passes by itself, and often: not worth an Event each time.
_PASSING = frozenset({Reason.PENDING, Reason.THROTTLED, Reason.DRY_RUN})


@dataclass(frozen=True, slots=True)
class Announcement:
    """warning: or else all is well again; resource: the object that it is about, "kind/namespace/name", "" for none"""

    warning: bool
    reason: str
    note: str
    resource: str = ""


def announcements(lines: Sequence[Line], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Announcement]:
    """What has come about between two statuses of an object; lines: from which the second was made."""
    old = {identity(record): record for record in before.get("records") or () if isinstance(record, Mapping)}
    found = [one for record in after["records"] for one in _about(record, old.get(identity(record), {}))]
    return [*dict.fromkeys((*found, *_cautions(lines, old)))]


def _about(record: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[Announcement]:
    name, reason, resource = _name(record), record["reason"], record.get("resource", "")
    if reason == was.get("reason"):
        return
    if record["state"] == State.SYNCED:
        if was.get("state") == State.FAILED or was.get("reason") in (Reason.PROVIDER_UNAVAILABLE, Reason.DENIED):
            yield Announcement(False, Reason.SYNCED, f"{name}: DNS holds it", resource)
    elif reason not in _PASSING:
        yield Announcement(True, reason, f"{name}: {record.get('message', '')}", resource)


def _cautions(lines: Iterable[Line], old: Mapping[tuple[Any, ...], Mapping[str, Any]]) -> Iterator[Announcement]:
    for line in lines:
        caution = line.outcome.caution if line.outcome else None
        if caution and caution.message not in old.get(line.identity, {}).get("message", ""):
            yield Announcement(True, caution.reason, f"{line.name} {line.rtype}: {caution.message}", line.resource)


def _name(record: Mapping[str, Any]) -> str:
    return f"{record.get('dnsName', '')} {record.get('recordType', '')}".strip()
