"""Free ports of the loopback."""

from __future__ import annotations

import random
import socket

# Below the range that Linux and macOS take ports of outgoing connections from, lest one of those comes in between.
_RANGE = range(20000, 32000)
LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port on which nobody listens now, by TCP nor UDP. Nothing holds it until its user binds it."""
    for port in random.sample(_RANGE, 200):
        if _is_free(port, socket.SOCK_STREAM) and _is_free(port, socket.SOCK_DGRAM):
            return port
    raise OSError(f"no free port between {_RANGE.start} and {_RANGE.stop}")


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
