"""What is said when the command line or the environment cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Problem(NamedTuple):
    """`origin` is the flag ("--policy") or the environment variable that has to be corrected; `message` says how."""

    origin: str
    message: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.message}"


class SettingsError(ValueError):
    """The settings cannot be used. Holds every problem at once, so that nobody corrects them one start at a time."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)
