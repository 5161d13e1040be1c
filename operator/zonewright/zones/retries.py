"""When a name that failed is tried again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zonewright.providers.base import Denied, ProviderError, Rejected, Throttled
from zonewright.workqueue import backoff


@dataclass(slots=True)
class _Quarantine:
    attempt: int
    due: float
    error: ProviderError


def delay(error: ProviderError, attempt: int) -> float:
    """Seconds until the next try: what the provider asks for, else a back-off, slower where a person has to act.

    A provider that asks for no pause, or a short one, and then refuses again, is given longer ones all the same.
    """
    if isinstance(error, Throttled) and error.retry_after is not None:
        return max(error.retry_after, backoff(attempt, base=0.5, limit=60.0))
    if isinstance(error, Rejected | Denied):
        return backoff(attempt, base=5.0, limit=600.0)
    return backoff(attempt, base=1.0, limit=120.0)


class Retries:
    """Names in quarantine. Times are seconds of the clock that the caller passes in."""

    def __init__(self) -> None:
        self._names: dict[str, _Quarantine] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def failed(self, name: str, error: ProviderError, now: float) -> float:
        """A name's change did not land; returns when it is due again."""
        known = self._names.get(name)
        attempt = known.attempt + 1 if known else 1
        entry = self._names[name] = _Quarantine(attempt, now + delay(error, attempt), error)
        return entry.due

    def wait(self, name: str, error: ProviderError, due: float) -> None:
        """Not before that time, though its changes have landed."""
        self._names[name] = _Quarantine(1, due, error)

    def waiting(self, name: str, now: float) -> tuple[ProviderError, float] | None:
        """The error for which a name still waits, and until when; None when it may be tried."""
        entry = self._names.get(name)
        return (entry.error, entry.due) if entry and entry.due > now else None

    def clear(self, names: Iterable[str]) -> None:
        """Names that have landed, or that somebody has changed: they start afresh."""
        for name in names:
            self._names.pop(name, None)

    def due(self, now: float) -> list[str]:
        """Names whose time has come."""
        return [name for name, entry in self._names.items() if entry.due <= now]

    def next_due(self) -> float | None:
        """When the next name is due; None when none waits."""
        return min((entry.due for entry in self._names.values()), default=None)
