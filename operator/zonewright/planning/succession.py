"""Record sets that are not ours as the zone stands, and that become ours since they are wanted.

There are two ways: a migration, from another owner id or another form of ownership records, and a record set that was
ours when its status was written, whose ownership record has been lost since. Nothing of it holds for what nobody wants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from zonewright.model.endpoint import Key
from zonewright.model.ownership import Held, Share
from zonewright.planning.candidates import Candidate, Wanted, joined
from zonewright.planning.refusals import no_place_for_ownership, ownership_outside_zone
from zonewright.planning.sharing import union
from zonewright.planning.situation import Situation
from zonewright.planning.writing import brought_to


def succeeded(situation: Situation, wanted: Sequence[Wanted]) -> Situation:
    """The situation after the succession. What is to be written follows from it as ever: ownership that is missing."""
    if not situation.registry.owner_id:
        return situation
    writable = [one for one in wanted if one.endpoint.targets and not one.problem]
    heirs = [*_migrated(situation, {one.endpoint.key for one in writable}), *_repaired(situation, writable)]
    if not heirs:
        return situation
    found = [heir for heir in heirs if heir.endpoint.targets]
    missing = [heir for heir in heirs if not heir.endpoint.targets]
    taken = {proof.key for heir in heirs for proof in heir.proofs}
    orphans = (*(o for o in situation.orphans if o.proofs[0].key not in taken), *missing)
    return replace(situation, held={**situation.held, **{heir.endpoint.key: heir for heir in found}}, orphans=orphans)


def _migrated(situation: Situation, wanted: set[Key]) -> Iterator[Held]:
    for heir in situation.registry.heirs(situation.name, wanted, situation.records):
        needs_update = not heir.endpoint.targets  # of an ownership record that stands already
        if ownership_outside_zone(situation, heir.endpoint) is None and (
            situation.rules.may_update or not needs_update
        ):
            yield heir


def _repaired(situation: Situation, wanted: Iterable[Wanted]) -> Iterator[Held]:
    """Only a record set that is just as it is wanted: of another one we could not say that it is still the same.

    A shared one may have what others state as well. They state it again where we take it out.
    """
    if not any(one.owned_before for one in wanted):
        return
    for candidate in joined(wanted, across_namespaces=situation.rules.across_namespaces):
        if (heir := _recognised(situation, candidate)) is not None:
            yield heir


def _recognised(situation: Situation, candidate: Candidate) -> Held | None:
    wanted = candidate.endpoint
    held = situation.held.get(wanted.key)
    if held is None or held.ownership or held.proofs or not any(one.owned_before for one in candidate.wanted):
        return None
    others = (Share("", held.endpoint.targets),) if wanted.shared else ()  # whoever they are
    if brought_to(held.endpoint, union(wanted, others, held.endpoint)) is not held.endpoint:
        return None
    if no_place_for_ownership(situation, wanted) or ownership_outside_zone(situation, wanted):
        return None
    ownership = situation.ownership(candidate.attributed(""))
    return Held(held.endpoint.with_labels(ownership.labels()), ownership, complete=False)
