"""The echo of our own writes: what the API server has just answered comes back by the watch, and is dropped unread.

At a cold start every DNSEndpoint is created and gets a status, so that two events a name would pass kopf's pipeline
(0.2 ms each) only to be found known. The answer to a write carries the version that its event will have.
"""

from __future__ import annotations

import re
from collections import OrderedDict

MOST = 10_000  # versions remembered: an event that came before the answer leaves its own behind
# Metadata comes before spec and status, and inside of a JSON string the quotes would be escaped.
_VERSION = re.compile(rb'"resourceVersion":"(\d+)"')


class Echoes:
    """Versions of objects that this process has written, and whose events have not come yet."""

    def __init__(self) -> None:
        self._versions: OrderedDict[bytes, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._versions)

    def wrote(self, version: str) -> None:
        """An answer to a write of ours had this resourceVersion, and has been taken in."""
        self._versions[version.encode()] = None
        if len(self._versions) > MOST:
            self._versions.popitem(last=False)

    def is_one(self, line: bytes) -> bool:
        """Whether a line of a watch is the event of a write of ours; it is then forgotten, since it comes once.

        A deletion has a version of its own, so it is never one.
        """
        found = _VERSION.search(line)
        if found is None or found[1] not in self._versions:
            return False
        del self._versions[found[1]]
        return True
