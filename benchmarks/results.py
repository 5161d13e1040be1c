"""What was measured, as values, and as lines of JSON that are written as they come.

A run that is cut off keeps what it has: a line is whole or it is the last one, and that is left out when it is read.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LINES = "measurements.jsonl"
FACTS = "machine.json"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One kind of work, done once by one tool.

    tool      zonewright, externaldns, or apiserver for what the API server alone takes
    names     hostnames in place when the work began
    run       from 1; all tools have their first run before any has its second
    figures   by name; times are in seconds, memory in bytes
    samples   single latencies in seconds, where the work has them
    calls     requests to the provider by name, where the work counts them
    requests  requests to the API server by verb and resource, where the work counts them
    error     why it failed; "" when it did not
    at        when it ended, UTC
    load      the machine's load average when it began
    """

    tool: str
    backend: str
    names: int
    work: str
    run: int
    figures: Mapping[str, float] = field(default_factory=dict)
    samples: tuple[float, ...] = ()
    calls: Mapping[str, float] = field(default_factory=dict)
    requests: Mapping[str, float] = field(default_factory=dict)
    error: str = ""
    at: str = ""
    load: float = 0.0

    @property
    def failed(self) -> bool:
        return bool(self.error)


def to_line(measurement: Measurement) -> str:
    # asdict does not know how to copy a Counter.
    fields = {one.name: getattr(measurement, one.name) for one in dataclasses.fields(measurement)}
    return json.dumps(fields, separators=(",", ":"))


def from_line(line: str) -> Measurement:
    """Raises ValueError, TypeError where it is none."""
    fields: dict[str, Any] = json.loads(line)
    return Measurement(**{**fields, "samples": tuple(fields.get("samples", ()))})


def parse(lines: Iterable[str]) -> list[Measurement]:
    """All but a last line that was cut off. Raises ValueError, TypeError where another one cannot be read."""
    texts = [line for line in lines if line.strip()]
    found = []
    for number, line in enumerate(texts, 1):
        try:
            found.append(from_line(line))
        except ValueError:
            if number < len(texts):
                raise
    return found


class Book:
    """A directory with results. Each measurement is on disk when `add` returns."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def start(self, facts: Mapping[str, Any]) -> None:
        """Begin it. Raises FileExistsError where there are results already."""
        self.directory.mkdir(parents=True, exist_ok=True)
        (self.directory / LINES).touch(exist_ok=False)
        (self.directory / FACTS).write_text(json.dumps(facts, indent=2) + "\n")

    def add(self, measurement: Measurement) -> None:
        with (self.directory / LINES).open("a") as file:
            file.write(to_line(measurement) + "\n")

    def measurements(self) -> list[Measurement]:
        """Raises FileNotFoundError, ValueError."""
        with (self.directory / LINES).open() as file:
            return parse(file)

    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.directory / FACTS).read_text())
        return found


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """What a table is about."""

    backend: str
    names: int


def by_place(measurements: Iterable[Measurement]) -> Iterator[tuple[Place, Sequence[Measurement]]]:
    """Smaller sizes first, back ends by name."""
    found: dict[Place, list[Measurement]] = {}
    for one in measurements:
        found.setdefault(Place(one.backend, one.names), []).append(one)
    yield from sorted(found.items())
