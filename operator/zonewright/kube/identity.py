"""Who this process is, for a lease; and whether another process, known by such a name only, is proven to be dead.

    name_boot_space_pid_start

    name   of the pod (POD_NAME), else of the host
    boot   the first digits of the kernel's boot id: two kernels, or two boots of one, hardly ever have the same
    space  number of the PID namespace
    start  when the process started, in ticks since the boot: a process id may be given anew

Nothing is concluded from what cannot be read, as on systems without /proc: such a holder is waited for.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PROC = Path("/proc")
_DEAD = frozenset("ZX")  # states of a process that only waits to be reaped
_UNFIT = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """boot is "" and space 0 where they are not known.

    alone  whether the name is that of a pod, which has one process of ours at a time; not part of the text
    """

    name: str
    boot: str
    space: int
    pid: int
    start: int
    alone: bool = False

    def __str__(self) -> str:
        return "_".join((self.name, self.boot, str(self.space), str(self.pid), str(self.start)))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """What `str` has written; None for any other text."""
        parts = text.split("_")
        if len(parts) != 5 or not all(part.isascii() and part.isdigit() for part in parts[2:]):
            return None
        name, boot, *numbers = parts
        space, pid, start = map(int, numbers)
        return cls(name, boot, space, pid, start)


def own(environ: Mapping[str, str] = os.environ) -> Identity:
    """That of this process. Reads a few files of /proc, which takes no time."""
    host, pod, pid = _fit(socket.gethostname()), _fit(environ.get("POD_NAME", "")), os.getpid()
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()[:8]
        space = (_PROC / "self/ns/pid").stat().st_ino
        start = started(pid)
    except OSError:
        start = None
    if start is None:
        return Identity(pod or host, "", 0, pid, secrets.randbits(32))
    # A name that is given to several pods by mistake is not their host name as well.
    return Identity(pod or host, boot, space, pid, start, alone=bool(pod) and pod == host)


def is_dead(holder: str, me: Identity, lives: Callable[[int, int], bool]) -> bool:
    """Whether it is certain that the process that has this identity has ended.

    lives  whether a process with an id and a start may still run, in our PID namespace
    """
    other = Identity.parse(holder)
    if other is None or not me.boot or (other.name, other.boot) != (me.name, me.boot):
        return False
    if other.space == me.space:
        return not lives(other.pid, other.start)
    return me.alone  # then it is a container of our pod that has been started again


def may_live(pid: int, start: int) -> bool:
    """Whether a process of our PID namespace, with this start, may still run."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's, or no number of a process
        pass
    try:
        since = started(pid)
    except OSError:  # hidden from us, or gone by now: the next look tells
        return True
    return since is not None and since == start


def started(pid: int) -> int | None:
    """When a process started, in ticks since the boot; None for one that is dead already. Raises OSError."""
    # The second field, the program's name in brackets, may hold anything (proc_pid_stat(5)).
    state, *fields = (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    return None if state in _DEAD else int(fields[18])


def _fit(name: str) -> str:
    return _UNFIT.sub("-", name)[:63]
