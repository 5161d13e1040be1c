"""A clock on the wall that a test sets for one process while it runs; its other clocks go on as they are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import libfaketime


class WrongClock:
    """file: a path that nobody else has. `environment` is for the process whose clock it is to be."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set(0)

    @property
    def environment(self) -> Mapping[str, str]:
        [library] = Path(libfaketime.__file__).parent.rglob("libfaketime.so.*")
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, ahead: float) -> None:
        """So many seconds before the true time from now on, whatever it was before; negative: behind it."""
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{ahead:+.0f}\n")
        os.replace(beside, self._file)
