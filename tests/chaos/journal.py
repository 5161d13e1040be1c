"""What etcd has held at every single revision: an absence too short for questions to meet is found here."""

from __future__ import annotations

import base64
import itertools
import json
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from cluster.witness import Event


def revision(etcd: str) -> int:
    """The store's present one."""
    nothing = {"key": base64.b64encode(b"/").decode(), "keys_only": True, "limit": "1"}
    with urllib.request.urlopen(f"{etcd}/v3/kv/range", json.dumps(nothing).encode(), timeout=10) as answer:
        return int(json.load(answer)["header"]["revision"])


def root(path: str, domain: str) -> str:
    """Where a domain lives below the path of CoreDNS."""
    return "/".join([path, *reversed(domain.split("."))])


Excuses = Mapping[str, Sequence[tuple[int, int]]]


def absences(
    root: str, events: Iterable[Event], released: Mapping[str, int | None], excuses: Excuses | None = None
) -> list[str]:
    """Names that had an answer, and at a later revision none, though they were still wanted.

    released  names below `root` that were ever wanted, each with the store's revision when it was wanted no more
    excuses   by name, revisions after and up to which it was somebody else who has taken it away
    """
    held: dict[str, set[str]] = {}
    amiss = []
    for number, together in itertools.groupby(events, attrgetter("revision")):
        touched = set()
        for event in together:
            name = _short(root, event.key)
            keys = held.setdefault(name, set())
            if event.value and event.value.get("host"):
                keys.add(event.key)
            else:
                keys.discard(event.key)
            touched.add(name)
        for name in touched & released.keys():
            until = released[name]
            excused = any(after < number <= last for after, last in (excuses or {}).get(name, ()))
            if not held[name] and not excused and (until is None or number <= until):
                amiss.append(f"{name} was absent from revision {number} on, and wanted until {until or 'the end'}")
    return amiss


def trespasses(root: str, events: Iterable[Event], foreign: Mapping[str, int]) -> list[str]:
    """Changes of names that are somebody else's since a revision."""
    touched = [(event.revision, _short(root, event.key)) for event in events]
    return [
        f"{name} was written at revision {number}"
        for number, name in touched
        if name in foreign and number > foreign[name]
    ]


def _short(root: str, key: str) -> str:
    labels = key.removeprefix(f"{root}/").split("/")[:-1]  # the last one is made up
    return ".".join(reversed(labels))
