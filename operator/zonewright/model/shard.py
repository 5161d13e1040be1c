"""Which of several installations, that share the work of one owner id, looks after a name or a zone.

A key goes to the shard that gives the greatest number for it (rendezvous hashing): another shard beside COUNT takes
1/(COUNT+1) of the keys, from all alike, and moves no other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b

from zonewright.model.hostname import printable

MOST = 256  # each of them watches the whole cluster
_WRITTEN = re.compile(r"(?P<index>[0-9]{1,9})/(?P<count>[0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Shard:
    """Number `index`, from 0, of `count`."""

    index: int = 0
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """As in "0/4"; "" is the only one. Raises ValueError, whose text says what is allowed."""
        if not text:
            return cls()
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{printable(text)!r} is no shard: write INDEX/COUNT, such as 0/4")
        index, count = int(match["index"]), int(match["count"])
        if not 1 <= count <= MOST:
            raise ValueError(f"{printable(text)!r} is no shard: there can be 1 to {MOST} of them")
        if index >= count:
            raise ValueError(f"{printable(text)!r} is no shard: the {count} are counted from 0 to {count - 1}")
        return cls(index, count)

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"


def place(key: str, count: int) -> int:
    """The index of the shard that has a key. It is the same in every process and version: records depend on it."""
    return max(range(count), key=lambda index: _weight(index, key))


def _weight(index: int, key: str) -> bytes:
    return blake2b(f"{index}\n{key}".encode(errors="surrogatepass"), digest_size=8).digest()
