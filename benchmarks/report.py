"""The table, in Markdown and in JSON; made from the results alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from benchmarks import growth
from benchmarks.metrics import ROWS, Row, Values, failures, values
from benchmarks.results import Book, Measurement, Place, by_place
from benchmarks.statistics import Spread
from benchmarks.targets import FLOOR, OURS, THEIRS, targets

MARKDOWN, JSON = "report.md", "report.json"
_BACKENDS = {"coredns": "CoreDNS/etcd", "pdns": "PowerDNS", "route53": "Route 53 (moto)"}
_NOTE = """\
Each figure is the median over the runs, with the least and the most of them in brackets; of latencies, the percentile
of each run. The runs are interleaved: the API server alone, Zonewright, ExternalDNS, and again. Both tools met the same
objects on the same control plane and the same, emptied DNS server; everything ran on one machine, the servers and what
measures too. No run was left out; a run that failed says so. "Ratio" is ExternalDNS's figure divided by Zonewright's.
"""


def write(book: Book) -> None:
    """Report and plots, beside the results. Plots are left out where there is no matplotlib."""
    measurements, facts = book.measurements(), book.facts()
    pictures = _plots(book, measurements)
    (book.directory / MARKDOWN).write_text(markdown(measurements, facts, pictures))
    (book.directory / JSON).write_text(json.dumps(document(measurements, facts), indent=2) + "\n")


def _plots(book: Book, measurements: Sequence[Measurement]) -> list[str]:
    try:
        from benchmarks import plots
    except ImportError:
        return []
    return plots.draw(book.directory, measurements)


def markdown(measurements: Sequence[Measurement], facts: Mapping[str, Any], pictures: Sequence[str]) -> str:
    parts = ["# Zonewright and ExternalDNS, side by side", _machine(facts), _NOTE]
    for place, found in by_place(measurements):
        parts.append(f"## {place.names:,} hostnames, {_BACKENDS.get(place.backend, place.backend)}")
        parts += [_table(place, found), _counts(found)]
        parts += _failed(found)
    if lines := growth.lines(measurements):
        parts += ["## Growth", "\n".join(f"- {line}" for line in lines)]
    parts += ["## Noise", _noise(measurements)]
    parts += [f"![{name.removesuffix('.png').replace('-', ' ')}]({name})" for name in pictures]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _machine(facts: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in facts.get("versions", {}).items())
    memory = facts.get("memory_bytes", 0) / 1e9
    return (
        f"{facts.get('date', '')}; commit {facts.get('commit', '?')}; {facts.get('cores')} cores"
        f" ({facts.get('processor', '')}), {memory:.0f} GB of memory, {facts.get('system', '')},"
        f" Python {facts.get('python', '')}; {versions}."
    )


def _table(place: Place, measurements: Sequence[Measurement]) -> str:
    found = values(measurements)
    lines = ["| | ExternalDNS | Zonewright | Ratio | Target | |", "|---|---|---|---|---|---|"]
    for row in ROWS:
        ours, theirs = _cell(row, measurements, found, OURS), _cell(row, measurements, found, THEIRS)
        if (floor := found.get((row.key, FLOOR))) is not None:
            lines.append(f"| {row.title} | {spread_text(floor, row.unit)} | | | | |")
        elif ours or theirs:
            wanted = targets(row.key, place)
            text = " and ".join(target.text for target in wanted)
            verdicts = [target.met(found) for target in wanted]
            lines.append(f"| {row.title} | {theirs} | {ours} | {_ratio(row, found)} | {text} | {_verdict(verdicts)} |")
    return "\n".join(lines)


def _cell(row: Row, measurements: Sequence[Measurement], found: Values, tool: str) -> str:
    spread, failed = found.get((row.key, tool)), failures(measurements, row, tool)
    text = spread_text(spread, row.unit) if spread else ""
    return " ".join(part for part in (text, f"**{len(failed)} failed**" if failed else "") if part)


def _ratio(row: Row, found: Values) -> str:
    ours, theirs = found.get((row.key, OURS)), found.get((row.key, THEIRS))
    if ours is None or theirs is None or ours.median <= 0:
        return ""
    return f"{number(theirs.median / ours.median)}"


def _verdict(verdicts: Sequence[bool | None]) -> str:
    if not verdicts:
        return ""
    if False in verdicts:
        return "**missed**"
    return "not known" if None in verdicts else "met"


def spread_text(spread: Spread, unit: str) -> str:
    """12.3 (11.8–13.1) s; without brackets where there was one run."""
    text = number(spread.median)
    if spread.count > 1:
        text += f" ({number(spread.least)}–{number(spread.most)})"
    return f"{text} {unit}".strip()


def number(value: float) -> str:
    """Three digits, and never an exponent."""
    if value == 0:
        return "0"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 4
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if digits == 4 else text


def _counts(measurements: Sequence[Measurement]) -> str:
    """Of how many changes the percentiles are: of a few, the 99th is little else than the longest."""
    counted = [
        f"{work}, {tool}: {sum(len(one.samples) for one in measurements if (one.work, one.tool) == (work, tool))}"
        for work in ("latency", "rate")
        for tool in (THEIRS, OURS)
        if any(one.samples for one in measurements if (one.work, one.tool) == (work, tool))
    ]
    return f"Changes behind the percentiles: {'; '.join(counted)}." if counted else ""


def _failed(measurements: Iterable[Measurement]) -> list[str]:
    lines = [
        f"- {one.tool}, {one.work}, run {one.run}: {' '.join(one.error.split())[:300]}"
        for one in measurements
        if one.failed
    ]
    return ["Failed:", "\n".join(lines)] if lines else []


def _noise(measurements: Sequence[Measurement]) -> str:
    loads = Spread.of(one.load for one in measurements)
    lines = [f"Load average when a measurement began: {spread_text(loads, '')}." if loads else ""]
    lines.append("How far the runs of one tool lie apart, as a share of their median:\n")
    lines += ["| | widest among | apart |", "|---|---|---|"]
    for row in ROWS:
        apart = [
            ((spread.most - spread.least) / spread.median, f"{tool}, {place.names:,}, {place.backend}")
            for place, found in by_place(measurements)
            for (key, tool), spread in values(found).items()
            if key == row.key and spread.count > 1 and spread.median > 0
        ]
        if apart:
            share, where = max(apart)
            lines.append(f"| {row.title} | {where} | {share:.0%} |")
    if len(lines) == 4:
        lines = [*lines[:1], "There was one run of everything: how far runs lie apart is not known."]
    return "\n".join(lines)


def document(measurements: Sequence[Measurement], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The tables for programs: medians and spreads by place, row and tool, targets with their verdicts."""
    places = []
    for place, found in by_place(measurements):
        spreads = values(found)
        rows = []
        for row in ROWS:
            tools = {tool: asdict(spread) for (key, tool), spread in spreads.items() if key == row.key}
            if tools:
                wanted = [{"text": one.text, "met": one.met(spreads)} for one in targets(row.key, place)]
                rows.append({"key": row.key, "title": row.title, "unit": row.unit, "tools": tools, "targets": wanted})
        failed = [{"tool": o.tool, "work": o.work, "run": o.run, "error": o.error} for o in found if o.failed]
        places.append({"backend": place.backend, "names": place.names, "rows": rows, "failed": failed})
    return {"facts": dict(facts), "places": places, "growth": growth.lines(measurements)}
