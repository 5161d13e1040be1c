"""Whether a request may be sent: asked by whoever sends it, at the last moment, in every provider and ledger.

What there is to ask is set around an `apply` and found in its context, so that no client of a provider has to be given
it, and requests that only read, outside of an `apply`, are free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


def _free() -> None:
    """Nobody has to be asked."""


_permission: ContextVar[Callable[[], None]] = ContextVar("permission", default=_free)


@contextmanager
def asking(permission: Callable[[], None]) -> Iterator[None]:
    """Within the block, each request asks. permission: raises ProviderError where it may not be sent."""
    token = _permission.set(permission)
    try:
        yield
    finally:
        _permission.reset(token)


def ask(*_: Any, **__: Any) -> None:
    """Before a request is sent; takes any arguments, so that it can be a hook of a library. Raises ProviderError."""
    _permission.get()()
