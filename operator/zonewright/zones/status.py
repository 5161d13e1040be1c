"""The status of a DNSEndpoint, as a function of what is known of it.

Every entry of spec.endpoints has a line in `records`, and so has everything that an object asked for and that could
not even become an entry: so each name that is not in DNS says why. Three conditions sum up:

    Accepted     the wishes are sound: no name, target, ttl or annotation had to be left out
    Programmed   DNS holds every record set that was accepted
    Ready        both
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zonewright.model.outcome import Outcome, State
from zonewright.model.reason import Problem, Reason
from zonewright.model.timestamp import timestamp

Status = dict[str, Any]

MAX_RECORDS = 500  # lines of status.records; an object may have thousands of entries, etcd takes 1.5 MiB
MAX_TARGETS = 10_000  # in status.records together: they stand in the spec already, and both must fit into one object
MAX_MESSAGE = 1024
_NOT_OURS = frozenset({Reason.FILTERED, Reason.NO_MATCHING_ZONE})
_SOFT = frozenset({Reason.NO_TARGETS, Reason.IGNORED})  # no fault of a name that others have published


@dataclass(frozen=True, slots=True)
class Line:
    """One wish of an object.

    outcome   None when it could not even be tried, and then `problems` says why
    problems  what is wrong with the wish itself; with an outcome: what could not be honoured though it is published
    notes     worth telling, and no fault
    held      whether it is published though nobody has targets for it any more, for a while
    """

    name: str
    rtype: str = ""
    set_identifier: str = ""
    resource: str = ""
    outcome: Outcome | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    held: bool = False

    @property
    def reason(self) -> Reason:
        if self.problems and (self.outcome is None or self.outcome.reason is Reason.SYNCED):
            return self.problems[0].reason
        return self.outcome.reason if self.outcome else Reason.PENDING

    @property
    def message(self) -> str:
        parts = [self.outcome.message if self.outcome else "", *(problem.message for problem in self.problems)]
        parts += [self.outcome.caution.message] if self.outcome and self.outcome.caution else []
        parts += self.notes
        return "; ".join(part for part in parts if part)[:MAX_MESSAGE]

    @property
    def identity(self) -> tuple[str, ...]:
        """That of the record that it becomes."""
        return self.name, self.rtype, self.set_identifier, self.resource, self.outcome.zone_id if self.outcome else ""

    @property
    def state(self) -> State:
        return self.outcome.state if self.outcome else State.FAILED


def build(lines: Sequence[Line], generation: int, before: Mapping[str, Any], now: float, *, others: int = 0) -> Status:
    """The status that an object should have. What has not changed keeps its times from `before`.

    others: how many lines stand beside these
    """
    old_records = {identity(record): record for record in before.get("records") or [] if isinstance(record, dict)}
    shown = _shown(lines)
    records = [_record(line, old_records, now, MAX_TARGETS // (len(shown) + others)) for line in shown]
    return {
        "observedGeneration": generation,
        "conditions": _conditions(lines, generation, before, now),
        "summary": _summary(lines),
        "records": records,
    }


def same(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Whether two statuses say the same. Times of transitions follow from the rest and do not count."""
    return _without_times(a) == _without_times(b)


def tells_less(lines: Iterable[Line], generation: int, before: Mapping[str, Any]) -> bool:
    """Whether all that we have to say is that an object is not ours to publish, and somebody else has said more of it.

    People run several installations, each with its own domains or provider: the one that does not publish a name must
    not take down what the other one tells of it.
    """
    if {line.reason for line in lines} - _NOT_OURS or before.get("observedGeneration") != generation:
        return False
    providers = {line.outcome.provider for line in lines if line.outcome and line.reason is not Reason.FILTERED}
    said = [record for record in before.get("records") or [] if isinstance(record, dict)]
    more = (record for record in said if record.get("reason") not in _NOT_OURS)
    return any(record.get("provider") not in providers for record in more)


def _without_times(status: Mapping[str, Any]) -> dict[str, Any]:
    def bare(items: Any) -> list[dict[str, Any]]:
        times = ("lastTransitionTime", "nextRetryTime")
        return [{k: v for k, v in item.items() if k not in times} for item in items or [] if isinstance(item, dict)]

    return dict(status) | {key: bare(status.get(key)) for key in ("conditions", "records")}


# -- records


