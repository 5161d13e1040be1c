"""An operator that is started again at once whenever it has ended, as a Deployment does."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from localcluster.operator_process import Operator
from localcluster.wait import wait_until


class Restarting:
    """start: makes one that is not waited for.

    starts   so many have been started
    running  the present one
    """

    running: Operator

    def __init__(self, start: Callable[[], Operator]) -> None:
        self.starts = 0
        self._start = start
        self._ended = False
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="restarting")

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._begun.wait(20)
        self.wait_ready()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        self.kill()
        self._thread.join(20)
        if kind is not None:
            print(self.last_log)

    def pid(self) -> int:
        return self.running.process.pid

    def wait_ready(self) -> None:
        """Wait until the present one is ready, whichever that is."""

        def look() -> bool:
            return self.running.status("/readyz") == 200

        wait_until(look, 30, what="the operator to be ready again")

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid(), signal.SIGKILL)

    def _keep(self) -> None:
        while not self._ended:
            with self._start() as operator:
                self.running = operator
                self.starts += 1
                self._begun.set()
                operator.process.wait()
                self.last_log = operator.log()[-6000:]
