"""Whether the process is alive, and ready: what /healthz and /readyz answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from zonewright.model.kind import Kind


class Probes:
    """What /healthz and /readyz answer.

    tasks   those that must run for the process to count as alive
    deaf    kinds without a working watch for too long, and why
    synced  whether the first full pass is done
    """

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self.deaf: Mapping[Kind, str] = {}
        self.synced = False

    def alive(self) -> str | None:
        """None, or what is wrong."""
        if ended := sorted(task.get_name() for task in self.tasks if task.done()):
            return f"not running any more: {', '.join(ended)}"
        if self.deaf:
            return "no watch on " + ", ".join(f"{kind.plural} ({why})" for kind, why in sorted(self.deaf.items()))
        return None

    def ready(self) -> str | None:
        """None, or what is missing."""
        return None if self.synced else "the first full pass is not done"
