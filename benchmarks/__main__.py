"""`python -m benchmarks run` and `python -m benchmarks report DIR`."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from benchmarks import machine, report, session
from benchmarks.plan import BACKENDS, PROFILES, TOOLS, WORKS, Plan, Stage, narrowed, profile
from benchmarks.results import Book
from localcluster.process import exit_on_sigterm
from localcluster.progress import duration, say

_ROOT = Path(__file__).parents[1]


@click.group(help="Zonewright and ExternalDNS, measured in turn on the same servers.")
def main() -> None:
    pass


def _listed(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    return tuple(word.strip() for word in value.split(",") if word.strip()) if value else None


@main.command(help="Measure; write results as they come, then the report. --names or --backends: a choice of your own.")
@click.option("--profile", "name", type=click.Choice(PROFILES), default="standard", show_default=True)
@click.option("--names", callback=_listed, help="Sizes: 1000,5000,20000.")
@click.option("--backends", callback=_listed, help=f"Of {','.join(BACKENDS)}; coredns if only --names is given.")
@click.option("--tools", callback=_listed, help=f"Of {','.join(TOOLS)}.")
@click.option("--work", "works", callback=_listed, help=f"Of {','.join(WORKS)}.")
@click.option("--runs", type=click.IntRange(min=1), default=None, help="Runs of each tool.")
@click.option("--steady-seconds", type=click.FloatRange(min=1), default=None)
@click.option("--latency-seconds", type=click.FloatRange(min=1), default=None, help="No change begins after these.")
@click.option("--changes", type=click.IntRange(min=1), default=None, help="Changes, one at a time.")
@click.option("--burst", type=click.IntRange(min=1), default=None, help="Objects at once.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="A new directory for the results.")
def run(
    name: str,
    names: tuple[str, ...] | None,
    backends: tuple[str, ...] | None,
    tools: tuple[str, ...] | None,
    works: tuple[str, ...] | None,
    runs: int | None,
    steady_seconds: float | None,
    latency_seconds: float | None,
    changes: int | None,
    burst: int | None,
    out: Path | None,
) -> None:
    for variable in ("KUBECONFIG", "ZONEWRIGHT_TEST_KUBECONFIG"):  # no cluster but ours is filled with objects
        os.environ.pop(variable, None)
    plan = profile(name)
    given: dict[str, Any] = {
        "steady_seconds": steady_seconds,
        "latency_seconds": latency_seconds,
        "changes": changes,
        "burst": burst,
    }
    extent = replace(plan.extent, **{key: value for key, value in given.items() if value is not None})
    try:
        plan = narrowed(plan, _stages(plan, names, backends, tools, works, runs), extent)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    book = Book(out or _ROOT / "benchmark-results" / datetime.now().strftime("%Y-%m-%d-%H%M%S"))
    book.start(machine.facts(extent))
    say(f"Measuring takes about {duration(plan.seconds())}; results are written to {book.directory}")
    exit_on_sigterm()
    try:
        failed = asyncio.run(session.measure(plan, book))
    except KeyboardInterrupt:
        say("Stopped; what was measured until then is kept")
        sys.exit(130)
    finally:
        if book.measurements():
            report.write(book)
            say(f"Report: {book.directory / report.MARKDOWN}")
    if failed:
        say(f"{failed} measurements failed; the report has them")
        sys.exit(1)


def _stages(
    plan: Plan,
    names: tuple[str, ...] | None,
    backends: tuple[str, ...] | None,
    tools: tuple[str, ...] | None,
    works: tuple[str, ...] | None,
    runs: int | None,
) -> list[Stage]:
    """Raises ValueError."""
    stages = list(plan.stages)
    if names or backends:
        sizes = [int(number) for number in names or ("5000",)]
        stages = [Stage(size, backend, 1) for size in sizes for backend in backends or ("coredns",)]
    changed: dict[str, object] = {}
    if tools:
        changed["tools"] = tools
    if works:
        changed["works"] = tuple(work for work in WORKS if work in works)
        if unknown := set(works) - set(WORKS):
            raise ValueError(f"{', '.join(sorted(unknown))}: not one of {', '.join(WORKS)}")
    if runs:
        changed["runs"] = runs
    return [replace(stage, **changed) for stage in stages]  # type: ignore[arg-type]


@main.command("report", help="Write report and plots again, from the results in DIRECTORY alone.")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
def report_again(directory: Path) -> None:
    report.write(Book(directory))
    say(f"Report: {directory / report.MARKDOWN}")


if __name__ == "__main__":
    main()
