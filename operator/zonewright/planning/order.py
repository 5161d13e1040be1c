"""Batches that a provider takes in one call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zonewright.model.change import Unit


def batches(units: Iterable[Unit], size: int) -> Iterator[list[Unit]]:
    """Units in their order, in batches of at most `size` changes; a unit that is larger goes alone."""
    batch: list[Unit] = []
    room = size
    for unit in units:
        if batch and len(unit.changes) > room:
            yield batch
            batch, room = [], size
        batch.append(unit)
        room -= len(unit.changes)
    if batch:
        yield batch
