import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from localcluster import build, golang
from localcluster.programs import ETCD, cached

# Stands in for Go: it writes what is asked for at the place that is asked for.
GO = """#!/bin/sh
[ "$1" = env ] && { echo go1.26.0; exit 0; }
while [ "$1" != -o ]; do shift; done
echo built > "$2"; chmod +x "$2"
echo run >> "$(dirname "$0")/runs"
exit EXIT_CODE
"""


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    return _write(tmp_path / "go", exit_code=0)


def _write(path: Path, exit_code: int) -> Path:
    path.write_text(GO.replace("EXIT_CODE", str(exit_code)))
    path.chmod(0o755)
    return path


def test_a_program_is_built_once(go: Path) -> None:
    build.ensure([ETCD])
    build.ensure([ETCD])
    assert cached(ETCD).read_text() == "built\n"
    assert (go.parent / "runs").read_text() == "run\n"


def test_a_failed_build_leaves_no_program(go: Path) -> None:
    _write(go, exit_code=1)
    with pytest.raises(build.BuildFailed, match="etcd failed, exit code 1"):
        build.ensure([ETCD])
    assert not cached(ETCD).exists()
    assert not list((go.parent / "cache").rglob("build-*/"))


def test_what_a_killed_build_left_is_removed(go: Path) -> None:
    left = go.parent / "cache" / "zonewright" / "build-killed"
    left.mkdir(parents=True)
    (left / "etcd").write_text("half")
    build.ensure([ETCD])
    assert not left.exists()


def test_two_builds_wait_for_each_other(go: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The other process has the lock, and finds the program built when it gets it back."""
    lock = go.parent / "cache" / "zonewright" / "build.lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code = "from localcluster import build, programs; build.ensure([programs.ETCD])"
        with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, env=_environment()) as other:
            assert other.stderr is not None
            assert b"waiting" in other.stderr.readline()
            cached(ETCD).parent.mkdir(parents=True)
            cached(ETCD).write_text("built by us")
            fcntl.flock(held, fcntl.LOCK_UN)
            assert other.wait(20) == 0
    assert cached(ETCD).read_text() == "built by us"
    assert not (go.parent / "runs").exists()


def _environment() -> dict[str, str]:
    return {**golang.environment(), "PYTHONPATH": str(Path(build.__file__).parents[1])}
