"""Several owners in one ownership record: each states the targets that are its own, in values of its own.

    "heritage=external-dns,external-dns/owner=<id>,external-dns/resource=<...>,external-dns/shared=<target> <target>"

A value is one character-string of TXT data, so many targets are several values of one owner. ExternalDNS reads the
first value of a set, and to it the record is that owner's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from zonewright.model.endpoint import SHARED_LABEL
from zonewright.model.ownership import Ownership, Share
from zonewright.registry.txt.values import fits, representable


def parts(ownership: Ownership) -> tuple[Ownership, ...]:
    """What the values of one owner say, each short enough to be written; one for a record set that is not shared.

    Raises ValueError where not even a single target fits, beside a very long owner id.
    """
    stated = ownership.stated
    if stated is None:
        return (representable(ownership),)
    bare = _stating(ownership, None)
    for said in (bare, replace(bare, resource="")):  # the resource is told where there is room
        kept = representable(said)
        if all(fits(_stating(kept, (target,))) for target in stated):
            return tuple(_stating(kept, group) for group in _packed(kept, stated))
    raise ValueError("a target does not fit into the ownership record beside so long an owner id")


def together(said: Iterable[Ownership]) -> Ownership:
    """What several values of one owner say as one: at least one, all of them shared."""
    first, *more = sorted(said, key=lambda part: (part.resource, part.extra))
    return _stating(first, sorted({target for part in (first, *more) for target in part.stated or ()}))


def is_shared(said: Iterable[Ownership]) -> bool:
    """Whether owners share a record set: a single one who does not say so has it for himself."""
    return all(part.stated is not None for part in said)


def shares(said: Iterable[Ownership]) -> tuple[Share, ...]:
    """What each owner states, by owner."""
    targets: dict[str, set[str]] = {}
    for part in said:
        targets.setdefault(part.owner, set()).update(part.stated or ())
    return tuple(Share(owner, tuple(sorted(stated))) for owner, stated in sorted(targets.items()))


def _packed(kept: Ownership, targets: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Targets in their order, as many together as fit; one empty group where there are none."""
    group: tuple[str, ...] = ()
    for target in targets:
        if group and not fits(_stating(kept, (*group, target))):
            yield group
            group = ()
        group = (*group, target)
    yield group


def _stating(ownership: Ownership, targets: Iterable[str] | None) -> Ownership:
    """The same with other targets as its own; None: of a record set that is not shared."""
    extra = {key: value for key, value in ownership.extra if key != SHARED_LABEL}
    extra |= {} if targets is None else {SHARED_LABEL: " ".join(targets)}
    return replace(ownership, extra=tuple(sorted(extra.items())))