def _shown(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines that there is room for, in their order. Where not all fit, those that tell of a fault come first."""
    by_need = sorted(range(len(lines)), key=lambda place: lines[place].reason is Reason.SYNCED)
    return [lines[place] for place in sorted(by_need[:MAX_RECORDS])]


def identity(record: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes a line of a status the same one in the next."""
    return tuple(record.get(key, "") for key in ("dnsName", "recordType", "setIdentifier", "resource", "zoneID"))


def _record(
    line: Line, old: Mapping[tuple[Any, ...], Mapping[str, Any]], now: float, max_targets: int
) -> dict[str, Any]:
    outcome = line.outcome
    record: dict[str, Any] = {
        "dnsName": line.name,
        "recordType": line.rtype,
        "setIdentifier": line.set_identifier,
        "resource": line.resource,
        "state": str(line.state),
        "reason": str(line.reason),
        "message": line.message,
    }
    if outcome is not None:
        record |= _published(outcome, max_targets)
    record = {key: value for key, value in record.items() if value not in ("", None) or key == "message"}
    known = old.get(identity(record))
    if known is not None and outcome is not None and _leaves_ownership(outcome):
        record |= {"ownership": known["ownership"]} if known.get("ownership") else {}
    kept = known is not None and (known.get("state"), known.get("reason")) == (record["state"], record["reason"])
    before = known.get("lastTransitionTime") if known else None
    return record | {"lastTransitionTime": before if kept and before else timestamp(now)}


def _leaves_ownership(outcome: Outcome) -> bool:
    """Whether nothing has come of it either way: then the record set is whose it was, as far as we know.

    It must not be forgotten for an outage: it may be all that is left when an ownership record is lost (`past`).
    """
    return outcome.ownership is None and (outcome.fault or outcome.state is State.PENDING)


def _published(outcome: Outcome, max_targets: int) -> dict[str, Any]:
    fields: dict[str, Any] = {"provider": outcome.provider, "zone": outcome.zone, "zoneID": outcome.zone_id}
    if outcome.endpoint is not None:
        fields |= {"targets": list(outcome.endpoint.targets[:max_targets]), "recordTTL": outcome.endpoint.ttl}
    if outcome.retry_at is not None:
        fields["nextRetryTime"] = timestamp(outcome.retry_at)
    if (own := outcome.ownership) is not None:
        said = {"owner": own.owner, "resource": own.resource, "recordName": own.name, "value": own.value}
        fields["ownership"] = {key: value for key, value in said.items() if value} or None
    return fields


# -- conditions


def _conditions(lines: Sequence[Line], generation: int, before: Mapping[str, Any], now: float) -> list[dict[str, Any]]:
    accepted, programmed = _accepted(lines), _programmed(lines)
    old = {c.get("type"): c for c in before.get("conditions") or [] if isinstance(c, dict)}
    given = (("Ready", ready(accepted, programmed)), ("Accepted", accepted), ("Programmed", programmed))
    return [condition(kind, verdict, generation, old.get(kind), now) for kind, verdict in given]


Verdict = tuple[str, str, str]  # status, reason and message of a condition


def condition(
    kind: str, verdict: Verdict, generation: int, old: Mapping[str, Any] | None, now: float
) -> dict[str, Any]:
    """As it is written. It keeps its time from `old`, where its status is what it was."""
    status, reason, message = verdict
    kept = old is not None and old.get("status") == status
    since = old.get("lastTransitionTime") if kept and old else None
    return {
        "type": kind,
        "status": status,
        "reason": str(reason),
        "message": message[:MAX_MESSAGE],
        "observedGeneration": generation,
        "lastTransitionTime": since or timestamp(now),
    }


def ready(accepted: Verdict, programmed: Verdict) -> Verdict:
    """The summary of the two others."""
    return accepted if accepted[0] != "True" and programmed[0] == "True" else programmed


def _accepted(lines: Sequence[Line]) -> Verdict:
    """False when a wish had to be cut, unless it only says nothing where others have said something."""
    published = any(line.outcome is not None and not line.held for line in lines)
    faults = [line for line in lines if line.problems and not (published and line.problems[0].reason in _SOFT)]
    if faults:
        return "False", faults[0].reason, _told(faults)
    if not lines:
        return "False", Reason.NO_TARGETS, "nothing is asked for"
    noted = _told(replace(line, outcome=None) for line in lines if line.notes)
    return "True", Reason.SYNCED, "every wish is sound" + (f"; {noted}" if noted else "")


def _programmed(lines: Sequence[Line]) -> Verdict:
    tried = [line for line in lines if line.outcome is not None]
    missing = [line for line in tried if line.outcome and line.outcome.reason is not Reason.SYNCED]
    if missing:
        return "False", missing[0].outcome.reason if missing[0].outcome else Reason.PENDING, _told(missing)
    if not tried:
        first = lines[0].reason if lines else Reason.NO_TARGETS
        return "False", first, _told(lines) or "nothing is asked for"
    return "True", Reason.SYNCED, f"DNS holds {_count(len(tried), 'record set')}"


def _told(lines: Iterable[Line]) -> str:
    """What is wrong, each sentence once, with the name that it is about where there are several."""
    texts = dict.fromkeys(f"{line.name} {line.rtype}".strip() + f": {line.message}" for line in lines)
    shown = list(texts)[:5]
    more = len(texts) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


# -- summary: what the columns of `kubectl get` show, which cannot join lists themselves


def _summary(lines: Sequence[Line]) -> dict[str, str]:
    endpoints = [line.outcome.endpoint for line in lines if line.outcome and line.outcome.endpoint]
    return {
        "hostnames": joined(line.name for line in lines),
        "types": joined(e.rtype for e in endpoints),
        "targets": joined(target for e in endpoints for target in e.targets),
        "zones": joined(line.outcome.zone for line in lines if line.outcome),
        "owner": joined(line.outcome.ownership.owner for line in lines if line.outcome and line.outcome.ownership),
    }


def joined(texts: Iterable[str], most: int = 3) -> str:
    """The first of them, and how many more there are."""
    once = [text for text in dict.fromkeys(texts) if text]
    return ",".join(once[:most]) + (f",+{len(once) - most}" if len(once) > most else "")
