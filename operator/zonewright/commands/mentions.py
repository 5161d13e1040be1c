"""Where in an object a hostname is written: what a person would have to change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zonewright.model.hostname import InvalidName, canonical, spelled

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PARTS = re.compile(r"[\s,]+")


def same(text: str, hostname: str) -> bool:
    """Whether a text is this hostname, which is spelled or canonical."""
    try:
        return canonical(text) == hostname
    except InvalidName:
        return spelled(text) == hostname


def places(obj: Mapping[str, Any], hostname: str) -> tuple[str, ...]:
    """Paths below spec and the annotations whose text is the hostname, or a list of names with it.

    In kubectl's spelling: spec.rules[0].host, metadata.annotations["external-dns.kubernetes.io/hostname"].
    """
    meta = obj.get("metadata")
    annotations = meta.get("annotations") if isinstance(meta, Mapping) else None
    found = [*_within("spec", obj.get("spec"), hostname), *_within("metadata.annotations", annotations, hostname)]
    return tuple(found)


def _within(path: str, value: Any, hostname: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _within(f"{path}{_step(str(key))}", part, hostname)
    elif isinstance(value, str):
        if any(same(part, hostname) for part in _PARTS.split(value) if part):
            yield path
    elif isinstance(value, Sequence):
        for index, part in enumerate(value):
            yield from _within(f"{path}[{index}]", part, hostname)


def _step(key: str) -> str:
    return f".{key}" if _PLAIN.fullmatch(key) else f'["{key}"]'
