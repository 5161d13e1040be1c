"""Names that several owners have together, each with targets of its own (the annotation `shared`).

Every owner states its targets in the ownership record; what is published is the union of what all of them state. So any
of them can mend the record set, and none takes away what another one has. A record set goes with its last owner. Who
does not say that it shares is left out: it can neither join the others, nor drive them out.

What cannot be a union never rises and falls with the owners: the lowest ttl that one of them asks for holds, and other
properties stay as they are as long as several have the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from zonewright.model.endpoint import SHARED_LABEL, Endpoint, compared_target
from zonewright.model.hostname import printable
from zonewright.model.ownership import Held, Ownership, Share
from zonewright.model.reason import Problem, Reason
from zonewright.planning.candidates import Wanted
from zonewright.planning.situation import Situation


def agreed(situation: Situation, wanted: Sequence[Wanted]) -> list[Wanted]:
    """What is wanted, each with what stands against its being shared, or against its not being shared.

    All who ask for one record set share it where one of them says so.
    """
    shared = {one.endpoint.key for one in wanted if one.endpoint.shared}
    return [_checked(situation, one, shared=one.endpoint.key in shared) for one in wanted]


def joining(situation: Situation, wanted: Iterable[Wanted]) -> Situation:
    """The situation in which record sets that others share are ours as well, without our part in them yet."""
    keys = {one.endpoint.key for one in wanted if one.endpoint.shared and not one.problem and one.endpoint.targets}
    found = {key: held for key, held in situation.held.items() if key in keys and _is_open(situation, held)}
    # Where nothing may be changed, our part cannot be added to an ownership record that stands.
    waiting = [o for o in situation.orphans if o.endpoint.key in keys and _is_open(situation, o)]
    waiting = waiting if situation.rules.may_update else []
    if not found and not waiting:
        return situation
    joined = {key: _joined(situation, held) for key, held in found.items()}
    orphans = tuple(_joined(situation, o) if o in waiting else o for o in situation.orphans)
    return replace(situation, held={**situation.held, **joined}, orphans=orphans)


def union(endpoint: Endpoint, sharers: Iterable[Share], standing: Endpoint | None = None) -> Endpoint:
    """A record set of ours with what other owners have in it; itself where there are none.

    standing  the record set as it is; None where it is missing
    """
    targets = [target for share in sharers for target in share.targets]
    if not targets:
        return endpoint
    once = {compared_target(endpoint.rtype, target): target for target in (*targets, *endpoint.targets)}
    together = replace(endpoint, targets=tuple(sorted(once.values())))
    if standing is None:
        return together
    ttls = [ttl for ttl in (standing.ttl, endpoint.ttl) if ttl is not None]
    return replace(together, ttl=min(ttls, default=None), properties=standing.properties)


def owners(sharers: Iterable[Share]) -> str:
    """The owners of a shared record set, for people."""
    return ", ".join(repr(printable(share.owner)) for share in sharers)


def _checked(situation: Situation, wanted: Wanted, *, shared: bool) -> Wanted:
    endpoint = _marked(wanted.endpoint, shared=shared)
    problem = wanted.problem or next(_problems(situation, endpoint), None)
    same = endpoint is wanted.endpoint and problem is wanted.problem
    return wanted if same else replace(wanted, endpoint=endpoint, problem=problem)


def _problems(situation: Situation, endpoint: Endpoint) -> Iterator[Problem]:
    if endpoint.shared:
        if (problem := situation.registry.unshareable(endpoint)) is not None:
            yield problem
        return
    held = situation.held.get(endpoint.key)
    if held is not None and held.sharers and situation.is_ours(held):
        why = f"the name is shared with the owner {owners(held.sharers)}, whose targets would go"
        yield Problem(Reason.OWNED_BY_OTHER, f'{why}; the annotation shared: "true" is missing')


def _marked(endpoint: Endpoint, *, shared: bool) -> Endpoint:
    """With the mark, or without: only what has been asked for as an annotation may come to be a statement in DNS."""
    if endpoint.label(SHARED_LABEL) == ("true" if shared else None):
        return endpoint
    labels = {name: value for name, value in endpoint.labels if name != SHARED_LABEL}
    return endpoint.with_labels(labels | ({SHARED_LABEL: "true"} if shared else {}))


def _is_open(situation: Situation, held: Held) -> bool:
    """Whether others have a record set who would share it."""
    return bool(held.sharers) and not situation.is_ours(held)


def _joined(situation: Situation, held: Held) -> Held:
    nobodys = held.endpoint.with_labels({})  # the objects that others name are of other clusters
    return replace(held, endpoint=nobodys, ownership=Ownership(situation.registry.owner_id), complete=False)
