"""Programs out of Debian's packages: they are downloaded and unpacked, not installed, so no root is needed.

What a package depends on and this machine does not have is unpacked beside it, for the loader to find.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from localcluster.build import one_at_a_time
from localcluster.programs import cache_directory
from localcluster.progress import say

_TOOLS = ("apt-get", "dpkg")
_INSTALLED = re.compile(r"^Inst (\S+)", re.MULTILINE)
_TIMEOUT = 300  # seconds for one command; the lists of all packages are some 50 MB


class NotToBeHad(Exception):
    """A program is not on this machine and cannot be fetched. The text says why, in one line."""


def unpacked(*packages: str) -> Path:
    """The directory that holds packages and what they need, as if it were "/". Raises NotToBeHad."""
    target = cache_directory() / "debian" / f"{packages[0]}-{_system()}"
    if target.exists():
        return target
    if missing := [tool for tool in _TOOLS if shutil.which(tool) is None]:
        raise NotToBeHad(f"no {packages[0]} on the PATH, and no {missing[0]} to fetch Debian's with")
    with one_at_a_time(cache_directory() / "debian.lock"):
        if not target.exists():
            say(f"Fetching Debian's {' and '.join(packages)}, once")
            _fetch(packages, target)
    return target


def environment(root: Path) -> Mapping[str, str]:
    """For programs that were unpacked: their libraries are found below `root`, after those of the machine."""
    found = sorted({str(library.parent) for library in root.glob("**/*.so*")})
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(found)}


def _system() -> str:
    """Packages of one release and machine do not run on another."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    return f"{release.get('ID', 'linux')}{release.get('VERSION_ID', '')}-{platform.machine()}"


def _fetch(packages: Sequence[str], target: Path) -> None:
    """Unpack beside the final place, then rename: a fetch that is killed leaves no half directory."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=target.parent) as name:
        scratch = Path(name)
        _download(packages, scratch)
        root = scratch / "root"
        for archive in sorted(scratch.glob("*.deb")):
            _run(["dpkg", "-x", str(archive), str(root)], scratch)
        os.replace(root, target)


def _download(packages: Sequence[str], scratch: Path) -> None:
    """By the machine's lists of packages; where it has none, as in most images, or old ones, by lists of our own."""
    try:
        _download_by((), packages, scratch)
    except NotToBeHad:
        lists = scratch / "lists"
        (lists / "partial").mkdir(parents=True)
        own = ("-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={scratch / 'cache'}")
        _run(["apt-get", *own, "-qq", "update"], scratch)
        _download_by(own, packages, scratch)


def _download_by(options: Sequence[str], packages: Sequence[str], scratch: Path) -> None:
    plan = _run(["apt-get", *options, "-qq", "--simulate", "--no-install-recommends", "install", *packages], scratch)
    needed = sorted({*_INSTALLED.findall(plan), *packages})
    _run(["apt-get", *options, "-qq", "download", *needed], scratch)


def _run(command: Sequence[str], directory: Path) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            env={**os.environ, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotToBeHad(f"{' '.join(command)} took longer than {_TIMEOUT} s") from None
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise NotToBeHad(f"{' '.join(command)} failed: {words}")
    return done.stdout
