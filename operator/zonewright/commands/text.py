"""Changes as people read them. Colours are those of a terminal; `click.echo` takes them away elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from zonewright.commands.changes import Item, ZoneChanges
from zonewright.model.change import Change
from zonewright.model.endpoint import RESOURCE_LABEL, Endpoint
from zonewright.model.hostname import printable
from zonewright.model.ownership import Held
from zonewright.model.row import is_place
from zonewright.model.row import shown as row_shown

_SIGNS = {"create": ("+", "green"), "update": ("~", "yellow"), "delete": ("-", "red"), "keep": (" ", "")}
MAX_TARGETS = 8  # in one line; --output=json has them all
_VISIBLE = 200  # characters of a target: a TXT record may have thousands


def zone_lines(zone: ZoneChanges, provider: str) -> Iterator[str]:
    """A zone with its changes; nothing for a zone that stays as it is."""
    if not zone.items:
        return
    yield click.style(f"{zone.zone}", bold=True) + f"  ({provider})"
    yield ""
    for item in zone.items:
        yield from item_lines(item)
    yield ""


def item_lines(item: Item) -> Iterator[str]:
    """A record set, and below it what becomes of its ownership records."""
    if item.released is not None:
        yield f"  {_released_line(item.released)}"
    elif item.change is None:
        yield f"    {printable(item.name, 253)}  {click.style('only ownership changes', dim=True)}"
    else:
        yield f"  {_line(item.change)}"
    for proof in item.proofs:
        yield f"      {_proof_line(proof)}"


def _line(change: Change) -> str:
    sign, colour = _SIGNS[change.action.value.lower()]
    parts = [_head(change.endpoint), _difference(change), *_rest(change)]
    return f"{click.style(sign, fg=colour, bold=True)} " + "  ".join(part for part in parts if part)


def _released_line(held: Held) -> str:
    """Told by what it is asked to do: whether its object is there is not always known."""
    resource = (held.ownership.resource if held.ownership else "") or "the object that asked for it"
    sign, told = click.style("~", fg="yellow", bold=True), click.style("released", bold=True)
    why = f"it outlasts {printable(resource, 200)}, and is nobody's from then on"
    return f"{sign} {_head(held.endpoint)}  {targets(held.endpoint)}  {told}: {why}"


def _proof_line(change: Change) -> str:
    sign, colour = _SIGNS[change.action.value.lower()]
    return f"{click.style(sign, fg=colour)} " + click.style(f"{_head(change.endpoint)}  ownership", dim=True)


def _head(endpoint: Endpoint) -> str:
    """Name, type and set identifier; of a row of the table its key, which has them all."""
    if is_place(endpoint.name):
        return printable(row_shown(endpoint.key), 253)
    identifier = f" [{printable(endpoint.set_identifier)}]" if endpoint.set_identifier else ""
    return f"{printable(endpoint.name, 253)}  {endpoint.rtype}{identifier}"


def _difference(change: Change) -> str:
    old, new = change.old, change.new
    if old is None or new is None or old.targets == new.targets:
        return targets(change.endpoint)
    return f"{targets(old)} → {targets(new)}"


def _rest(change: Change) -> Iterator[str]:
    old, new = change.old, change.new
    if old is not None and new is not None:
        if old.ttl != new.ttl:
            yield f"ttl {_ttl(old)} → {_ttl(new)}"
        if old.properties != new.properties:
            yield f"{_properties(old)} → {_properties(new)}"
    elif change.endpoint.ttl:
        yield f"ttl {change.endpoint.ttl}"
    if resource := change.endpoint.label(RESOURCE_LABEL):
        yield click.style(printable(resource, 200), dim=True)


def targets(endpoint: Endpoint) -> str:
    """The first targets, and how many more there are."""
    shown = [printable(target, _VISIBLE) for target in endpoint.targets[:MAX_TARGETS]]
    more = len(endpoint.targets) - len(shown)
    return ", ".join(shown) + (f", and {more} more" if more else "")


def _ttl(endpoint: Endpoint) -> str:
    return str(endpoint.ttl) if endpoint.ttl else "default"


def _properties(endpoint: Endpoint) -> str:
    return ", ".join(f"{printable(name)}={printable(value)}" for name, value in endpoint.properties) or "no properties"


def retained_lines(retained: Iterable[Held]) -> Iterator[str]:
    """Record sets that would go, were it allowed."""
    lines = [f"    {_head(held.endpoint)}  {targets(held.endpoint)}" for held in retained]
    if lines:
        yield click.style("Wanted by nobody, and staying, by --policy or since not everything is known:", bold=True)
        yield from ("", *lines, "")


def refusal_line(name: str, rtype: str, reason: str, message: str, where: str) -> str:
    """A name that is not published, and why."""
    sign = click.style("!", fg="magenta", bold=True)
    head = f"{printable(name, 253)}  {rtype}".rstrip()
    return f"  {sign} {head}  {click.style(reason, bold=True)}: {message}" + click.style(f"  ({where})", dim=True)


def summary(tally: Mapping[str, Any]) -> str:
    """The last line of a plan."""
    proofs = tally["ownershipRecords"]
    beside = f" (with {proofs} ownership record{'' if proofs == 1 else 's'})" if proofs else ""
    counts = [f"{tally[action]} to {action}" for action in ("create", "update", "delete")]
    counts += [f"{tally['release']} to release"] if tally["release"] else []
    return f"{', '.join(counts)}{beside}."


def error_lines(errors: Iterable[str]) -> Iterator[str]:
    """What went wrong, one line each."""
    for error in errors:
        yield click.style("Error", fg="red", bold=True) + f": {printable(error, 1000)}"


def objects(counts: Mapping[str, Any]) -> str:
    """What would happen to DNSEndpoints, in one sentence."""
    said = [f"{count} {verb}d" for verb, count in counts.items() if count]
    return f"In the cluster, DNSEndpoints would be written: {', '.join(said)}."
