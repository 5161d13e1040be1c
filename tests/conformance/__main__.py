"""`python -m conformance --suite FOLDER`: run the suite against `zonewright run`; exit code 1 when a case is lost."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import click

from conformance.compare import Outcome, compare, format_list, parse_junit, parse_list, report
from localcluster import build, controlplane, crds
from localcluster.operator_process import PROGRAM, environment
from localcluster.process import exit_on_sigterm

PASSING = Path(__file__).parent / "passing.txt"


@click.command()
@click.option("--suite", type=click.Path(path_type=Path, resolve_path=True), required=True, help="Folder with run.py.")
@click.option("--accept", is_flag=True, help="Keep the list of passing cases as it is now.")
@click.option("--jobs", default=2, show_default=True, help="Cases at a time.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, resolve_path=True),
    default=Path("build/conformance"),
    show_default=True,
    help="Folder for the runner's log and its JUnit report.",
)
def main(suite: Path, accept: bool, jobs: int, output: Path) -> None:
    if not (suite / "run.py").exists():
        print(f"conformance: skipped, the suite is not at {suite}")
        return
    exit_on_sigterm()
    output.mkdir(parents=True, exist_ok=True)
    outcome = _run(suite, jobs, output)
    kept = parse_list(PASSING.read_text()) if PASSING.exists() else frozenset()
    comparison = compare(kept, outcome)
    print(report(comparison, outcome))
    print(f"All that the runner said: {output / 'log'}")
    if accept:
        PASSING.write_text(format_list(outcome.passed))
        print(f"{len(outcome.passed)} cases kept in {PASSING.name}")
    sys.exit(1 if comparison.lost and not accept else 0)


def _run(suite: Path, jobs: int, output: Path) -> Outcome:
    existing = controlplane.external()
    if existing:
        crds.install(existing)
        return _run_against(existing.kubeconfig, suite, jobs, output)
    build.ensure(controlplane.needed())
    with tempfile.TemporaryDirectory(prefix="zonewright-conformance-") as folder:
        try:
            return _run_against(controlplane.up(Path(folder)).kubeconfig, suite, jobs, output)
        finally:
            controlplane.down(Path(folder))


def _run_against(kubeconfig: str, suite: Path, jobs: int, output: Path) -> Outcome:
    junit, log = output / "junit.xml", output / "log"
    junit.unlink(missing_ok=True)
    command = [sys.executable, str(suite / "run.py"), f"--command={PROGRAM} run", f"--kubeconfig={kubeconfig}"]
    with log.open("w") as sink:
        done = subprocess.run(
            [*command, f"-j{jobs}", f"--junit={junit}"], env=environment({}), stdout=sink, stderr=sink, check=False
        )
    if not junit.exists():
        raise SystemExit(f"conformance: the runner failed with exit code {done.returncode}:\n{log.read_text()[-2000:]}")
    return parse_junit(junit.read_text())


if __name__ == "__main__":
    main()
