"""The status of a DNSEndpoint that people wrote and whose names are in several shards.

Each shard writes the lines of its own names, and two conditions of its own, Shard0Accepted and Shard0Programmed, which
say by their observedGeneration what they know of. Lines and conditions of others stay as they are, unless nothing in
the object is theirs any more. Accepted, Programmed and Ready are made anew from all of them by whoever writes: where a
shard has not spoken of this generation yet they are Unknown, and nothing is claimed that is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zonewright.model.reason import Reason
from zonewright.model.shard import Shard
from zonewright.zones.status import MAX_RECORDS, Line, Status, Verdict, build, condition, joined, ready

_Record = Mapping[str, Any]
_PARTS = ("Accepted", "Programmed")


@dataclass(frozen=True, slots=True)
class Beside:
    """own: the shard that speaks; places: the shard of each name that an object asks for, in the order of its spec."""

    own: Shard
    places: Mapping[str, int]

    def is_ours(self, record: _Record) -> bool:
        """Whether a line of a status is ours: all that is not of a name of others."""
        return self.places.get(str(record.get("dnsName")), self.own.index) == self.own.index

    def ours(self, status: Mapping[str, Any]) -> dict[str, Any]:
        """A status with our lines alone."""
        return {**status, "records": [record for record in _items(status, "records") if self.is_ours(record)]}


def build_beside(
    lines: Sequence[Line], beside: Beside, generation: int, before: Mapping[str, Any], now: float
) -> Status:
    """The status of an object after we have spoken: `lines` are those of our names."""
    kept = [record for record in _items(before, "records") if not beside.is_ours(record)]
    own = build(lines, generation, before, now, others=len(kept))
    records = _fitting([*own["records"], *kept], beside.places)
    old = {str(one.get("type")): one for one in _items(before, "conditions")}
    shards = sorted({*beside.places.values(), beside.own.index})
    parts = {name: old[name] for shard in shards for kind in _PARTS if (name := _part(shard, kind)) in old}
    for one in own["conditions"]:
        if one["type"] in _PARTS:
            name = _part(beside.own.index, one["type"])
            parts[name] = condition(name, _verdict(one), generation, old.get(name), now)
    waiting = {shard for shard in shards if _waits(shard, parts, records, beside, generation)} - {beside.own.index}
    accepted, programmed = (
        _together({shard: _said(shard, kind, parts, waiting, beside) for shard in shards}) for kind in _PARTS
    )
    given = (("Ready", ready(accepted, programmed)), ("Accepted", accepted), ("Programmed", programmed))
    summed_up = [condition(kind, verdict, generation, old.get(kind), now) for kind, verdict in given]
    return {
        "observedGeneration": generation,
        "conditions": [*summed_up, *(parts[name] for name in sorted(parts))],
        "summary": _summary(records, beside.places),
        "records": records,
    }


def _part(shard: int, kind: str) -> str:
    return f"Shard{shard}{kind}"


def _items(status: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
    found = status.get(field)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _fitting(records: list[dict[str, Any]], places: Mapping[str, int]) -> list[dict[str, Any]]:
    """In the order of the spec. Where not all fit, those that tell of a fault come first."""
    order = {name: number for number, name in enumerate(places)}
    ordered = sorted(records, key=lambda record: order.get(str(record.get("dnsName")), len(order)))
    by_need = sorted(range(len(ordered)), key=lambda at: ordered[at].get("reason") == Reason.SYNCED)
    return [ordered[at] for at in sorted(by_need[:MAX_RECORDS])]


# -- conditions


def _waits(
    shard: int, parts: Mapping[str, _Record], records: Sequence[_Record], beside: Beside, generation: int
) -> bool:
    """Whether a shard has not spoken of all that is its."""
    said = [parts.get(_part(shard, kind), {}).get("observedGeneration") for kind in _PARTS]
    told = {str(record.get("dnsName")) for record in records}
    silent = any(name not in told for name, at in beside.places.items() if at == shard)
    return said != [generation] * len(_PARTS) or (silent and len(records) < MAX_RECORDS)


def _said(shard: int, kind: str, parts: Mapping[str, _Record], waiting: set[int], beside: Beside) -> Verdict:
    if shard not in waiting:
        return _verdict(parts[_part(shard, kind)])
    names = [name for name, at in beside.places.items() if at == shard]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return "Unknown", Reason.PENDING, f"waiting for shard {shard}/{beside.own.count}: {', '.join(names[:5])}{more}"


def _verdict(found: _Record) -> Verdict:
    return str(found.get("status")), str(found.get("reason")), str(found.get("message") or "")


def _together(said: Mapping[int, Verdict]) -> Verdict:
    """False where one is, else Unknown where one is; with all that is to be told of it."""
    worst = next((status for status in ("False", "Unknown") if any(one[0] == status for one in said.values())), "True")
    telling = {shard: one for shard, one in said.items() if worst == "True" or one[0] != "True"}
    reason = next(one[1] for one in telling.values() if one[0] == worst)
    texts = list(dict.fromkeys(one[2] for one in telling.values()))
    if len(texts) == 1:
        return worst, reason, texts[0]
    return worst, reason, "; ".join(f"shard {shard}: {one[2]}" for shard, one in telling.items())


def _summary(records: Sequence[_Record], names: Iterable[str]) -> dict[str, str]:
    published = [record for record in records if record.get("targets")]
    return {
        "hostnames": joined(names),
        "types": joined(str(record.get("recordType") or "") for record in published),
        "targets": joined(str(target) for record in published for target in record["targets"]),
        "zones": joined(str(record.get("zone") or "") for record in records),
        "owner": joined(str((record.get("ownership") or {}).get("owner") or "") for record in records),
    }
