"""The command as people start it: a process of its own, so that exit codes, streams and imports are the real ones."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from click.testing import CliRunner

from zonewright import __version__
from zonewright.cli import zonewright
from zonewright.settings.reading import FLAGS

OPERATOR = Path(__file__).parents[2] / "operator"
SLOW = ("kopf", "kubernetes_asyncio", "aiohttp", "prometheus_client")


def command(*args: str, program: Sequence[str] = ("-m", "zonewright"), **environ: str) -> CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("EXTERNAL_DNS_")}
    env = kept | {"PYTHONPATH": str(OPERATOR)} | environ
    line = [sys.executable, *program, *args]
    return subprocess.run(line, capture_output=True, text=True, env=env, timeout=60, check=False)


@pytest.mark.parametrize("args", [["version"], ["--version"], ["run", "--version"]])
def test_version_is_shown(args: list[str]) -> None:
    done = command(*args)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"zonewright {__version__} (Python ")


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["run", "--policy=mirror", "--provider=inmemory"], id="run"),
        pytest.param(["--policy=mirror", "--provider=inmemory"], id="bare flags, as in an ExternalDNS deployment"),
    ],
)
def test_wrong_flag_ends_with_2_and_its_name_on_stderr(args: list[str]) -> None:
    done = command(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "--policy: 'mirror' is not allowed; choose sync, upsert-only or create-only",
        "Nothing was started. All flags: zonewright run --help",
    ]


def test_wrong_variable_is_named() -> None:
    done = command("run", "--provider=inmemory", EXTERNAL_DNS_INTERVAL="1d")
    assert done.returncode == 2
    assert done.stderr.startswith("EXTERNAL_DNS_INTERVAL: '1d' is not a duration")


def test_help_needs_no_valid_settings_and_names_every_flag() -> None:
    done = command("run", "--policy=mirror", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    for flag in FLAGS.values():
        assert flag.usage in done.stdout
        assert flag.variable in done.stdout
    assert "default 1m" in done.stdout
    assert "required" in done.stdout


@pytest.mark.parametrize("args", [["--help"], ["run", "--help"], ["run", "--policy=mirror"]])
def test_no_colours_without_a_terminal(args: list[str]) -> None:
    done = command(*args)
    assert "\x1b" not in done.stdout + done.stderr


def test_colours_on_a_terminal() -> None:
    result = CliRunner().invoke(zonewright, ["run", "--help"], color=True)
    assert "\x1b[" in result.output


@pytest.mark.parametrize("args", [["version"], ["run", "--help"], ["run", "--policy=mirror"]])
def test_what_only_talks_imports_no_cluster_client(args: list[str]) -> None:
    probe = (
        "import sys; from zonewright.cli import main\n"
        "try: main()\n"
        f"finally: print(sorted(set(sys.modules) & {set(SLOW)}), file=sys.stderr)"
    )
    done = command(*args, program=("-c", probe))
    assert done.stderr.splitlines()[-1] == "[]"


def test_start_logs_the_settings_once_without_secrets() -> None:
    done = command(
        "run",
        "--provider=webhook",
        "--webhook-provider-url=http://u:hunter2@127.0.0.1:1",
        "--kubeconfig=/nowhere",
        "--once",
    )
    assert done.returncode == 1  # there is no such kubeconfig
    (line,) = [line for line in done.stderr.splitlines() if f"Zonewright {__version__}" in line]
    assert "--webhook-provider-url=http://******@127.0.0.1:1" in line
    assert "--kubeconfig=/nowhere" in line
    assert "hunter2" not in done.stdout + done.stderr


def test_unknown_command_ends_with_2() -> None:
    done = command("walk")
    assert done.returncode == 2
    assert "No such command 'walk'" in done.stderr
