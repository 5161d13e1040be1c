"""What the kernel knows of a process: processor time and memory (proc(5))."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_KIB = 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """cpu: seconds, user and system, all threads; peak, resident, anonymous: bytes. anonymous leaves out what is mapped
    from files, such as the code of libraries."""

    cpu: float
    peak: int
    resident: int
    anonymous: int


def usage(pid: int) -> Usage:
    """Raises OSError where there is no such process."""
    folder = Path("/proc") / str(pid)
    return parse((folder / "stat").read_text(), (folder / "status").read_text())


def parse(stat: str, status: str) -> Usage:
    # The second field is the name in brackets, which may hold anything.
    fields = stat.rpartition(")")[2].split()
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)

    def size(name: str) -> int:
        return int(lines[name].split()[0]) * _KIB

    return Usage((int(fields[11]) + int(fields[12])) / _TICKS, size("VmHWM"), size("VmRSS"), size("RssAnon"))


def load() -> float:
    """The load average of the last minute."""
    return os.getloadavg()[0]
